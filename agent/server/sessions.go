package server

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"banger/agent/execs"
	"banger/agent/messages"
	"banger/agent/mux"
)

const muxType = "application/vnd.banger.stdio-mux-v1"

func (s *Server) sessionRoutes(routes *http.ServeMux) {
	routes.HandleFunc("GET /v1/sessions", s.listSessions)
	routes.HandleFunc("POST /v1/sessions", s.startSession)
	routes.HandleFunc("GET /v1/sessions/{session}", s.showSession)
	routes.HandleFunc("DELETE /v1/sessions/{session}", s.deleteSession)
	routes.HandleFunc("POST /v1/sessions/{session}/stop", s.endSession(false))
	routes.HandleFunc("POST /v1/sessions/{session}/kill", s.endSession(true))
	routes.HandleFunc("GET /v1/sessions/{session}/output", s.sessionOutput)
	routes.HandleFunc("POST /v1/sessions/{session}/attach", s.attachSession)
}

func (s *Server) listSessions(w http.ResponseWriter, _ *http.Request) {
	answer(w, s.Sessions.List())
}

func (s *Server) startSession(w http.ResponseWriter, r *http.Request) {
	var request messages.SessionStart
	if readJSON(w, r, &request) {
		session, err := s.Sessions.Start(request)
		answerSession(w, session, err)
	}
}

func (s *Server) showSession(w http.ResponseWriter, r *http.Request) {
	session, err := s.Sessions.Show(r.PathValue("session"))
	answerSession(w, session, err)
}

func (s *Server) deleteSession(w http.ResponseWriter, r *http.Request) {
	if err := s.Sessions.Delete(r.Context(), r.PathValue("session"), r.URL.Query().Get("force") == "true"); err != nil {
		refuseFailure(w, err)
		return
	}
	answer(w, struct{}{})
}

func (s *Server) endSession(force bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		session, err := s.Sessions.End(r.Context(), r.PathValue("session"), force)
		answerSession(w, session, err)
	}
}

// sessionOutput answers with frames. What goes wrong after their beginning can only break the stream.
func (s *Server) sessionOutput(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	from, _ := strconv.ParseInt(query.Get("from"), 10, 64)
	send, err := s.Sessions.Output(r.Context(), r.PathValue("session"), max(from, 0), query.Get("follow") == "true")
	if err != nil {
		refuseFailure(w, err)
		return
	}
	w.Header().Set("Content-Type", muxType)
	flush := http.NewResponseController(w).Flush
	flush()
	if send(mux.NewWriter(w, flush)) != nil {
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) attachSession(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", muxType)
	controller := http.NewResponseController(w)
	interrupt := func() {
		longAgo := time.Unix(1, 0)
		controller.SetReadDeadline(longAgo)
		controller.SetWriteDeadline(longAgo)
	}
	s.Sessions.Attach(r.Context(), r.PathValue("session"), r.Body, mux.NewWriter(w, controller.Flush), interrupt)
}

func answerSession(w http.ResponseWriter, session messages.Session, err error) {
	if err != nil {
		refuseFailure(w, err)
		return
	}
	answer(w, session)
}

var failureStatus = map[string]int{
	"session.not-found": http.StatusNotFound,
	"session.exists":    http.StatusConflict,
	"session.running":   http.StatusConflict,
	"guest.refused":     http.StatusBadGateway,
}

// refuseFailure answers with an *execs.Failure.
func refuseFailure(w http.ResponseWriter, err error) {
	var failure *execs.Failure
	if !errors.As(err, &failure) {
		failure = &execs.Failure{Code: "guest.refused", Message: err.Error()}
	}
	status, known := failureStatus[failure.Code]
	if !known {
		status = http.StatusBadRequest
	}
	refuse(w, status, failure.Code, failure)
}
