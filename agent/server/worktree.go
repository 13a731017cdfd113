package server

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"path/filepath"

	"banger/agent/worktree"
)

// putWorktree writes a folder and answers with the stamps of what was written. With readonly=true nobody else can
// write it then.
func (s *Server) putWorktree(w http.ResponseWriter, r *http.Request) {
	path, ok := s.worktreePath(w, r)
	if !ok {
		return
	}
	stamps, err := s.writeWorktree(path, r.Body, r.URL.Query().Get("readonly") == "true")
	if err != nil {
		refuseWorktree(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	w.Write(stamps)
}

func (s *Server) writeWorktree(path string, stream io.Reader, readonly bool) ([]byte, error) {
	// In test mode the machine is not ours to mount on.
	if !s.Guest.Live() {
		return worktree.Write(path, stream)
	}
	if err := worktree.Unlock(path); err != nil {
		return nil, err
	}
	stamps, err := worktree.Write(path, stream)
	if readonly {
		// Also what was written by half.
		err = errors.Join(err, worktree.Lock(path))
	}
	return stamps, err
}

func (s *Server) worktreeChanges(w http.ResponseWriter, r *http.Request) {
	s.answerEntries(w, r, func(path string, out io.Writer) error {
		return worktree.Changes(path, r.Body, r.URL.Query().Get("hash"), out)
	})
}

func (s *Server) readWorktree(w http.ResponseWriter, r *http.Request) {
	s.answerEntries(w, r, func(path string, out io.Writer) error {
		return worktree.Read(path, r.Body, out)
	})
}

// answerEntries answers as it goes: what fails after the beginning can only break the stream.
func (s *Server) answerEntries(w http.ResponseWriter, r *http.Request, write func(path string, out io.Writer) error) {
	path, ok := s.worktreePath(w, r)
	if !ok {
		return
	}
	answer := &begun{Writer: w}
	out := bufio.NewWriterSize(answer, 64<<10)
	err := write(path, out)
	switch {
	case err == nil:
		out.Flush()
	case answer.yes:
		panic(http.ErrAbortHandler)
	default:
		refuseWorktree(w, err)
	}
}

// begun tells whether anything was written.
type begun struct {
	io.Writer
	yes bool
}

func (b *begun) Write(bytes []byte) (int, error) {
	b.yes = true
	return b.Writer.Write(bytes)
}

func (s *Server) worktreePath(w http.ResponseWriter, r *http.Request) (string, bool) {
	path := r.URL.Query().Get("path")
	if !filepath.IsAbs(path) || filepath.Clean(path) == "/" {
		refuse(w, http.StatusBadRequest, "guest.bad-request", errors.New("path is no absolute path of a folder"))
		return "", false
	}
	return s.Guest.Path(path), true
}

func refuseWorktree(w http.ResponseWriter, err error) {
	if errors.Is(err, worktree.ErrStream) {
		refuse(w, http.StatusBadRequest, "guest.bad-request", err)
		return
	}
	refuseFiles(w, err)
}
