package execs

import (
	"context"
	"os"
	"sync"
)

// InputLimit is how much stdin, in bytes, is kept for a command that does not read it. More holds up the frames behind it.
const InputLimit = 1 << 20

// Input is the command's stdin: a queue between the frames' reader and the pipe, so that a signal or a resize passes
// by input that nobody reads yet. It counts its bytes, for those who must know after a broken connection what has arrived.
type Input struct {
	mutex    sync.Mutex
	changed  *sync.Cond
	queue    [][]byte
	size     int
	ended    bool
	broken   bool
	accepted int64
	taken    int64
}

// NewInput writes to file until End is called, and then calls finish.
func NewInput(file *os.File, finish func()) *Input {
	in := &Input{}
	in.changed = sync.NewCond(&in.mutex)
	go in.drain(file, finish)
	return in
}

// Add queues a copy of data, waiting while the queue is full. Data for a command that closed its stdin is dropped, and
// counts as taken. It returns false when ctx ended the wait: then nothing was added.
func (in *Input) Add(ctx context.Context, data []byte) bool {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	full := func() bool { return in.size > 0 && in.size+len(data) > InputLimit && !in.broken && !in.ended }
	if full() {
		defer context.AfterFunc(ctx, in.wake)()
	}
	for full() {
		if ctx.Err() != nil {
			return false
		}
		in.changed.Wait()
	}
	in.accepted += int64(len(data))
	if in.broken || in.ended {
		in.taken += int64(len(data))
	} else {
		in.queue = append(in.queue, append([]byte(nil), data...))
		in.size += len(data)
	}
	in.changed.Broadcast()
	return true
}

// End is the end of input, after what is queued.
func (in *Input) End() {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	in.ended = true
	in.changed.Broadcast()
}

// Stop drops everything: the command is gone.
func (in *Input) Stop() {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	in.ended, in.broken = true, true
	in.queue = nil
	in.size = 0
	in.taken = in.accepted
	in.changed.Broadcast()
}

// State tells how many bytes were added, how many of them are off the queue, and whether the end was given.
func (in *Input) State() (accepted, taken int64, ended bool) {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	return in.accepted, in.taken, in.ended
}

// AwaitTaken waits until more than `beyond` bytes are off the queue, and returns how many are. It returns false when ctx
// ended the wait.
func (in *Input) AwaitTaken(ctx context.Context, beyond int64) (int64, bool) {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	defer context.AfterFunc(ctx, in.wake)()
	for in.taken <= beyond {
		if ctx.Err() != nil {
			return in.taken, false
		}
		in.changed.Wait()
	}
	return in.taken, true
}

func (in *Input) wake() {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	in.changed.Broadcast()
}

func (in *Input) drain(file *os.File, finish func()) {
	defer finish()
	for {
		data, more := in.next()
		if !more {
			return
		}
		if _, err := file.Write(data); err != nil {
			in.Stop()
			return
		}
		in.mutex.Lock()
		if !in.broken {
			in.size -= len(data)
			in.taken += int64(len(data))
		}
		in.changed.Broadcast()
		in.mutex.Unlock()
	}
}

func (in *Input) next() ([]byte, bool) {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	for len(in.queue) == 0 && !in.ended {
		in.changed.Wait()
	}
	if len(in.queue) == 0 {
		return nil, false
	}
	data := in.queue[0]
	in.queue = in.queue[1:]
	return data, true
}
