package boot

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// keepMounted tells systemd to leave a mount to its last moment at shutdown. It would try earlier, while udevd still
// holds the modules' index, and report a failure on the console.
func keepMounted(root, mountPoint string) {
	unit := escapeUnitPath(mountPoint) + ".mount"
	dir := filepath.Join(root, "run/systemd/system", unit+".d")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return
	}
	os.WriteFile(filepath.Join(dir, "10-banger.conf"), []byte("[Unit]\nDefaultDependencies=no\n"), 0o644)
}

// noConsoleLogins keeps systemd from a login prompt on the serial console, which is a log that nobody types into. Without
// udev, as in images made for containers, it would wait 90 s for the console's device.
func noConsoleLogins(root string) {
	dir := filepath.Join(root, "run/systemd/system")
	if os.MkdirAll(dir, 0o755) == nil {
		os.Symlink("/dev/null", filepath.Join(dir, "serial-getty@.service"))
	}
}

// escapeUnitPath is systemd-escape --path (systemd.unit(5), "String escaping for inclusion in unit names").
func escapeUnitPath(path string) string {
	var escaped strings.Builder
	for index, letter := range []byte(strings.Trim(path, "/")) {
		switch {
		case letter == '/':
			escaped.WriteByte('-')
		case letter >= 'a' && letter <= 'z', letter >= 'A' && letter <= 'Z', letter >= '0' && letter <= '9',
			letter == '_', letter == ':', letter == '.' && index > 0:
			escaped.WriteByte(letter)
		default:
			fmt.Fprintf(&escaped, `\x%02x`, letter)
		}
	}
	return escaped.String()
}
