package boot

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"banger/agent/pid1"
	"banger/agent/power"

	"golang.org/x/sys/unix"
)

// Where things lie in the initrd's own tree.
const (
	lowerDir = "/banger/lower"
	diskDir  = "/banger/disk"
	rootDir  = "/banger/root"
)

// Run is the kernel's first process. It never returns: it becomes the image's init, stays as PID 1, or says why
// not on the console and powers the machine off.
func Run() {
	defer func() {
		if problem := recover(); problem != nil {
			Fatal(fmt.Errorf("panic: %v\n%s", problem, debug.Stack()))
		}
	}()
	Fatal(run())
}

func run() error {
	if err := mountInitrd(); err != nil {
		return err
	}
	text, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		return err
	}
	options, err := ParseCmdline(string(text))
	if err != nil {
		return err
	}
	for _, problem := range loadModules("/modules") {
		fmt.Fprintln(os.Stderr, "banger:", problem)
	}
	if err := mountRoot(options); err != nil {
		return err
	}
	init, err := findInit(rootDir, options.Init)
	if err != nil {
		return err
	}
	if err := mountKernelFilesystems(rootDir, init == ""); err != nil {
		return err
	}
	if target, err := modulesMountPoint(); err == nil && options.Modules != "" {
		keepMounted(rootDir, strings.TrimPrefix(target, rootDir))
	}
	if init != "" {
		noConsoleLogins(rootDir)
	}
	service := pid1.NewService(rootDir, options.Channel, init)
	mode, err := service.AwaitConfigured()
	if err != nil {
		return err
	}
	if mode != "" {
		power.Off(mode, diskHandle())
	}
	disk := diskHandle()
	if err := switchRoot(rootDir); err != nil {
		return err
	}
	if init == "" {
		return service.StayForGood(disk)
	}
	return becomeInit(init)
}

// becomeInit executes the image's init in this process. The kernel's arguments and environment go on to it.
func becomeInit(path string) error {
	arguments := append([]string{path}, os.Args[1:]...)
	if err := unix.Exec(path, arguments, os.Environ()); err != nil {
		return fmt.Errorf("the image's init %s: %w", path, err)
	}
	return nil
}

// Fatal says on the console why the machine can't go on, and powers it off.
func Fatal(err error) {
	message := fmt.Sprintf("banger: fatal: %v\n", err)
	if console, openErr := os.OpenFile("/dev/console", os.O_WRONLY|unix.O_NOCTTY, 0); openErr == nil {
		console.WriteString(message)
	} else {
		os.Stderr.WriteString(message)
	}
	power.Now(power.Poweroff)
}

// diskHandle keeps the overlay's disk within reach after the switch of roots, which hides it: it is to be made
// read-only before the machine goes off. nil when there is none.
func diskHandle() *os.File {
	fd, err := unix.Open(diskDir, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	return os.NewFile(uintptr(fd), diskDir)
}
