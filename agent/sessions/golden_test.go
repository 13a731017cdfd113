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
	answer := golden(t, "attach-session")
	want := sorted(t, bytes.NewReader(answer))
	if got := sorted(t, &counted{receive, len(answer), send}); !slices.Equal(got, want) {
		t.Fatalf("%q, not %q", got, want)
	}
}

// counted hangs up once so many bytes have been read, as a client does after the exit frame.
type counted struct {
	io.Reader
	left   int
	hangUp io.Closer
}

func (c *counted) Read(buffer []byte) (int, error) {
	n, err := c.Reader.Read(buffer)
	if c.left -= n; c.left <= 0 {
		c.hangUp.Close()
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
