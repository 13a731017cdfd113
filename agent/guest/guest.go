// Package guest is what the parts of the service half know about the machine they run in.
package guest

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// DefaultPath is PATH where nobody says otherwise.
const DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Guest is one machine. The fields don't change; what configure sets is behind methods.
type Guest struct {
	Version string
	// Init is the path of the image's init, or "" when the agent is PID 1.
	Init string
	// Root is "" in a real guest. Test mode keeps every path below it and leaves hostname, clock and network alone.
	Root string

	mutex       sync.Mutex
	configured  bool
	environment map[string]string
	workingDir  string
	goingDown   bool
}

// Live tells whether this is a real guest, whose kernel may be told things.
func (g *Guest) Live() bool { return g.Root == "" }

// Path is where an absolute path of the guest lies.
func (g *Guest) Path(path string) string {
	if g.Root == "" {
		return filepath.Clean("/" + path)
	}
	return filepath.Join(g.Root, filepath.Clean("/"+path))
}

// Defaults are a copy of the environment, and the working folder or "".
func (g *Guest) Defaults() (map[string]string, string) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return maps.Clone(g.environment), g.workingDir
}

// MarkConfigured says that configure has succeeded at least once.
func (g *Guest) MarkConfigured() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.configured = true
}

// Phase is "waiting" or "configured".
func (g *Guest) Phase() string {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.configured {
		return "configured"
	}
	return "waiting"
}

// MarkGoingDown says that the machine shuts down.
func (g *Guest) MarkGoingDown() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.goingDown = true
}

// GoingDown tells whether the machine shuts down: nothing is to be started any more. systemd's last act, in which it
// kills everything else, is a program of its own as PID 1, and tells the agent nothing.
func (g *Guest) GoingDown() bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if !g.goingDown && g.Root == "" {
		name, _ := os.ReadFile("/proc/1/comm")
		g.goingDown = strings.HasPrefix(string(name), "systemd-shutdow")
	}
	return g.goingDown
}
