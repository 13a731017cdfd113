package services

import (
	"sync"
	"time"

	"banger/agent/execs"
	"banger/agent/guest"
	"banger/agent/messages"
)

// The states of a service. One that waits does so for a first-boot step.
const (
	waiting = "waiting"
	running = "running"
	stopped = "stopped"
	failed  = "failed"
)

const (
	backoffFirst = 500 * time.Millisecond
	backoffLast  = 10 * time.Second
	// A run this long was a good one: the next failure starts with the shortest pause again.
	goodRun = 10 * time.Second
)

// service is one supervised program.
type service struct {
	guest *guest.Guest
	spec  messages.GuestService
	// ready tells whether it may run, and is asked again at each retry.
	ready    func() bool
	retry    chan struct{}
	stopped  chan struct{}
	stopping sync.Once
	ended    chan struct{}
	// startedBefore is of the supervising goroutine alone.
	startedBefore bool

	mutex sync.Mutex
	state messages.ServiceState
}

func startService(g *guest.Guest, spec messages.GuestService, ready func() bool) *service {
	s := &service{
		guest: g, spec: spec, ready: ready, retry: make(chan struct{}, 1), stopped: make(chan struct{}), ended: make(chan struct{}),
		state: messages.ServiceState{Name: spec.Name, State: stopped},
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
		if !s.awaitStep() {
			return
		}
		begun := time.Now()
		state := s.runOnce()
		select {
		case <-s.stopped:
			return
		default:
		}
		if time.Since(begun) > goodRun {
			backoff = backoffFirst
		}
		if s.guest.GoingDown() || s.spec.Restart == "no" || s.spec.Restart == "on-failure" && state == stopped {
			return
		}
		select {
		case <-s.stopped:
			return
		case <-s.retry:
			backoff = backoffFirst
		case <-time.After(backoff):
		}
	}
}

// awaitStep returns once the first-boot step that the service comes after is done; false when the service is stopped.
func (s *service) awaitStep() bool {
	for !s.ready() {
		s.set(func(state *messages.ServiceState) { state.State = waiting })
		select {
		case <-s.stopped:
			return false
		case <-s.retry:
		}
	}
	return true
}

// runOnce runs the program to its end, and returns the service's state then.
func (s *service) runOnce() string {
	log := openLog(s.guest, s.spec.Name)
	defer log.Close()
	start := messages.ExecStart{Argv: s.spec.Argv, Env: s.spec.Env, Cwd: s.spec.Cwd}
	code, err := execs.RunLogged(s.guest, start, log, s.stopped, func(pid int) {
		s.set(func(state *messages.ServiceState) {
			state.State, state.Pid = running, pid
			if s.startedBefore {
				state.Restarts++
			}
		})
		s.startedBefore = true
	})
	now := failed
	switch {
	case err != nil:
		note(log, err.Error())
	case code == 0:
		now = stopped
	}
	s.set(func(state *messages.ServiceState) { state.State, state.Pid = now, 0 })
	return now
}
