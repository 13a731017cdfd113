// Package sessions keeps commands running that outlive whoever asked for them: process, bounded output and exit status.
package sessions

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"banger/agent/execs"
	"banger/agent/guest"
	"banger/agent/messages"
)

const sessionsFolder = "/var/lib/banger/sessions"

// Manager has the guest's sessions.
type Manager struct {
	guest *guest.Guest

	mutex    sync.Mutex
	sessions map[string]*session
	// starting are the names that are being given away.
	starting map[string]bool
	watch    sync.Once
}

// NewManager takes over what an earlier run of the agent left: the output and the fate of its sessions.
func NewManager(g *guest.Guest) *Manager {
	m := &Manager{guest: g, sessions: map[string]*session{}, starting: map[string]bool{}}
	entries, _ := os.ReadDir(m.folder(""))
	for _, entry := range entries {
		if s := adopt(g, m.folder(entry.Name())); s != nil {
			m.sessions[s.record.ID] = s
		}
	}
	return m
}

// List is sorted by the time of the start.
func (m *Manager) List() []messages.Session {
	m.mutex.Lock()
	all := make([]*session, 0, len(m.sessions))
	for _, s := range m.sessions {
		all = append(all, s)
	}
	m.mutex.Unlock()
	states := make([]messages.Session, 0, len(all))
	for _, s := range all {
		states = append(states, s.state())
	}
	slices.SortFunc(states, func(a, b messages.Session) int {
		if a.StartedAt != b.StartedAt {
			return int(a.StartedAt - b.StartedAt)
		}
		return strings.Compare(a.ID, b.ID)
	})
	return states
}

// Show is one of them, by name or id. The error of this and of the following is an *execs.Failure.
func (m *Manager) Show(name string) (messages.Session, error) {
	s, err := m.find(name)
	if err != nil {
		return messages.Session{}, err
	}
	return s.state(), nil
}

// find takes a name or an id. The error is an *execs.Failure.
func (m *Manager) find(name string) (*session, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if s := m.lookup(name); s != nil {
		return s, nil
	}
	return nil, &execs.Failure{Code: "session.not-found", Message: fmt.Sprintf("There is no session %q in the guest.", name)}
}

func (m *Manager) lookup(name string) *session {
	if s, found := m.sessions[name]; found {
		return s
	}
	for _, s := range m.sessions {
		if s.record.Name == name {
			return s
		}
	}
	return nil
}

func (m *Manager) folder(id string) string { return m.guest.Path(filepath.Join(sessionsFolder, id)) }
