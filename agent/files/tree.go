package files

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// tree is a folder that nothing is written outside of.
type tree struct {
	fd      int
	resolve uint64
	// the folder used last, since entries of one folder follow each other
	lastName string
	lastFd   int
}

func openTree(folder string) (*tree, error) {
	fd, err := unix.Open(folder, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	resolve := uint64(unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS)
	if folder == "/" {
		resolve = unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS
	}
	return &tree{fd: fd, resolve: resolve, lastFd: -1}, nil
}

func (t *tree) close() {
	t.forget()
	unix.Close(t.fd)
}

// parent opens the folder that an entry goes to, making what is missing of it. The descriptor is the tree's.
func (t *tree) parent(name string) (fd int, base string, err error) {
	dir, base := path.Split(name)
	dir = strings.TrimSuffix(dir, "/")
	if dir == "" {
		return t.fd, base, nil
	}
	if dir == t.lastName && t.lastFd >= 0 {
		return t.lastFd, base, nil
	}
	fd, err = t.folder(dir)
	if errors.Is(err, unix.ENOENT) {
		if err = t.makeFolders(dir); err == nil {
			fd, err = t.folder(dir)
		}
	}
	if err != nil {
		return -1, "", err
	}
	t.forget()
	t.lastName, t.lastFd = dir, fd
	return fd, base, nil
}

// forget closes the folder used last; it may have been replaced meanwhile.
func (t *tree) forget() {
	if t.lastFd >= 0 {
		unix.Close(t.lastFd)
	}
	t.lastName, t.lastFd = "", -1
}

// lookup opens the folder of something that must be there already. The caller closes it.
func (t *tree) lookup(name string) (fd int, base string, err error) {
	dir, base := path.Split(name)
	fd, err = t.folder("./" + dir)
	return fd, base, err
}

// folder opens a folder of the tree; the caller closes it. A path that leads out of the tree is the archive's fault.
func (t *tree) folder(name string) (int, error) {
	how := unix.OpenHow{Flags: unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: t.resolve}
	for {
		fd, err := unix.Openat2(t.fd, name, &how)
		switch {
		case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EXDEV):
			return -1, fmt.Errorf("%w: a link in the path %q leads out of the folder", ErrArchive, name)
		}
		return fd, err
	}
}

func (t *tree) makeFolders(dir string) error {
	for index := 0; index <= len(dir); index++ {
		if index < len(dir) && dir[index] != '/' {
			continue
		}
		name := dir[:index]
		fd, err := t.folder(name)
		if err == nil {
			unix.Close(fd)
			continue
		}
		if !errors.Is(err, unix.ENOENT) {
			return err
		}
		parent, base, err := t.lookup(name)
		if err != nil {
			return err
		}
		err = unix.Mkdirat(parent, base, 0o755)
		unix.Close(parent)
		if err != nil {
			return err
		}
	}
	return nil
}

// remove makes room for an entry: what is no folder, or an empty one, goes.
func remove(parent int, base string) error {
	err := unix.Unlinkat(parent, base, 0)
	if errors.Is(err, unix.EISDIR) {
		err = unix.Unlinkat(parent, base, unix.AT_REMOVEDIR)
	}
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}

// createPart makes a file that has no lasting name yet.
func createPart(parent int) (fd int, name string, err error) {
	for {
		name = fmt.Sprintf(".banger-%08x.part", rand.Uint32())
		flags := unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC
		if fd, err = unix.Openat(parent, name, flags, 0o600); !errors.Is(err, unix.EEXIST) {
			return fd, name, err
		}
	}
}

// replace gives a finished file its name, over what has it, unless that is a folder with something in it.
func replace(parent int, part, base string) error {
	err := unix.Renameat(parent, part, parent, base)
	if errors.Is(err, unix.EISDIR) {
		if err = unix.Unlinkat(parent, base, unix.AT_REMOVEDIR); err == nil {
			err = unix.Renameat(parent, part, parent, base)
		}
	}
	return err
}
