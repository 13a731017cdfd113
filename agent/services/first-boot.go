package services

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
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

// Add takes the steps that are new; those on record as done are only shown.
func (f *FirstBoot) Add(steps []messages.FirstBootStep) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, step := range steps {
		if f.known(step.Name) {
			continue
		}
		state := &messages.StepState{Name: step.Name, State: "pending"}
		f.states = append(f.states, state)
		if _, err := os.Stat(f.record(step.Name)); err == nil {
			state.State = "done"
			continue
		}
		f.waiting = append(f.waiting, step)
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
	f.set(step.Name, messages.StepState{Name: step.Name, State: "running"})
	result := messages.StepState{Name: step.Name, State: "done"}
	code, err := f.runCommands(step)
	if err == nil && code == 0 {
		err = files.WriteAtomic(f.record(step.Name), nil, files.RootFile)
	}
	switch {
	case err != nil:
		result.State, result.Detail = "failed", err.Error()
	case code != 0:
		result.State, result.ExitCode = "failed", &code
		result.Detail = lastLine(logPath(f.guest, "first-boot-"+step.Name))
	}
	f.set(step.Name, result)
}

func (f *FirstBoot) runCommands(step messages.FirstBootStep) (int, error) {
	log := openLog(f.guest, "first-boot-"+step.Name)
	defer log.Close()
	for _, command := range step.Commands {
		note(log, fmt.Sprintf("running %q", command.Argv))
		start := messages.ExecStart{Argv: command.Argv, Env: command.Env}
		code, err := execs.RunLogged(f.guest, start, log, nil, func(int) {})
		if err != nil || code != 0 {
			return code, err
		}
	}
	return 0, nil
}

func (f *FirstBoot) set(name string, state messages.StepState) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, present := range f.states {
		if present.Name == name {
			*present = state
		}
	}
}
