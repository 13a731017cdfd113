package files

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"

	"banger/agent/messages"

	"golang.org/x/sys/unix"
)

// ErrArchive says that the fault is the tar stream's, not the guest's.
var ErrArchive = errors.New("the archive was refused")

// Unpack writes a tar stream below a folder, which is made when missing. Nothing outside of the folder is written,
// whatever names and links the stream has: every path is resolved beneath it by the kernel (openat2(2)). Only below
// "/" are absolute links followed. Owners are kept when root does it. A file appears under its name when it is whole, in
// place of what was there.
func Unpack(stream io.Reader, folder string) (messages.FilesAnswer, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return messages.FilesAnswer{}, err
	}
	tree, err := openTree(folder)
	if err != nil {
		return messages.FilesAnswer{}, err
	}
	defer tree.close()
	u := &unpacker{tree: tree, root: os.Geteuid() == 0}
	err = u.all(tar.NewReader(stream))
	// A half-unpacked tree gets its folders' modes too.
	if late := u.finishFolders(); err == nil {
		err = late
	}
	return u.answer, err
}

type unpacker struct {
	tree    *tree
	root    bool
	answer  messages.FilesAnswer
	folders []*tar.Header
}

func (u *unpacker) all(reader *tar.Reader) error {
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrArchive, err)
		}
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		name, err := localName(header.Name)
		if err != nil {
			return err
		}
		header.Name = name
		if name == "." {
			continue
		}
		if err := u.entry(header, reader); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		u.answer.Entries++
	}
}

// localName cleans an entry's name. A leading slash is dropped as tar does; a name that climbs is refused.
func localName(name string) (string, error) {
	if strings.ContainsRune(name, 0) {
		return "", fmt.Errorf("%w: a name holds a zero byte", ErrArchive)
	}
	for _, element := range strings.Split(name, "/") {
		if element == ".." {
			return "", fmt.Errorf("%w: the name %q climbs out of its folder", ErrArchive, name)
		}
	}
	return strings.TrimPrefix(path.Clean("/"+name), "/") + emptyAsDot(name), nil
}

// emptyAsDot makes "." of names that clean to nothing.
func emptyAsDot(name string) string {
	if path.Clean("/"+name) == "/" {
		return "."
	}
	return ""
}

func (u *unpacker) entry(header *tar.Header, content io.Reader) error {
	parent, base, err := u.tree.parent(header.Name)
	if err != nil {
		return err
	}
	mode := uint32(header.Mode) & 0o7777
	switch header.Typeflag {
	case tar.TypeDir:
		return u.folder(parent, base, header)
	case tar.TypeReg:
		return u.file(parent, base, header, content)
	}
	if err := remove(parent, base); err != nil {
		return err
	}
	switch header.Typeflag {
	case tar.TypeSymlink:
		if err := unix.Symlinkat(header.Linkname, parent, base); err != nil {
			return err
		}
	case tar.TypeLink:
		return u.hardLink(parent, base, header.Linkname)
	case tar.TypeFifo:
		err = unix.Mknodat(parent, base, unix.S_IFIFO|mode, 0)
	case tar.TypeChar:
		err = unix.Mknodat(parent, base, unix.S_IFCHR|mode, int(unix.Mkdev(uint32(header.Devmajor), uint32(header.Devminor))))
	case tar.TypeBlock:
		err = unix.Mknodat(parent, base, unix.S_IFBLK|mode, int(unix.Mkdev(uint32(header.Devmajor), uint32(header.Devminor))))
	default:
		return fmt.Errorf("%w: entries of type %q are not known", ErrArchive, header.Typeflag)
	}
	if err != nil {
		return err
	}
	return u.attributes(parent, base, header)
}

// folder makes a folder, or takes the one that is there, also through a link beneath the tree. Its mode and time come
// last: it may be read-only, and writing into it changes its time.
func (u *unpacker) folder(parent int, base string, header *tar.Header) error {
	if fd, err := u.tree.folder(header.Name); err == nil {
		unix.Close(fd)
	} else {
		if err := remove(parent, base); err != nil {
			return err
		}
		if err := unix.Mkdirat(parent, base, 0o700); err != nil {
			return err
		}
	}
	u.folders = append(u.folders, header)
	return nil
}

func (u *unpacker) file(parent int, base string, header *tar.Header, content io.Reader) error {
	fd, part, err := createPart(parent)
	if err != nil {
		return err
	}
	file := os.NewFile(uintptr(fd), base)
	defer file.Close()
	if err := u.fill(file, header, content); err != nil {
		unix.Unlinkat(parent, part, 0)
		return err
	}
	if err = u.attributes(parent, part, header); err == nil {
		err = replace(parent, part, base)
	}
	if err != nil {
		unix.Unlinkat(parent, part, 0)
	}
	return err
}

func (u *unpacker) fill(file *os.File, header *tar.Header, content io.Reader) error {
	copied, err := io.Copy(file, content)
	u.answer.Bytes += copied
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, tar.ErrHeader) {
		return fmt.Errorf("%w: %w", ErrArchive, err)
	}
	if err == nil {
		setXattrs(int(file.Fd()), header)
	}
	return err
}

func (u *unpacker) hardLink(parent int, base, target string) error {
	name, err := localName(target)
	if err != nil {
		return err
	}
	targetParent, targetBase, err := u.tree.lookup(name)
	if err != nil {
		return err
	}
	defer unix.Close(targetParent)
	return unix.Linkat(targetParent, targetBase, parent, base, 0)
}

// attributes sets owner, mode and time of what base itself is, never of what a link leads to.
func (u *unpacker) attributes(parent int, base string, header *tar.Header) error {
	if u.root {
		if err := unix.Fchownat(parent, base, header.Uid, header.Gid, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return err
		}
	}
	if header.Typeflag != tar.TypeSymlink {
		if err := unix.Fchmodat(parent, base, uint32(header.Mode)&0o7777, 0); err != nil {
			return err
		}
	}
	at := header.ModTime
	if at.IsZero() {
		at = time.Now()
	}
	time := unix.NsecToTimespec(at.UnixNano())
	return unix.UtimesNanoAt(parent, base, []unix.Timespec{time, time}, unix.AT_SYMLINK_NOFOLLOW)
}

// finishFolders goes backwards, so that a folder comes after what it holds.
func (u *unpacker) finishFolders() error {
	var first error
	for index := len(u.folders) - 1; index >= 0; index-- {
		header := u.folders[index]
		fd, err := u.tree.folder(header.Name)
		if err == nil {
			setXattrs(fd, header)
			err = u.folderAttributes(fd, header)
			unix.Close(fd)
		}
		if err != nil && first == nil {
			first = fmt.Errorf("%s: %w", header.Name, err)
		}
	}
	return first
}

func (u *unpacker) folderAttributes(fd int, header *tar.Header) error {
	if u.root {
		if err := unix.Fchown(fd, header.Uid, header.Gid); err != nil {
			return err
		}
	}
	if err := unix.Fchmod(fd, uint32(header.Mode)&0o7777); err != nil {
		return err
	}
	at := unix.NsecToTimeval(header.ModTime.UnixNano())
	return unix.Futimes(fd, []unix.Timeval{at, at})
}

// setXattrs sets what it can; filesystems and privileges differ.
func setXattrs(fd int, header *tar.Header) {
	for record, value := range header.PAXRecords {
		if name, found := strings.CutPrefix(record, xattrRecord); found {
			unix.Fsetxattr(fd, name, []byte(value), 0)
		}
	}
}
