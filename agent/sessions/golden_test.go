package sessions

import (
	"bytes"
	"encoding/hex"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"banger/agent/mux"
)

func golden(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("../testdata/frames/" + name + ".hex")
	if err != nil {
		t.Fatal(err)
	}
	content, err := hex.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// sorted are the frames of a stream; output and acknowledgements have no order among each other.
func sorted(t *testing.T, stream io.Reader) (list []string) {
	t.Helper()
	reader := mux.NewReader(stream)
	for {
		frame, err := reader.Read()
		if err != nil {
			slices.Sort(list)
			return list
		}
		list = append(list, string(append([]byte{frame.ID}, frame.Payload...)))
	}
}

func TestTheGoldenClientGetsTheGoldenAnswer(t *testing.T) {
	m := newManager(t)
	start(t, m, shell("planner", "pipe", "exec cat"))
	body, send := io.Pipe()
	receive, out := io.Pipe()
	go func() {
		m.Attach(t.Context(), "planner", body, mux.NewWriter(out, func() error { return nil }), func() { body.Close() })
		out.Close()
	}()
	go send.Write(golden(t, "attach-client"))
	want := sorted(t, bytes.NewReader(golden(t, "attach-session")))
	if got := sorted(t, &untilExit{receive, send}); !slices.Equal(got, want) {
		t.Fatalf("%q, not %q", got, want)
	}
}

// untilExit hangs up once the exit frame has been read, as a client does.
type untilExit struct {
	io.Reader
	hangUp io.Closer
}

func (u *untilExit) Read(buffer []byte) (int, error) {
	n, err := u.Reader.Read(buffer)
	if bytes.Contains(buffer[:n], []byte(`{"code":0}`)) {
		u.hangUp.Close()
	}
	return n, err
}

func TestTheGoldenRefusalIsWhatASecondClientGets(t *testing.T) {
	m := newManager(t)
	start(t, m, shell("planner", "pipe", "exec cat"))
	attach(t, m, "planner", "a", nil).welcome()
	c := attach(t, m, "planner", "b", nil)
	got := sorted(t, c.receive)
	if want := sorted(t, bytes.NewReader(golden(t, "attach-refused"))); !slices.Equal(got, want) {
		t.Fatalf("%q, not %q", got, want)
	}
}
