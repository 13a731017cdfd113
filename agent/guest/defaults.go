package guest

import (
	"encoding/json"
	"maps"
	"os"

	"banger/agent/files"
)

// defaultsFile outlives the service half, not the guest's run.
const defaultsFile = "/run/banger/defaults.json"

type defaults struct {
	Environment map[string]string `json:"environment"`
	WorkingDir  string            `json:"workingDir"`
}

// SetDefaults keeps the environment and working folder of everything that runs from now on.
func (g *Guest) SetDefaults(environment map[string]string, workingDir string) error {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.environment, g.workingDir = maps.Clone(environment), workingDir
	text, err := json.Marshal(defaults{environment, workingDir})
	if err != nil {
		return err
	}
	// The environment may hold secrets.
	return files.WriteAtomic(g.Path(defaultsFile), text, files.Attributes{Mode: 0o600})
}

// RestoreDefaults takes over what an earlier service half of this run was told.
func (g *Guest) RestoreDefaults() {
	text, err := os.ReadFile(g.Path(defaultsFile))
	if err != nil {
		return
	}
	var kept defaults
	if json.Unmarshal(text, &kept) == nil {
		g.mutex.Lock()
		defer g.mutex.Unlock()
		g.environment, g.workingDir = kept.Environment, kept.WorkingDir
	}
}
