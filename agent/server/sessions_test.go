package server

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"banger/agent/messages"
	"banger/agent/mux"
)

func sessionStart(stdinMode, script string) io.Reader {
	body, _ := json.Marshal(messages.SessionStart{
		Name: "one", StdinMode: stdinMode, Argv: []string{"sh", "-c", script}, Cwd: "/", User: fmt.Sprint(os.Geteuid()),
	})
	return strings.NewReader(string(body))
}

func TestASessionThroughItsLife(t *testing.T) {
	client := serve(t)
	for _, step := range []struct {
		method, path string
		body         io.Reader
		status       int
		part         string
	}{
		{"GET", "/v1/sessions", nil, 200, "[]"},
		{"POST", "/v1/sessions", sessionStart("detached", "echo hello; exec sleep 60"), 200, `"state":"running"`},
		{"POST", "/v1/sessions", sessionStart("detached", "true"), 409, "session.exists"},
		{"POST", "/v1/sessions", strings.NewReader(`{"name":"two","argv":["true"]}`), 400, "guest.bad-request"},
		{"GET", "/v1/sessions/one", nil, 200, `"name":"one"`},
		{"GET", "/v1/sessions/two", nil, 404, "session.not-found"},
		{"DELETE", "/v1/sessions/one", nil, 409, "session.running"},
		{"GET", "/v1/sessions/one/output", nil, 200, "hello\n"},
		{"POST", "/v1/sessions/one/stop", nil, 200, `"exit":{"code":143,"signal":"SIGTERM"}`},
		{"POST", "/v1/sessions/one/kill", nil, 200, `"exit":{"code":143,"signal":"SIGTERM"}`},
		{"GET", "/v1/sessions/one/output?follow=true", nil, 200, "hello\n"},
		{"GET", "/v1/sessions/two/output", nil, 404, "session.not-found"},
		{"DELETE", "/v1/sessions/one", nil, 200, "{}"},
		{"GET", "/v1/sessions", nil, 200, "[]"},
	} {
		status, text := call(t, client, step.method, step.path, step.body)
		for try := 0; step.method == "GET" && !strings.Contains(text, step.part) && try < 500; try++ {
			time.Sleep(10 * time.Millisecond)
			status, text = call(t, client, step.method, step.path, nil)
		}
		if status != step.status || !strings.Contains(text, step.part) {
			t.Fatalf("%s %s: %d %s", step.method, step.path, status, text)
		}
	}
}

// attach returns the answer's frames, and what breaks the connection.
func attach(t *testing.T, client *http.Client, token string) (*mux.Reader, func() error) {
	t.Helper()
	body, send := io.Pipe()
	request, _ := http.NewRequest("POST", "http://guest/v1/sessions/one/attach", body)
	go send.Write(mux.AppendJSON(nil, mux.Start, messages.AttachStart{Token: token, Pid: 1, Command: "test"}))
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return mux.NewReader(response.Body), response.Body.Close
}

func TestTheConnectionOfAnAttachMayBreakOrBeTakenOver(t *testing.T) {
	client := serve(t)
	call(t, client, "POST", "/v1/sessions", sessionStart("pipe", "exec cat /dev/zero"))
	first, breakOff := attach(t, client, "a")
	if frame, err := first.Read(); err != nil || frame.ID != mux.Attached {
		t.Fatal(frame, err)
	}
	breakOff()
	for text := ""; !strings.Contains(text, `"connected":false`); time.Sleep(10 * time.Millisecond) {
		_, text = call(t, client, "GET", "/v1/sessions/one", nil)
	}
	// This one reads nothing more, and is taken over all the same.
	second, _ := attach(t, client, "a")
	if frame, err := second.Read(); err != nil || frame.ID != mux.Attached {
		t.Fatal(frame, err)
	}
	third, _ := attach(t, client, "a")
	if frame, err := third.Read(); err != nil || frame.ID != mux.Attached {
		t.Fatal(frame, err)
	}
	if frame, err := third.Read(); err != nil || frame.ID != mux.Position {
		t.Fatal(frame, err)
	}
	other, _ := attach(t, client, "b")
	if frame, err := other.Read(); err != nil || frame.ID != mux.Error || !strings.Contains(string(frame.Payload), "session.attached") {
		t.Fatal(frame, err)
	}
	if status, text := call(t, client, "DELETE", "/v1/sessions/one?force=true", nil); status != 200 {
		t.Fatal(text)
	}
}
