package worktree

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// newHasher knows the hashes that git names its objects by.
func newHasher(algorithm string) (func() hash.Hash, error) {
	switch algorithm {
	case "sha1":
		return sha1.New, nil
	case "sha256":
		return sha256.New, nil
	}
	return nil, fmt.Errorf("%w: hashes of type %q are not known", ErrStream, algorithm)
}

// hashOf is the name of a git blob with a file's content or a link's target
// (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects). Others have none.
func hashOf(hash hash.Hash, parent int, name string, entry Entry) (string, error) {
	fmt.Fprintf(hash, "blob %d\x00", entry.Size)
	switch entry.Type {
	case File:
		fd, err := unix.Openat(parent, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != nil {
			return "", err
		}
		file := os.NewFile(uintptr(fd), name)
		defer file.Close()
		if _, err := io.Copy(hash, file); err != nil {
			return "", err
		}
	case Link:
		target, err := readLink(parent, name)
		if err != nil {
			return "", err
		}
		hash.Write(target)
	default:
		return "", nil
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func readLink(parent int, name string) ([]byte, error) {
	target := make([]byte, unix.PathMax)
	size, err := unix.Readlinkat(parent, name, target)
	return target[:max(size, 0)], err
}
