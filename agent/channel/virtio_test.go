package channel

import (
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pair is a port and its host's end. A socket's end stays ended, unlike a port's, but all else is as with one.
func pair(t *testing.T) (*Port, *os.File) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	port, host := newPort(os.NewFile(uintptr(fds[0]), "port")), os.NewFile(uintptr(fds[1]), "host")
	t.Cleanup(func() { host.Close(); port.Close() })
	return port, host
}

func accept(t *testing.T, port *Port, host *os.File, send string) net.Conn {
	t.Helper()
	host.WriteString(send)
	conn, err := port.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func expect(t *testing.T, from io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(from, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v; want %q", got, err, want)
	}
}

func TestAConnectionBeginsAfterGarbageAndAPreamble(t *testing.T) {
	port, host := pair(t)
	conn := accept(t, port, host, "left from before"+first+"hello")
	expect(t, host, first)
	expect(t, conn, "hello")
	conn.Write([]byte("world"))
	expect(t, host, "world")
}

func TestAPreambleInsideAConnectionEndsItAndBeginsTheNext(t *testing.T) {
	port, host := pair(t)
	conn := accept(t, port, host, first)
	expect(t, host, first)
	host.WriteString(second)
	if _, err := conn.Read(make([]byte, 100)); err != io.EOF {
		t.Fatalf("got %v, want EOF", err)
	}
	conn.Close()
	next, err := port.Accept()
	if err != nil {
		t.Fatal(err)
	}
	expect(t, host, second)
	host.WriteString("again")
	expect(t, next, "again")
}

func TestAWriterThatNobodyReadsIsEndedByClose(t *testing.T) {
	port, host := pair(t)
	conn := accept(t, port, host, first)
	expect(t, host, first)
	ended := make(chan error)
	go func() {
		_, err := conn.Write(make([]byte, 64<<20))
		ended <- err
	}()
	time.Sleep(20 * time.Millisecond)
	conn.Close()
	select {
	case err := <-ended:
		if err == nil {
			t.Fatal("the write succeeded")
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the write still waits")
	}
	if _, err := conn.Write([]byte("late")); err != net.ErrClosed {
		t.Fatalf("a write after Close: %v", err)
	}
	if err := conn.SetDeadline(longAgo); err != net.ErrClosed {
		t.Fatalf("a deadline after Close: %v", err)
	}
}
