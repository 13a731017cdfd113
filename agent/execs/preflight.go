package execs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"banger/agent/guest"
	"banger/agent/messages"
)

// Preflight is Prepare for a command that may run for long: what is missing is named all at once, the folder, the
// command and each of the others that it requires. Every error is a *Failure.
func Preflight(g *guest.Guest, start messages.ExecStart, required []string) (*Prepared, error) {
	account, env, err := identify(g, start)
	if err != nil {
		return nil, err
	}
	var missing []string
	_, workingDir := g.Defaults()
	dir, err := folder(start.Cwd, workingDir, account.Home)
	if err != nil {
		missing = append(missing, "the folder "+start.Cwd)
		dir = "/"
	}
	for _, name := range append([]string{start.Argv[0]}, required...) {
		_, err := find(name, env["PATH"], dir)
		var failure *Failure
		if !errors.As(err, &failure) {
			continue
		}
		problem := "the command " + name
		if failure.Code == "guest.command-not-executable" {
			problem += " (it is not executable)"
		}
		if !slices.Contains(missing, problem) {
			missing = append(missing, problem)
		}
	}
	if len(missing) > 0 {
		return nil, &Failure{"session.preflight", fmt.Sprintf("The guest lacks %s. PATH there: %s", list(missing), env["PATH"])}
	}
	return Prepare(g, start)
}

// list joins words as English does: "a, b and c".
func list(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
