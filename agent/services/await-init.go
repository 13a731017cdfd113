package services

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"banger/agent/guest"
)

const (
	initAppears  = time.Minute
	bootComplete = 2 * time.Minute
)

// awaitInit lets the image's init come up before packages are installed: their scripts start services through it, and
// pass over that without a word when it is not there. An init of no known kind is not waited for.
func awaitInit(g *guest.Guest) {
	if !g.Live() || g.Init == "" {
		return
	}
	program, _ := filepath.EvalSymlinks(g.Init)
	switch {
	case filepath.Base(program) == "systemd":
		if !appears("/run/systemd/private") {
			return
		}
		limited, cancel := context.WithTimeout(context.Background(), bootComplete)
		defer cancel()
		exec.CommandContext(limited, "systemctl", "is-system-running", "--wait").Run()
	case isFile("/sbin/openrc"):
		appears("/run/openrc/softlevel")
	}
}

func appears(path string) bool {
	for deadline := time.Now().Add(initAppears); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if isFile(path) {
			return true
		}
	}
	return false
}

func isFile(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
