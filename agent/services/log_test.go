package services

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"
)

func TestTheLastLinesAreWhatProgramsWroteSinceThen(t *testing.T) {
	earlier := "an earlier run\n"
	path := filepath.Join(t.TempDir(), "log")
	os.WriteFile(path, []byte(earlier+"banger: now running apt-get\n1\n2\n3\n\n10%\r20%\r4\nE: broken \xff\n6\nbanger: now it ended with 100\n"), 0o600)
	if got := lastLines(path, int64(len(earlier))); got != "3\n10%\n20%\n4\nE: broken ?\n6" {
		t.Errorf("%q", got)
	}
	if got := lastLines(filepath.Join(t.TempDir(), "none"), 0); got != "" {
		t.Errorf("%q", got)
	}
}

func TestTheLastLinesOfAnythingAreFewAndText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	property := func(content []byte, from uint16) bool {
		os.WriteFile(path, []byte(strings.Repeat(string(content), 200)), 0o600)
		text := lastLines(path, int64(from))
		return len(text) <= detailBytes && strings.Count(text, "\n") < detailLines && utf8.ValidString(text)
	}
	if err := quick.Check(property, nil); err != nil {
		t.Error(err)
	}
}
