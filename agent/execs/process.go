package execs

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"

	"banger/agent/messages"

	"golang.org/x/sys/unix"
)

// killGrace is what a command has between SIGHUP and SIGKILL.
const killGrace = 2 * time.Second

// Process is a running command and the agent's ends of its streams.
type Process struct {
	command *exec.Cmd
	// master is the terminal, nil without one; then stdin, stdout and stderr are pipes.
	master *os.File
	Stdin  *os.File
	Stdout *os.File
	Stderr *os.File

	mutex sync.Mutex
	// gone says that the pid is reaped and may be somebody else's.
	gone bool
	// Done is closed when the command has ended.
	Done chan struct{}
}

// Start runs a prepared command. Errors are *Failure.
func Start(p *Prepared, tty messages.TTY) (*Process, error) {
	proc := &Process{Done: make(chan struct{})}
	proc.command = &exec.Cmd{Path: p.Path, Args: p.Argv, Env: p.Env, Dir: p.Dir, SysProcAttr: p.Attributes()}
	theirs, err := proc.openStreams(p, tty)
	if err == nil {
		err = proc.command.Start()
	}
	for _, file := range theirs {
		file.Close()
	}
	if err != nil {
		proc.CloseStreams()
		return nil, startFailure(p.Argv[0], err)
	}
	resetOOMScore(proc.command.Process.Pid)
	go proc.wait()
	return proc, nil
}

func (p *Process) openStreams(prepared *Prepared, tty messages.TTY) (theirs []*os.File, err error) {
	if tty.Enabled {
		master, slave, err := openPty(tty.Rows, tty.Cols, prepared.Account.UID)
		if err != nil {
			return nil, err
		}
		p.master = master
		p.command.Stdin, p.command.Stdout, p.command.Stderr = slave, slave, slave
		p.command.SysProcAttr.Setctty = true
		return []*os.File{slave}, nil
	}
	stdin, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.Stdin = ours
	theirs = append(theirs, stdin)
	p.command.Stdin = stdin
	ours, stdout, err := os.Pipe()
	if err != nil {
		return theirs, err
	}
	p.Stdout = ours
	enlarge(ours)
	theirs = append(theirs, stdout)
	p.command.Stdout = stdout
	ours, stderr, err := os.Pipe()
	if err != nil {
		return theirs, err
	}
	p.Stderr = ours
	p.command.Stderr = stderr
	return append(theirs, stderr), nil
}

// enlarge gives a pipe room for several chunks, where the kernel allows it: in an emulated guest, waking each other for
// every 64 KiB takes a third of the time.
func enlarge(pipe *os.File) {
	control(pipe, func(fd int) error {
		_, err := unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, pipeSize)
		return err
	})
}

func (p *Process) CloseStreams() {
	for _, file := range []*os.File{p.master, p.Stdin, p.Stdout, p.Stderr} {
		if file != nil {
			file.Close()
		}
	}
}

// Pid is the command's, which leads its process group and session.
func (p *Process) Pid() int { return p.command.Process.Pid }

// wait notes the end and leaves the pid taken until reap, so that no signal hits a stranger.
func (p *Process) wait() {
	for {
		err := unix.Waitid(unix.P_PID, p.command.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			break
		}
	}
	close(p.Done)
}

// Reap frees the pid of a command that has ended, and returns how.
func (p *Process) Reap() messages.ExecExit {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.gone = true
	p.command.Wait()
	return exitOf(p.command.ProcessState)
}

// exitOf is a process's end in the words of the protocol.
func exitOf(state *os.ProcessState) messages.ExecExit {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return messages.ExecExit{Code: 128 + int(status.Signal()), Signal: unix.SignalName(status.Signal())}
	}
	return messages.ExecExit{Code: state.ExitCode()}
}

// Signal reaches the command's process group, or what is in the terminal's foreground.
func (p *Process) Signal(number unix.Signal) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.gone {
		return
	}
	if p.master != nil {
		if group := foreground(p.master); group > 0 {
			unix.Kill(-group, number)
			return
		}
	}
	unix.Kill(-p.command.Process.Pid, number)
}

// abandon ends the command and what it has started, because nobody is there any more to see it: SIGHUP to its whole
// process group, SIGKILL to what is left after killGrace. With a terminal the whole session counts, for a shell puts
// background jobs into groups of their own.
func (p *Process) abandon() {
	pid := p.command.Process.Pid
	signalMembers(pid, p.master != nil, unix.SIGHUP)
	signalMembers(pid, p.master != nil, unix.SIGCONT)
	for deadline := time.Now().Add(killGrace); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if len(members(pid, p.master != nil)) == 0 {
			break
		}
	}
	signalMembers(pid, p.master != nil, unix.SIGKILL)
	<-p.Done
	p.Reap()
}

func startFailure(name string, err error) *Failure {
	switch {
	case errors.Is(err, os.ErrNotExist):
		// The file is there: what is missing is the program that its first line or its ELF header names.
		return &Failure{"guest.command-not-executable", name + ": its interpreter is missing in the guest"}
	case errors.Is(err, os.ErrPermission):
		return &Failure{"guest.command-not-executable", name + ": permission denied"}
	case errors.Is(err, unix.ENOEXEC):
		return &Failure{"guest.command-not-executable", name + ": not a program of this machine"}
	}
	return &Failure{"guest.command-failed", name + " could not be started: " + err.Error()}
}

// resetOOMScore undoes for a command what protects the agent.
func resetOOMScore(pid int) {
	os.WriteFile("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", []byte("0"), 0)
}
