package boot

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// mountDevice waits for a block device and mounts it on target, which is made when missing. The filesystem is ext4
// or whatever else the kernel has that takes it.
func mountDevice(name, target string, flags uintptr) error {
	device := filepath.Join("/dev", name)
	if err := waitForDevice(device); err != nil {
		return err
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	var first error
	for _, attempt := range attempts(flags) {
		err := unix.Mount(device, target, attempt.kind, flags, attempt.data)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return fmt.Errorf("mount %s on %s: %w", device, target, first)
}

func waitForDevice(path string) error {
	deadline := time.Now().Add(deviceWait)
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		info, err := os.Stat(path)
		if err == nil && info.Mode()&os.ModeDevice != 0 && info.Mode()&os.ModeCharDevice == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no block device %s after %v", path, deviceWait)
		}
		time.Sleep(pause)
	}
}

type attempt struct{ kind, data string }

// attempts are the ways to try, in order. A read-only ext4 whose journal was left dirty can't be replayed: noload.
func attempts(flags uintptr) []attempt {
	list := []attempt{{"ext4", ""}}
	if flags&unix.MS_RDONLY != 0 {
		list = append(list, attempt{"ext4", "noload"})
	}
	text, err := os.ReadFile("/proc/filesystems")
	if err != nil {
		return list
	}
	for _, kind := range diskFilesystems(string(text)) {
		if kind != "ext4" {
			list = append(list, attempt{kind, ""})
		}
	}
	return list
}

// diskFilesystems are the kinds in /proc/filesystems that live on a block device.
func diskFilesystems(text string) []string {
	var kinds []string
	for _, line := range strings.Split(text, "\n") {
		if kind, found := strings.CutPrefix(line, "\t"); found {
			kinds = append(kinds, strings.TrimSpace(kind))
		}
	}
	return kinds
}
