package configure

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"banger/agent/files"
	"banger/agent/messages"

	"golang.org/x/sys/unix"
)

// ownedFiles is the record of the files that have an owner: paths and who gave them. It tells what of the host is to go
// away from what was made in the guest.
const ownedFiles = "/var/lib/banger/owned-files.json"

// writeFiles writes every file, and removes those with an owner that an earlier configuration had and this one has not.
// The record is widened before anything is written and narrowed after it was removed, so that nothing is forgotten
// whenever the guest goes down.
func (c *Configurer) writeFiles(list []messages.GuestFile) error {
	before, err := c.readOwned()
	problems := []error{err}
	given, now := map[string]bool{}, map[string]string{}
	for _, file := range list {
		path := filepath.Clean(file.Path)
		given[path] = true
		if file.Owner != "" {
			now[path] = file.Owner
		}
	}
	both := maps.Clone(before)
	maps.Copy(both, now)
	problems = append(problems, c.saveOwned(before, both))
	problems = append(problems, each(list, c.writeFile))
	for _, path := range slices.Sorted(maps.Keys(before)) {
		if given[path] {
			continue
		}
		if err := removeFile(c.guest.Path(path)); err != nil {
			problems = append(problems, fmt.Errorf("a file of %s could not be removed: %w", before[path], err))
			now[path] = before[path]
		}
	}
	problems = append(problems, c.saveOwned(both, now))
	return each(problems, func(err error) error { return err })
}

func (c *Configurer) writeFile(file messages.GuestFile) error {
	return files.WriteAtomic(c.guest.Path(file.Path), file.Content, files.Attributes{
		Mode: files.FileMode(file.Mode), UID: file.UID, GID: file.GID, FolderMode: files.FileMode(file.FolderMode),
	})
}

// removeFile leaves a folder alone: someone in the guest has made it in the file's place.
func removeFile(path string) error {
	info, err := os.Lstat(path)
	if err == nil && !info.IsDir() {
		err = os.Remove(path)
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return nil
	}
	return err
}

func (c *Configurer) readOwned() (map[string]string, error) {
	text, err := os.ReadFile(c.guest.Path(ownedFiles))
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	owned := map[string]string{}
	if err == nil {
		err = json.Unmarshal(text, &owned)
	}
	if err != nil || owned == nil {
		return map[string]string{}, fmt.Errorf("the record of earlier files cannot be read, so none of them is removed: %v", err)
	}
	return owned, nil
}

func (c *Configurer) saveOwned(saved, owned map[string]string) error {
	if maps.Equal(saved, owned) {
		return nil
	}
	text, err := json.Marshal(owned)
	if err != nil {
		return err
	}
	return files.WriteAtomic(c.guest.Path(ownedFiles), text, files.Attributes{Mode: 0o600})
}
