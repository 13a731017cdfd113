package execs

import (
	"os"
	"sync"
)

// inputLimit is how much stdin is kept for a command that does not read it. More holds up the frames behind it.
const inputLimit = 1 << 20

// input is the command's stdin: a queue between the frames' reader and the pipe, so that a signal or a resize passes
// by input that nobody reads yet.
type input struct {
	mutex   sync.Mutex
	changed *sync.Cond
	queue   [][]byte
	size    int
	ended   bool
	broken  bool
}

// newInput writes to file until end is called, and then calls finish.
func newInput(file *os.File, finish func()) *input {
	in := &input{}
	in.changed = sync.NewCond(&in.mutex)
	go in.drain(file, finish)
	return in
}

// add queues a copy of data, waiting while the queue is full. Data for a command that closed its stdin is dropped.
func (in *input) add(data []byte) {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	for in.size > 0 && in.size+len(data) > inputLimit && !in.broken && !in.ended {
		in.changed.Wait()
	}
	if in.broken || in.ended {
		return
	}
	in.queue = append(in.queue, append([]byte(nil), data...))
	in.size += len(data)
	in.changed.Broadcast()
}

// end is the end of input, after what is queued.
func (in *input) end() {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	in.ended = true
	in.changed.Broadcast()
}

// stop drops everything: the command is gone.
func (in *input) stop() {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	in.ended, in.broken = true, true
	in.queue = nil
	in.changed.Broadcast()
}

func (in *input) drain(file *os.File, finish func()) {
	defer finish()
	for {
		data, more := in.next()
		if !more {
			return
		}
		if _, err := file.Write(data); err != nil {
			in.stop()
			return
		}
		in.mutex.Lock()
		in.size -= len(data)
		in.changed.Broadcast()
		in.mutex.Unlock()
	}
}

func (in *input) next() ([]byte, bool) {
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
