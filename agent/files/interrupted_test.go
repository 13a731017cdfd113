package files

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
)

var errLost = errors.New("the connection was lost")

func TestAFileThatDoesNotComeWholeLeavesWhatWasThere(t *testing.T) {
	whole := archive(t, tar.Header{Typeflag: tar.TypeReg, Name: "file", Mode: 0o644}).Bytes()
	for name, write := range map[string]func(folder string, stream io.Reader) error{
		"an archive": func(folder string, stream io.Reader) error {
			_, err := Unpack(io.MultiReader(bytes.NewReader(whole[:515]), stream), folder)
			return err
		},
		"a stream": func(folder string, stream io.Reader) error {
			_, err := WriteStream(io.MultiReader(bytes.NewReader([]byte("half")), stream), filepath.Join(folder, "file"))
			return err
		},
	} {
		for _, before := range []string{"", "the one before"} {
			folder := t.TempDir()
			path := filepath.Join(folder, "file")
			if before != "" {
				os.WriteFile(path, []byte(before), 0o640)
			}
			if err := write(folder, iotest.ErrReader(errLost)); !errors.Is(err, errLost) {
				t.Errorf("%s: %v", name, err)
			}
			content, _ := os.ReadFile(path)
			entries, _ := os.ReadDir(folder)
			if string(content) != before || len(entries) > 1 || before == "" && len(entries) != 0 {
				t.Errorf("%s over %q: %q, %v", name, before, content, entries)
			}
		}
	}
}

func TestAFileReplacesALinkAndAnEmptyFolderButNotAFullOne(t *testing.T) {
	folder, other := outside(t)
	os.Mkdir(folder, 0o755)
	os.Symlink("../other/file", filepath.Join(folder, "link"))
	os.Mkdir(filepath.Join(folder, "empty"), 0o755)
	os.MkdirAll(filepath.Join(folder, "full/of"), 0o755)
	for name, works := range map[string]bool{"link": true, "empty": true, "full": false} {
		_, err := Unpack(archive(t, tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600}), folder)
		info, _ := os.Lstat(filepath.Join(folder, name))
		if (err == nil) != works || info.Mode().IsRegular() != works {
			t.Errorf("%s: %v, %v", name, err, info.Mode())
		}
	}
	checkUntouched(t, other)
	if parts, _ := filepath.Glob(filepath.Join(folder, ".banger-*")); len(parts) > 0 {
		t.Error(parts)
	}
}

func TestAStreamKeepsTheModeOfTheFileItReplacesAndNeedsItsFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, want := range []os.FileMode{0o644, 0o600} {
		written, err := WriteStream(bytes.NewReader([]byte("content")), path)
		info, _ := os.Stat(path)
		if err != nil || written != 7 || info.Mode() != want {
			t.Fatal(err, written, info.Mode())
		}
		os.Chmod(path, 0o600)
	}
	if _, err := WriteStream(bytes.NewReader(nil), path+"/below"); err == nil {
		t.Fatal("no error")
	}
}

func TestStatFollowsLinksToWhereTheyLead(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	os.Mkdir(at("folder"), 0o750)
	os.WriteFile(at("folder/file"), []byte("12345"), 0o640)
	os.Symlink("folder", at("link"))
	os.Symlink("nowhere", at("dangling"))
	for path, want := range map[string]struct {
		kind, path string
		mode       uint32
		size       int64
	}{
		"link/file": {"file", "folder/file", 0o640, 5}, "link": {"folder", "folder", 0o750, -1}, "dangling": {"link", "dangling", 0o777, -1},
	} {
		got, err := Stat(at(path))
		if err != nil || got.Type != want.kind || got.Path != at(want.path) || got.Mode != want.mode || want.size >= 0 && got.Size != want.size {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
	if got, err := Stat("/dev/null"); err != nil || got.Type != "other" {
		t.Error(got, err)
	}
	if _, err := Stat(at("missing")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestAFileOfTheKernelsHasItsContentAndItsTreesAreLeftOut(t *testing.T) {
	var stream bytes.Buffer
	if err := Pack(&stream, "/proc/version"); err != nil {
		t.Fatal(err)
	}
	want, _ := os.ReadFile("/proc/version")
	reader := tar.NewReader(&stream)
	if header, err := reader.Next(); err != nil || header.Size != int64(len(want)) {
		t.Fatal(header, err)
	}
	if content, _ := io.ReadAll(reader); !bytes.Equal(content, want) {
		t.Fatalf("%q", content)
	}
	if !isMadeUp("/proc/self") || isMadeUp(t.TempDir()) {
		t.Fatal("/proc is not known")
	}
}
