package server

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"

	"banger/agent/files"
)

// getFiles answers with a tar stream. What goes wrong after its beginning can only break the stream.
func (s *Server) getFiles(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Query().Get("path")
	if !filepath.IsAbs(path) {
		refuse(w, http.StatusBadRequest, "guest.bad-request", errors.New("path is not absolute"))
		return
	}
	path = s.Guest.Path(path)
	if _, err := os.Lstat(path); err != nil {
		refuse(w, http.StatusNotFound, "guest.bad-path", err)
		return
	}
	w.Header().Set("Content-Type", "application/x-tar")
	if err := files.Pack(w, path); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) putFiles(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Query().Get("path")
	if !filepath.IsAbs(path) {
		refuse(w, http.StatusBadRequest, "guest.bad-request", errors.New("path is not absolute"))
		return
	}
	result, err := files.Unpack(r.Body, s.Guest.Path(path))
	switch {
	case errors.Is(err, files.ErrArchive):
		refuse(w, http.StatusBadRequest, "guest.bad-archive", err)
	case err != nil:
		refuse(w, http.StatusInternalServerError, "guest.refused", err)
	default:
		answer(w, result)
	}
}
