package channel

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// PortName is the name of the virtio-serial port that the host serves.
const PortName = "banger.agent"

const (
	// how often a port without a host is looked at
	pollFirst = time.Millisecond
	pollLast  = 50 * time.Millisecond
	// A read as large as any buffer of the driver, so that a preamble, which the host sends alone, comes alone.
	readSize = 64 << 10
)

// longAgo as a deadline ends whatever is under way.
var longAgo = time.Unix(1, 0)

// Port is a virtio-serial port as a listener: it has one connection at a time, each begun by a preamble.
type Port struct {
	file *os.File
	// Holds the only connection's place.
	slot   chan struct{}
	buffer []byte
	// The newest preamble line and the bytes read after it, when the last connection came upon them.
	line     []byte
	leftover []byte
}

// OpenPort opens the port by its name; its number varies. It waits up to `patience` for the port to appear.
func OpenPort(name string, patience time.Duration) (*Port, error) {
	deadline := time.Now().Add(patience)
	for {
		path, err := findPort("/sys/class/virtio-ports", name)
		if err == nil {
			var file *os.File
			if file, err = os.OpenFile(path, os.O_RDWR, 0); err == nil {
				port := newPort(file)
				port.breakStale()
				return port, nil
			}
		}
		if time.Now().After(deadline) {
			return nil, err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func newPort(file *os.File) *Port {
	return &Port{file: file, slot: make(chan struct{}, 1), buffer: make([]byte, readSize)}
}

// breakStale ends the HTTP/2 of a host that was connected to an earlier agent: no frame begins like this. A host that
// waits for its preamble passes over it, and without a host there is nobody to tell.
func (p *Port) breakStale() {
	p.file.SetWriteDeadline(time.Now().Add(time.Millisecond))
	p.file.Write(bytes.Repeat([]byte{0xff}, 16))
	p.file.SetWriteDeadline(time.Time{})
}

func findPort(class, name string) (string, error) {
	entries, err := os.ReadDir(class)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(class, entry.Name(), "name"))
		if err == nil && strings.TrimSpace(string(text)) == name {
			return filepath.Join("/dev", entry.Name()), nil
		}
	}
	return "", fmt.Errorf("no virtio-serial port is named %s", name)
}

// Accept waits until the last connection is closed and a host has sent its preamble, and answers it.
func (p *Port) Accept() (net.Conn, error) {
	p.slot <- struct{}{}
	var scanner Scanner
	pause := pollFirst
	for {
		if p.line == nil {
			n, err := p.file.Read(p.buffer)
			if n > 0 {
				pause = pollFirst
				if line, end, found := scanner.Scan(p.buffer[:n]); found {
					p.line, p.leftover = line, append([]byte(nil), p.buffer[end:n]...)
				}
			} else if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrDeadlineExceeded) {
				return nil, err
			} else {
				// No host is connected, and the driver can't be waited on for one.
				time.Sleep(pause)
				pause = min(2*pause, pollLast)
			}
			continue
		}
		line := p.line
		p.line = nil
		// A host that is gone again must not hold us here: its successor's preamble waits behind.
		p.file.SetWriteDeadline(time.Now().Add(time.Second))
		_, err := p.file.Write(line)
		p.file.SetWriteDeadline(time.Time{})
		if err == nil {
			return &portConn{port: p}, nil
		}
	}
}

func (p *Port) Close() error   { return p.file.Close() }
func (p *Port) Addr() net.Addr { return address(PortName) }

// portConn is one connection's share of a port.
type portConn struct {
	port    *Port
	state   sync.Mutex
	closed  bool
	reading sync.Mutex
	writing sync.Mutex
}

func (c *portConn) Read(buffer []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.isClosed() {
		return 0, net.ErrClosed
	}
	port := c.port
	if len(port.leftover) == 0 {
		n, err := port.file.Read(port.buffer)
		if err != nil {
			return 0, err
		}
		if isPreamble(port.buffer[:n]) {
			// Another host has come, and this one's end was not seen.
			port.line = append([]byte(nil), port.buffer[:n]...)
			return 0, io.EOF
		}
		port.leftover = port.buffer[:n]
	}
	n := copy(buffer, port.leftover)
	port.leftover = port.leftover[n:]
	return n, nil
}

func (c *portConn) Write(buffer []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.isClosed() {
		return 0, net.ErrClosed
	}
	return c.port.file.Write(buffer)
}

// Close ends what is under way and gives the port to the next connection.
func (c *portConn) Close() error {
	c.state.Lock()
	if c.closed {
		c.state.Unlock()
		return net.ErrClosed
	}
	c.closed = true
	c.state.Unlock()
	c.port.file.SetDeadline(longAgo)
	c.reading.Lock()
	c.writing.Lock()
	c.port.file.SetDeadline(time.Time{})
	c.port.leftover = nil
	c.reading.Unlock()
	c.writing.Unlock()
	<-c.port.slot
	return nil
}

func (c *portConn) isClosed() bool {
	c.state.Lock()
	defer c.state.Unlock()
	return c.closed
}

func (c *portConn) LocalAddr() net.Addr            { return address(PortName) }
func (c *portConn) RemoteAddr() net.Addr           { return address("host") }
func (c *portConn) SetDeadline(at time.Time) error { return c.guard(c.port.file.SetDeadline, at) }
func (c *portConn) SetReadDeadline(at time.Time) error {
	return c.guard(c.port.file.SetReadDeadline, at)
}
func (c *portConn) SetWriteDeadline(at time.Time) error {
	return c.guard(c.port.file.SetWriteDeadline, at)
}

// guard keeps a closed connection's deadlines from its successor.
func (c *portConn) guard(set func(time.Time) error, at time.Time) error {
	c.state.Lock()
	defer c.state.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	return set(at)
}

type address string

func (a address) Network() string { return "banger" }
func (a address) String() string  { return string(a) }
