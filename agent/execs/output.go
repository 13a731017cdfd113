package execs

import (
	"errors"
	"os"
	"time"

	"banger/agent/mux"

	"golang.org/x/sys/unix"
)

const (
	chunkSize = 256 << 10
	// what the pipe of stdout holds
	pipeSize = 1 << 20
	// how long output that other processes hold open is waited for after the command's end
	drainTime = 200 * time.Millisecond
	// A pipe's or terminal's buffer holds no more: what was written before the command's end is delivered.
	drainBytes = 1 << 20
)

// Pump carries one output stream to write, frame by frame, until it ends or write fails. A slow write holds up the command,
// not our memory. Once `done` is closed, what the stream holds is delivered, and nothing is waited for longer than drainTime.
func Pump(from *os.File, id byte, write func(frame []byte) error, done <-chan struct{}) {
	go func() {
		<-done
		from.SetReadDeadline(time.Now().Add(drainTime))
	}()
	buffer := make([]byte, mux.HeaderSize+chunkSize)
	for {
		n, err := from.Read(buffer[mux.HeaderSize:])
		if n > 0 && send(write, buffer, id, n) != nil {
			return
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		if err != nil {
			return
		}
	}
	for total := 0; total < drainBytes; {
		n := readNow(from, buffer[mux.HeaderSize:])
		if n <= 0 || send(write, buffer, id, n) != nil {
			return
		}
		total += n
	}
}

func send(write func(frame []byte) error, buffer []byte, id byte, size int) error {
	mux.PutHeader(buffer, id, size)
	return write(buffer[:mux.HeaderSize+size])
}

// readNow takes what is there, past the deadline.
func readNow(from *os.File, buffer []byte) (n int) {
	control(from, func(fd int) error {
		var err error
		n, err = unix.Read(fd, buffer)
		return err
	})
	return n
}
