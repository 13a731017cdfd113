package execs

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"banger/agent/guest"
	"banger/agent/messages"
	"banger/agent/mux"

	"golang.org/x/sys/unix"
)

// call is one exec as the host sees it.
type call struct {
	t      *testing.T
	send   *io.PipeWriter
	cancel context.CancelFunc
	out    *sink
	done   chan struct{}
}

// sink keeps what the agent writes.
type sink struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (s *sink) Write(data []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.buffer.Write(data)
}

func begin(t *testing.T, start messages.ExecStart) *call {
	t.Helper()
	body, send := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	c := &call{t: t, send: send, cancel: cancel, out: &sink{}, done: make(chan struct{})}
	g := &guest.Guest{}
	go func() {
		defer close(c.done)
		defer body.Close()
		Serve(ctx, g, body, c.out, func() error { return nil })
	}()
	t.Cleanup(cancel)
	send.Write(mux.AppendJSON(nil, mux.Start, start))
	return c
}

func (c *call) frame(id byte, payload string) { c.send.Write(mux.Append(nil, id, []byte(payload))) }

type outcome struct {
	stdout, stderr string
	exit           *messages.ExecExit
	failure        *messages.ErrorBody
}

// end waits for the last frame.
func (c *call) end() outcome {
	c.t.Helper()
	select {
	case <-c.done:
	case <-time.After(10 * time.Second):
		c.t.Fatal("the exec does not end")
	}
	return c.soFar()
}

func (c *call) soFar() (result outcome) {
	c.out.mutex.Lock()
	defer c.out.mutex.Unlock()
	reader := mux.NewReader(bytes.NewReader(c.out.buffer.Bytes()))
	for {
		frame, err := reader.Read()
		if err != nil {
			return result
		}
		switch frame.ID {
		case mux.Stdout:
			result.stdout += string(frame.Payload)
		case mux.Stderr:
			result.stderr += string(frame.Payload)
		case mux.Exit:
			json.Unmarshal(frame.Payload, &result.exit)
		case mux.Error:
			json.Unmarshal(frame.Payload, &result.failure)
		}
	}
}

func (c *call) waitFor(text string) {
	c.t.Helper()
	for range 500 {
		if strings.Contains(c.soFar().stdout, text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	c.t.Fatalf("no %q in %q", text, c.soFar().stdout)
}

func shell(script string) messages.ExecStart {
	return messages.ExecStart{Argv: []string{"sh", "-c", script}, Cwd: "/", User: strconv.Itoa(os.Geteuid())}
}

func TestStreamsStaySeparateAndTheStatusComesLast(t *testing.T) {
	got := begin(t, shell("echo out; echo err >&2; exit 7")).end()
	if got.stdout != "out\n" || got.stderr != "err\n" || got.exit == nil || got.exit.Code != 7 {
		t.Fatalf("%+v", got)
	}
}

func TestStdinEndsWithAnEmptyFrameOrWithTheBody(t *testing.T) {
	c := begin(t, shell("cat"))
	c.frame(mux.Stdin, "abc")
	c.frame(mux.Stdin, "")
	if got := c.end(); got.stdout != "abc" || got.exit.Code != 0 {
		t.Fatalf("%+v", got)
	}
	c = begin(t, shell("cat"))
	c.frame(mux.Stdin, "def")
	c.send.Close()
	if got := c.end(); got.stdout != "def" || got.exit.Code != 0 {
		t.Fatalf("%+v", got)
	}
}

func TestASignalReachesACommandThatReadsNoInput(t *testing.T) {
	c := begin(t, shell("echo ready; exec sleep 60"))
	c.waitFor("ready")
	c.frame(mux.Stdin, strings.Repeat("x", 500_000))
	c.frame(mux.Signal, "SIGTERM")
	if got := c.end(); got.exit == nil || got.exit.Code != 143 || got.exit.Signal != "SIGTERM" {
		t.Fatalf("%+v", got)
	}
}

func TestWhatCanNotRunSaysWhy(t *testing.T) {
	file := t.TempDir() + "/plain"
	os.WriteFile(file, []byte("#!/no/such/interpreter\n"), 0o755)
	for code, start := range map[string]messages.ExecStart{
		"guest.command-not-found":      {Argv: []string{"no-such-command"}},
		"guest.bad-cwd":                {Argv: []string{"true"}, Cwd: "/no/such/folder"},
		"guest.bad-user":               {Argv: []string{"true"}, User: "no-such-user"},
		"guest.bad-request":            {},
		"guest.command-not-executable": {Argv: []string{file}, Cwd: "/"},
	} {
		if got := begin(t, start).end(); got.failure == nil || got.failure.Code != code || got.exit != nil {
			t.Errorf("%s: %+v", code, got.failure)
		}
	}
}

func TestAnOversizedFrameEndsTheCommandWithAnError(t *testing.T) {
	c := begin(t, shell("echo ready; exec sleep 60"))
	c.waitFor("ready")
	c.send.Write([]byte{mux.Stdin, 0, 16, 0, 1})
	if got := c.end(); got.failure == nil || got.failure.Code != "guest.bad-request" {
		t.Fatalf("%+v", got)
	}
}

func TestATerminalHasASizeThatFollows(t *testing.T) {
	start := shell("stty size; trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.02; done")
	start.TTY = messages.TTY{Enabled: true, Rows: 24, Cols: 80, Term: "xterm"}
	c := begin(t, start)
	c.waitFor("ready")
	c.frame(mux.Resize, "\x00\x32\x00\x84")
	if got := c.end(); got.stdout != "24 80\r\nready\r\n50 132\r\n" || got.exit.Code != 3 {
		t.Fatalf("%+v", got)
	}
}

func TestAnAbandonedCommandDiesWithItsGroup(t *testing.T) {
	c := begin(t, shell("trap '' HUP; sleep 60 & echo $!; wait"))
	c.waitFor("\n")
	child, _ := strconv.Atoi(strings.TrimSpace(c.soFar().stdout))
	c.cancel()
	c.end()
	for range 100 {
		if unix.Kill(child, 0) != nil || isZombie(child) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the child lives")
}

func isZombie(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	state, _, _ := parseStat(string(text))
	return err != nil || state == "Z"
}

func TestOutputThatABackgroundChildHoldsOpenIsNotWaitedForLong(t *testing.T) {
	begun := time.Now()
	got := begin(t, shell("sleep 5 & echo done")).end()
	if got.stdout != "done\n" || got.exit == nil || time.Since(begun) > 3*time.Second {
		t.Fatalf("%+v after %v", got, time.Since(begun))
	}
}

func TestEverythingWrittenBeforeTheEndArrives(t *testing.T) {
	if got := begin(t, shell("head -c 3000000 /dev/zero")).end(); len(got.stdout) != 3_000_000 {
		t.Fatal(len(got.stdout))
	}
}

func TestANameWithParenthesesDoesNotConfuseTheStatReader(t *testing.T) {
	state, group, session := parseStat("12 (a) Z (b) S 1 40 41 0 -1")
	if state != "S" || group != 40 || session != 41 {
		t.Fatal(state, group, session)
	}
}
