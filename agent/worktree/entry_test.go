package worktree

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"testing/quick"
)

func TestEveryEntryIsReadAsItWasWritten(t *testing.T) {
	same := func(mode uint16, modified int64, size uint32, name string) bool {
		path := strings.NewReplacer("\x00", "", "/", "").Replace("n" + name)
		entry := Entry{Type: File, Mode: uint32(mode & 0o7777), Modified: modified, Size: int64(size), Stamp: "s.1", Hash: unknown, Path: path}
		read, err := newEntryReader(stream(entry)).next()
		return err == nil && read == entry
	}
	if err := quick.Check(same, nil); err != nil {
		t.Fatal(err)
	}
}

func TestTheGoldenStreamIsUnderstood(t *testing.T) {
	text, err := os.ReadFile("../testdata/worktree-entries")
	if err != nil {
		t.Fatal(err)
	}
	var again []byte
	for in := newEntryReader(bytes.NewReader(text)); ; {
		entry, err := in.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		again = entry.append(again)
		if entry.Type == File || entry.Type == Link {
			content := make([]byte, entry.Size)
			io.ReadFull(in, content)
			again = append(again, content...)
		}
	}
	if !bytes.Equal(again, text) {
		t.Fatalf("became %q", again)
	}
}
