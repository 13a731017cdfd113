package sessions

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"testing"
	"time"

	"banger/agent/guest"
	"banger/agent/messages"
	"banger/agent/mux"
)

// newManager has its files in a folder of the test's own.
func newManager(t testing.TB) *Manager {
	t.Helper()
	m := NewManager(&guest.Guest{Root: t.TempDir()})
	t.Cleanup(func() {
		for _, s := range m.List() {
			m.Delete(context.Background(), s.ID, true)
		}
	})
	return m
}

func shell(name, stdinMode, script string) messages.SessionStart {
	return messages.SessionStart{
		Name: name, StdinMode: stdinMode, Argv: []string{"sh", "-c", script}, Cwd: "/", User: strconv.Itoa(os.Geteuid()),
	}
}

func start(t testing.TB, m *Manager, request messages.SessionStart) *session {
	t.Helper()
	state, err := m.Start(request)
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.find(state.ID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func awaitEnd(t testing.TB, s *session) messages.Session {
	t.Helper()
	select {
	case <-s.ended:
	case <-time.After(20 * time.Second):
		t.Fatal("the session does not end")
	}
	return s.state()
}

// client is one connection of an attach, as the host has it.
type client struct {
	t        testing.TB
	send     *io.PipeWriter
	frames   *mux.Reader
	receive  *io.PipeReader
	cancel   context.CancelFunc
	done     chan struct{}
	attached messages.Attached
	position int64
}

func attach(t testing.TB, m *Manager, name, token string, from *int64) *client {
	t.Helper()
	body, send := io.Pipe()
	receive, out := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	c := &client{t: t, send: send, receive: receive, frames: mux.NewReader(receive), cancel: cancel, done: make(chan struct{})}
	interrupt := func() {
		body.CloseWithError(context.Canceled)
		out.CloseWithError(context.Canceled)
	}
	go func() {
		defer close(c.done)
		m.Attach(ctx, name, body, mux.NewWriter(out, func() error { return nil }), interrupt)
		out.Close()
		body.Close()
	}()
	t.Cleanup(c.breakOff)
	send.Write(mux.AppendJSON(nil, mux.Start, messages.AttachStart{Token: token, Pid: 4242, Command: "banger vm session attach box " + name, From: from}))
	return c
}

// welcome reads the answer to the start frame.
func (c *client) welcome() *client {
	c.t.Helper()
	frame := c.read()
	if frame.ID != mux.Attached {
		c.t.Fatalf("frame %d: %s", frame.ID, frame.Payload)
	}
	json.Unmarshal(frame.Payload, &c.attached)
	return c
}

func (c *client) read() mux.Frame {
	c.t.Helper()
	frame, err := c.frames.Read()
	if err != nil {
		c.t.Fatal(err)
	}
	return c.note(frame)
}

// note keeps count of the position.
func (c *client) note(frame mux.Frame) mux.Frame {
	switch frame.ID {
	case mux.Position:
		c.position, _ = mux.ParseOffset(frame.Payload)
	case mux.Stdout, mux.Stderr, mux.Exit:
		c.position += int64(mux.HeaderSize + len(frame.Payload))
	}
	return frame
}

func (c *client) frame(id byte, payload string) { c.send.Write(mux.Append(nil, id, []byte(payload))) }

// output reads until that much stdout has come.
func (c *client) output(size int) string {
	c.t.Helper()
	text := ""
	for len(text) < size {
		if frame := c.read(); frame.ID == mux.Stdout {
			text += string(frame.Payload)
		}
	}
	return text
}

// end reads to the exit frame.
func (c *client) end() (stdout string, exit messages.ExecExit) {
	c.t.Helper()
	for {
		switch frame := c.read(); frame.ID {
		case mux.Stdout:
			stdout += string(frame.Payload)
		case mux.Exit:
			json.Unmarshal(frame.Payload, &exit)
			return stdout, exit
		case mux.Error:
			c.t.Fatalf("%s", frame.Payload)
		}
	}
}

// refusal is the error that an attach is answered with.
func (c *client) refusal() (body messages.ErrorBody) {
	c.t.Helper()
	if frame := c.read(); frame.ID != mux.Error {
		c.t.Fatalf("frame %d: %s", frame.ID, frame.Payload)
	} else {
		json.Unmarshal(frame.Payload, &body)
	}
	return body
}

func (c *client) acknowledge(position int64) {
	c.send.Write(mux.AppendOffset(nil, mux.Ack, position))
}

// leave hangs up properly, having acknowledged what was read.
func (c *client) leave() {
	c.acknowledge(c.position)
	c.send.Close()
	io.Copy(io.Discard, c.receive)
	<-c.done
}

// breakOff loses the connection.
func (c *client) breakOff() {
	c.cancel()
	c.send.CloseWithError(io.ErrClosedPipe)
	c.receive.CloseWithError(io.ErrClosedPipe)
	<-c.done
}
