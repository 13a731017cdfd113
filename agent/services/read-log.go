package services

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"banger/agent/guest"
)

// ReadLog opens the log of a service, or of a first-boot step by the name first-boot-<step>.
func ReadLog(g *guest.Guest, name string) (*os.File, error) {
	file, err := os.Open(logPath(g, name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: the guest has no such log.", logFile(name))
	}
	return file, err
}

// SeekLastLines moves to where the last lines of a log begin.
func SeekLastLines(log *os.File, lines int) {
	content, err := io.ReadAll(log)
	if err != nil {
		return
	}
	start := len(content)
	for ; lines > 0 && start > 0; lines-- {
		start = bytes.LastIndexByte(content[:start-1], '\n') + 1
	}
	log.Seek(int64(start), io.SeekStart)
}
