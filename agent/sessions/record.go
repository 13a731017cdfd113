package sessions

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"banger/agent/files"
	"banger/agent/guest"
	"banger/agent/messages"
)

const recordName = "session.json"

// record is what a session's folder keeps of it. The environment is not in it: it may hold secrets.
type record struct {
	messages.Session
	// Boot tells one run of the guest from the next.
	Boot string `json:"boot"`
}

func (r record) save(folder string) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return files.WriteAtomic(filepath.Join(folder, recordName), text, files.Attributes{Mode: 0o600})
}

func loadRecord(folder string) (record, error) {
	text, err := os.ReadFile(filepath.Join(folder, recordName))
	if err != nil {
		return record{}, err
	}
	var r record
	return r, json.Unmarshal(text, &r)
}

func bootID() string {
	text, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(text))
}

// adopt is a session of an earlier run of the agent. What still runs of it is ended: its streams are gone.
func adopt(g *guest.Guest, folder string) *session {
	kept, err := loadRecord(folder)
	if err != nil {
		// It was being started, or being deleted.
		os.RemoveAll(folder)
		return nil
	}
	s := &session{folder: folder, record: kept, journal: loadJournal(folder), ended: make(chan struct{})}
	close(s.ended)
	if kept.State == "ended" {
		return s
	}
	s.record.Lost = "The VM stopped while it ran."
	if kept.Boot == bootID() {
		s.record.Lost = "The guest's agent started anew while it ran."
		left := members(&marked{mark: "BANGER_SESSION_ID=" + kept.ID})
		if group, err := findCgroup(kept.ID); err == nil && g.Live() && group.alive() {
			left = group
		}
		left.kill()
		left.remove()
	}
	s.record.State, s.record.Pid = "ended", 0
	s.record.save(folder)
	return s
}
