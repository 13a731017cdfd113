package services

import (
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"banger/agent/guest"
)

const (
	initAppears = time.Minute
	basicSystem = 2 * time.Minute
)

// awaitInit lets the image's init come up before packages are installed: their scripts start services through it, and
// pass over that without a word when it is not there. All that it starts then may take minutes more, and is not waited
// for. An init of no known kind is not waited for either.
func awaitInit(g *guest.Guest) {
	if !g.Live() || g.Init == "" {
		return
	}
	program, _ := filepath.EvalSymlinks(g.Init)
	switch {
	case filepath.Base(program) == "systemd":
		becomes(func() bool { return isFile("/run/systemd/private") }, initAppears, 50*time.Millisecond)
		becomes(func() bool { return exec.Command("systemctl", "is-active", "--quiet", "basic.target").Run() == nil }, basicSystem, time.Second)
	case isFile("/sbin/openrc"):
		becomes(func() bool { return isFile("/run/openrc/softlevel") }, initAppears, 50*time.Millisecond)
	}
}

// becomes waits until something holds, or for the patience.
func becomes(holds func() bool, patience, pause time.Duration) {
	for deadline := time.Now().Add(patience); !holds() && time.Now().Before(deadline); {
		time.Sleep(pause)
	}
}

func isFile(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
