package boot

import (
	"os"
	"path/filepath"
	"testing"
)

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestAnInitBehindAnAbsoluteLinkIsFoundInsideTheImage(t *testing.T) {
	root := t.TempDir()
	writeFile(t, root+"/opt/only-in-this-image/systemd", "")
	os.Mkdir(root+"/sbin", 0o755)
	os.Symlink("/opt/only-in-this-image/systemd", root+"/sbin/init")
	if got, err := findInit(root, "auto"); err != nil || got != "/sbin/init" {
		t.Fatalf("%q, %v", got, err)
	}
}

func TestAnImageWithoutAnInitHasNone(t *testing.T) {
	root := t.TempDir()
	os.Mkdir(root+"/sbin", 0o755)
	os.Symlink("/bin/missing", root+"/sbin/init")
	if got, err := findInit(root, "auto"); err != nil || got != "" {
		t.Fatalf("%q, %v", got, err)
	}
}

func TestNoneWinsOverAnInitAndAMissingOneIsAnError(t *testing.T) {
	root := t.TempDir()
	writeFile(t, root+"/sbin/init", "")
	if got, err := findInit(root, "none"); err != nil || got != "" {
		t.Fatalf("%q, %v", got, err)
	}
	if _, err := findInit(root, "/bin/own"); err == nil {
		t.Fatal("a missing init was taken")
	}
}

func TestFilesystemsWithoutADeviceAreNotTried(t *testing.T) {
	got := diskFilesystems("nodev\tsysfs\n\text4\nnodev\ttmpfs\n\tsquashfs\n")
	if len(got) != 2 || got[0] != "ext4" || got[1] != "squashfs" {
		t.Fatal(got)
	}
}

func TestUnitNamesAreEscapedAsSystemdDoes(t *testing.T) {
	got := escapeUnitPath("/usr/lib/modules/6.1.0-56-cloud-amd64")
	if want := `usr-lib-modules-6.1.0\x2d56\x2dcloud\x2damd64`; got != want {
		t.Fatal(got)
	}
}
