package sessions

import (
	"context"
	"io"
	"os"

	"banger/agent/mux"
)

// readSize holds any frame of a journal several times.
const readSize = 1 << 20

// reader goes through a journal, whole frames at a time.
type reader struct {
	journal *journal
	// position is that of the next frame.
	position int64
	file     *os.File
	// current is the segment that file is of, as far as it was written when it was looked up.
	current segment
	buffer  []byte
}

// newReader begins at a position, at the oldest that is kept when that is newer, or at the journal's end.
func newReader(j *journal, position int64) *reader {
	return &reader{journal: j, position: position, buffer: make([]byte, readSize)}
}

// next returns frames and the position of the first of them, which is further on than the last ones' end when output was
// dropped in between. At the end it returns io.EOF, with `follow` only when the journal is closed. The frames are valid
// until the next call.
func (r *reader) next(ctx context.Context, follow bool) ([]byte, int64, error) {
	for {
		if n := r.read(); n > 0 {
			position := r.position
			r.position += int64(n)
			return r.buffer[:n], position, nil
		}
		found, err := r.journal.locate(ctx, r.position, follow)
		if err != nil {
			return nil, 0, err
		}
		r.position = max(r.position, found.base)
		if r.file != nil && found.base == r.current.base {
			r.current = found
			continue
		}
		r.close()
		r.current = found
		if r.file, err = os.Open(segmentPath(r.journal.folder, found.base)); err != nil {
			// It has just been dropped.
			r.position = found.end()
		}
	}
}

func (r *reader) close() {
	if r.file != nil {
		r.file.Close()
		r.file = nil
	}
}

func (r *reader) read() int {
	left := r.current.end() - r.position
	if r.file == nil || left <= 0 {
		return 0
	}
	n, _ := r.file.ReadAt(r.buffer[:min(left, readSize)], r.position-r.current.base)
	return mux.WholeFrames(r.buffer[:n])
}

// locate returns the segment that holds the position, or the next one when that is not kept any more. It waits until
// there is one.
func (j *journal) locate(ctx context.Context, position int64, follow bool) (segment, error) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	defer context.AfterFunc(ctx, j.wake)()
	for {
		for _, s := range j.segments {
			if s.end() > position {
				return s, nil
			}
		}
		if j.closed || !follow {
			return segment{}, io.EOF
		}
		if ctx.Err() != nil {
			return segment{}, ctx.Err()
		}
		j.changed.Wait()
	}
}

// align is the last position up to the given one at which a frame begins, as far as that is known.
func (j *journal) align(position int64) int64 {
	j.mutex.Lock()
	segments, end := append([]segment(nil), j.segments...), j.end
	j.mutex.Unlock()
	for _, s := range segments {
		if s.base < position && position < s.end() {
			return s.base + boundary(segmentPath(j.folder, s.base), position-s.base)
		}
	}
	return min(position, end)
}
