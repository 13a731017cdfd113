package sessions

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"banger/agent/execs"
	"banger/agent/guest"
	"banger/agent/messages"
)

// Start begins a session. Errors are *execs.Failure.
func (m *Manager) Start(request messages.SessionStart) (messages.Session, error) {
	if request.Name == "" || strings.Contains(request.Name, "/") || request.StdinMode != "detached" && request.StdinMode != "pipe" {
		return messages.Session{}, &execs.Failure{Code: "guest.bad-request", Message: "name or stdinMode is not valid"}
	}
	if m.guest.GoingDown() {
		return messages.Session{}, &execs.Failure{Code: "guest.refused", Message: "the guest is shutting down"}
	}
	if err := m.claim(request.Name); err != nil {
		return messages.Session{}, err
	}
	s, err := m.begin(request)
	m.mutex.Lock()
	defer m.mutex.Unlock()
	delete(m.starting, request.Name)
	if err != nil {
		return messages.Session{}, err
	}
	m.sessions[s.record.ID] = s
	m.watch.Do(func() { go m.stopWhenGoingDown() })
	return s.state(), nil
}

// claim gives a name to nobody else.
func (m *Manager) claim(name string) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.lookup(name) != nil || m.starting[name] {
		return &execs.Failure{Code: "session.exists", Message: fmt.Sprintf("A session named %q exists already in the guest.", name)}
	}
	m.starting[name] = true
	return nil
}

func (m *Manager) begin(request messages.SessionStart) (*session, error) {
	start := messages.ExecStart{Argv: request.Argv, Env: request.Env, Cwd: request.Cwd, User: request.User}
	prepared, err := execs.Preflight(m.guest, start, request.RequireCommands)
	if err != nil {
		return nil, err
	}
	id := strings.ToLower(rand.Text()[:12])
	s := &session{folder: m.folder(id), journal: newJournal(m.folder(id)), ended: make(chan struct{})}
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return nil, &execs.Failure{Code: "guest.command-failed", Message: "the session's folder: " + err.Error()}
	}
	if s.process, s.members, err = launch(m.guest, prepared, id); err != nil {
		os.RemoveAll(s.folder)
		return nil, err
	}
	s.record = record{Boot: bootID(), Session: messages.Session{
		ID: id, Name: request.Name, Argv: request.Argv, Cwd: prepared.Dir, User: prepared.Account.Name, StdinMode: request.StdinMode,
		State: "running", Pid: s.process.Pid(), StartedAt: time.Now().UnixMilli(),
	}}
	s.input = execs.NewInput(s.process.Stdin, func() { s.process.Stdin.Close() })
	if request.StdinMode == "detached" {
		s.input.End()
	}
	err = s.record.save(s.folder)
	go s.run()
	if err != nil {
		s.members.kill()
		<-s.ended
		os.RemoveAll(s.folder)
		return nil, &execs.Failure{Code: "guest.command-failed", Message: "the session's record: " + err.Error()}
	}
	return s, nil
}

// launch starts the command, in a cgroup of its own where the guest has them.
func launch(g *guest.Guest, prepared *execs.Prepared, id string) (*execs.Process, members, error) {
	mark := "BANGER_SESSION_ID=" + id
	prepared.Env = append(prepared.Env, mark)
	if g.Live() {
		if group, opened, err := makeCgroup(id); err == nil {
			prepared.Cgroup = opened
			process, err := execs.Start(prepared, messages.TTY{})
			opened.Close()
			prepared.Cgroup = nil
			if err == nil {
				return process, group, nil
			}
			group.remove()
			// Linux before 5.7 can't start a process in a cgroup.
			if failure := (*execs.Failure)(nil); errors.As(err, &failure) && failure.Code != "guest.command-failed" {
				return nil, nil, err
			}
		}
	}
	process, err := execs.Start(prepared, messages.TTY{})
	if err != nil {
		return nil, nil, err
	}
	return process, &marked{leader: process.Pid(), mark: mark}, nil
}
