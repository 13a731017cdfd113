package files

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// WriteStream puts what a stream has into a file, which appears when it is whole. One that is there keeps its mode and
// owner; a new one has mode 0644. Its folder must exist.
func WriteStream(stream io.Reader, path string) (int64, error) {
	folder, err := unix.Open(filepath.Dir(path), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, &os.PathError{Op: "open", Path: filepath.Dir(path), Err: err}
	}
	defer unix.Close(folder)
	fd, part, err := createPart(folder)
	if err != nil {
		return 0, err
	}
	file := os.NewFile(uintptr(fd), path)
	defer file.Close()
	written, err := io.Copy(file, stream)
	if err == nil {
		err = likeBefore(file, path)
	}
	if err == nil {
		err = replace(folder, part, filepath.Base(path))
	}
	if err != nil {
		unix.Unlinkat(folder, part, 0)
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	return written, nil
}

func likeBefore(file *os.File, path string) error {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return file.Chmod(0o644)
	}
	if os.Geteuid() == 0 {
		uid, gid := owner(info)
		if err := file.Chown(uid, gid); err != nil {
			return err
		}
	}
	return file.Chmod(info.Mode() & fileModeBits)
}
