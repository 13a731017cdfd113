package worktree

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// remove removes whatever is at a path, a folder with all that it holds. Nothing there is no error.
func (f *folders) remove(path string) error {
	parent, name, err := f.of(path)
	if isGone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	err = unix.Unlinkat(parent, name, 0)
	if errors.Is(err, unix.EISDIR) {
		err = f.removeFolder(path)
	}
	if isGone(err) {
		return nil
	}
	return err
}

func (f *folders) removeFolder(path string) error {
	fd, err := f.open(path)
	if err != nil {
		return err
	}
	folder := os.NewFile(uintptr(fd), path)
	names, err := folder.Readdirnames(-1)
	folder.Close()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := f.remove(path + "/" + name); err != nil {
			return err
		}
	}
	return f.removeEmpty(path)
}

// prune removes a folder if it is empty, and leaves it alone otherwise.
func (f *folders) prune(path string) error {
	err := f.removeEmpty(path)
	if isGone(err) || errors.Is(err, unix.ENOTEMPTY) || errors.Is(err, unix.EEXIST) || errors.Is(err, unix.ENOTDIR) {
		return nil
	}
	return err
}

func (f *folders) removeEmpty(path string) error {
	f.forget()
	parent, name, err := f.of(path)
	if err != nil {
		return err
	}
	return unix.Unlinkat(parent, name, unix.AT_REMOVEDIR)
}

func isGone(err error) bool {
	return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR)
}
