// Package server answers the host's requests (docs/guest-channel.md).
package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"

	"banger/agent/configure"
	"banger/agent/guest"
	"banger/agent/messages"
	"banger/agent/power"
	"banger/agent/sessions"
)

// Server has the parts that requests go to.
type Server struct {
	Guest     *guest.Guest
	Configure *configure.Configurer
	Sessions  *sessions.Manager
	// Power shuts the machine down in the background; it is nil where there is none to shut down.
	Power func(power.Mode)
}

// Serve answers HTTP/2 on every connection of the listener, until that breaks.
func (s *Server) Serve(listener net.Listener) error {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{
		Handler:   s.routes(),
		Protocols: protocols,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: 1000,
			MaxReadFrameSize:     1 << 20,
			// A stream that nobody reads must not use up what the others need, hence many times one in all.
			MaxReceiveBufferPerStream:     1 << 20,
			MaxReceiveBufferPerConnection: 64 << 20,
		},
	}
	return server.Serve(listener)
}

func (s *Server) routes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /v1/health", s.health)
	routes.HandleFunc("PUT /v1/configure", s.configure)
	routes.HandleFunc("POST /v1/exec", s.exec)
	routes.HandleFunc("GET /v1/files", s.getFiles)
	routes.HandleFunc("PUT /v1/files", s.putFiles)
	routes.HandleFunc("GET /v1/logs", s.logs)
	routes.HandleFunc("PUT /v1/file", s.putFile)
	routes.HandleFunc("GET /v1/stat", s.statFile)
	routes.HandleFunc("PUT /v1/worktree", s.putWorktree)
	routes.HandleFunc("POST /v1/worktree/changes", s.worktreeChanges)
	routes.HandleFunc("POST /v1/worktree/read", s.readWorktree)
	routes.HandleFunc("GET /v1/ports", s.ports)
	routes.HandleFunc("GET /v1/stats", s.stats)
	routes.HandleFunc("POST /v1/dial", s.dial)
	routes.HandleFunc("PUT /v1/clock", s.clock)
	routes.HandleFunc("POST /v1/shutdown", s.shutdown)
	s.sessionRoutes(routes)
	routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, "guest.bad-request", fmt.Errorf("the agent has no %s %s", r.Method, r.URL.Path))
	})
	return guarded(routes)
}

// guarded keeps a mistake in one request from the others.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			problem := recover()
			if problem == nil {
				return
			}
			if err, ok := problem.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				fmt.Fprintf(os.Stderr, "banger: %s %s: panic: %v\n%s", r.Method, r.URL.Path, problem, debug.Stack())
			}
			panic(http.ErrAbortHandler)
		}()
		next.ServeHTTP(w, r)
	})
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(value)
}

func refuse(w http.ResponseWriter, status int, code string, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(messages.ErrorBody{Code: code, Message: err.Error()})
}

// readJSON reads a request's body, and refuses the request itself when that is not possible.
func readJSON(w http.ResponseWriter, r *http.Request, value any) bool {
	body := http.MaxBytesReader(w, r.Body, 64<<20)
	if err := json.NewDecoder(body).Decode(value); err != nil {
		refuse(w, http.StatusBadRequest, "guest.bad-request", fmt.Errorf("the body is not valid: %w", err))
		return false
	}
	return true
}
