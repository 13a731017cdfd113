package boot

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// candidates for banger.init=auto, in order.
var candidates = []string{"/sbin/init", "/usr/sbin/init", "/lib/systemd/systemd", "/bin/init"}

// findInit returns the path of the image's init as seen in root, or "" when the agent is to stay PID 1.
func findInit(root, wanted string) (string, error) {
	switch wanted {
	case "none":
		return "", nil
	case "auto":
		for _, path := range candidates {
			if isProgram(root, path) {
				return path, nil
			}
		}
		return "", nil
	}
	if !isProgram(root, wanted) {
		return "", fmt.Errorf("the image has no init %s", wanted)
	}
	return wanted, nil
}

// isProgram follows the image's links inside root, as they will be followed once it is the root.
func isProgram(root, path string) bool {
	dir, err := unix.Open(root, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(dir)
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT}
	fd, err := unix.Openat2(dir, path, &how)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return false
	}
	return stat.Mode&unix.S_IFMT == unix.S_IFREG && stat.Mode&0o111 != 0
}
