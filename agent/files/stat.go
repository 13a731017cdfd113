package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"banger/agent/messages"
)

// Stat says what a path leads to, through links. A link that leads nowhere is itself.
func Stat(path string) (messages.FileStat, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		// The link, if it is one.
		info, err = os.Lstat(path)
	} else if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return messages.FileStat{}, err
	}
	stat := messages.FileStat{Type: "other", Size: info.Size(), Path: path}
	if system, ok := info.Sys().(*syscall.Stat_t); ok {
		stat.Mode = system.Mode & 0o7777
	}
	switch {
	case info.Mode().IsRegular():
		stat.Type = "file"
	case info.IsDir():
		stat.Type = "folder"
	case info.Mode()&os.ModeSymlink != 0:
		stat.Type = "link"
	}
	return stat, nil
}
