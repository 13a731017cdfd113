package execs

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// signalMembers signals a process group, or with `session` all of a session.
func signalMembers(leader int, session bool, number unix.Signal) {
	if session {
		for _, pid := range members(leader, true) {
			unix.Kill(pid, number)
		}
	}
	unix.Kill(-leader, number)
}

// members are the living processes of the group or session that leader began.
func members(leader int, session bool) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var found []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		if err != nil {
			continue
		}
		state, group, itsSession := parseStat(string(text))
		if state != "Z" && state != "X" && (group == leader || session && itsSession == leader) {
			found = append(found, pid)
		}
	}
	return found
}

// parseStat reads the fields 3, 5 and 6 of /proc/<pid>/stat (proc(5)); the second, a name in parentheses, may hold
// anything.
func parseStat(stat string) (state string, group, session int) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 4 {
		return "", 0, 0
	}
	group, _ = strconv.Atoi(fields[2])
	session, _ = strconv.Atoi(fields[3])
	return fields[0], group, session
}
