package sessions

import (
	"os"
	"sync"
	"time"
)

const (
	// journalLimit is how much of a session's output, in bytes, is kept: the newest.
	journalLimit = 32 << 20
	// segmentLimit is the size of a file of the journal, in bytes. Output is dropped by the file.
	segmentLimit = 4 << 20
	// diskRetry is how long to wait for a full disk when nothing may be dropped.
	diskRetry = 100 * time.Millisecond
	// nobody is the reservation of no one.
	nobody = -1
)

// journal is a session's output as one stream of stdio_mux_v1 frames: stdout, stderr, and at last exit. A position is a
// number of bytes since its beginning, frame headers included. The newest part lies in files, each beginning with a frame
// and named for its position. Without a reservation appending never waits, and the oldest output goes; with one,
// nothing behind it is dropped, and appending waits instead.
type journal struct {
	folder       string
	limit        int64
	segmentLimit int64

	mutex    sync.Mutex
	changed  *sync.Cond
	segments []segment
	// file is the last segment's, for appending; nil when the next frame begins a new one.
	file     *os.File
	end      int64
	reserved int64
	// draining lifts the limit: the session's processes are gone, and what is left of their output is not much.
	draining bool
	closed   bool
}

// newJournal begins an empty journal in a folder that exists.
func newJournal(folder string) *journal {
	j := &journal{folder: folder, limit: journalLimit, segmentLimit: segmentLimit, reserved: nobody}
	j.changed = sync.NewCond(&j.mutex)
	return j
}

// append adds one frame. It waits while a reservation allows no more; a disk that is full costs the frame, or with a
// reservation the time until there is room.
func (j *journal) append(frame []byte) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	size := int64(len(frame))
	for !j.closed {
		if j.waits() && j.end+size-j.reserved > j.limit {
			j.changed.Wait()
			continue
		}
		if j.write(frame) == nil {
			j.end += size
			break
		}
		if !j.waits() {
			j.seal()
			j.end += size
			break
		}
		time.AfterFunc(diskRetry, j.wake)
		j.changed.Wait()
	}
	j.changed.Broadcast()
}

// reserve keeps everything from the position on, or from the oldest that is kept when that is newer, until the next call.
// It returns the position.
func (j *journal) reserve(position int64) int64 {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.reserved = min(max(position, j.oldest()), j.end)
	j.changed.Broadcast()
	return j.reserved
}

// release ends the reservation.
func (j *journal) release() {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.reserved = nobody
	j.changed.Broadcast()
}

// drain lets everything pass from now on.
func (j *journal) drain() {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.draining = true
	j.changed.Broadcast()
}

// close is the end of the stream: readers reach it, and nothing is added any more.
func (j *journal) close() {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.closed = true
	j.seal()
	j.changed.Broadcast()
}

// discard removes the journal's folder. Readers come to the end.
func (j *journal) discard() {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.closed = true
	j.seal()
	j.segments = nil
	os.RemoveAll(j.folder)
	j.changed.Broadcast()
}

// span is the oldest position that is kept, and the end.
func (j *journal) span() (oldest, end int64) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.oldest(), j.end
}

func (j *journal) oldest() int64 {
	if len(j.segments) == 0 {
		return j.end
	}
	return j.segments[0].base
}

// waits tells whether appending waits rather than lose something.
func (j *journal) waits() bool { return j.reserved != nobody && !j.draining }

func (j *journal) write(frame []byte) error {
	if j.file == nil || j.segments[len(j.segments)-1].size+int64(len(frame)) > j.segmentLimit {
		if err := j.roll(); err != nil {
			return err
		}
	}
	last := &j.segments[len(j.segments)-1]
	if _, err := j.file.WriteAt(frame, last.size); err != nil {
		j.file.Truncate(last.size)
		return err
	}
	last.size += int64(len(frame))
	return nil
}

// roll begins a new segment, and drops the oldest ones that are too many.
func (j *journal) roll() error {
	j.seal()
	if last := len(j.segments) - 1; last >= 0 && j.segments[last].size == 0 {
		os.Remove(j.path(j.segments[last].base))
		j.segments = j.segments[:last]
	}
	for len(j.segments) > 1 && j.end-j.segments[1].base >= j.limit && (j.reserved == nobody || j.segments[0].end() <= j.reserved) {
		os.Remove(j.path(j.segments[0].base))
		j.segments = j.segments[1:]
	}
	file, err := os.OpenFile(j.path(j.end), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	j.file = file
	j.segments = append(j.segments, segment{base: j.end})
	return nil
}

func (j *journal) seal() {
	if j.file != nil {
		j.file.Close()
		j.file = nil
	}
}

func (j *journal) wake() {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.changed.Broadcast()
}

func (j *journal) path(base int64) string { return segmentPath(j.folder, base) }
