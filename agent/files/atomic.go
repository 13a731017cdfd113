// Package files writes and reads the guest's files: atomically one by one, and as tar streams.
package files

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
)

// Attributes of a written file. UID and GID of -1 leave the owner alone.
type Attributes struct {
	Mode os.FileMode
	UID  int
	GID  int
	// FolderMode is what missing folders are made with; 0 is 0755.
	FolderMode os.FileMode
}

// RootFile is the owner and mode of most system files.
var RootFile = Attributes{Mode: 0o644}

// WriteAtomic puts content at path by a rename, so that no reader sees half of it. A link at path is replaced. A file
// that is right already is left alone.
func WriteAtomic(path string, content []byte, attributes Attributes) error {
	if isRight(path, content, attributes) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), cmp.Or(attributes.FolderMode, 0o755)); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".banger-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(content)
	// chown first: it clears the set-uid bit.
	if err == nil && os.Geteuid() == 0 {
		err = file.Chown(attributes.UID, attributes.GID)
	}
	if err == nil {
		err = file.Chmod(attributes.Mode)
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

func isRight(path string, content []byte, attributes Attributes) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&fileModeBits != attributes.Mode || info.Size() != int64(len(content)) {
		return false
	}
	uid, gid := owner(info)
	if os.Geteuid() == 0 && (attributes.UID >= 0 && uid != attributes.UID || attributes.GID >= 0 && gid != attributes.GID) {
		return false
	}
	present, err := os.ReadFile(path)
	return err == nil && bytes.Equal(present, content)
}
