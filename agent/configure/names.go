package configure

import (
	"net/netip"
	"os"
	"slices"
	"strings"

	"banger/agent/files"
	"banger/agent/messages"
	"banger/agent/network"
)

// writeHosts puts the machine's own names and the host's lines on top of /etc/hosts.
func (c *Configurer) writeHosts(hostname string, hosts []messages.Host) error {
	lines := []string{"127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"}
	if hostname != "" {
		lines = append(lines, "127.0.1.1 "+hostname)
	}
	for _, host := range hosts {
		lines = append(lines, oneLine(host.Address+" "+strings.Join(host.Names, " ")))
	}
	return files.PutBlock(c.guest.Path("/etc/hosts"), lines, files.RootFile)
}

// writeResolvConf replaces /etc/resolv.conf, also when it is a link into /run, where nothing writes it.
func (c *Configurer) writeResolvConf(interfaces []messages.GuestInterface) error {
	var servers, search []string
	for _, device := range interfaces {
		servers = appendNew(servers, device.DNS)
		search = appendNew(search, device.Search)
	}
	if len(servers) == 0 {
		return nil
	}
	var text strings.Builder
	for _, server := range servers {
		text.WriteString("nameserver " + oneLine(server) + "\n")
	}
	if len(search) > 0 {
		text.WriteString("search " + oneLine(strings.Join(search, " ")) + "\n")
	}
	return files.WriteAtomic(c.guest.Path("/etc/resolv.conf"), []byte(text.String()), files.RootFile)
}

func appendNew(list, more []string) []string {
	for _, item := range more {
		if !slices.Contains(list, item) {
			list = append(list, item)
		}
	}
	return list
}

func (c *Configurer) setInterfaces(interfaces []messages.GuestInterface) error {
	if !c.guest.Live() {
		return nil
	}
	if err := network.LoopbackUp(); err != nil {
		return err
	}
	return each(interfaces, func(device messages.GuestInterface) error {
		address, err := netip.ParsePrefix(device.Address)
		if err != nil {
			return err
		}
		wanted := network.Interface{MAC: device.MAC, Address: address}
		if device.Gateway != "" {
			if wanted.Gateway, err = netip.ParseAddr(device.Gateway); err != nil {
				return err
			}
		}
		return network.Apply(wanted)
	})
}

// authorize keeps the host's keys among those that may log in as root, and what users added.
func (c *Configurer) authorize(keys []string) error {
	path := c.guest.Path("/root/.ssh/authorized_keys")
	if len(keys) == 0 && !exists(path) {
		return nil
	}
	if err := c.makeSSHFolder(); err != nil {
		return err
	}
	lines := make([]string, 0, len(keys))
	for _, key := range keys {
		lines = append(lines, oneLine(key))
	}
	return files.PutBlock(path, lines, files.Attributes{Mode: 0o600})
}

func (c *Configurer) makeSSHFolder() error {
	folder := c.guest.Path("/root/.ssh")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return os.Chmod(folder, 0o700)
}

func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}
