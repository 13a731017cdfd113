package sessions

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"banger/agent/mux"
)

const segmentSuffix = ".frames"

// segment is one file: [base, base+size) of the journal.
type segment struct {
	base int64
	size int64
}

func (s segment) end() int64 { return s.base + s.size }

// segmentPath sorts as the positions do.
func segmentPath(folder string, base int64) string {
	return filepath.Join(folder, fmt.Sprintf("%020d%s", base, segmentSuffix))
}

// loadJournal takes over the journal of an earlier run of the agent, whole frames only; nothing can be added to it.
func loadJournal(folder string) *journal {
	j := newJournal(folder)
	j.closed = true
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		digits, found := strings.CutSuffix(entry.Name(), segmentSuffix)
		base, err := strconv.ParseInt(digits, 10, 64)
		if !found || err != nil || base < 0 {
			continue
		}
		if size := boundary(segmentPath(folder, base), -1); size > 0 {
			j.segments = append(j.segments, segment{base, size})
		}
	}
	slices.SortFunc(j.segments, func(a, b segment) int { return int(a.base - b.base) })
	if last := len(j.segments) - 1; last >= 0 {
		j.end = j.segments[last].end()
	}
	return j
}

// boundary is the last offset in a file, up to `limit` unless that is negative, at which a frame ends.
func boundary(path string, limit int64) int64 {
	file, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer file.Close()
	var reader io.Reader = file
	if limit >= 0 {
		reader = io.LimitReader(file, limit)
	}
	buffered := bufio.NewReaderSize(reader, 64<<10)
	whole := int64(0)
	for {
		header, err := buffered.Peek(mux.HeaderSize)
		if err != nil {
			return whole
		}
		size := mux.HeaderSize + int(binary.BigEndian.Uint32(header[1:]))
		if skipped, _ := buffered.Discard(size); skipped < size {
			return whole
		}
		whole += int64(size)
	}
}
