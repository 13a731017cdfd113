// Package pid1 is the first process: it keeps the agent's service half running, reaps, and powers off.
package pid1

import (
	"bufio"
	"fmt"
	"os"
	"syscall"
	"time"
)

// ServiceName is the service half's argv[0]. systemd's last killing spree at shutdown spares what begins with @
// (https://systemd.io/ROOT_STORAGE_DAEMONS/).
const ServiceName = "@banger-vsock-agent"

// ReportFd is the service half's end of the pipe on which it tells PID 1, a line each: "configured", "poweroff",
// "reboot", or "fatal <reason>" when it can't serve.
const ReportFd = 3

const (
	restartFirst = 100 * time.Millisecond
	restartLast  = 5 * time.Second
	console      = "/dev/console"
)

// Service is the agent's other process, which serves the channel inside the guest's root.
type Service struct {
	root    string
	channel string
	init    string
	pid     int
	lines   chan string
	ended   chan struct{}
	backoff time.Duration
	started time.Time
}

// NewService describes the service half: root is where the guest's root is mounted now, init the path of the image's
// init, or "".
func NewService(root, channel, init string) *Service {
	return &Service{root: root, channel: channel, init: init, lines: make(chan string), backoff: restartFirst}
}

// start executes this very program again, chrooted into the guest's root. The magic link leads to it from any root
// that has /proc, also when its file is deleted.
func (s *Service) start() error {
	reader, writer, err := os.Pipe()
	if err != nil {
		return err
	}
	defer writer.Close()
	null, err := os.OpenFile("/dev/null", os.O_RDWR, 0)
	if err != nil {
		reader.Close()
		return err
	}
	defer null.Close()
	output := null
	if file, err := os.OpenFile(console, os.O_WRONLY|syscall.O_NOCTTY, 0); err == nil {
		output = file
		defer file.Close()
	}
	s.pid, err = syscall.ForkExec("/proc/self/exe",
		[]string{ServiceName, "--channel", s.channel, "--init", s.init},
		&syscall.ProcAttr{
			Dir:   "/",
			Env:   []string{"HOME=/root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
			Files: []uintptr{null.Fd(), output.Fd(), output.Fd(), writer.Fd()},
			Sys:   &syscall.SysProcAttr{Chroot: s.root, Setsid: true},
		})
	if err != nil {
		reader.Close()
		return fmt.Errorf("start the agent's service half: %w", err)
	}
	s.started = time.Now()
	ended := make(chan struct{})
	s.ended = ended
	go func() {
		defer close(ended)
		defer reader.Close()
		for scanner := bufio.NewScanner(reader); scanner.Scan(); {
			s.lines <- scanner.Text()
		}
	}()
	return nil
}

// pause returns how long to wait before the next start: longer each time, unless the last one lived for long.
func (s *Service) pause() time.Duration {
	if time.Since(s.started) > time.Minute {
		s.backoff = restartFirst
	}
	pause := s.backoff
	s.backoff = min(2*s.backoff, restartLast)
	return pause
}
