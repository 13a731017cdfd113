package boot

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// What of an image's /root is copied at most: entries, and bytes of a file.
const (
	homeEntries   = 200
	homeFileLimit = 256 << 10
)

// errLeave says that a home stays as it is.
var errLeave = errors.New("not for copying")

// bindHome puts /root on the disk itself, where files are made in two thirds of the time that overlayfs takes. What the
// image has there is copied first, once. An image with more than dot files keeps the overlay for it, and so does a VM that
// has written there already.
func bindHome(lower, disk, root string) error {
	home := filepath.Join(disk, "plain/root")
	if _, err := os.Lstat(home); errors.Is(err, os.ErrNotExist) {
		if _, err := os.Lstat(filepath.Join(disk, "upper/root")); err == nil {
			return nil
		}
		err := copyHome(filepath.Join(lower, "root"), home)
		if errors.Is(err, errLeave) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("copy the image's /root: %w", err)
		}
	}
	if err := unix.Mount(home, filepath.Join(root, "root"), "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("bind /root: %w", err)
	}
	return nil
}

// copyHome makes a copy appear at once, and whole even when the machine is killed then.
func copyHome(from, to string) error {
	part := to + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o711); err != nil {
		return err
	}
	err := copyTree(from, part)
	if err == nil {
		err = syncDisk(part)
	}
	if err != nil {
		os.RemoveAll(part)
		return err
	}
	return os.Rename(part, to)
}

func copyTree(from, to string) error {
	entries := 0
	var folders []string
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || (path == from && !entry.IsDir()) {
			return errLeave
		}
		if entries++; entries > homeEntries {
			return errLeave
		}
		target := filepath.Join(to, path[len(from):])
		if entry.IsDir() {
			folders = append(folders, path)
			return os.Mkdir(target, 0o700)
		}
		return copyEntry(path, target)
	})
	// Folders last, since what is made in them changes their times.
	for index := len(folders) - 1; index >= 0 && err == nil; index-- {
		err = copyAttributes(folders[index], filepath.Join(to, folders[index][len(from):]))
	}
	return err
}

func copyEntry(from, to string) error {
	var stat unix.Stat_t
	if err := unix.Lstat(from, &stat); err != nil {
		return err
	}
	switch stat.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		if stat.Size > homeFileLimit || stat.Nlink > 1 {
			return errLeave
		}
		if err := copyContent(from, to); err != nil {
			return err
		}
	case unix.S_IFLNK:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		if err := os.Symlink(target, to); err != nil {
			return err
		}
	default:
		return errLeave
	}
	return copyAttributes(from, to)
}

func copyContent(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// copyAttributes copies owner, mode and times. Extended attributes are rare here, and not copied: such an entry leaves
// the home as it is.
func copyAttributes(from, to string) error {
	if size, err := unix.Llistxattr(from, nil); err == nil && size > 0 {
		return errLeave
	}
	var stat unix.Stat_t
	if err := unix.Lstat(from, &stat); err != nil {
		return err
	}
	if err := unix.Lchown(to, int(stat.Uid), int(stat.Gid)); err != nil {
		return err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFLNK {
		if err := unix.Chmod(to, stat.Mode&0o7777); err != nil {
			return err
		}
	}
	times := []unix.Timespec{stat.Atim, stat.Mtim}
	return unix.UtimesNanoAt(unix.AT_FDCWD, to, times, unix.AT_SYMLINK_NOFOLLOW)
}

func syncDisk(path string) error {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Syncfs(fd)
}
