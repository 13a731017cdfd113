package sessions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"banger/agent/execs"
	"banger/agent/messages"

	"golang.org/x/sys/unix"
)

const (
	// endLimit is how long an end is waited for.
	endLimit = 15 * time.Second
	// downCheck is how often the manager looks whether the machine goes down.
	downCheck = 2 * time.Second
)

// stopGrace is what a command has between SIGTERM and SIGKILL.
var stopGrace = 10 * time.Second

// errStays says that a process does not go although it was killed: it hangs in the kernel.
var errStays = errors.New("a process of the session does not end")

// End ends a session and returns what has become of it: by SIGTERM and some patience, or with `force` at once.
func (m *Manager) End(ctx context.Context, name string, force bool) (messages.Session, error) {
	s, err := m.find(name)
	if err != nil {
		return messages.Session{}, err
	}
	if err := s.end(ctx, force); err != nil {
		return messages.Session{}, &execs.Failure{Code: "guest.refused", Message: err.Error()}
	}
	return s.state(), nil
}

// Delete removes a session that is over and all that is kept of it; with `force` one that runs, too.
func (m *Manager) Delete(ctx context.Context, name string, force bool) error {
	s, err := m.find(name)
	if err != nil {
		return err
	}
	if !s.hasEnded() && !force {
		return &execs.Failure{Code: "session.running", Message: fmt.Sprintf("The session %q is running.", s.record.Name)}
	}
	if _, err := m.End(ctx, name, true); err != nil {
		return err
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	delete(m.sessions, s.record.ID)
	s.journal.discard()
	return nil
}

// Stop tells every session to end, and waits for none: the guest shuts down.
func (m *Manager) Stop() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, s := range m.sessions {
		go s.end(context.Background(), false)
	}
}

// stopWhenGoingDown: systemd's last act tells the agent nothing, and waits for long for what passes over SIGTERM.
func (m *Manager) stopWhenGoingDown() {
	for !m.guest.GoingDown() {
		time.Sleep(downCheck)
	}
	m.Stop()
}

// end asks the command to end, and ends all processes of the session when that takes too long, with `force` at once.
// It goes on with that when ctx ends.
func (s *session) end(ctx context.Context, force bool) error {
	if s.hasEnded() {
		return nil
	}
	if force {
		s.members.kill()
	} else {
		s.process.Signal(unix.SIGTERM)
		go func() {
			select {
			case <-s.process.Done:
			case <-time.After(stopGrace):
				s.members.kill()
			}
		}()
	}
	select {
	case <-s.ended:
		return nil
	case <-time.After(endLimit):
		return errStays
	case <-ctx.Done():
		return ctx.Err()
	}
}
