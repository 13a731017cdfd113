package configure

import (
	"errors"
	"os"
	"slices"
	"strings"

	"banger/agent/files"
)

const (
	sshEnvironment = "/root/.ssh/environment"
	profileFolder  = "/etc/profile.d"
	profileScript  = profileFolder + "/banger.sh"
)

// setEnvironment makes the environment and the working folder the defaults of whatever runs in the guest: of commands
// that the agent runs, of SSH sessions, and of login shells.
func (c *Configurer) setEnvironment(environment map[string]string, workingDir string) error {
	return errors.Join(
		c.makeWorkingDir(workingDir),
		c.guest.SetDefaults(environment, workingDir),
		c.writeSSHEnvironment(environment),
		c.writeProfile(environment["PATH"], workingDir),
	)
}

// makeWorkingDir does as container runtimes do when an image names a folder that it does not hold.
func (c *Configurer) makeWorkingDir(path string) error {
	if path == "" || exists(c.guest.Path(path)) {
		return nil
	}
	return os.MkdirAll(c.guest.Path(path), 0o755)
}

// writeSSHEnvironment has sshd set the variables (sshd(8), "FILES"). Its format has no place for line breaks.
func (c *Configurer) writeSSHEnvironment(environment map[string]string) error {
	path := c.guest.Path(sshEnvironment)
	lines := []string{}
	for name, value := range environment {
		if line := name + "=" + value; !strings.ContainsAny(line, "\n\r\x00") {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 && !exists(path) {
		return nil
	}
	slices.Sort(lines)
	if err := c.makeSSHFolder(); err != nil {
		return err
	}
	return files.PutBlock(path, lines, files.Attributes{Mode: 0o600})
}

// writeProfile gives login shells the image's PATH back, which /etc/profile replaces, and takes people who come by SSH
// to the working folder. Commands and file transfers begin in the home, as with any SSH server.
func (c *Configurer) writeProfile(path, workingDir string) error {
	if !exists(c.guest.Path(profileFolder)) {
		return nil
	}
	script := "# By banger, at every start: what the image's configuration says.\n"
	if path != "" {
		script += "PATH=" + quote(path) + "\nexport PATH\n"
	}
	if workingDir != "" {
		script += `case "$-:$SSH_CONNECTION:$PWD" in *i*:?*:"$HOME") cd ` + quote(workingDir) + " ;; esac\n"
	}
	return files.WriteAtomic(c.guest.Path(profileScript), []byte(script), files.RootFile)
}

// quote is one word for a shell.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
