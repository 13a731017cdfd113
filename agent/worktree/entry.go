// Package worktree keeps a folder of the guest in step with one of the host: it writes what the host sends, tells what
// has changed since, and reads that back (docs/guest-channel.md has the format).
package worktree

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ErrStream says that the fault is the request's, not the guest's.
var ErrStream = errors.New("the stream was refused")

// What an entry is about.
const (
	File      = 'f'
	Link      = 'l'
	Directory = 'd'
	// Other is what can't be carried: a device, a pipe, a socket.
	Other = 'o'
	// Missing says that nothing is there; to write it is to remove what is there, folders with all they hold.
	Missing = 'x'
	// Pruned removes a folder if it is empty.
	Pruned = 'p'
)

// unknown stands for a stamp or a hash that nobody has.
const unknown = "-"

// Entry is the head of one file, link or folder. Size bytes follow it where content is carried: a file's own, or the
// path that a link leads to.
type Entry struct {
	Type byte
	// Mode has the twelve mode bits of stat(2).
	Mode uint32
	// Modified is in nanoseconds since 1970.
	Modified int64
	Size     int64
	Stamp    string
	Hash     string
	// Path is relative to the folder, without "." and "..".
	Path string
}

// append writes `type mode modified size stamp hash path` and a zero byte.
func (e Entry) append(to []byte) []byte {
	to = append(to, e.Type, ' ')
	to = strconv.AppendUint(to, uint64(e.Mode), 8)
	to = append(to, ' ')
	to = strconv.AppendInt(to, e.Modified, 10)
	to = append(to, ' ')
	to = strconv.AppendInt(to, e.Size, 10)
	for _, text := range []string{e.Stamp, e.Hash} {
		if text == "" {
			text = unknown
		}
		to = append(to, ' ')
		to = append(to, text...)
	}
	to = append(to, ' ')
	to = append(to, e.Path...)
	return append(to, 0)
}

// entryReader reads entries and what follows them.
type entryReader struct {
	*bufio.Reader
}

// headLimit is more than any head needs: paths have 4,096 bytes at most.
const headLimit = 256 << 10

func newEntryReader(stream io.Reader) entryReader {
	return entryReader{bufio.NewReaderSize(stream, headLimit)}
}

// next gives io.EOF after the last entry.
func (r entryReader) next() (Entry, error) {
	head, err := r.ReadSlice(0)
	if err == io.EOF && len(head) == 0 {
		return Entry{}, io.EOF
	}
	if err != nil {
		return Entry{}, fmt.Errorf("%w: it ends in the middle of an entry's head (%w)", ErrStream, err)
	}
	return parseHead(head[:len(head)-1])
}

func parseHead(head []byte) (Entry, error) {
	fields := bytes.SplitN(head, []byte{' '}, 7)
	if len(fields) != 7 || len(fields[0]) != 1 {
		return Entry{}, fmt.Errorf("%w: %q is no entry's head", ErrStream, head)
	}
	mode, err1 := strconv.ParseUint(string(fields[1]), 8, 12)
	modified, err2 := strconv.ParseInt(string(fields[2]), 10, 64)
	size, err3 := strconv.ParseInt(string(fields[3]), 10, 64)
	if err := errors.Join(err1, err2, err3); err != nil || size < 0 {
		return Entry{}, fmt.Errorf("%w: a number is wrong in the head %q", ErrStream, head)
	}
	entry := Entry{
		Type: fields[0][0], Mode: uint32(mode), Modified: modified, Size: size,
		Stamp: string(fields[4]), Hash: string(fields[5]), Path: string(fields[6]),
	}
	if !strings.ContainsRune("fldoxp", rune(entry.Type)) {
		return Entry{}, fmt.Errorf("%w: entries of type %q are not known", ErrStream, entry.Type)
	}
	return entry, checkPath(entry)
}

// checkPath refuses a path that could lead out of the folder. The folder itself is ".".
func checkPath(entry Entry) error {
	if entry.Path == "." && entry.Type == Directory {
		return nil
	}
	for rest, more := entry.Path, true; more; {
		var name string
		name, rest, more = strings.Cut(rest, "/")
		if name == "" || name == "." || name == ".." {
			return fmt.Errorf("%w: %q is no path inside the folder", ErrStream, entry.Path)
		}
	}
	return nil
}
