// Package services keeps programs running and runs first-boot steps, in the guest's background.
package services

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"banger/agent/guest"
	"banger/agent/messages"
)

// Manager runs the services of the newest configuration.
type Manager struct {
	guest   *guest.Guest
	steps   *FirstBoot
	mutex   sync.Mutex
	running map[string]*service
	watched bool
}

// downCheck is how often the manager looks whether the machine goes down.
const downCheck = 2 * time.Second

// NewManager returns a manager without services. Those that come after a first-boot step look at steps.
func NewManager(g *guest.Guest, steps *FirstBoot) *Manager {
	return &Manager{guest: g, steps: steps, running: map[string]*service{}}
}

// Set starts what is new, stops what is gone, restarts what has changed and leaves the rest alone.
func (m *Manager) Set(wanted []messages.GuestService) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.guest.GoingDown() {
		return
	}
	keep := map[string]bool{}
	for _, spec := range wanted {
		keep[spec.Name] = true
		if present, found := m.running[spec.Name]; found {
			if reflect.DeepEqual(present.spec, spec) {
				continue
			}
			present.stop()
		}
		m.running[spec.Name] = startService(m.guest, spec, func() bool { return spec.After == "" || m.steps.Done(spec.After) })
	}
	if len(m.running) > 0 && !m.watched {
		m.watched = true
		go m.stopWhenGoingDown()
	}
	for name, present := range m.running {
		if !keep[name] {
			present.stop()
			delete(m.running, name)
		}
	}
}

// Stop tells every service to end, and waits for none.
func (m *Manager) Stop() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, present := range m.running {
		present.tellToStop()
	}
}

// stopWhenGoingDown ends services that hold up systemd's last act: to one that passes over SIGTERM it would give 90 s.
func (m *Manager) stopWhenGoingDown() {
	for !m.guest.GoingDown() {
		time.Sleep(downCheck)
	}
	m.Stop()
}

// Retry starts at once what waits for its next try.
func (m *Manager) Retry() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, present := range m.running {
		select {
		case present.retry <- struct{}{}:
		default:
		}
	}
}

// States are sorted by name.
func (m *Manager) States() []messages.ServiceState {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	states := []messages.ServiceState{}
	for _, present := range m.running {
		states = append(states, present.current())
	}
	slices.SortFunc(states, func(a, b messages.ServiceState) int { return strings.Compare(a.Name, b.Name) })
	return states
}
