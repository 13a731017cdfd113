package worktree

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// folders opens the folders of a tree. The kernel sees to it that no link on the way is followed (openat2(2)).
type folders struct {
	top int
	// the one used last, since entries of one folder follow each other; it is not open when lastFd is top
	last   string
	lastFd int
}

func openFolders(path string) (*folders, error) {
	top, err := unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return &folders{top: top, lastFd: top}, err
}

func (f *folders) close() {
	f.forget()
	unix.Close(f.top)
}

// forget lets go of the folder used last, which may be replaced.
func (f *folders) forget() {
	if f.lastFd != f.top {
		unix.Close(f.lastFd)
	}
	f.last, f.lastFd = "", f.top
}

// of opens the folder that a path lies in, and gives the path's last name. The descriptor stays the tree's.
func (f *folders) of(path string) (fd int, name string, err error) {
	at := strings.LastIndexByte(path, '/')
	if at < 0 {
		return f.top, path, nil
	}
	dir, name := path[:at], path[at+1:]
	if dir == f.last {
		return f.lastFd, name, nil
	}
	fd, err = f.open(dir)
	if err != nil {
		return -1, "", err
	}
	f.forget()
	f.last, f.lastFd = dir, fd
	return fd, name, nil
}

// ofNew is `of`, making the folders that are missing.
func (f *folders) ofNew(path string) (fd int, name string, err error) {
	fd, name, err = f.of(path)
	if !errors.Is(err, unix.ENOENT) {
		return fd, name, err
	}
	if err := f.make(path[:strings.LastIndexByte(path, '/')]); err != nil {
		return -1, "", err
	}
	return f.of(path)
}

// make makes a folder and those above it. One that is there is no error.
func (f *folders) make(path string) error {
	parent, name, err := f.ofNew(path)
	if err != nil {
		return err
	}
	if err = unix.Mkdirat(parent, name, 0o755); errors.Is(err, unix.EEXIST) {
		return nil
	}
	return err
}

// open opens a folder for reading; the caller closes it.
func (f *folders) open(path string) (int, error) {
	how := unix.OpenHow{
		Flags:   unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS,
	}
	for {
		fd, err := unix.Openat2(f.top, path, &how)
		switch {
		case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.ELOOP):
			return -1, fmt.Errorf("%s: %w", path, unix.ENOTDIR)
		case err != nil:
			return -1, fmt.Errorf("%s: %w", path, err)
		}
		return fd, nil
	}
}
