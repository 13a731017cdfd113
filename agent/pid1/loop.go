package pid1

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"banger/agent/power"

	"golang.org/x/sys/unix"
)

// What an init is told by signals. The real-time ones are systemd's, SIGUSR2, SIGUSR1 and SIGTERM those of busybox's
// init, SIGINT is the kernel's word for ctrl-alt-del, SIGPWR that of a failing power supply.
var meanings = map[os.Signal]power.Mode{
	unix.SIGUSR1: power.Poweroff, unix.SIGUSR2: power.Poweroff, unix.SIGPWR: power.Poweroff,
	unix.Signal(34 + 3): power.Poweroff, unix.Signal(34 + 4): power.Poweroff,
	unix.SIGTERM: power.Reboot, unix.SIGINT: power.Reboot, unix.Signal(34 + 5): power.Reboot,
}

// AwaitConfigured runs the service half until the host has configured the guest, and returns "" then, or what else
// the host wants. It has no time limit.
func (s *Service) AwaitConfigured() (power.Mode, error) {
	if err := s.start(); err != nil {
		return "", err
	}
	return s.loop(true)
}

// StayForGood is the rest of PID 1's life when the image has no init. It returns only with an error.
func (s *Service) StayForGood(disk *os.File) error {
	s.root = ""
	unix.Reboot(unix.LINUX_REBOOT_CMD_CAD_OFF)
	mode, err := s.loop(false)
	if err != nil {
		return err
	}
	power.Off(mode, disk)
	return errors.New("the machine did not power off")
}

func (s *Service) loop(untilConfigured bool) (power.Mode, error) {
	// All of them: the runtime would end this process by some that the kernel keeps from PID 1.
	signals := make(chan os.Signal, 64)
	signal.Notify(signals)
	defer signal.Stop(signals)
	children := make(chan os.Signal, 1)
	signal.Notify(children, unix.SIGCHLD)
	defer signal.Stop(children)
	var restart <-chan time.Time
	for {
		select {
		case received := <-signals:
			if mode, known := meanings[received]; known {
				return mode, nil
			}
		case <-children:
			reap()
		case line := <-s.lines:
			if line == "configured" && untilConfigured {
				return "", nil
			}
			if mode := power.Mode(line); mode == power.Poweroff || mode == power.Reboot {
				return mode, nil
			}
			if reason, found := strings.CutPrefix(line, "fatal "); found {
				return "", errors.New(reason)
			}
		case <-s.ended:
			s.ended = nil
			pause := s.pause()
			fmt.Fprintf(os.Stderr, "banger: the agent's service half has ended; it starts again in %v\n", pause)
			restart = time.After(pause)
		case <-restart:
			restart = nil
			if err := s.start(); err != nil {
				return "", err
			}
		}
	}
}

// reap takes the exit status of every child that has ended: the service half and orphans of the whole system.
func reap() {
	for {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
	}
}
