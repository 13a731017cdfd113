package configure

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"

	"banger/agent/files"
	"banger/agent/messages"
)

const (
	sshdConfig = "/etc/ssh/sshd_config"
	hostKey    = "/etc/ssh/ssh_host_ed25519_key"
	sshdDropIn = "/etc/ssh/sshd_config.d/10-banger.conf"
)

// The guest is its user's own machine, reached with the host's key alone (README, "Security").
var sshdLines = []string{"PermitRootLogin yes", "StrictModes no", "PasswordAuthentication no", "PermitUserEnvironment yes"}

// includesDropIns finds sshd_config's line for the folder, as Debian, Alpine and Fedora ship it.
var includesDropIns = regexp.MustCompile(`(?mi)^\s*Include\s.*/etc/ssh/sshd_config\.d/\*`)

func (c *Configurer) writeHostKeys(keys []messages.HostKey) error {
	return each(keys, func(key messages.HostKey) error {
		if key.Type != "ed25519" {
			return errors.New("unknown type: " + key.Type)
		}
		private := strings.TrimRight(key.PrivateKey, "\n") + "\n"
		path := c.guest.Path(hostKey)
		if err := files.WriteAtomic(path, []byte(private), files.Attributes{Mode: 0o600}); err != nil {
			return err
		}
		return files.WriteAtomic(path+".pub", []byte(oneLine(key.PublicKey)+"\n"), files.RootFile)
	})
}

// configureSSHD says how sshd lets people in: in a file of its own, and in sshd_config where that does not read such
// files. sshd takes the first value it meets, hence the top.
func (c *Configurer) configureSSHD() error {
	if !exists(c.guest.Path("/etc/ssh")) {
		return nil
	}
	if c.guest.Live() {
		// sshd's privilege separation wants it, and only an init's unit would make it.
		os.MkdirAll("/run/sshd", 0o755)
	}
	lines := sshdLines
	if exists(c.guest.Path(hostKey)) {
		// Keys that came with the image are everybody's.
		lines = append(slices.Clone(lines), "HostKey "+hostKey)
	}
	text := strings.Join(lines, "\n") + "\n"
	if err := files.WriteAtomic(c.guest.Path(sshdDropIn), []byte(text), files.RootFile); err != nil {
		return err
	}
	main := c.guest.Path(sshdConfig)
	content, err := os.ReadFile(main)
	if errors.Is(err, os.ErrNotExist) {
		// Not installed yet; asked again after the first-boot steps.
		return nil
	}
	if err != nil {
		return err
	}
	if includesDropIns.Match(content) {
		return nil
	}
	return files.PutBlock(main, lines, files.RootFile)
}
