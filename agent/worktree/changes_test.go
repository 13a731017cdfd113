package worktree

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestChangesAreWhatIsOtherwise(t *testing.T) {
	folder := t.TempDir()
	paths := []string{"same", "content", "mode", "gone", "dir/same", "dir/becomes-a-folder", "replaced", "touched"}
	var entries, known []any
	for _, path := range paths {
		entries = append(entries, file(path, "x")...)
	}
	for index, stamp := range write(t, folder, entries...) {
		known = append(known, Entry{Type: File, Stamp: stamp, Path: paths[index]})
	}
	known = append(known, Entry{Type: Directory, Path: "."}, Entry{Type: Directory, Path: "dir"}, Entry{Type: File, Path: "unknown"})
	in := func(path string) string { return filepath.Join(folder, path) }
	os.WriteFile(in("content"), []byte("y"), 0o644)
	os.Chtimes(in("content"), unixTime, unixTime)
	os.Chmod(in("mode"), 0o755)
	os.Remove(in("gone"))
	os.Remove(in("dir/becomes-a-folder"))
	os.MkdirAll(in("dir/becomes-a-folder/inner"), 0o755)
	os.WriteFile(in("other"), []byte("x"), 0o644)
	os.Rename(in("other"), in("replaced"))
	os.Chtimes(in("touched"), unixTime, unixTime)
	os.MkdirAll(in("added/deep"), 0o755)
	os.WriteFile(in("dir/added"), nil, 0o600)
	unix.Mkfifo(in("pipe"), 0o600)

	found := changes(t, folder, known...)
	for path, kind := range map[string]byte{
		"content": File, "mode": File, "gone": Missing, "dir/becomes-a-folder": Directory, "replaced": File, "touched": File,
		"added": Directory, "dir/added": File, "pipe": Other, "unknown": Missing,
	} {
		if found[path].Type != kind {
			t.Errorf("%s: %q, want %q", path, found[path].Type, kind)
		}
		delete(found, path)
	}
	if len(found) > 0 {
		t.Error("besides", found)
	}
}

var unixTime = time.Unix(0, 1_700_000_000_123_456_789)

func TestAWholeFolderMayBeGone(t *testing.T) {
	known := []any{Entry{Type: Directory, Path: "."}, Entry{Type: File, Stamp: "x", Path: "a"}}
	found := changes(t, filepath.Join(t.TempDir(), "no/such"), known...)
	if len(found) != 1 || found["a"].Type != Missing {
		t.Fatal(found)
	}
}

// The names are those of `printf x | git hash-object --stdin`, in repositories of either format.
func TestHashesAreThoseOfGit(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, append(file("file", "x"), Entry{Type: Link, Size: 1, Path: "link"}, "x")...)
	for algorithm, want := range map[string]string{
		"sha1":   "c1b0730e0133447badcfd47fd144e254807b06e1",
		"sha256": "4b6cea43da6e13c24f191bcb97b51a58781d1ccdd8281d96291a2582f5177b78",
	} {
		var out bytes.Buffer
		known := stream(Entry{Type: Directory, Path: "."}, Entry{Type: File, Path: "file"}, Entry{Type: Link, Path: "link"})
		if err := Changes(folder, known, algorithm, &out); err != nil {
			t.Fatal(err)
		}
		if strings.Count(out.String(), " "+want+" ") != 2 {
			t.Errorf("%s: %q", algorithm, out.String())
		}
	}
	if err := Changes(folder, stream(), "md5", io.Discard); err == nil {
		t.Error("an unknown hash was taken")
	}
}
