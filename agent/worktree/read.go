package worktree

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Read writes the entries that a stream names, with their content, in its order. The stamps are from before the content
// was read: who asks again with Changes knows whether it was whole. A file that shrinks meanwhile is filled up with zeros.
func Read(path string, stream io.Reader, out io.Writer) error {
	folders, err := openFolders(path)
	if err != nil {
		return err
	}
	defer folders.close()
	for in := newEntryReader(stream); ; {
		entry, err := in.next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = read(folders, entry.Path, out)
		}
		if err != nil {
			return err
		}
	}
}

func read(folders *folders, path string, out io.Writer) error {
	parent, name, err := folders.of(path)
	var stat unix.Stat_t
	if err == nil {
		err = unix.Fstatat(parent, name, &stat, unix.AT_SYMLINK_NOFOLLOW)
	}
	if isGone(err) {
		return writeEntry(out, Entry{Type: Missing, Path: path}, nil)
	}
	if err != nil {
		return err
	}
	entry := entryOf(&stat, path)
	switch entry.Type {
	case File:
		return readFile(parent, name, entry, out)
	case Link:
		target, err := readLink(parent, name)
		if err != nil {
			return err
		}
		entry.Size = int64(len(target))
		return writeEntry(out, entry, target)
	}
	entry.Size = 0
	return writeEntry(out, entry, nil)
}

func writeEntry(out io.Writer, entry Entry, content []byte) error {
	_, err := out.Write(append(entry.append(nil), content...))
	return err
}

func readFile(parent int, name string, entry Entry, out io.Writer) error {
	fd, err := unix.Openat(parent, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	file := os.NewFile(uintptr(fd), name)
	defer file.Close()
	if err := writeEntry(out, entry, nil); err != nil {
		return err
	}
	copied, err := io.CopyN(out, file, entry.Size)
	if err == io.EOF {
		_, err = io.CopyN(out, zeros{}, entry.Size-copied)
	}
	return err
}

type zeros struct{}

func (zeros) Read(buffer []byte) (int, error) {
	clear(buffer)
	return len(buffer), nil
}
