package channel

import (
	"errors"
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// It needs the module vsock_loopback: a connection from the machine to itself.
func TestAVsockConnectionCarriesBytesAndEnds(t *testing.T) {
	const port = 5252
	listener, err := ListenVsock(port)
	if err != nil {
		t.Skip("no vsock here: ", err)
	}
	defer listener.Close()
	fd, err := unix.Socket(unix.AF_VSOCK, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	client := os.NewFile(uintptr(fd), "client")
	defer client.Close()
	if err := unix.Connect(fd, &unix.SockaddrVM{CID: unix.VMADDR_CID_LOCAL, Port: port}); err != nil {
		t.Skip("no vsock loopback here: ", err)
	}
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	client.WriteString("hello")
	expect(t, conn, "hello")
	conn.Write([]byte("world"))
	expect(t, client, "world")
	if err := conn.SetReadDeadline(longAgo); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("a deadline gave %v", err)
	}
	conn.Close()
	if n, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("after the end: %d, %v", n, err)
	}
}
