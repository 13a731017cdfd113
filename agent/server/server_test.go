package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"banger/agent/channel"
	"banger/agent/configure"
	"banger/agent/guest"
	"banger/agent/messages"
	"banger/agent/sessions"
)

// serve answers on a unix socket, and returns a client for it.
func serve(t *testing.T) *http.Client {
	t.Helper()
	return serveGuest(t, &guest.Guest{Root: t.TempDir(), Version: "test"})
}

func serveGuest(t *testing.T, g *guest.Guest) *http.Client {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "agent.sock")
	listener, err := channel.ListenUnix(socket, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	s := &Server{Guest: g, Configure: configure.New(g, func(string) {}), Sessions: sessions.NewManager(g)}
	go s.Serve(listener)
	transport := &http.Transport{Protocols: new(http.Protocols), DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", socket)
	}}
	transport.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func call(t *testing.T, client *http.Client, method, path string, body io.Reader) (int, string) {
	t.Helper()
	request, err := http.NewRequest(method, "http://guest"+path, body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(text)
}

func TestHealthHasListsAlsoWhenTheyAreEmpty(t *testing.T) {
	status, text := call(t, serve(t), "GET", "/v1/health", nil)
	if status != 200 || !strings.Contains(text, `"firstBoot":[],"services":[]`) || !strings.Contains(text, `"phase":"waiting"`) {
		t.Fatal(status, text)
	}
}

func TestWrongRequestsAreRefusedWithACode(t *testing.T) {
	client := serve(t)
	for _, c := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"GET", "/v1/nothing", "", 404, "guest.bad-request"},
		{"PUT", "/v1/configure", "{", 400, "guest.bad-request"},
		{"POST", "/v1/shutdown", `{"mode":"explode"}`, 400, "guest.bad-request"},
		{"POST", "/v1/dial?port=x", "", 400, "guest.bad-request"},
		{"POST", "/v1/dial?port=1", "", 502, "guest.dial-failed"},
		{"GET", "/v1/files?path=relative", "", 400, "guest.bad-request"},
		{"GET", "/v1/files?path=/nothing", "", 404, "guest.bad-path"},
		{"GET", "/v1/stat?path=/nothing", "", 404, "guest.bad-path"},
		{"PUT", "/v1/file?path=/no/folder", "content", 404, "guest.bad-path"},
		{"PUT", "/v1/file?path=relative", "", 400, "guest.bad-request"},
		{"PUT", "/v1/files?path=/x", strings.Repeat("no tar", 200), 400, "guest.bad-archive"},
	} {
		status, text := call(t, client, c.method, c.path, strings.NewReader(c.body))
		var body messages.ErrorBody
		json.Unmarshal([]byte(text), &body)
		if status != c.status || body.Code != c.code || body.Message == "" {
			t.Errorf("%s %s: %d %s", c.method, c.path, status, text)
		}
	}
}

func TestDialJoinsATCPConnection(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(address, func(t *testing.T) { dialEcho(t, address) })
	}
}

func dialEcho(t *testing.T, address string) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Skip("this machine has no such loopback: ", err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		// Answers only when the other half is closed.
		text, _ := io.ReadAll(conn)
		conn.Write(bytes.ToUpper(text))
	}()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	status, text := call(t, serve(t), "POST", "/v1/dial?port="+port, strings.NewReader("hello"))
	if status != 200 || text != "HELLO" {
		t.Fatal(status, text)
	}
}

func TestPortsAndStatsAreThere(t *testing.T) {
	client := serve(t)
	if status, text := call(t, client, "GET", "/v1/ports", nil); status != 200 || !strings.HasPrefix(text, "[") {
		t.Fatal(status, text)
	}
	_, text := call(t, client, "GET", "/v1/stats", nil)
	var stats messages.GuestStats
	if err := json.Unmarshal([]byte(text), &stats); err != nil || stats.Memory.Total == 0 || stats.CPU.Count == 0 || stats.Uptime == 0 {
		t.Fatal(text, err)
	}
}
