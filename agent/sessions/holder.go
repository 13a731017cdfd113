package sessions

import (
	"context"
	"fmt"
	"time"

	"banger/agent/execs"
	"banger/agent/messages"
)

// placeKept is how long the place of a client whose connection broke is kept for it.
var placeKept = time.Minute

// holder is who is attached, over one connection.
type holder struct {
	client messages.AttachStart
	since  time.Time
	// interrupt ends the connection; gone is closed when it has ended and all it brought has been taken in.
	interrupt context.CancelFunc
	gone      chan struct{}
	// lost is when the connection broke; zero while it lasts.
	lost time.Time
}

func (h *holder) public() *messages.SessionHolder {
	return &messages.SessionHolder{
		Pid: h.client.Pid, Command: h.client.Command, Since: h.since.UnixMilli(), Connected: h.lost.IsZero(),
	}
}

// take makes a client the holder, and returns the position that it goes on at. A client that comes back takes its place
// over from its earlier connection.
func (s *session) take(client messages.AttachStart, interrupt context.CancelFunc) (*holder, int64, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := &holder{client: client, since: time.Now(), interrupt: interrupt, gone: make(chan struct{})}
	for s.holder != nil {
		earlier := s.holder
		if earlier.client.Token != client.Token {
			return nil, 0, s.refusal()
		}
		now.since = earlier.since
		if !earlier.lost.IsZero() {
			break
		}
		earlier.interrupt()
		s.mutex.Unlock()
		<-earlier.gone
		s.mutex.Lock()
	}
	from := s.journal.align(s.acknowledged)
	if client.From != nil {
		if from = s.journal.align(*client.From); from != *client.From {
			return nil, 0, &execs.Failure{Code: "guest.bad-request", Message: "no frame begins at that position"}
		}
	}
	s.holder = now
	s.acknowledged = s.journal.reserve(from)
	return now, s.acknowledged, nil
}

// leave gives the place up, or keeps it for a while when the connection broke.
func (s *session) leave(h *holder, broken bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if broken {
		h.lost = time.Now()
		time.AfterFunc(placeKept, func() { s.lapse(h) })
	} else {
		s.holder = nil
		s.journal.release()
	}
	close(h.gone)
}

func (s *session) lapse(h *holder) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.holder == h {
		s.holder = nil
		s.journal.release()
	}
}

// acknowledge notes how far the client has got.
func (s *session) acknowledge(h *holder, position int64) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.holder == h && position > s.acknowledged {
		s.acknowledged = s.journal.reserve(position)
	}
}

func (s *session) refusal() *execs.Failure {
	h := s.holder
	text := fmt.Sprintf("The session %q is attached already: by pid %d (%s)", s.record.Name, h.client.Pid, h.client.Command)
	if !h.lost.IsZero() {
		left := (placeKept - time.Since(h.lost)).Round(time.Second)
		text += fmt.Sprintf(", whose connection broke and whose place is kept for it for %v more", left)
	}
	return &execs.Failure{Code: "session.attached", Message: text + "."}
}
