package worktree

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Lock mounts a folder on itself, read-only: nothing below it can be written, by root either, short of unmounting.
func Lock(path string) error {
	if err := unix.Mount(path, path, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("bind %s: %w", path, err)
	}
	if err := unix.Mount("", path, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		return errors.Join(fmt.Errorf("make %s read-only: %w", path, err), unix.Unmount(path, unix.MNT_DETACH))
	}
	return nil
}

// Unlock takes away what Lock has mounted. Who works in the folder goes on seeing it read-only.
func Unlock(path string) error {
	for {
		locked, err := isLocked(path)
		if err != nil || !locked {
			return err
		}
		if err := unix.Unmount(path, unix.MNT_DETACH); err != nil {
			return fmt.Errorf("unmount %s: %w", path, err)
		}
	}
}

func isLocked(path string) (bool, error) {
	mounts, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return false, err
	}
	defer mounts.Close()
	return findLock(mounts, path)
}

// findLock tells whether what is mounted on a path last is a folder, read-only. Lines are
// `id parent major:minor root target options …` (proc_pid_mountinfo(5)).
func findLock(mounts io.Reader, path string) (bool, error) {
	locked := false
	lines := bufio.NewScanner(mounts)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 6 || unescape(fields[4]) != path {
			continue
		}
		locked = fields[3] != "/" && strings.HasPrefix(fields[5]+",", "ro,")
	}
	return locked, lines.Err()
}

// unescape undoes the kernel's `\ooo` for blanks and backslashes.
func unescape(text string) string {
	var out strings.Builder
	for index := 0; index < len(text); index++ {
		if text[index] == '\\' && index+3 < len(text) {
			if code, err := strconv.ParseUint(text[index+1:index+4], 8, 8); err == nil {
				out.WriteByte(byte(code))
				index += 3
				continue
			}
		}
		out.WriteByte(text[index])
	}
	return out.String()
}
