package server

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"banger/agent/services"
)

// followEvery is how often a log that is followed is looked at.
const followEvery = 200 * time.Millisecond

// logs answers with the log of a service or a first-boot step, and with follow goes on as it grows.
func (s *Server) logs(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	lines, err := strconv.Atoi(query.Get("lines"))
	if err != nil && query.Has("lines") || lines < 0 {
		refuse(w, http.StatusBadRequest, "guest.bad-request", fmt.Errorf("lines is no number: %q", query.Get("lines")))
		return
	}
	log, err := services.ReadLog(s.Guest, query.Get("name"))
	if err != nil {
		refuse(w, http.StatusNotFound, "guest.no-log", err)
		return
	}
	defer log.Close()
	if query.Has("lines") {
		services.SeekLastLines(log, lines)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	for follow := query.Get("follow") == "true"; ; {
		if _, err := io.Copy(w, log); err != nil {
			panic(http.ErrAbortHandler)
		}
		if !follow {
			return
		}
		http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-time.After(followEvery):
		}
	}
}
