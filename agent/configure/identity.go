package configure

import (
	"errors"
	"os"
	"regexp"

	"banger/agent/files"

	"golang.org/x/sys/unix"
)

var (
	hostnamePattern  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$`)
	machineIDPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

func (c *Configurer) setHostname(name string) error {
	if name == "" {
		return nil
	}
	if !hostnamePattern.MatchString(name) {
		return errors.New("not a host name: " + name)
	}
	if c.guest.Live() {
		if err := unix.Sethostname([]byte(name)); err != nil {
			return err
		}
	}
	return files.WriteAtomic(c.guest.Path("/etc/hostname"), []byte(name+"\n"), files.RootFile)
}

// setMachineID writes the file that systemd and D-Bus know a machine by (machine-id(5)).
func (c *Configurer) setMachineID(id string) error {
	if id == "" {
		return nil
	}
	if !machineIDPattern.MatchString(id) {
		return errors.New("not 32 hexadecimal digits: " + id)
	}
	path := c.guest.Path("/etc/machine-id")
	if err := files.WriteAtomic(path, []byte(id+"\n"), files.Attributes{Mode: 0o444}); err != nil {
		return err
	}
	older := c.guest.Path("/var/lib/dbus/machine-id")
	if info, err := os.Lstat(older); err == nil && info.Mode().IsRegular() {
		return files.WriteAtomic(older, []byte(id+"\n"), files.Attributes{Mode: 0o444})
	}
	return nil
}
