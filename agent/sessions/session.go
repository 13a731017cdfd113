package sessions

import (
	"os"
	"sync"
	"time"

	"banger/agent/execs"
	"banger/agent/messages"
	"banger/agent/mux"
)

// leftGrace is what processes have that outlive their session's command.
const leftGrace = 2 * time.Second

// session is a command that outlives whoever asked for it.
type session struct {
	folder  string
	journal *journal
	members members
	// process and input are nil when the command was started by an earlier run of the agent.
	process *execs.Process
	input   *execs.Input
	// ended is closed when the session is over and its record says so.
	ended chan struct{}

	mutex  sync.Mutex
	record record
	holder *holder
	// acknowledged is where the last attach ended.
	acknowledged int64
}

// state is the session as the host sees it.
func (s *session) state() messages.Session {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	state := s.record.Session
	state.Output.Oldest, state.Output.End = s.journal.span()
	if s.holder != nil {
		state.Attached = s.holder.public()
	}
	return state
}

// run carries the command to its end.
func (s *session) run() {
	over := make(chan struct{})
	var pumps sync.WaitGroup
	for id, from := range map[byte]*os.File{mux.Stdout: s.process.Stdout, mux.Stderr: s.process.Stderr} {
		pumps.Add(1)
		go func() {
			defer pumps.Done()
			execs.Pump(from, id, func(frame []byte) error { s.journal.append(frame); return nil }, over)
		}()
	}
	<-s.process.Done
	for deadline := time.Now().Add(leftGrace); s.members.alive() && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	s.members.kill()
	s.journal.drain()
	close(over)
	pumps.Wait()
	s.finish(s.process.Reap())
}

func (s *session) finish(exit messages.ExecExit) {
	s.input.Stop()
	s.process.CloseStreams()
	s.members.remove()
	s.journal.append(mux.AppendJSON(nil, mux.Exit, exit))
	s.journal.close()
	s.mutex.Lock()
	s.record.State, s.record.Pid, s.record.EndedAt, s.record.Exit = "ended", 0, time.Now().UnixMilli(), &exit
	s.record.save(s.folder)
	s.mutex.Unlock()
	close(s.ended)
}

func (s *session) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}
