package channel

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// Listen serves what the kernel command line's banger.channel says: "virtio" or "vsock:<port>".
func Listen(spec string) (net.Listener, error) {
	if spec == "virtio" {
		return OpenPort(PortName, 10*time.Second)
	}
	if text, found := strings.CutPrefix(spec, "vsock:"); found {
		port, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("banger.channel=%s: %w", spec, err)
		}
		return ListenVsock(uint32(port))
	}
	return nil, fmt.Errorf("banger.channel=%s is neither virtio nor vsock:<port>", spec)
}

// ListenUnix serves a unix socket, for tests on an ordinary machine. With preamble, every connection begins as one
// over virtio-serial does. A socket that is left from an earlier run is replaced.
func ListenUnix(path string, preamble bool) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", path)
	if err != nil || !preamble {
		return listener, err
	}
	return preambleListener{listener}, nil
}

type preambleListener struct{ net.Listener }

func (l preambleListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &preambleConn{Conn: conn}, nil
}

// preambleConn does the preamble at its first read, which the HTTP/2 server does before it writes.
type preambleConn struct {
	net.Conn
	done     bool
	leftover []byte
}

func (c *preambleConn) Read(buffer []byte) (int, error) {
	if !c.done {
		if err := c.shakeHands(); err != nil {
			return 0, err
		}
		c.done = true
	}
	if len(c.leftover) > 0 {
		n := copy(buffer, c.leftover)
		c.leftover = c.leftover[n:]
		return n, nil
	}
	return c.Conn.Read(buffer)
}

func (c *preambleConn) shakeHands() error {
	var scanner Scanner
	chunk := make([]byte, readSize)
	for {
		n, err := c.Conn.Read(chunk)
		if line, end, found := scanner.Scan(chunk[:n]); found {
			c.leftover = append([]byte(nil), chunk[end:n]...)
			_, err := c.Conn.Write(line)
			return err
		}
		if err != nil {
			return err
		}
	}
}
