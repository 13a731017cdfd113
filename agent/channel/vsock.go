package channel

import (
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// ListenVsock serves a vsock port of this guest. net.FileListener knows no AF_VSOCK, hence the sockets by hand;
// os.File brings the runtime's poller and deadlines.
func ListenVsock(port uint32) (net.Listener, error) {
	fd, err := unix.Socket(unix.AF_VSOCK, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("vsock: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrVM{CID: unix.VMADDR_CID_ANY, Port: port}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("vsock port %d: %w", port, err)
	}
	if err := unix.Listen(fd, 64); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("vsock port %d: %w", port, err)
	}
	return &vsockListener{file: os.NewFile(uintptr(fd), "vsock"), port: port}, nil
}

type vsockListener struct {
	file *os.File
	port uint32
}

func (l *vsockListener) Accept() (net.Conn, error) {
	raw, err := l.file.SyscallConn()
	if err != nil {
		return nil, err
	}
	fd, acceptErr := -1, error(nil)
	err = raw.Read(func(listener uintptr) bool {
		for {
			fd, _, acceptErr = unix.Accept4(int(listener), unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
			if acceptErr != unix.EINTR && acceptErr != unix.ECONNABORTED {
				return acceptErr != unix.EAGAIN
			}
		}
	})
	if err != nil {
		return nil, err
	}
	if acceptErr != nil {
		return nil, acceptErr
	}
	return &vsockConn{File: os.NewFile(uintptr(fd), "vsock"), port: l.port}, nil
}

func (l *vsockListener) Close() error   { return l.file.Close() }
func (l *vsockListener) Addr() net.Addr { return address(fmt.Sprintf("vsock:%d", l.port)) }

type vsockConn struct {
	*os.File
	port uint32
}

func (c *vsockConn) LocalAddr() net.Addr  { return address(fmt.Sprintf("vsock:%d", c.port)) }
func (c *vsockConn) RemoteAddr() net.Addr { return address("host") }
