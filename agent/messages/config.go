package messages

type GuestInterface struct {
	MAC     string   `json:"mac"`
	Address string   `json:"address"`
	Gateway string   `json:"gateway,omitempty"`
	DNS     []string `json:"dns"`
	// Search completes names without dots.
	Search []string `json:"search,omitempty"`
}

type Host struct {
	Address string   `json:"address"`
	Names   []string `json:"names"`
}

type HostKey struct {
	Type       string `json:"type"`
	PrivateKey string `json:"privateKey"`
	PublicKey  string `json:"publicKey"`
}

type GuestCommand struct {
	Argv []string          `json:"argv"`
	Env  map[string]string `json:"env,omitempty"`
}

type GuestFile struct {
	Path string `json:"path"`
	// base64 in JSON
	Content []byte `json:"content"`
	Mode    uint32 `json:"mode"`
	UID     int    `json:"uid,omitempty"`
	GID     int    `json:"gid,omitempty"`
	// of folders made on the way; 0 is 0755
	FolderMode uint32 `json:"folderMode,omitempty"`
	// who gives it; it goes away once nobody does
	Owner string `json:"owner,omitempty"`
}

type GuestService struct {
	Name string            `json:"name"`
	Argv []string          `json:"argv"`
	Env  map[string]string `json:"env,omitempty"`
	Cwd  string            `json:"cwd,omitempty"`
	// "always", "on-failure" or "no"
	Restart string `json:"restart"`
	After   string `json:"after,omitempty"`
}

type FirstBootStep struct {
	Name       string         `json:"name"`
	Commands   []GuestCommand `json:"commands"`
	Creates    string         `json:"creates,omitempty"`
	Impossible string         `json:"impossible,omitempty"`
}

type GuestConfig struct {
	Hostname       string            `json:"hostname"`
	Interfaces     []GuestInterface  `json:"interfaces"`
	Hosts          []Host            `json:"hosts"`
	AuthorizedKeys []string          `json:"authorizedKeys"`
	SSHHostKeys    []HostKey         `json:"sshHostKeys"`
	Files          []GuestFile       `json:"files"`
	Environment    map[string]string `json:"environment"`
	WorkingDir     string            `json:"workingDir,omitempty"`
	Services       []GuestService    `json:"services"`
	FirstBoot      []FirstBootStep   `json:"firstBoot"`
	// milliseconds since 1970
	Clock int64 `json:"clock"`
	// base64 in JSON
	Entropy   []byte `json:"entropy"`
	MachineID string `json:"machineId"`
}
