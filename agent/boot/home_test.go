package boot

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestCopyHomeTakesDotFilesAsTheyAre(t *testing.T) {
	from, to := makeHome(t), filepath.Join(t.TempDir(), "plain/root")
	os.Symlink(".bashrc", filepath.Join(from, ".link"))
	past := time.Unix(1_600_000_000, 5)
	os.Chtimes(filepath.Join(from, ".config/settings"), past, past)
	os.Chtimes(filepath.Join(from, ".config"), past, past)
	if err := copyHome(from, to); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".", ".config", ".config/settings", ".bashrc", ".link"} {
		before, _ := os.Lstat(filepath.Join(from, name))
		after, err := os.Lstat(filepath.Join(to, name))
		if err != nil || after.Mode() != before.Mode() || !after.ModTime().Equal(before.ModTime()) {
			t.Errorf("%s: %v is %v (%v)", name, before, after, err)
		}
	}
	if text, _ := os.ReadFile(filepath.Join(to, ".link")); string(text) != "alias l=ls\n" {
		t.Errorf("the link leads to %q", text)
	}
}

func TestCopyHomeLeavesWhatIsMoreThanDotFiles(t *testing.T) {
	for name, add := range map[string]func(home string) error{
		"a large file": func(home string) error { return os.Truncate(filepath.Join(home, ".bashrc"), homeFileLimit+1) },
		"a hard link":  func(home string) error { return os.Link(filepath.Join(home, ".bashrc"), filepath.Join(home, "two")) },
		"no folder":    func(home string) error { return errors.Join(os.RemoveAll(home), os.Symlink("/", home)) },
		"nothing":      os.RemoveAll,
		"many files": func(home string) error {
			for range homeEntries {
				if _, err := os.CreateTemp(home, ""); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		from, to := makeHome(t), filepath.Join(t.TempDir(), "plain/root")
		if err := add(from); err != nil {
			t.Fatal(err)
		}
		if err := copyHome(from, to); !errors.Is(err, errLeave) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(filepath.Dir(to)); len(left) > 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
}

func TestCopyHomeBeginsAnewAfterAnInterruptedOne(t *testing.T) {
	from, to := makeHome(t), filepath.Join(t.TempDir(), "plain/root")
	os.MkdirAll(filepath.Join(to+".part", "half"), 0o755)
	if err := copyHome(from, to); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(to, "half")); !errors.Is(err, os.ErrNotExist) {
		t.Error("what was interrupted is in the copy")
	}
}

func makeHome(t *testing.T) string {
	home := filepath.Join(t.TempDir(), "root")
	os.MkdirAll(filepath.Join(home, ".config"), 0o750)
	os.WriteFile(filepath.Join(home, ".bashrc"), []byte("alias l=ls\n"), 0o640)
	os.WriteFile(filepath.Join(home, ".config/settings"), nil, 0o600)
	return home
}
