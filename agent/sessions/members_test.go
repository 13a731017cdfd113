package sessions

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// scatter starts children that a process group does not hold: one in a session of its own, one whose parent is gone.
const scatter = `setsid sleep 61 & setsid sh -c 'sleep 62 & sleep 63 & echo ready; exec sleep 64' & sleep 65 & wait`

func TestKillEndsTheChildrenThatLeftTheProcessGroupToo(t *testing.T) {
	m := newManager(t)
	s := start(t, m, shell("one", "detached", scatter))
	await(t, func() bool { return s.state().Output.End > 0 })
	await(t, func() bool { return len(s.members.(*marked).find()) >= 6 })
	pids := s.members.(*marked).find()
	state, err := m.End(context.Background(), "one", true)
	if err != nil || state.Exit == nil || state.Exit.Signal != "SIGKILL" {
		t.Fatalf("%+v, %v", state.Exit, err)
	}
	for _, pid := range pids {
		if running(pid) {
			t.Errorf("%d lives", pid)
		}
	}
}

func TestWhatTheCommandLeavesRunningIsEndedAfterIt(t *testing.T) {
	s := start(t, newManager(t), shell("one", "detached", "setsid sh -c 'echo $$; exec sleep 60' & sleep 0.2; exit 4"))
	if exit := awaitEnd(t, s).Exit; exit.Code != 4 {
		t.Fatal(exit)
	}
	stdout, _, _ := logs(t, s)
	if pid, err := strconv.Atoi(strings.TrimSpace(stdout)); err != nil || running(pid) {
		t.Fatal(stdout, err)
	}
}

func TestACgroupHoldsWhateverComesOutOfIt(t *testing.T) {
	id := "test" + strconv.Itoa(os.Getpid())
	group, folder, err := makeCgroup(id)
	if errors.Is(err, errNoCgroups) || errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS) {
		t.Skipf("needs a writable cgroup2: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(filepath.Dir(group.folder))
	defer group.remove()
	command := exec.Command("env", "-i", "/bin/sh", "-c", scatter)
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, UseCgroupFD: true, CgroupFD: int(folder.Fd())}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	folder.Close()
	await(t, func() bool { return strings.Count(read(group.folder+"/cgroup.procs"), "\n") >= 6 })
	if !group.alive() {
		t.Fatal("nothing lives")
	}
	begun := time.Now()
	group.kill()
	if group.alive() || time.Since(begun) >= killLimit {
		t.Fatal("it lives")
	}
	command.Wait()
	group.remove()
	if _, err := os.Stat(group.folder); err == nil {
		t.Fatal("the group is still there")
	}
}

func running(pid int) bool {
	state, _, _ := readStat(pid)
	return state != "" && state != "Z" && state != "X"
}

func read(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}
