package server

import (
	"fmt"
	"net/http"
	"time"

	"banger/agent/execs"
	"banger/agent/messages"
	"banger/agent/ports"
	"banger/agent/power"
	"banger/agent/stats"

	"golang.org/x/sys/unix"
)

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	var name unix.Utsname
	unix.Uname(&name)
	answer(w, messages.Health{
		Version:   s.Guest.Version,
		Phase:     s.Guest.Phase(),
		Kernel:    unix.ByteSliceToString(name.Release[:]),
		Init:      s.Guest.Init,
		Uptime:    stats.Uptime(),
		FirstBoot: s.Configure.FirstBoot(),
		Services:  s.Configure.Services(),
	})
}

func (s *Server) configure(w http.ResponseWriter, r *http.Request) {
	var config messages.GuestConfig
	if readJSON(w, r, &config) {
		answer(w, messages.ConfigureAnswer{Warnings: s.Configure.Apply(config)})
	}
}

func (s *Server) exec(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", muxType)
	execs.Serve(r.Context(), s.Guest, r.Body, w, http.NewResponseController(w).Flush)
}

func (s *Server) ports(w http.ResponseWriter, _ *http.Request) {
	answer(w, ports.Listening())
}

func (s *Server) stats(w http.ResponseWriter, _ *http.Request) {
	answer(w, stats.Read())
}

func (s *Server) clock(w http.ResponseWriter, r *http.Request) {
	var clock messages.Clock
	if !readJSON(w, r, &clock) {
		return
	}
	if s.Guest.Live() {
		if err := s.Configure.SetClock(clock.UnixMillis); err != nil {
			refuse(w, http.StatusInternalServerError, "guest.refused", err)
			return
		}
	}
	answer(w, struct{}{})
}

func (s *Server) shutdown(w http.ResponseWriter, r *http.Request) {
	var request messages.Shutdown
	if !readJSON(w, r, &request) {
		return
	}
	mode := power.Mode(request.Mode)
	if mode != power.Poweroff && mode != power.Reboot {
		refuse(w, http.StatusBadRequest, "guest.bad-request", fmt.Errorf("mode is neither poweroff nor reboot: %q", request.Mode))
		return
	}
	answer(w, struct{}{})
	if s.Power != nil {
		// Later, so that the answer gets out.
		time.AfterFunc(50*time.Millisecond, func() { s.Power(mode) })
	}
}
