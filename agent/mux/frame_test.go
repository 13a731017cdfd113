package mux

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

type golden struct {
	ID      byte   `json:"id"`
	Payload []byte `json:"payload"`
}

func readGolden(t testing.TB) (frames map[string][]golden, encoded map[string][]byte) {
	t.Helper()
	text, err := os.ReadFile("../testdata/frames.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &frames); err != nil {
		t.Fatal(err)
	}
	encoded = map[string][]byte{}
	for name := range frames {
		text, err := os.ReadFile("../testdata/frames/" + name + ".hex")
		if err != nil {
			t.Fatal(err)
		}
		if encoded[name], err = hex.DecodeString(strings.ReplaceAll(string(text), "\n", "")); err != nil {
			t.Fatal(err)
		}
	}
	return frames, encoded
}

func TestTheGoldenFramesAreReadAndWritten(t *testing.T) {
	frames, encoded := readGolden(t)
	for name, list := range frames {
		var written []byte
		reader := NewReader(iotest.OneByteReader(bytes.NewReader(encoded[name])))
		for _, want := range list {
			written = Append(written, want.ID, want.Payload)
			got, err := reader.Read()
			if err != nil || got.ID != want.ID || !bytes.Equal(got.Payload, want.Payload) {
				t.Errorf("%s: read %v, %v; want %v", name, got, err, want)
			}
		}
		if _, err := reader.Read(); err != io.EOF {
			t.Errorf("%s: %v at the end, want EOF", name, err)
		}
		if !bytes.Equal(written, encoded[name]) {
			t.Errorf("%s: wrote %x, want %x", name, written, encoded[name])
		}
	}
}

func TestTheShorthandsWriteWhatTheGoldenFramesHold(t *testing.T) {
	_, encoded := readGolden(t)
	if got := AppendOffset(nil, Ack, 4096); !bytes.Equal(got, encoded["ack"]) {
		t.Errorf("%x", got)
	}
	if got := AppendOffset(nil, Position, 0x0102030405); !bytes.Equal(got, encoded["position"]) {
		t.Errorf("%x", got)
	}
	if offset, ok := ParseOffset(encoded["position"][HeaderSize:]); !ok || offset != 0x0102030405 {
		t.Error(offset, ok)
	}
	for _, payload := range [][]byte{nil, make([]byte, 7), {255, 0, 0, 0, 0, 0, 0, 0}} {
		if _, ok := ParseOffset(payload); ok {
			t.Errorf("%x is an offset", payload)
		}
	}
}

func TestWholeFramesEndBeforeTheFirstThatIsCut(t *testing.T) {
	stream := Append(Append(nil, Stdout, []byte("abc")), Stderr, nil)
	for size, want := range map[int]int{0: 0, 4: 0, 7: 0, 8: 8, 12: 8, 13: 13} {
		if got := WholeFrames(stream[:size]); got != want {
			t.Errorf("%d bytes: %d", size, got)
		}
	}
}

func TestAFrameAboveTheLimitIsRefusedBeforeItIsRead(t *testing.T) {
	_, err := NewReader(bytes.NewReader([]byte{1, 0, 16, 0, 1})).Read()
	if !errors.Is(err, ErrTooLarge) {
		t.Fatalf("got %v", err)
	}
}

func TestAStreamThatEndsInsideAFrameIsUnexpected(t *testing.T) {
	for _, broken := range [][]byte{{1}, {1, 0, 0, 0, 2}, {1, 0, 0, 0, 2, 'a'}} {
		if _, err := NewReader(bytes.NewReader(broken)).Read(); err != io.ErrUnexpectedEOF {
			t.Errorf("%v: got %v", broken, err)
		}
	}
}

func FuzzFrames(f *testing.F) {
	_, encoded := readGolden(f)
	for _, stream := range encoded {
		f.Add(stream)
	}
	f.Add([]byte{255, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, stream []byte) {
		reader := NewReader(bytes.NewReader(stream))
		var again []byte
		for {
			frame, err := reader.Read()
			if err != nil {
				break
			}
			again = Append(again, frame.ID, frame.Payload)
		}
		if !bytes.HasPrefix(stream, again) {
			t.Fatalf("%x was read as %x", stream, again)
		}
	})
}
