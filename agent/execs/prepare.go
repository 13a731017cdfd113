// Package execs runs commands for the host: POST /v1/exec, and what services and first-boot steps share with it.
package execs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"banger/agent/accounts"
	"banger/agent/guest"
	"banger/agent/messages"
)

// Failure is why a command did not run, with a code of the host's catalogue.
type Failure struct {
	Code    string
	Message string
}

func (f *Failure) Error() string { return f.Message }

// Prepared is a command ready to start.
type Prepared struct {
	Path    string
	Argv    []string
	Env     []string
	Dir     string
	Account accounts.Account
	// Cgroup is the folder, opened, of the cgroup to start in; nil for the agent's own.
	Cgroup *os.File
}

// Prepare decides what to run where and as whom. Every error is a *Failure.
func Prepare(g *guest.Guest, start messages.ExecStart) (*Prepared, error) {
	account, env, err := identify(g, start)
	if err != nil {
		return nil, err
	}
	_, workingDir := g.Defaults()
	dir, err := folder(start.Cwd, workingDir, account.Home)
	if err != nil {
		return nil, err
	}
	if _, given := env["PWD"]; !given {
		env["PWD"] = dir
	}
	path, err := find(start.Argv[0], env["PATH"], dir)
	if err != nil {
		return nil, err
	}
	return &Prepared{Path: path, Argv: start.Argv, Env: flatten(env), Dir: dir, Account: account}, nil
}

// Attributes are what the kernel is told at the start: a session of its own, and the account.
func (p *Prepared) Attributes() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setsid: true}
	if p.Cgroup != nil {
		attributes.UseCgroupFD, attributes.CgroupFD = true, int(p.Cgroup.Fd())
	}
	if os.Geteuid() == 0 {
		attributes.Credential = &syscall.Credential{Uid: p.Account.UID, Gid: p.Account.GID, Groups: p.Account.Groups}
	}
	return attributes
}

// identify says as whom and with which environment.
func identify(g *guest.Guest, start messages.ExecStart) (accounts.Account, map[string]string, error) {
	if len(start.Argv) == 0 || start.Argv[0] == "" {
		return accounts.Account{}, nil, &Failure{"guest.bad-request", "argv is empty"}
	}
	for _, text := range append(slices.Clone(start.Argv), start.Cwd) {
		if strings.ContainsRune(text, 0) {
			return accounts.Account{}, nil, &Failure{"guest.bad-request", "an argument holds a zero byte"}
		}
	}
	account, err := accounts.Lookup(g.Root, start.User)
	if err != nil {
		return accounts.Account{}, nil, &Failure{"guest.bad-user", err.Error()}
	}
	defaults, _ := g.Defaults()
	return account, environment(account, defaults, start), nil
}

func environment(account accounts.Account, defaults map[string]string, start messages.ExecStart) map[string]string {
	env := map[string]string{
		"PATH": guest.DefaultPath, "HOME": account.Home, "USER": account.Name, "LOGNAME": account.Name, "SHELL": account.Shell,
	}
	if start.TTY.Enabled {
		env["TERM"] = start.TTY.Term
		if env["TERM"] == "" {
			env["TERM"] = "xterm"
		}
	}
	for _, layer := range []map[string]string{defaults, start.Env} {
		for name, value := range layer {
			if name != "" && !strings.ContainsAny(name, "=\x00") && !strings.ContainsRune(value, 0) {
				env[name] = value
			}
		}
	}
	if env["PATH"] == "" {
		env["PATH"] = guest.DefaultPath
	}
	return env
}

func flatten(env map[string]string) []string {
	list := make([]string, 0, len(env))
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

// folder is the asked-for folder, which must be there, or else the first of the defaults that is.
func folder(asked, configured, home string) (string, error) {
	if asked != "" {
		if !isFolder(asked) {
			return "", &Failure{"guest.bad-cwd", fmt.Sprintf("There is no folder %s in the guest.", asked)}
		}
		return asked, nil
	}
	for _, candidate := range []string{configured, home} {
		if candidate != "" && isFolder(candidate) {
			return candidate, nil
		}
	}
	return "/", nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// find looks a program up as execvp(3) does, with the command's own PATH and folder.
func find(name, path, dir string) (string, error) {
	candidates := []string{name}
	if !strings.Contains(name, "/") {
		candidates = nil
		for _, element := range filepath.SplitList(path) {
			candidates = append(candidates, filepath.Join(element, name))
		}
	}
	denied := false
	for _, candidate := range candidates {
		if !filepath.IsAbs(candidate) {
			candidate = filepath.Join(dir, candidate)
		}
		info, err := os.Stat(candidate)
		switch {
		case err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0:
			return candidate, nil
		case err == nil || errors.Is(err, os.ErrPermission):
			denied = true
		}
	}
	if denied {
		return "", &Failure{"guest.command-not-executable", fmt.Sprintf("%s: not an executable program", name)}
	}
	return "", &Failure{"guest.command-not-found", fmt.Sprintf("%s: no such command in the guest.", name)}
}
