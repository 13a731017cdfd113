package boot

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// switchRoot makes root this process's and the namespace's root. The initrd can't be unmounted; its files are
// removed to free their memory (the running program stays alive through its open text).
func switchRoot(root string) error {
	for _, path := range []string{"/dev", "/sys", "/proc"} {
		unix.Unmount(path, unix.MNT_DETACH)
	}
	os.RemoveAll("/modules")
	os.Remove("/init")
	if err := unix.Chdir(root); err != nil {
		return err
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("move the new root: %w", err)
	}
	if err := unix.Chroot("."); err != nil {
		return err
	}
	return unix.Chdir("/")
}
