package sessions

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// killLimit is how long processes may take to vanish after SIGKILL.
const killLimit = 5 * time.Second

// members are the processes of a session, those that have left its process group too.
type members interface {
	// alive tells whether any but zombies is left.
	alive() bool
	// kill ends them all at once, also what is being forked, and waits a moment for that.
	kill()
	// remove lets go of what the kernel keeps for them.
	remove()
}

// marked are the processes that a session has left traces in: its session of the kernel (setsid(2)), the mark in their
// environment, or a parent that is one of them. It serves where a guest has no cgroup2.
type marked struct {
	// leader is the pid of the command, 0 when that is not known.
	leader int
	// mark is a line of the environment.
	mark string
}

func (m *marked) alive() bool { return len(m.find()) > 0 }

func (m *marked) kill() {
	// Again and again: a process may fork while the others are looked for.
	for deadline := time.Now().Add(killLimit); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		found := m.find()
		if len(found) == 0 {
			return
		}
		for _, pid := range found {
			unix.Kill(pid, unix.SIGKILL)
		}
	}
}

func (m *marked) remove() {}

func (m *marked) find() []int {
	parents := map[int]int{}
	found := map[int]bool{}
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		state, parent, session := readStat(pid)
		if state == "" || state == "Z" || state == "X" {
			continue
		}
		parents[pid] = parent
		if m.leader != 0 && session == m.leader || m.hasMark(pid) {
			found[pid] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for pid, parent := range parents {
			if found[parent] && !found[pid] {
				found[pid], grown = true, true
			}
		}
	}
	list := make([]int, 0, len(found))
	for pid := range found {
		list = append(list, pid)
	}
	return list
}

func (m *marked) hasMark(pid int) bool {
	environ, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	return bytes.Contains(append([]byte{0}, environ...), []byte("\x00"+m.mark+"\x00"))
}

// readStat reads the fields 3, 4 and 6 of /proc/<pid>/stat (proc(5)); the second, a name in parentheses, may hold
// anything. The state is empty when there is no such process.
func readStat(pid int) (state string, parent, session int) {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return "", 0, 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 4 {
		return "", 0, 0
	}
	parent, _ = strconv.Atoi(fields[1])
	session, _ = strconv.Atoi(fields[3])
	return fields[0], parent, session
}
