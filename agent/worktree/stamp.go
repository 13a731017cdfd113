package worktree

import (
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// stampOf changes whenever the file may have: with its content, mode or place. The host only compares it. Nobody but the
// kernel sets the time of change (ctime), so that a file with the same stamp is the same.
func stampOf(stat *unix.Stat_t) string {
	text := make([]byte, 0, 64)
	text = strconv.AppendUint(text, stat.Ino, 36)
	for _, part := range []int64{stat.Ctim.Nano(), stat.Mtim.Nano(), stat.Size, int64(stat.Mode)} {
		text = append(text, '.')
		text = strconv.AppendInt(text, part, 36)
	}
	return string(text)
}

// awaitTick waits until the clock that files are stamped with has passed a time, so that a later change has a later one.
func awaitTick(past int64) {
	for range 100 {
		var now unix.Timespec
		if unix.ClockGettime(unix.CLOCK_REALTIME_COARSE, &now) != nil || now.Nano() > past {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func entryOf(stat *unix.Stat_t, path string) Entry {
	return Entry{
		Type: typeOf(stat.Mode), Mode: stat.Mode & 0o7777, Modified: stat.Mtim.Nano(), Size: stat.Size, Stamp: stampOf(stat), Path: path,
	}
}

func typeOf(mode uint32) byte {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return File
	case unix.S_IFLNK:
		return Link
	case unix.S_IFDIR:
		return Directory
	}
	return Other
}
