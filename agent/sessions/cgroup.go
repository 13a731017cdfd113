package sessions

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cgroup is a session's own control group: no process gets out of it, whatever it does
// (https://docs.kernel.org/admin-guide/cgroup-v2.html).
type cgroup struct {
	folder string
}

// errNoCgroups says that the guest has no cgroup2.
var errNoCgroups = errors.New("no cgroup2 is mounted")

// makeCgroup makes the group, and opens its folder for a process to be started in.
func makeCgroup(id string) (*cgroup, *os.File, error) {
	group, err := findCgroup(id)
	if err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(group.folder, 0o755); err != nil {
		return nil, nil, err
	}
	opened, err := os.Open(group.folder)
	if err != nil {
		group.remove()
		return nil, nil, err
	}
	return group, opened, nil
}

// findCgroup is the group of a session, whether there is one or not.
func findCgroup(id string) (*cgroup, error) {
	root := cgroupRoot()
	if root == "" {
		return nil, errNoCgroups
	}
	return &cgroup{filepath.Join(root, "banger", id)}, nil
}

// cgroupRoot is where cgroup2 is mounted, or "" (proc_pid_mountinfo(5)).
func cgroupRoot() string {
	text, _ := os.ReadFile("/proc/self/mountinfo")
	for line := range strings.Lines(string(text)) {
		before, after, found := strings.Cut(line, " - ")
		fields := strings.Fields(before)
		if found && strings.HasPrefix(after, "cgroup2 ") && len(fields) > 4 {
			return fields[4]
		}
	}
	return ""
}

func (c *cgroup) alive() bool {
	events, err := os.ReadFile(filepath.Join(c.folder, "cgroup.events"))
	return err == nil && bytes.Contains(events, []byte("populated 1"))
}

func (c *cgroup) kill() {
	// Before Linux 5.14 one by one, which forks can get ahead of for a while.
	atOnce := os.WriteFile(filepath.Join(c.folder, "cgroup.kill"), []byte("1"), 0) == nil
	for deadline := time.Now().Add(killLimit); c.alive() && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if atOnce {
			continue
		}
		list, _ := os.ReadFile(filepath.Join(c.folder, "cgroup.procs"))
		for line := range strings.Lines(string(list)) {
			if pid, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && pid > 0 {
				unix.Kill(pid, unix.SIGKILL)
			}
		}
	}
}

func (c *cgroup) remove() { os.Remove(c.folder) }
