package worktree

import (
	"io"
	"strings"
)

// known is what the host names in a request: stamps by folder and name.
type known struct {
	// folders to look into, in the request's order
	folders []string
	stamps  map[string]map[string]string
}

func readKnown(stream io.Reader) (*known, error) {
	k := &known{stamps: map[string]map[string]string{}}
	for in := newEntryReader(stream); ; {
		entry, err := in.next()
		if err == io.EOF {
			return k, nil
		}
		if err != nil {
			return nil, err
		}
		if entry.Type == Directory {
			k.folders = append(k.folders, entry.Path)
			k.in(entry.Path)
			continue
		}
		folder, name := split(entry.Path)
		k.in(folder)[name] = entry.Stamp
	}
}

func (k *known) in(folder string) map[string]string {
	names := k.stamps[folder]
	if names == nil {
		names = map[string]string{}
		k.stamps[folder] = names
	}
	return names
}

func split(path string) (folder, name string) {
	if at := strings.LastIndexByte(path, '/'); at >= 0 {
		return path[:at], path[at+1:]
	}
	return ".", path
}

func join(folder, name string) string {
	if folder == "." {
		return name
	}
	return folder + "/" + name
}
