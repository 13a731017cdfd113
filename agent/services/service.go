package services

import (
	"sync"
	"time"

	"banger/agent/execs"
	"banger/agent/guest"
	"banger/agent/messages"
)

const (
	backoffFirst = 500 * time.Millisecond
	backoffLast  = 10 * time.Second
	// A run this long was a good one: the next failure starts with the shortest pause again.
	goodRun = 10 * time.Second
)

// service is one supervised program.
type service struct {
	guest    *guest.Guest
	spec     messages.GuestService
	retry    chan struct{}
	stopped  chan struct{}
	stopping sync.Once
	ended    chan struct{}

	mutex sync.Mutex
	state messages.ServiceState
}

func startService(g *guest.Guest, spec messages.GuestService) *service {
	s := &service{
		guest: g, spec: spec, retry: make(chan struct{}, 1), stopped: make(chan struct{}), ended: make(chan struct{}),
		state: messages.ServiceState{Name: spec.Name, State: "stopped"},
	}
	go s.supervise()
	return s
}

// stop ends the program and returns when it is gone.
func (s *service) stop() {
	s.tellToStop()
	<-s.ended
}

func (s *service) tellToStop() {
	s.stopping.Do(func() { close(s.stopped) })
}

func (s *service) current() messages.ServiceState {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.state
}

func (s *service) set(change func(*messages.ServiceState)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	change(&s.state)
}

func (s *service) supervise() {
	defer close(s.ended)
	for backoff := backoffFirst; ; backoff = min(2*backoff, backoffLast) {
		begun := time.Now()
		ok := s.runOnce()
		select {
		case <-s.stopped:
			return
		default:
		}
		if time.Since(begun) > goodRun {
			backoff = backoffFirst
		}
		if s.guest.GoingDown() || s.spec.Restart == "no" || s.spec.Restart == "on-failure" && ok {
			return
		}
		select {
		case <-s.stopped:
			return
		case <-s.retry:
			backoff = backoffFirst
		case <-time.After(backoff):
		}
		s.set(func(state *messages.ServiceState) { state.Restarts++ })
	}
}

// runOnce runs the program to its end and tells whether that was a success.
func (s *service) runOnce() bool {
	log := openLog(s.guest, s.spec.Name)
	defer log.Close()
	start := messages.ExecStart{Argv: s.spec.Argv, Env: s.spec.Env, Cwd: s.spec.Cwd}
	code, err := execs.RunLogged(s.guest, start, log, s.stopped, func(pid int) {
		s.set(func(state *messages.ServiceState) { state.State, state.Pid = "running", pid })
	})
	if err != nil {
		note(log, err.Error())
	}
	ok := err == nil && code == 0
	s.set(func(state *messages.ServiceState) {
		state.Pid = 0
		state.State = "failed"
		if ok {
			state.State = "stopped"
		}
	})
	return ok
}
