package worktree

import (
	"hash"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Changes compares a folder with what the host knows of it: files and links with their stamps, and the folders to look
// into. It writes an entry for all that is otherwise: what has another stamp or none, what is missing, and what the host
// did not name. Folders that were not named are not looked into.
//
// Files and links that were named carry their hash, by algorithm (see newHasher).
func Changes(path string, stream io.Reader, algorithm string, out io.Writer) error {
	hasher, err := newHasher(algorithm)
	if err != nil {
		return err
	}
	known, err := readKnown(stream)
	if err != nil {
		return err
	}
	c := &comparison{known: known, newHash: hasher, out: out}
	c.folders, err = openFolders(path)
	if err == nil {
		defer c.folders.close()
		err = c.look()
	}
	if err != nil && !isGone(err) {
		return err
	}
	return c.missing()
}

type comparison struct {
	folders *folders
	known   *known
	newHash func() hash.Hash
	out     io.Writer
	line    []byte
}

func (c *comparison) look() error {
	for _, path := range c.known.folders {
		if err := c.folder(path); err != nil && !isGone(err) {
			return err
		}
	}
	return nil
}

func (c *comparison) folder(path string) error {
	fd, err := c.folders.open(path)
	if err != nil {
		return err
	}
	folder := os.NewFile(uintptr(fd), path)
	defer folder.Close()
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := c.entry(fd, path, entry); err != nil && !isGone(err) {
			return err
		}
	}
	return nil
}

func (c *comparison) entry(parent int, folder string, entry fs.DirEntry) error {
	name, path := entry.Name(), join(folder, entry.Name())
	if entry.IsDir() && c.known.stamps[path] != nil {
		return nil
	}
	var stat unix.Stat_t
	if err := unix.Fstatat(parent, name, &stat, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	found := entryOf(&stat, path)
	stamps := c.known.stamps[folder]
	before, named := stamps[name]
	delete(stamps, name)
	if named && before == found.Stamp {
		return nil
	}
	if named {
		var err error
		if found.Hash, err = hashOf(c.newHash(), parent, name, found); err != nil {
			return err
		}
	}
	return c.write(found)
}

// missing tells what was named and not found.
func (c *comparison) missing() error {
	for folder, stamps := range c.known.stamps {
		for name := range stamps {
			if err := c.write(Entry{Type: Missing, Path: join(folder, name)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *comparison) write(entry Entry) error {
	c.line = entry.append(c.line[:0])
	_, err := c.out.Write(c.line)
	return err
}
