package services

import (
	"bytes"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"banger/agent/guest"
)

const (
	logFolder = "/var/log/banger"
	// A log above this size, in bytes, is set aside at the next start.
	logLimit = 4 << 20
)

// openLog opens <name>.log for appending. Without a place for it, output goes nowhere.
func openLog(g *guest.Guest, name string) *os.File {
	path := logPath(g, name)
	os.MkdirAll(filepath.Dir(path), 0o755)
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		os.Rename(path, path+".1")
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		file, _ = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	}
	return file
}

func logPath(g *guest.Guest, name string) string {
	return g.Path(filepath.Join(logFolder, url.PathEscape(name)+".log"))
}

func note(log *os.File, text string) {
	io.WriteString(log, "banger: "+time.Now().UTC().Format(time.RFC3339)+" "+text+"\n")
}

// lastLine is the last line of a log that is not blank, 200 bytes of it at most.
func lastLine(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() > 4096 {
		file.Seek(-4096, io.SeekEnd)
	}
	content, _ := io.ReadAll(file)
	lines := bytes.Split(bytes.TrimSpace(content), []byte("\n"))
	last := bytes.ToValidUTF8(bytes.TrimSpace(lines[len(lines)-1]), []byte("?"))
	return string(last[:min(len(last), 200)])
}
