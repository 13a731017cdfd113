package sessions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"banger/agent/execs"
	"banger/agent/messages"
	"banger/agent/mux"

	"golang.org/x/sys/unix"
)

// farewell is how long a client may take to hang up after the last of the output.
const farewell = 10 * time.Second

// Attach joins a client to a session: frames from body, frames to `to`. The end of body is the client's leaving; when ctx
// ends first, its connection broke, and it may come back. interrupt ends the reading of body and the writing to `to`.
func (m *Manager) Attach(ctx context.Context, name string, body io.Reader, to *mux.Writer, interrupt func()) {
	reader := mux.NewReader(body)
	client, err := readAttachStart(reader)
	var s *session
	if err == nil {
		s, err = m.find(name)
	}
	if err == nil {
		err = s.attach(ctx, client, reader, to, interrupt)
	}
	tell(to, err)
}

// tell sends a failure to the client, and tells whether the error is none: the connection broke.
func tell(to *mux.Writer, err error) (broken bool) {
	var failure *execs.Failure
	if !errors.As(err, &failure) {
		return err != nil
	}
	to.Write(mux.AppendJSON(nil, mux.Error, messages.ErrorBody{Code: failure.Code, Message: failure.Message}))
	return false
}

func readAttachStart(reader *mux.Reader) (client messages.AttachStart, err error) {
	frame, err := reader.Read()
	if err == nil && frame.ID == mux.Start {
		err = json.Unmarshal(frame.Payload, &client)
	}
	if err != nil || client.Token == "" {
		return client, &execs.Failure{Code: "guest.bad-request", Message: "the first frame is no start frame with a token"}
	}
	return client, nil
}

// attach carries both directions until the client leaves or its connection breaks. It returns an *execs.Failure when the
// client is refused.
func (s *session) attach(ctx context.Context, client messages.AttachStart, reader *mux.Reader, to *mux.Writer, interrupt func()) error {
	if s.record.StdinMode != "pipe" {
		return &execs.Failure{Code: "session.detached", Message: fmt.Sprintf("The session %q has no pipe to attach to.", s.record.Name)}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h, from, err := s.take(client, cancel)
	if err != nil {
		return err
	}
	var work sync.WaitGroup
	begin := func(part func() error) <-chan error {
		result := make(chan error, 1)
		work.Add(1)
		go func() {
			defer work.Done()
			result <- part()
		}()
		return result
	}
	// What still reads or writes at the end is interrupted before this returns, and never after it.
	finished := make(chan struct{})
	begin(func() error {
		select {
		case <-ctx.Done():
			interrupt()
		case <-finished:
		}
		return nil
	})
	welcome := s.attached()
	to.Write(mux.AppendJSON(nil, mux.Attached, welcome))
	listening := begin(func() error { return s.listen(ctx, h, reader) })
	sending := begin(func() error { return s.sendOutput(ctx, from, true, to) })
	begin(func() error { return s.acknowledgeStdin(ctx, welcome.StdinTaken, to) })

	select {
	case err = <-listening:
	case err = <-sending:
		if err == nil {
			err = s.bidFarewell(listening, finished)
			break
		}
		// A client that left properly may be gone for good before this is seen.
		cancel()
		err = <-listening
	}
	broken := tell(to, err)
	cancel()
	work.Wait()
	s.leave(h, broken)
	return nil
}

// bidFarewell waits, after the last of the output, for the client to leave, and says when it has.
func (s *session) bidFarewell(listening <-chan error, finished chan<- struct{}) error {
	if s.record.Lost != "" {
		return &execs.Failure{Code: "session.lost", Message: fmt.Sprintf("How the session %q ended is not known. %s", s.record.Name, s.record.Lost)}
	}
	select {
	case err := <-listening:
		close(finished)
		return err
	case <-time.After(farewell):
		return nil
	}
}

// listen obeys the client's frames until it leaves.
func (s *session) listen(ctx context.Context, h *holder, reader *mux.Reader) error {
	for {
		frame, err := reader.Read()
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, mux.ErrTooLarge):
			return &execs.Failure{Code: "guest.bad-request", Message: err.Error()}
		case err != nil:
			return err
		}
		switch frame.ID {
		case mux.Stdin:
			if !s.addStdin(ctx, frame.Payload) {
				return ctx.Err()
			}
		case mux.Ack:
			if position, ok := mux.ParseOffset(frame.Payload); ok {
				s.acknowledge(h, position)
			}
		case mux.Signal:
			if number := unix.SignalNum(string(frame.Payload)); number != 0 && !s.hasEnded() {
				s.process.Signal(number)
			}
		}
	}
}

func (s *session) addStdin(ctx context.Context, data []byte) bool {
	if s.input == nil {
		return true
	}
	if len(data) == 0 {
		s.input.End()
		return true
	}
	return s.input.Add(ctx, data)
}

// acknowledgeStdin tells the client how much of its stdin the command has taken, so that it may send more.
// told is what it knows of that.
func (s *session) acknowledgeStdin(ctx context.Context, told int64, to *mux.Writer) error {
	if s.input == nil {
		return nil
	}
	for {
		taken, ok := s.input.AwaitTaken(ctx, told)
		if !ok {
			return ctx.Err()
		}
		if err := to.Write(mux.AppendOffset(nil, mux.Ack, taken)); err != nil {
			return err
		}
		told = taken
	}
}

func (s *session) attached() messages.Attached {
	if s.input == nil {
		return messages.Attached{StdinEnded: true, StdinWindow: execs.InputLimit}
	}
	accepted, taken, ended := s.input.State()
	return messages.Attached{Stdin: accepted, StdinTaken: taken, StdinEnded: ended, StdinWindow: execs.InputLimit}
}
