package services

import (
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
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
	return g.Path(logFile(name))
}

// logFile is the log's path as the guest sees it.
func logFile(name string) string {
	return filepath.Join(logFolder, url.PathEscape(name)+".log")
}

// noteMark begins the lines that are the agent's own.
const noteMark = "banger: "

func note(log *os.File, text string) {
	io.WriteString(log, noteMark+time.Now().UTC().Format(time.RFC3339)+" "+text+"\n")
}

// What lastLines gives at most, in lines and in bytes.
const (
	detailLines = 6
	detailBytes = 1000
)

// lastLines are the last lines that programs have written to a log since it had `from` bytes, blank ones left out.
func lastLines(path string, from int64) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil {
		file.Seek(max(from, info.Size()-16<<10), io.SeekStart)
	}
	content, _ := io.ReadAll(file)
	var lines []string
	for _, line := range strings.FieldsFunc(string(content), func(c rune) bool { return c == '\n' || c == '\r' }) {
		if line = strings.TrimSpace(strings.ToValidUTF8(line, "?")); line != "" && !strings.HasPrefix(line, noteMark) {
			lines = append(lines, line)
		}
	}
	text := strings.Join(lines[max(0, len(lines)-detailLines):], "\n")
	return strings.ToValidUTF8(text[max(0, len(text)-detailBytes):], "")
}
