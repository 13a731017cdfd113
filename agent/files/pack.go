package files

import (
	"archive/tar"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Pack writes a file or a folder as a tar stream, names relative to its parent. Owners, times, links and extended
// attributes are kept; sockets are left out, and so is what the kernel makes up below the folder (/proc, /sys). A file
// that shrinks meanwhile is filled up with zeros.
func Pack(out io.Writer, path string) error {
	top := filepath.Clean(path)
	packer := &packer{tar: tar.NewWriter(out), parent: filepath.Dir(top), seen: map[[2]uint64]string{}}
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = packer.add(path)
		}
		if os.IsNotExist(err) && path != top {
			// Gone since the folder was listed.
			return nil
		}
		if err == nil && entry.IsDir() && path != top && isMadeUp(path) {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		return err
	}
	return packer.tar.Close()
}

type packer struct {
	tar *tar.Writer
	// what names are relative to
	parent string
	// names of files with several links, by device and inode
	seen map[[2]uint64]string
}

func (p *packer) add(path string) error {
	name, err := filepath.Rel(p.parent, path)
	if err != nil {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&os.ModeSocket != 0 {
		return err
	}
	target := ""
	if info.Mode()&os.ModeSymlink != 0 {
		if target, err = os.Readlink(path); err != nil {
			return err
		}
	}
	header, err := tar.FileInfoHeader(numberedInfo{info}, target)
	if err != nil {
		return err
	}
	header.Name = name
	header.Format = tar.FormatPAX
	if info.IsDir() {
		header.Name += "/"
	}
	header.PAXRecords = extendedAttributes(path)
	if !info.Mode().IsRegular() {
		return p.tar.WriteHeader(header)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Nlink > 1 {
		key := [2]uint64{uint64(stat.Dev), stat.Ino}
		if first, found := p.seen[key]; found {
			header.Typeflag, header.Linkname, header.Size = tar.TypeLink, first, 0
			return p.tar.WriteHeader(header)
		}
		p.seen[key] = header.Name
	}
	return p.addContent(path, header)
}

func (p *packer) addContent(path string, header *tar.Header) error {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if header.Size == 0 {
		// Files of /proc have no size and do have content.
		return p.addMadeUp(file, header)
	}
	if err := p.tar.WriteHeader(header); err != nil {
		return err
	}
	copied, err := io.CopyN(p.tar, file, header.Size)
	if err == io.EOF {
		_, err = io.CopyN(p.tar, zeros{}, header.Size-copied)
	}
	return err
}

// madeUpLimit is what is kept in memory of a file whose size is not known before it is read.
const madeUpLimit = 16 << 20

func (p *packer) addMadeUp(file io.Reader, header *tar.Header) error {
	content, err := io.ReadAll(io.LimitReader(file, madeUpLimit))
	if err != nil {
		return err
	}
	header.Size = int64(len(content))
	if err := p.tar.WriteHeader(header); err != nil {
		return err
	}
	_, err = p.tar.Write(content)
	return err
}

// isMadeUp tells folders that the kernel makes up, endless ones among them.
func isMadeUp(folder string) bool {
	var filesystem unix.Statfs_t
	if unix.Statfs(folder, &filesystem) != nil {
		return false
	}
	switch filesystem.Type {
	case unix.PROC_SUPER_MAGIC, unix.SYSFS_MAGIC, unix.CGROUP_SUPER_MAGIC, unix.CGROUP2_SUPER_MAGIC, unix.DEBUGFS_MAGIC,
		unix.TRACEFS_MAGIC, unix.SECURITYFS_MAGIC, unix.BPF_FS_MAGIC, unix.DEVPTS_SUPER_MAGIC:
		return true
	}
	return false
}

// numberedInfo keeps FileInfoHeader from looking up users and groups by name: numbers are what a guest's files have.
type numberedInfo struct{ os.FileInfo }

func (numberedInfo) Uname() (string, error) { return "", nil }
func (numberedInfo) Gname() (string, error) { return "", nil }

type zeros struct{}

func (zeros) Read(buffer []byte) (int, error) {
	clear(buffer)
	return len(buffer), nil
}

// xattrRecord is how PAX headers name extended attributes, in GNU tar as in bsdtar.
const xattrRecord = "SCHILY.xattr."

func extendedAttributes(path string) map[string]string {
	list := make([]byte, 4096)
	size, err := unix.Llistxattr(path, list)
	if err != nil || size == 0 {
		return nil
	}
	records := map[string]string{}
	for _, name := range strings.Split(strings.TrimRight(string(list[:size]), "\x00"), "\x00") {
		value := make([]byte, 64<<10)
		if n, err := unix.Lgetxattr(path, name, value); err == nil {
			records[xattrRecord+name] = string(value[:n])
		}
	}
	return records
}
