package sessions

import (
	"context"
	"errors"
	"io"

	"banger/agent/mux"
)

// Output sends the session's output from a position on, with `follow` until the session is over. Where output that is
// not kept any more is passed over, a Position frame says where it goes on.
func (m *Manager) Output(ctx context.Context, name string, from int64, follow bool) (send func(to *mux.Writer) error, err error) {
	s, err := m.find(name)
	if err != nil {
		return nil, err
	}
	return func(to *mux.Writer) error { return s.sendOutput(ctx, s.journal.align(from), follow, to) }, nil
}

// sendOutput returns nil when all has been sent.
func (s *session) sendOutput(ctx context.Context, from int64, follow bool, to *mux.Writer) error {
	r := newReader(s.journal, from)
	defer r.close()
	for expected := int64(-1); ; {
		frames, position, err := r.next(ctx, follow)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && position != expected {
			err = to.Write(mux.AppendOffset(nil, mux.Position, position))
		}
		if err == nil {
			err = to.Write(frames)
		}
		if err != nil {
			return err
		}
		expected = position + int64(len(frames))
	}
}
