package execs

import (
	"os"
	"os/exec"
	"time"

	"banger/agent/guest"
	"banger/agent/messages"

	"golang.org/x/sys/unix"
)

// stopGrace is what a program has between SIGTERM and SIGKILL.
const stopGrace = 5 * time.Second

// RunLogged runs a program to its end with its output in a file, and returns its exit code. started gets its pid; when
// stop is closed, it is ended.
func RunLogged(g *guest.Guest, start messages.ExecStart, log *os.File, stop <-chan struct{}, started func(pid int)) (int, error) {
	prepared, err := Prepare(g, start)
	if err != nil {
		return 0, err
	}
	proc := &Process{Done: make(chan struct{})}
	proc.command = &exec.Cmd{
		Path: prepared.Path, Args: prepared.Argv, Env: prepared.Env, Dir: prepared.Dir,
		Stdout: log, Stderr: log, SysProcAttr: prepared.Attributes(),
	}
	if err := proc.command.Start(); err != nil {
		return 0, startFailure(start.Argv[0], err)
	}
	pid := proc.command.Process.Pid
	resetOOMScore(pid)
	go proc.wait()
	started(pid)
	select {
	case <-proc.Done:
	case <-stop:
		unix.Kill(-pid, unix.SIGTERM)
		select {
		case <-proc.Done:
		case <-time.After(stopGrace):
			unix.Kill(-pid, unix.SIGKILL)
			<-proc.Done
		}
	}
	return proc.Reap().Code, nil
}
