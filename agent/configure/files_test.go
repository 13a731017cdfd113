package configure

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"banger/agent/messages"
)

const login = "/root/.tool/deep/auth.json"

func owned(content string) messages.GuestFile {
	return messages.GuestFile{Path: login, Content: []byte(content), Mode: 0o600, FolderMode: 0o700, Owner: "a plugin"}
}

func TestAFileWithAnOwnerGoesOnceNobodyGivesIt(t *testing.T) {
	c, g, config := setUp(t)
	config.Files = []messages.GuestFile{owned("first"), {Path: "/etc/lasting", Mode: 0o644}}
	c.Apply(config)
	for path, want := range map[string]os.FileMode{login: 0o600, filepath.Dir(login): 0o700, "/root/.tool": 0o700} {
		if info, err := os.Stat(g.Path(path)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	config.Files = []messages.GuestFile{owned("second")}
	c.Apply(config)
	if got := read(t, g, login); got != "second" {
		t.Fatal(got)
	}
	config.Files = nil
	// Another start of the guest: nothing is known but what is on its disk.
	if warnings := New(g, func(string) {}).Apply(config); len(warnings) > 0 {
		t.Fatal(warnings)
	}
	if exists(g.Path(login)) || !exists(g.Path("/etc/lasting")) {
		t.Fatal("the wrong file went")
	}
	if text := read(t, g, ownedFiles); text != "{}" {
		t.Fatal(text)
	}
}

func TestAFileMadeInTheGuestStays(t *testing.T) {
	c, g, config := setUp(t)
	config.Files = nil
	os.MkdirAll(g.Path(filepath.Dir(login)), 0o755)
	os.WriteFile(g.Path(login), []byte("the user's"), 0o600)
	c.Apply(config)
	if got := read(t, g, login); got != "the user's" || exists(g.Path(ownedFiles)) {
		t.Fatal(got)
	}
	// Once the host has given it, the place is the host's.
	config.Files = []messages.GuestFile{owned("the host's")}
	c.Apply(config)
	if got := read(t, g, login); got != "the host's" {
		t.Fatal(got)
	}
}

func TestWhatTookAnOwnedFilesPlaceIsNotRemoved(t *testing.T) {
	for name, replace := range map[string]func(path string) error{
		"a folder in its place": func(path string) error { return os.MkdirAll(path+"/mine", 0o755) },
		"a file in its folder's": func(path string) error {
			os.Remove(filepath.Dir(path))
			return os.WriteFile(filepath.Dir(path), nil, 0o600)
		},
		"nothing, it is gone before": func(string) error { return nil },
	} {
		c, g, config := setUp(t)
		config.Files = []messages.GuestFile{owned("content")}
		c.Apply(config)
		os.Remove(g.Path(login))
		if err := replace(g.Path(login)); err != nil {
			t.Fatal(err)
		}
		before := snapshot(t, g.Path("/root"))
		config.Files = nil
		if warnings := c.Apply(config); len(warnings) > 0 || snapshot(t, g.Path("/root")) != before {
			t.Errorf("%s: %v", name, warnings)
		}
	}
}

func TestADamagedRecordRemovesNothingAndIsSaid(t *testing.T) {
	for _, text := range []string{"", "null", "[]", `{"` + login + `": 1}`} {
		c, g, config := setUp(t)
		config.Files = []messages.GuestFile{owned("content")}
		c.Apply(config)
		os.WriteFile(g.Path(ownedFiles), []byte(text), 0o600)
		config.Files = nil
		warnings := c.Apply(config)
		if len(warnings) != 1 || !strings.Contains(warnings[0], "record") || !exists(g.Path(login)) {
			t.Errorf("%q: %v", text, warnings)
		}
	}
}
