// Package boot is /init in the initrd: from the kernel's first process to the image's own init.
package boot

import (
	"fmt"
	"strings"
)

// Options are the banger.* arguments of the kernel command line.
type Options struct {
	// Root, Overlay, Modules and Work are block devices under /dev; all but Root may be empty.
	Root    string
	Overlay string
	Modules string
	Work    string
	// Channel is "virtio" or "vsock:<port>".
	Channel string
	// Init is "auto", "none" or an absolute path.
	Init string
}

// ParseCmdline reads /proc/cmdline's text. Later arguments win, as in the kernel; what is not ours is passed over.
func ParseCmdline(text string) (Options, error) {
	options := Options{Channel: "virtio", Init: "auto"}
	fields := map[string]*string{
		"banger.root": &options.Root, "banger.overlay": &options.Overlay, "banger.modules": &options.Modules,
		"banger.work": &options.Work, "banger.channel": &options.Channel, "banger.init": &options.Init,
	}
	for _, argument := range splitArguments(text) {
		name, value, found := strings.Cut(argument, "=")
		if field := fields[name]; field != nil && found {
			*field = value
		}
	}
	for _, name := range []string{"banger.root", "banger.overlay", "banger.modules", "banger.work"} {
		device := strings.TrimPrefix(*fields[name], "/dev/")
		if strings.Contains(device, "..") {
			return Options{}, fmt.Errorf("%s=%s names no block device", name, *fields[name])
		}
		*fields[name] = device
	}
	if options.Root == "" {
		return Options{}, fmt.Errorf("the kernel command line has no banger.root= argument")
	}
	if init := options.Init; init != "auto" && init != "none" && !strings.HasPrefix(init, "/") {
		return Options{}, fmt.Errorf("banger.init=%s is neither auto, none nor an absolute path", init)
	}
	return options, nil
}

// splitArguments cuts at blanks that are not between double quotes, and drops the quotes
// (https://docs.kernel.org/admin-guide/kernel-parameters.html).
func splitArguments(text string) []string {
	var arguments []string
	var current strings.Builder
	quoted, started := false, false
	finish := func() {
		if started {
			arguments = append(arguments, current.String())
		}
		current.Reset()
		started = false
	}
	for _, letter := range []byte(text) {
		switch {
		case letter == '"':
			quoted, started = !quoted, true
		case !quoted && (letter == ' ' || letter == '\n' || letter == '\t' || letter == 0):
			finish()
		default:
			current.WriteByte(letter)
			started = true
		}
	}
	finish()
	return arguments
}
