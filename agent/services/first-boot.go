package services

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"banger/agent/execs"
	"banger/agent/files"
	"banger/agent/guest"
	"banger/agent/messages"
)

const recordFolder = "/var/lib/banger/first-boot"

// FirstBoot runs steps once in a guest's life, one after the other. A step that failed is tried again after the next
// start of the guest.
type FirstBoot struct {
	guest *guest.Guest
	after func()

	mutex   sync.Mutex
	states  []*messages.StepState
	waiting []messages.FirstBootStep
	busy    bool
}

// NewFirstBoot returns an empty list. after is called whenever a step has been run.
func NewFirstBoot(g *guest.Guest, after func()) *FirstBoot {
	return &FirstBoot{guest: g, after: after}
}

// Add takes the steps that are new. Those that are done already, or can't be done, are only shown.
func (f *FirstBoot) Add(steps []messages.FirstBootStep) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, step := range steps {
		if f.known(step.Name) {
			continue
		}
		state := &messages.StepState{Name: step.Name, State: "pending"}
		f.states = append(f.states, state)
		switch {
		case isFile(f.record(step.Name)):
			state.State, state.Log = "done", logFile(logName(step))
		case step.Creates != "" && isFile(f.guest.Path(step.Creates)):
			state.State = "done"
		case step.Impossible != "":
			state.State, state.Detail = "failed", step.Impossible
		default:
			f.waiting = append(f.waiting, step)
		}
	}
	if len(f.waiting) > 0 && !f.busy {
		f.busy = true
		go f.work()
	}
}

// States are copies, in the order of running.
func (f *FirstBoot) States() []messages.StepState {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	states := make([]messages.StepState, 0, len(f.states))
	for _, state := range f.states {
		states = append(states, *state)
	}
	return states
}

// Done tells whether a step is done.
func (f *FirstBoot) Done(name string) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return slices.ContainsFunc(f.states, func(state *messages.StepState) bool {
		return state.Name == name && state.State == "done"
	})
}

func (f *FirstBoot) known(name string) bool {
	for _, state := range f.states {
		if state.Name == name {
			return true
		}
	}
	return false
}

func (f *FirstBoot) record(name string) string {
	return f.guest.Path(filepath.Join(recordFolder, url.PathEscape(name)+".done"))
}

func (f *FirstBoot) work() {
	awaitInit(f.guest)
	for {
		f.mutex.Lock()
		if len(f.waiting) == 0 || f.guest.GoingDown() {
			f.busy = false
			f.mutex.Unlock()
			return
		}
		step := f.waiting[0]
		f.waiting = f.waiting[1:]
		f.mutex.Unlock()
		f.run(step)
		f.after()
	}
}

func (f *FirstBoot) run(step messages.FirstBootStep) {
	log := openLog(f.guest, logName(step))
	defer log.Close()
	from, _ := log.Seek(0, io.SeekEnd)
	state := messages.StepState{Name: step.Name, State: "running", Log: logFile(logName(step))}
	f.set(step.Name, state)
	command, code, err := f.runCommands(step, log)
	if err == nil && code == 0 {
		err = files.WriteAtomic(f.record(step.Name), nil, files.RootFile)
	}
	state.State = "done"
	switch {
	case err != nil:
		note(log, err.Error())
		state.State, state.Command, state.Detail = "failed", command, err.Error()
	case code != 0:
		note(log, fmt.Sprintf("it ended with %d", code))
		state.State, state.Command, state.ExitCode = "failed", command, &code
		state.Detail = lastLines(log.Name(), from)
	}
	f.set(step.Name, state)
}

// runCommands returns the command that failed, and how.
func (f *FirstBoot) runCommands(step messages.FirstBootStep, log *os.File) ([]string, int, error) {
	for _, command := range step.Commands {
		note(log, fmt.Sprintf("running %q", command.Argv))
		start := messages.ExecStart{Argv: command.Argv, Env: command.Env, Cwd: "/"}
		code, err := execs.RunLogged(f.guest, start, log, nil, func(int) {})
		if err != nil || code != 0 {
			return command.Argv, code, err
		}
	}
	return nil, 0, nil
}

func logName(step messages.FirstBootStep) string { return "first-boot-" + step.Name }

func (f *FirstBoot) set(name string, state messages.StepState) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, present := range f.states {
		if present.Name == name {
			*present = state
		}
	}
}
