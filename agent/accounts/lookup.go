// Package accounts reads /etc/passwd and /etc/group: a static program has no other way to users.
package accounts

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Account is who a command runs as.
type Account struct {
	Name   string
	UID    uint32
	GID    uint32
	Groups []uint32
	Home   string
	Shell  string
}

// Lookup finds "name", "number", "name:group" or "number:number" below root ("" = the real one). A number without an
// entry is an account of its own with home "/"; root always exists.
func Lookup(root, spec string) (Account, error) {
	user, group, hasGroup := strings.Cut(spec, ":")
	if user == "" {
		user = "root"
	}
	account, err := findUser(root, user)
	if err != nil {
		return Account{}, err
	}
	groups := readTable(filepath.Join(root, "/etc/group"))
	if hasGroup && group != "" {
		account.GID, err = findGroup(groups, group)
		return account, err
	}
	for _, entry := range groups {
		if len(entry) >= 4 && slices.Contains(strings.Split(entry[3], ","), account.Name) {
			if id, err := parseID(entry[2]); err == nil && !slices.Contains(account.Groups, id) {
				account.Groups = append(account.Groups, id)
			}
		}
	}
	return account, nil
}

func findUser(root, user string) (Account, error) {
	number, numberErr := parseID(user)
	for _, entry := range readTable(filepath.Join(root, "/etc/passwd")) {
		if len(entry) < 7 || entry[0] != user && (numberErr != nil || entry[2] != user) {
			continue
		}
		uid, uidErr := parseID(entry[2])
		gid, gidErr := parseID(entry[3])
		if uidErr != nil || gidErr != nil {
			continue
		}
		account := Account{Name: entry[0], UID: uid, GID: gid, Home: entry[5], Shell: entry[6]}
		if account.Shell == "" {
			account.Shell = "/bin/sh"
		}
		return account, nil
	}
	switch {
	case user == "root" || numberErr == nil && number == 0:
		return Account{Name: "root", Home: "/root", Shell: "/bin/sh"}, nil
	case numberErr == nil:
		return Account{Name: user, UID: number, GID: number, Home: "/", Shell: "/bin/sh"}, nil
	}
	return Account{}, fmt.Errorf("there is no user %q in the guest", user)
}

func findGroup(groups [][]string, group string) (uint32, error) {
	for _, entry := range groups {
		if len(entry) >= 3 && entry[0] == group {
			return parseID(entry[2])
		}
	}
	if id, err := parseID(group); err == nil {
		return id, nil
	}
	return 0, fmt.Errorf("there is no group %q in the guest", group)
}

func readTable(path string) [][]string {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var entries [][]string
	for _, line := range strings.Split(string(text), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			entries = append(entries, strings.Split(strings.TrimSuffix(line, "\r"), ":"))
		}
	}
	return entries
}

func parseID(text string) (uint32, error) {
	id, err := strconv.ParseUint(text, 10, 32)
	return uint32(id), err
}
