package power

import (
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// ForceAfter is how long the image's init may take to shut down.
const ForceAfter = 20 * time.Second

// systemd's real-time signals start poweroff.target and reboot.target; the C library's SIGRTMIN is 34
// (systemd(1), "Signals").
const (
	systemdPoweroff = unix.Signal(34 + 4)
	systemdReboot   = unix.Signal(34 + 5)
)

// Ask has the image's init shut the machine down, and forces it off when that takes longer than ForceAfter.
// It never returns.
func Ask(mode Mode) {
	deadline := time.Now().Add(ForceAfter)
	for attempt := 0; time.Now().Before(deadline); attempt++ {
		if initName() == "systemd" {
			// Again and again: signals before systemd has its handlers are lost, and repeating one is harmless.
			unix.Kill(1, pick(mode, systemdPoweroff, systemdReboot))
		} else if attempt == 0 && !runProgram(mode) {
			// busybox's init, which has no programs of its own without its links.
			unix.Kill(1, pick(mode, unix.SIGUSR2, unix.SIGTERM))
		}
		time.Sleep(2 * time.Second)
	}
	Now(mode)
}

// runProgram starts the init's own poweroff or reboot: sysvinit, OpenRC, runit and busybox all have one.
func runProgram(mode Mode) bool {
	for _, dir := range []string{"/sbin", "/usr/sbin", "/bin", "/usr/bin"} {
		path := filepath.Join(dir, string(mode))
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			command := exec.Command(path)
			command.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
			command.SysProcAttr = &unix.SysProcAttr{Setsid: true}
			if command.Start() == nil {
				go command.Wait()
				return true
			}
		}
	}
	return false
}

func initName() string {
	text, err := os.ReadFile("/proc/1/comm")
	if err != nil || len(text) == 0 {
		return ""
	}
	return string(text[:len(text)-1])
}

func pick(mode Mode, poweroff, reboot unix.Signal) unix.Signal {
	if mode == Reboot {
		return reboot
	}
	return poweroff
}
