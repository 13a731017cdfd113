package boot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

const secure = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC

type mount struct {
	source, target, kind string
	flags                uintptr
	data                 string
}

// mountInitrd makes the initrd's own tree usable and gives this process the console.
func mountInitrd() error {
	for _, m := range []mount{
		{"proc", "/proc", "proc", secure, ""},
		{"sysfs", "/sys", "sysfs", secure, ""},
		{"devtmpfs", "/dev", "devtmpfs", unix.MS_NOSUID, "mode=0755"},
	} {
		if err := m.do(""); err != nil {
			return err
		}
	}
	fd, err := unix.Open("/dev/console", unix.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil
	}
	for target := range 3 {
		unix.Dup3(fd, target, 0)
	}
	if fd > 2 {
		unix.Close(fd)
	}
	return nil
}

// mountKernelFilesystems mounts in the new root what every program expects, and what an init would mount when
// the agent is to be it.
func mountKernelFilesystems(root string, forGood bool) error {
	mounts := []mount{
		{"proc", "/proc", "proc", secure, ""},
		{"sysfs", "/sys", "sysfs", secure, ""},
		{"devtmpfs", "/dev", "devtmpfs", unix.MS_NOSUID, "mode=0755"},
		{"devpts", "/dev/pts", "devpts", unix.MS_NOSUID | unix.MS_NOEXEC, "gid=5,mode=620,ptmxmode=666"},
		{"tmpfs", "/dev/shm", "tmpfs", unix.MS_NOSUID | unix.MS_NODEV, "mode=1777"},
		{"tmpfs", "/run", "tmpfs", unix.MS_NOSUID | unix.MS_NODEV, "mode=0755"},
	}
	for _, m := range mounts {
		if err := m.do(root); err != nil {
			return err
		}
	}
	if forGood {
		cgroup := mount{"cgroup2", "/sys/fs/cgroup", "cgroup2", secure, "nsdelegate"}
		if err := cgroup.do(root); err != nil {
			fmt.Fprintln(os.Stderr, "banger:", err)
		}
	}
	for name, target := range map[string]string{
		"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2",
	} {
		os.Symlink(target, filepath.Join(root, "dev", name))
	}
	return nil
}

// do mounts below root, making the mount point when it is missing. Something mounted already is no error.
func (m mount) do(root string) error {
	target := filepath.Join(root, m.target)
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	err := unix.Mount(m.source, target, m.kind, m.flags, m.data)
	if err != nil && !errors.Is(err, unix.EBUSY) {
		return fmt.Errorf("mount %s on %s: %w", m.kind, target, err)
	}
	return nil
}
