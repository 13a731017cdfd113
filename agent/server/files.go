package server

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"banger/agent/files"
	"banger/agent/messages"

	"golang.org/x/sys/unix"
)

// getFiles answers with a tar stream. What goes wrong after its beginning can only break the stream.
func (s *Server) getFiles(w http.ResponseWriter, r *http.Request) {
	path, ok := s.pathOf(w, r)
	if !ok {
		return
	}
	if _, err := os.Lstat(path); err != nil {
		refuseFiles(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/x-tar")
	if err := files.Pack(w, path); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) putFiles(w http.ResponseWriter, r *http.Request) {
	path, ok := s.pathOf(w, r)
	if !ok {
		return
	}
	if result, err := files.Unpack(r.Body, path); err != nil {
		refuseFiles(w, err)
	} else {
		answer(w, result)
	}
}

func (s *Server) putFile(w http.ResponseWriter, r *http.Request) {
	path, ok := s.pathOf(w, r)
	if !ok {
		return
	}
	if bytes, err := files.WriteStream(r.Body, path); err != nil {
		refuseFiles(w, err)
	} else {
		answer(w, messages.FilesAnswer{Entries: 1, Bytes: bytes})
	}
}

func (s *Server) statFile(w http.ResponseWriter, r *http.Request) {
	path, ok := s.pathOf(w, r)
	if !ok {
		return
	}
	stat, err := files.Stat(path)
	if err != nil {
		refuseFiles(w, err)
		return
	}
	stat.Path = filepath.Join("/", strings.TrimPrefix(stat.Path, s.Guest.Root))
	answer(w, stat)
}

// pathOf is the request's path in the guest, or refuses the request.
func (s *Server) pathOf(w http.ResponseWriter, r *http.Request) (string, bool) {
	path := r.URL.Query().Get("path")
	if !filepath.IsAbs(path) {
		refuse(w, http.StatusBadRequest, "guest.bad-request", errors.New("path is not absolute"))
		return "", false
	}
	return s.Guest.Path(path), true
}

func refuseFiles(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, files.ErrArchive):
		refuse(w, http.StatusBadRequest, "guest.bad-archive", err)
	case errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT):
		refuse(w, http.StatusInsufficientStorage, "guest.disk-full", fmt.Errorf("The guest's disk is full: %w", err))
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR):
		refuse(w, http.StatusNotFound, "guest.bad-path", err)
	default:
		refuse(w, http.StatusInternalServerError, "guest.refused", err)
	}
}
