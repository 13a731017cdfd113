package worktree

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Write makes a folder have what the stream says. What is new is written in place, what replaces something is written
// beside it and renamed. Nothing waits for the disk. Files belong to whoever runs the agent.
//
// It answers with the stamp of every file and link, a line each, in the stream's order.
func Write(path string, stream io.Reader) ([]byte, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, err
	}
	folders, err := openFolders(path)
	if err != nil {
		return nil, err
	}
	defer folders.close()
	w := &writer{folders: folders, in: newEntryReader(stream), chunk: make([]byte, 256<<10)}
	for {
		entry, err := w.in.next()
		if err == io.EOF {
			awaitTick(w.changed)
			return w.stamps, nil
		}
		if err == nil {
			err = w.entry(entry)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Path, err)
		}
	}
}

type writer struct {
	folders *folders
	in      entryReader
	chunk   []byte
	stamps  []byte
	// when the last file was stamped, in the kernel's time
	changed int64
}

func (w *writer) entry(entry Entry) error {
	switch entry.Type {
	case File:
		return w.file(entry)
	case Link:
		return w.link(entry)
	case Directory:
		if entry.Path == "." {
			return nil
		}
		return w.folders.make(entry.Path)
	case Missing:
		return w.folders.remove(entry.Path)
	case Pruned:
		return w.folders.prune(entry.Path)
	}
	return fmt.Errorf("%w: it can't be written", ErrStream)
}

func (w *writer) file(entry Entry) error {
	parent, name, err := w.folders.ofNew(entry.Path)
	if err != nil {
		return err
	}
	const flags = unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC
	fd, err := unix.Openat(parent, name, flags, entry.Mode&0o777)
	if errors.Is(err, unix.EEXIST) {
		part := partName()
		if fd, err = unix.Openat(parent, part, flags, entry.Mode&0o777); err == nil {
			err = w.fill(fd, entry)
			unix.Close(fd)
			return w.rename(parent, part, name, err)
		}
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := w.fill(fd, entry); err != nil {
		return err
	}
	return w.stampFile(fd)
}

func partName() string {
	return fmt.Sprintf(".banger-%08x.part", rand.Uint32())
}

// fill writes the content, and whatever the umask or the filesystem made of the mode.
func (w *writer) fill(fd int, entry Entry) error {
	for left := entry.Size; left > 0; {
		chunk := w.chunk[:min(left, int64(len(w.chunk)))]
		if _, err := io.ReadFull(w.in, chunk); err != nil {
			return fmt.Errorf("%w: it ends in the middle of a file (%w)", ErrStream, err)
		}
		left -= int64(len(chunk))
		for len(chunk) > 0 {
			written, err := unix.Write(fd, chunk)
			if err != nil && !errors.Is(err, unix.EINTR) {
				return err
			}
			chunk = chunk[max(written, 0):]
		}
	}
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return err
	}
	if stat.Mode&0o7777 != entry.Mode {
		if err := unix.Fchmod(fd, entry.Mode); err != nil {
			return err
		}
	}
	return setModified(fd, entry.Modified)
}

// setModified is futimens(3): utimensat(2) without a path.
func setModified(fd int, modified int64) error {
	times := [2]unix.Timespec{unix.NsecToTimespec(modified), unix.NsecToTimespec(modified)}
	_, _, errno := unix.Syscall6(unix.SYS_UTIMENSAT, uintptr(fd), 0, uintptr(unsafe.Pointer(&times)), 0, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

func (w *writer) link(entry Entry) error {
	if entry.Size >= int64(len(w.chunk)) {
		return fmt.Errorf("%w: it leads too far", ErrStream)
	}
	target := w.chunk[:entry.Size]
	if _, err := io.ReadFull(w.in, target); err != nil {
		return fmt.Errorf("%w: it ends in the middle of a link (%w)", ErrStream, err)
	}
	parent, name, err := w.folders.ofNew(entry.Path)
	if err != nil {
		return err
	}
	part := partName()
	err = unix.Symlinkat(string(target), parent, part)
	if err == nil {
		time := unix.NsecToTimespec(entry.Modified)
		err = unix.UtimesNanoAt(parent, part, []unix.Timespec{time, time}, unix.AT_SYMLINK_NOFOLLOW)
	}
	return w.rename(parent, part, name, err)
}

// rename gives what was written its name, or takes it away when that failed. An empty folder makes room.
func (w *writer) rename(parent int, part, name string, failed error) error {
	err := failed
	if err == nil {
		err = unix.Renameat(parent, part, parent, name)
	}
	if errors.Is(err, unix.EISDIR) {
		if err = unix.Unlinkat(parent, name, unix.AT_REMOVEDIR); err == nil {
			err = unix.Renameat(parent, part, parent, name)
		}
	}
	if err != nil {
		unix.Unlinkat(parent, part, 0)
		return err
	}
	var stat unix.Stat_t
	if err := unix.Fstatat(parent, name, &stat, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	w.stamp(&stat)
	return nil
}

func (w *writer) stampFile(fd int) error {
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return err
	}
	w.stamp(&stat)
	return nil
}

func (w *writer) stamp(stat *unix.Stat_t) {
	w.changed = max(w.changed, stat.Ctim.Nano())
	w.stamps = append(append(w.stamps, stampOf(stat)...), '\n')
}
