package files

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func archive(t testing.TB, headers ...tar.Header) *bytes.Buffer {
	t.Helper()
	var buffer bytes.Buffer
	writer := tar.NewWriter(&buffer)
	for _, header := range headers {
		content := []byte(nil)
		if header.Typeflag == tar.TypeReg {
			content = []byte("content")
			header.Size = int64(len(content))
		}
		header.Uid, header.Gid = os.Geteuid(), os.Getegid()
		if err := writer.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		writer.Write(content)
	}
	writer.Close()
	return &buffer
}

// outside makes a folder to unpack into, beside one that nothing may be written to.
func outside(t testing.TB) (folder, other string) {
	t.Helper()
	top := t.TempDir()
	folder, other = filepath.Join(top, "folder"), filepath.Join(top, "other")
	os.Mkdir(other, 0o755)
	os.WriteFile(filepath.Join(other, "file"), []byte("mine"), 0o644)
	return folder, other
}

func checkUntouched(t testing.TB, other string) {
	t.Helper()
	entries, _ := os.ReadDir(other)
	content, _ := os.ReadFile(filepath.Join(other, "file"))
	if len(entries) != 1 || string(content) != "mine" {
		t.Fatalf("written outside: %v %q", entries, content)
	}
}

func TestNothingIsWrittenOutsideOfTheFolder(t *testing.T) {
	file := tar.Header{Typeflag: tar.TypeReg, Mode: 0o644}
	named := func(name string) tar.Header { file.Name = name; return file }
	for name, headers := range map[string][]tar.Header{
		"a climbing name":          {named("../other/new")},
		"a climb in the middle":    {named("a/../../other/new")},
		"a link, then through it":  {{Typeflag: tar.TypeSymlink, Name: "a", Linkname: "../other"}, named("a/new")},
		"an absolute link":         {{Typeflag: tar.TypeSymlink, Name: "a", Linkname: "/"}, named("a/tmp/banger-was-here")},
		"links over links":         {{Typeflag: tar.TypeSymlink, Name: "a", Linkname: "."}, {Typeflag: tar.TypeSymlink, Name: "a/b", Linkname: "a/.."}, {Typeflag: tar.TypeSymlink, Name: "c", Linkname: "a/b/../other"}, named("c/new")},
		"a hard link from outside": {{Typeflag: tar.TypeLink, Name: "a", Linkname: "../other/file"}},
		"a hard link over a link":  {{Typeflag: tar.TypeSymlink, Name: "a", Linkname: "../other"}, {Typeflag: tar.TypeLink, Name: "b", Linkname: "a/file"}},
	} {
		t.Run(name, func(t *testing.T) {
			folder, other := outside(t)
			_, err := Unpack(archive(t, headers...), folder)
			if !errors.Is(err, ErrArchive) {
				t.Errorf("got %v, want a refusal", err)
			}
			checkUntouched(t, other)
		})
	}
}

func TestALinkOutOfTheFolderIsReplacedNotWrittenThrough(t *testing.T) {
	folder, other := outside(t)
	_, err := Unpack(archive(t,
		tar.Header{Typeflag: tar.TypeSymlink, Name: "file", Linkname: "../other/file"},
		tar.Header{Typeflag: tar.TypeReg, Name: "file", Mode: 0o600},
		tar.Header{Typeflag: tar.TypeSymlink, Name: "dir", Linkname: "../other"},
		tar.Header{Typeflag: tar.TypeDir, Name: "dir/", Mode: 0o700},
		tar.Header{Typeflag: tar.TypeReg, Name: "dir/file", Mode: 0o600},
	), folder)
	if err != nil {
		t.Fatal(err)
	}
	checkUntouched(t, other)
	if content, _ := os.ReadFile(filepath.Join(folder, "dir/file")); string(content) != "content" {
		t.Fatalf("%q", content)
	}
}

func TestALinkBeneathTheFolderIsFollowed(t *testing.T) {
	folder, _ := outside(t)
	answer, err := Unpack(archive(t,
		tar.Header{Typeflag: tar.TypeDir, Name: "usr/lib", Mode: 0o755},
		tar.Header{Typeflag: tar.TypeSymlink, Name: "lib", Linkname: "usr/lib"},
		tar.Header{Typeflag: tar.TypeDir, Name: "lib/", Mode: 0o755},
		tar.Header{Typeflag: tar.TypeReg, Name: "lib/deep/file", Mode: 0o644},
	), folder)
	if err != nil || answer.Entries != 4 || answer.Bytes != 7 {
		t.Fatalf("%+v, %v", answer, err)
	}
	if _, err := os.Lstat(filepath.Join(folder, "usr/lib/deep/file")); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsPackedIsUnpackedTheSame(t *testing.T) {
	source, target := t.TempDir(), t.TempDir()
	tree := filepath.Join(source, "tree")
	os.MkdirAll(filepath.Join(tree, "read-only"), 0o755)
	os.WriteFile(filepath.Join(tree, "read-only/file"), bytes.Repeat([]byte("x"), 100_000), 0o640)
	os.Symlink("read-only/file", filepath.Join(tree, "link"))
	os.Symlink("/nowhere", filepath.Join(tree, "dangling"))
	os.Link(filepath.Join(tree, "read-only/file"), filepath.Join(tree, "twin"))
	os.WriteFile(filepath.Join(tree, "set-uid"), nil, 0o755)
	os.Chmod(filepath.Join(tree, "set-uid"), 0o755|os.ModeSetuid)
	at := time.Unix(1_700_000_000, 0)
	os.Chtimes(filepath.Join(tree, "set-uid"), at, at)
	os.Chmod(filepath.Join(tree, "read-only"), 0o555)
	t.Cleanup(func() {
		os.Chmod(filepath.Join(tree, "read-only"), 0o755)
		os.Chmod(filepath.Join(target, "tree/read-only"), 0o755)
	})

	var stream bytes.Buffer
	if err := Pack(&stream, tree); err != nil {
		t.Fatal(err)
	}
	answer, err := Unpack(&stream, target)
	if err != nil || answer.Entries != 7 || answer.Bytes != 100_000 {
		t.Fatalf("%+v, %v", answer, err)
	}
	for _, name := range []string{"", "read-only", "read-only/file", "link", "dangling", "twin", "set-uid"} {
		want, _ := os.Lstat(filepath.Join(tree, name))
		got, err := os.Lstat(filepath.Join(target, "tree", name))
		if err != nil || got.Mode() != want.Mode() || !got.IsDir() && got.Size() != want.Size() || got.ModTime().Sub(want.ModTime()).Abs() > time.Microsecond {
			t.Errorf("%s: %v, want %v (%v)", name, got, want, err)
		}
	}
	one, _ := os.Stat(filepath.Join(target, "tree/twin"))
	two, _ := os.Stat(filepath.Join(target, "tree/read-only/file"))
	if !os.SameFile(one, two) {
		t.Error("the hard link became a copy")
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(archive(f, tar.Header{Typeflag: tar.TypeReg, Name: "a/b", Mode: 0o644}).Bytes())
	f.Add(archive(f, tar.Header{Typeflag: tar.TypeSymlink, Name: "a", Linkname: ".."}, tar.Header{Typeflag: tar.TypeReg, Name: "a/b"}).Bytes())
	f.Add(archive(f, tar.Header{Typeflag: tar.TypeDir, Name: "./", Mode: 0o755}, tar.Header{Typeflag: tar.TypeLink, Name: "b", Linkname: "./"}).Bytes())
	f.Fuzz(func(t *testing.T, stream []byte) {
		if bytes.Contains(stream, []byte("mknod")) || len(stream) > 1<<16 {
			return
		}
		folder, other := outside(t)
		Unpack(bytes.NewReader(stream), folder)
		checkUntouched(t, other)
	})
}
