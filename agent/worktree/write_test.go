package worktree

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func stream(entries ...any) *bytes.Buffer {
	var out bytes.Buffer
	for _, part := range entries {
		switch part := part.(type) {
		case Entry:
			out.Write(part.append(nil))
		case string:
			out.WriteString(part)
		}
	}
	return &out
}

func file(path, content string) []any {
	return []any{Entry{Type: File, Mode: 0o644, Modified: 1_700_000_000_123_456_789, Size: int64(len(content)), Path: path}, content}
}

func write(t *testing.T, folder string, entries ...any) []string {
	t.Helper()
	stamps, err := Write(folder, stream(entries...))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(stamps), "\n"), "\n")
}

func changes(t *testing.T, folder string, known ...any) map[string]Entry {
	t.Helper()
	var out bytes.Buffer
	if err := Changes(folder, stream(known...), "sha1", &out); err != nil {
		t.Fatal(err)
	}
	found := map[string]Entry{}
	for in := newEntryReader(&out); ; {
		entry, err := in.next()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		found[entry.Path] = entry
	}
}

func TestWhatIsWrittenIsThere(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new/repo")
	entries := append(file("deep/er/file", "content"),
		Entry{Type: Link, Modified: 1_700_000_000_000_000_000, Size: 7, Path: "link"}, "/target",
		Entry{Type: File, Mode: 0o4711, Modified: -5, Path: "empty"},
		Entry{Type: Directory, Path: "folder/inner"})
	if stamps := write(t, folder, entries...); len(stamps) != 3 || stamps[0] == stamps[1] {
		t.Fatal(stamps)
	}
	content, _ := os.ReadFile(filepath.Join(folder, "deep/er/file"))
	info, _ := os.Stat(filepath.Join(folder, "deep/er/file"))
	if string(content) != "content" || info.Mode() != 0o644 || info.ModTime().UnixNano() != 1_700_000_000_123_456_789 {
		t.Error(string(content), info.Mode(), info.ModTime())
	}
	if target, _ := os.Readlink(filepath.Join(folder, "link")); target != "/target" {
		t.Error(target)
	}
	if info, _ := os.Stat(filepath.Join(folder, "empty")); info.Mode() != 0o711|os.ModeSetuid {
		t.Error(info.Mode())
	}
	if info, err := os.Stat(filepath.Join(folder, "folder/inner")); err != nil || !info.IsDir() {
		t.Error(err)
	}
}

func TestWhatIsInTheWayIsReplacedOrRemoved(t *testing.T) {
	folder := t.TempDir()
	other := filepath.Join(t.TempDir(), "other")
	os.WriteFile(other, []byte("mine"), 0o644)
	write(t, folder, append(append(file("a", "one"), file("dir/b", "two")...), file("tree/x/y", "three")...)...)
	os.Symlink(other, filepath.Join(folder, "link"))
	before, _ := os.Open(filepath.Join(folder, "a"))
	defer before.Close()

	write(t, folder, append(append([]any{
		Entry{Type: Missing, Path: "tree"}, Entry{Type: Missing, Path: "dir/b"}, Entry{Type: Missing, Path: "never/was"},
		Entry{Type: Pruned, Path: "dir"}, Entry{Type: Pruned, Path: "never"}, Entry{Type: Pruned, Path: "link"},
	}, file("a", "changed")...), file("link", "no link")...)...)

	if content, _ := io.ReadAll(before); string(content) != "one" {
		t.Errorf("whoever had it open reads %q", content)
	}
	if content, _ := os.ReadFile(other); string(content) != "mine" {
		t.Errorf("written through a link: %q", content)
	}
	names, _ := os.ReadDir(folder)
	if len(names) != 2 || names[0].Name() != "a" || names[1].Name() != "link" {
		t.Error(names)
	}
}

func TestAFolderThatHoldsSomethingIsNotPruned(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, append(file("dir/mine", "x"), Entry{Type: Pruned, Path: "dir"})...)
	if _, err := os.Stat(filepath.Join(folder, "dir/mine")); err != nil {
		t.Fatal(err)
	}
}

func TestNothingIsWrittenThroughALink(t *testing.T) {
	folder, other := t.TempDir(), t.TempDir()
	os.Symlink(other, filepath.Join(folder, "out"))
	for _, entries := range [][]any{file("out/new", "x"), {Entry{Type: Directory, Path: "out/new"}}, {Entry{Type: Missing, Path: "out/file"}}} {
		Write(folder, stream(entries...))
	}
	if names, _ := os.ReadDir(other); len(names) != 0 {
		t.Fatal(names)
	}
}

func TestPathsThatLeadOutAreRefused(t *testing.T) {
	for _, path := range []string{"../x", "a/../../x", "/x", "a//b", "", ".", "a/.", "./a"} {
		if _, err := Write(t.TempDir(), stream(file(path, "x")...)); err == nil {
			t.Errorf("%q was taken", path)
		}
	}
}

func TestAStreamThatEndsEarlyIsRefused(t *testing.T) {
	whole := stream(file("a", "content")...).Bytes()
	for end := 1; end < len(whole); end++ {
		if _, err := Write(t.TempDir(), bytes.NewReader(whole[:end])); err == nil {
			t.Errorf("%d bytes of %d were taken", end, len(whole))
		}
	}
}

func TestWhatIsReadIsWhatIsThere(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, append(file("dir/file", "content"), Entry{Type: Link, Size: 6, Path: "link"}, "target")...)
	var out bytes.Buffer
	names := []any{}
	for _, path := range []string{"link", "dir/file", "no/such", "dir"} {
		names = append(names, Entry{Type: File, Path: path})
	}
	if err := Read(folder, stream(names...), &out); err != nil {
		t.Fatal(err)
	}
	in := newEntryReader(&out)
	for _, want := range []struct {
		kind    byte
		content string
	}{{Link, "target"}, {File, "content"}, {Missing, ""}, {Directory, ""}} {
		entry, err := in.next()
		content := make([]byte, entry.Size)
		io.ReadFull(in, content)
		if err != nil || entry.Type != want.kind || string(content) != want.content {
			t.Errorf("%+v %q %v, want %+v", entry, content, err, want)
		}
	}
}

func FuzzWrite(f *testing.F) {
	f.Add(stream(file("a/b", "x")...).Bytes())
	f.Add(stream(Entry{Type: Link, Size: 2, Path: "a"}, "..", Entry{Type: File, Path: "a/b"}).Bytes())
	f.Add(stream(Entry{Type: Missing, Path: "a"}, Entry{Type: Pruned, Path: "b"}).Bytes())
	f.Fuzz(func(t *testing.T, text []byte) {
		top := t.TempDir()
		os.WriteFile(filepath.Join(top, "mine"), []byte("mine"), 0o644)
		Write(filepath.Join(top, "folder"), bytes.NewReader(text))
		names, _ := os.ReadDir(top)
		if content, _ := os.ReadFile(filepath.Join(top, "mine")); len(names) != 2 || string(content) != "mine" {
			t.Fatalf("written outside: %v %q", names, content)
		}
	})
}
