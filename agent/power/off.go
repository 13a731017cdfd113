// Package power turns the machine off or starts it again, with and without the image's init.
package power

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Mode is what to do, in the words of POST /v1/shutdown.
type Mode string

const (
	Poweroff Mode = "poweroff"
	Reboot   Mode = "reboot"
)

const (
	// how long processes have to end after SIGTERM, when the agent is PID 1
	termGrace = 5 * time.Second
	// how long a sync may take before the machine goes off without it
	syncLimit = 10 * time.Second
)

// Off is for PID 1: it ends every process, makes the filesystems read-only and powers off. It never returns.
// disk is the overlay's disk, out of reach by path; it may be nil.
func Off(mode Mode, disk *os.File) {
	endProcesses()
	clean := false
	within(syncLimit, func() {
		unix.Sync()
		err := unix.Mount("", "/", "", unix.MS_REMOUNT|unix.MS_RDONLY, "")
		if err == nil && disk != nil {
			err = unix.Mount("", fmt.Sprintf("/proc/self/fd/%d", disk.Fd()), "", unix.MS_REMOUNT|unix.MS_RDONLY, "")
		}
		clean = err == nil
	})
	if clean {
		end(mode)
	}
	Now(mode)
}

// Now syncs, makes every filesystem read-only and powers off, whatever still runs. It never returns.
func Now(mode Mode) {
	within(syncLimit, func() {
		unix.Sync()
		// The kernel's emergency remount reaches filesystems that no path leads to. It works in the background.
		if err := os.WriteFile("/proc/sysrq-trigger", []byte("u"), 0); err == nil {
			time.Sleep(200 * time.Millisecond)
		}
	})
	end(mode)
}

func end(mode Mode) {
	command := unix.LINUX_REBOOT_CMD_POWER_OFF
	if mode == Reboot {
		command = unix.LINUX_REBOOT_CMD_RESTART
	}
	unix.Reboot(command)
	// Where powering off is not possible, halting is all that is left.
	unix.Reboot(unix.LINUX_REBOOT_CMD_HALT)
	select {}
}

func endProcesses() {
	unix.Kill(-1, unix.SIGTERM)
	unix.Kill(-1, unix.SIGCONT)
	for deadline := time.Now().Add(termGrace); time.Now().Before(deadline) && othersRun(); {
		time.Sleep(10 * time.Millisecond)
	}
	unix.Kill(-1, unix.SIGKILL)
	for deadline := time.Now().Add(time.Second); time.Now().Before(deadline) && othersRun(); {
		time.Sleep(10 * time.Millisecond)
	}
}

// othersRun reaps what has ended and tells whether a program other than this process and the agent's service half,
// which answers until the end, still runs. Kernel threads have no command line.
func othersRun() bool {
	for {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
		if err != nil || pid <= 0 {
			break
		}
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return false
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
		if err == nil && len(line) > 0 && !strings.HasPrefix(string(line), "@") {
			return true
		}
	}
	return false
}

func within(limit time.Duration, work func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		work()
	}()
	select {
	case <-done:
	case <-time.After(limit):
	}
}
