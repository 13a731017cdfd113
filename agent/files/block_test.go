package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestABlockIsReplacedAndOthersLinesStay(t *testing.T) {
	text := WithBlock("mine\n", []string{"one"})
	text = WithBlock(text+"more of mine\n", []string{"two", "three"})
	if strings.Contains(text, "one") || !strings.Contains(text, "two\nthree\n") || !strings.HasSuffix(text, "mine\nmore of mine\n") {
		t.Fatalf("%q", text)
	}
	if rest := WithBlock(text, nil); rest != "mine\nmore of mine\n" {
		t.Fatalf("%q", rest)
	}
}

func TestAFileThatIsRightIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new/folder/file")
	attributes := Attributes{Mode: 0o640, UID: os.Geteuid(), GID: os.Getegid()}
	for range 2 {
		if err := WriteAtomic(path, []byte("text"), attributes); err != nil {
			t.Fatal(err)
		}
	}
	before, _ := os.Stat(path)
	WriteAtomic(path, []byte("text"), attributes)
	if after, _ := os.Stat(path); !os.SameFile(before, after) || after.Mode() != 0o640 {
		t.Fatal(after.Mode())
	}
	WriteAtomic(path, []byte("other"), attributes)
	if after, _ := os.Stat(path); os.SameFile(before, after) {
		t.Fatal("not replaced")
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Fatal(entries)
	}
}
