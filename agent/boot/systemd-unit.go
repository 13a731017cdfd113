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
