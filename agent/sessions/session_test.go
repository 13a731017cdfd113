package sessions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"banger/agent/execs"
	"banger/agent/guest"
	"banger/agent/messages"
	"banger/agent/mux"
)

// logs is what a session has written, stream by stream, and its exit frame.
func logs(t *testing.T, s *session) (stdout, stderr string, exit *messages.ExecExit) {
	t.Helper()
	_, content := readAll(t, s.journal, 0)
	reader := mux.NewReader(bytes.NewReader(content))
	for {
		frame, err := reader.Read()
		if err != nil {
			return stdout, stderr, exit
		}
		switch frame.ID {
		case mux.Stdout:
			stdout += string(frame.Payload)
		case mux.Stderr:
			stderr += string(frame.Payload)
		case mux.Exit:
			json.Unmarshal(frame.Payload, &exit)
		}
	}
}

func code(t *testing.T, err error) string {
	t.Helper()
	var failure *execs.Failure
	if !errors.As(err, &failure) {
		t.Fatalf("%v is no failure", err)
	}
	return failure.Code
}

func TestASessionThatEndsWhileNobodyLooksKeepsItsOutputAndStatus(t *testing.T) {
	m := newManager(t)
	s := start(t, m, shell("one", "detached", "cat; echo out; echo err >&2; exit 7"))
	state := awaitEnd(t, s)
	if state.State != "ended" || state.Exit == nil || state.Exit.Code != 7 || state.EndedAt == 0 || state.Pid != 0 {
		t.Fatalf("%+v", state)
	}
	if stdout, stderr, exit := logs(t, s); stdout != "out\n" || stderr != "err\n" || exit == nil || exit.Code != 7 {
		t.Fatal(stdout, stderr, exit)
	}
	if again := NewManager(m.guest); len(again.List()) != 1 || !reflect.DeepEqual(again.List()[0], state) {
		t.Fatalf("%+v is not %+v", again.List(), state)
	}
}

func TestWhatIsMissingIsNamedAllAtOnce(t *testing.T) {
	request := shell("one", "detached", "true")
	request.Cwd, request.Argv = "/no/such/folder", []string{"no-such-command"}
	request.RequireCommands = []string{"sh", "nor-this", "/etc/passwd"}
	m := newManager(t)
	_, err := m.Start(request)
	for _, part := range []string{"/no/such/folder", "no-such-command", "nor-this", "/etc/passwd (it is not executable)"} {
		if code(t, err) != "session.preflight" || !strings.Contains(err.Error(), part) {
			t.Errorf("%s is not in: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "command sh") || len(m.List()) != 0 {
		t.Error(err, m.List())
	}
	// What failed can be started once it is mended.
	start(t, m, shell("one", "detached", "true"))
}

func TestRequiredCommandsAreLookedUpInTheSessionsOwnPath(t *testing.T) {
	folder := t.TempDir()
	os.WriteFile(folder+"/helper", []byte("#!/bin/sh\n"), 0o755)
	request := shell("one", "detached", "helper && echo $GREETING")
	request.Env = map[string]string{"PATH": folder + ":" + guest.DefaultPath, "GREETING": "hello"}
	request.RequireCommands = []string{"helper"}
	s := start(t, newManager(t), request)
	awaitEnd(t, s)
	if stdout, stderr, _ := logs(t, s); stdout != "hello\n" {
		t.Fatal(stdout, stderr)
	}
	if text, _ := os.ReadFile(s.folder + "/" + recordName); bytes.Contains(text, []byte("hello")) {
		t.Fatal("the environment is on the disk")
	}
}

func TestANameIsGivenAwayOnceUntilItsSessionIsDeleted(t *testing.T) {
	m := newManager(t)
	s := start(t, m, shell("one", "detached", "exec sleep 60"))
	if _, err := m.Start(shell("one", "detached", "true")); code(t, err) != "session.exists" {
		t.Fatal(err)
	}
	if err := m.Delete(context.Background(), "one", false); code(t, err) != "session.running" {
		t.Fatal(err)
	}
	if err := m.Delete(context.Background(), "one", true); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.folder); err == nil || len(m.List()) != 0 {
		t.Fatal("it is still there")
	}
	start(t, m, shell("one", "detached", "true"))
}

func TestADetachedSessionNeverWaitsForAReader(t *testing.T) {
	m := newManager(t)
	s := start(t, m, shell("one", "detached", "head -c 100000000 /dev/zero"))
	state := awaitEnd(t, s)
	if kept := state.Output.End - state.Output.Oldest; state.Output.End < 100_000_000 || kept < journalLimit || kept > journalLimit+2*segmentLimit {
		t.Fatalf("%+v", state.Output)
	}
}

func TestStopEndsByForceWhatPassesOverSIGTERM(t *testing.T) {
	before := stopGrace
	stopGrace = 100 * time.Millisecond
	defer func() { stopGrace = before }()
	m := newManager(t)
	for script, want := range map[string]messages.ExecExit{
		"trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done": {Code: 3},
		"trap '' TERM; echo ready; while :; do sleep 0.01; done":       {Code: 137, Signal: "SIGKILL"},
	} {
		s := start(t, m, shell("one", "detached", script))
		await(t, func() bool { return s.state().Output.End > 0 })
		state, err := m.End(context.Background(), "one", false)
		if err != nil || *state.Exit != want {
			t.Errorf("%s: %+v, %v", script, state.Exit, err)
		}
		m.Delete(context.Background(), "one", false)
	}
}

func TestARestartOfTheAgentEndsWhatItCanNotReachAnyMore(t *testing.T) {
	m := newManager(t)
	s := start(t, m, shell("one", "pipe", "echo hello; exec sleep 60"))
	await(t, func() bool { return s.state().Output.End > 0 })
	again := NewManager(m.guest)
	state, err := again.Show("one")
	if err != nil || state.State != "ended" || state.Exit != nil || !strings.Contains(state.Lost, "agent") {
		t.Fatalf("%+v, %v", state, err)
	}
	if exit := awaitEnd(t, s).Exit; exit.Signal != "SIGKILL" {
		t.Fatal(exit)
	}
	c := attach(t, again, "one", "a", nil).welcome()
	if text := c.output(6); text != "hello\n" {
		t.Fatal(text)
	}
	if got := c.refusal(); got.Code != "session.lost" || !strings.Contains(got.Message, state.Lost) {
		t.Fatal(got)
	}
}

func await(t *testing.T, holds func() bool) {
	t.Helper()
	for range 1000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it does not become true")
}
