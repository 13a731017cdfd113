// Package configure makes a guest what the host says: PUT /v1/configure.
package configure

import (
	"fmt"
	"os"
	"sync"

	"banger/agent/guest"
	"banger/agent/messages"
	"banger/agent/services"
)

// Configurer applies configurations, one at a time, and has what they started.
type Configurer struct {
	guest    *guest.Guest
	report   func(string)
	services *services.Manager
	steps    *services.FirstBoot
	mutex    sync.Mutex
}

// New returns a configurer. report tells PID 1 that the guest is configured.
func New(g *guest.Guest, report func(string)) *Configurer {
	c := &Configurer{guest: g, report: report}
	c.steps = services.NewFirstBoot(g, func() {
		// What was installed may be what a service waits for, and sshd comes with a configuration of its own.
		c.configureSSHD()
		c.services.Retry()
	})
	c.services = services.NewManager(g, c.steps)
	return c
}

// Apply does all that the configuration says; what could not be done is returned as warnings. Applying the same again
// changes nothing, applying another gives a restored clone its own identity.
func (c *Configurer) Apply(config messages.GuestConfig) []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	warnings := []string{}
	for _, part := range []struct {
		name string
		do   func() error
	}{
		{"clock", func() error { return c.adjustClock(config.Clock) }},
		{"entropy", func() error { return c.addEntropy(config.Entropy) }},
		{"machine-id", func() error { return c.setMachineID(config.MachineID) }},
		{"hostname", func() error { return c.setHostname(config.Hostname) }},
		{"hosts", func() error { return c.writeHosts(config.Hostname, config.Hosts) }},
		{"interfaces", func() error { return c.setInterfaces(config.Interfaces) }},
		{"resolv.conf", func() error { return c.writeResolvConf(config.Interfaces) }},
		{"authorized keys", func() error { return c.authorize(config.AuthorizedKeys) }},
		{"ssh host keys", func() error { return c.writeHostKeys(config.SSHHostKeys) }},
		{"sshd", c.configureSSHD},
		{"files", func() error { return c.writeFiles(config.Files) }},
		{"environment", func() error { return c.setEnvironment(config.Environment, config.WorkingDir) }},
	} {
		if err := part.do(); err != nil {
			warnings = append(warnings, fmt.Sprintf("%s: %v", part.name, oneLine(err.Error())))
		}
	}
	c.guest.MarkConfigured()
	c.report("configured")
	c.steps.Add(config.FirstBoot)
	c.services.Set(config.Services)
	return warnings
}

// Stop ends what the configurations have started: the machine shuts down.
func (c *Configurer) Stop() {
	c.guest.MarkGoingDown()
	c.services.Stop()
}

// FirstBoot and Services are states for GET /v1/health.
func (c *Configurer) FirstBoot() []messages.StepState   { return c.steps.States() }
func (c *Configurer) Services() []messages.ServiceState { return c.services.States() }

// each goes on after errors and joins them into one, on one line.
func each[T any](list []T, do func(T) error) error {
	var problems string
	for _, item := range list {
		if err := do(item); err != nil {
			if problems != "" {
				problems += "; "
			}
			problems += err.Error()
		}
	}
	if problems == "" {
		return nil
	}
	return fmt.Errorf("%s", problems)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
