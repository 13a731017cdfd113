package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// dialTimeout is how long a TCP connection in the guest may take to be made.
const dialTimeout = 10 * time.Second

// loopback has both families, for many a server listens on "localhost" and means one of them.
var loopback = []string{"127.0.0.1", "::1"}

// dial joins the request to a TCP connection. The end of the body closes its sending half; its end ends the answer.
func (s *Server) dial(w http.ResponseWriter, r *http.Request) {
	port, err := strconv.ParseUint(r.URL.Query().Get("port"), 10, 16)
	if err != nil || port == 0 {
		refuse(w, http.StatusBadRequest, "guest.bad-request", errors.New("port is not a number from 1 to 65535"))
		return
	}
	hosts := loopback
	if host := r.URL.Query().Get("host"); host != "" {
		hosts = []string{host}
	}
	conn, err := dialFirst(r.Context(), hosts, port)
	if err != nil {
		refuse(w, http.StatusBadGateway, "guest.dial-failed", fmt.Errorf("Nothing answers on port %d of the guest: %w", port, err))
		return
	}
	defer conn.Close()
	w.Header().Set("Content-Type", "application/octet-stream")
	flush := http.NewResponseController(w).Flush
	if flush() != nil {
		return
	}
	go func() {
		if _, err := io.Copy(conn, r.Body); err != nil {
			conn.Close()
			return
		}
		if half, ok := conn.(interface{ CloseWrite() error }); ok {
			half.CloseWrite()
		}
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buffer)
		if n > 0 {
			if _, err := w.Write(buffer[:n]); err != nil || flush() != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// dialFirst takes the first host that answers; the first one's error counts.
func dialFirst(ctx context.Context, hosts []string, port uint64) (net.Conn, error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	var first error
	for _, host := range hosts {
		conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.FormatUint(port, 10)))
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}
