package messages

// SessionStart is the body of POST /v1/sessions.
type SessionStart struct {
	Name string            `json:"name"`
	Argv []string          `json:"argv"`
	Env  map[string]string `json:"env,omitempty"`
	Cwd  string            `json:"cwd,omitempty"`
	User string            `json:"user,omitempty"`
	// "detached" or "pipe"
	StdinMode string `json:"stdinMode"`
	// further commands that must be in PATH
	RequireCommands []string `json:"requireCommands,omitempty"`
}

type Session struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Argv      []string `json:"argv"`
	Cwd       string   `json:"cwd"`
	User      string   `json:"user"`
	StdinMode string   `json:"stdinMode"`
	// "running" or "ended"
	State string `json:"state"`
	Pid   int    `json:"pid,omitempty"`
	// milliseconds since 1970, as the guest's clock has it
	StartedAt int64     `json:"startedAt"`
	EndedAt   int64     `json:"endedAt,omitempty"`
	Exit      *ExecExit `json:"exit,omitempty"`
	// why there is no exit status
	Lost     string         `json:"lost,omitempty"`
	Output   SessionOutput  `json:"output"`
	Attached *SessionHolder `json:"attached,omitempty"`
}

// SessionOutput are positions: the oldest that is kept, and the end.
type SessionOutput struct {
	Oldest int64 `json:"oldest"`
	End    int64 `json:"end"`
}

// SessionHolder is who is attached.
type SessionHolder struct {
	Pid     int    `json:"pid"`
	Command string `json:"command"`
	Since   int64  `json:"since"`
	// false while its place is kept after a broken connection
	Connected bool `json:"connected"`
}

// AttachStart is the first frame of an attach.
type AttachStart struct {
	// made up by the client; the same one comes back after a broken connection
	Token   string `json:"token"`
	Pid     int    `json:"pid"`
	Command string `json:"command"`
	// the position to go on at; without one, where the last attach ended
	From *int64 `json:"from,omitempty"`
}

// Attached is the answer to it.
type Attached struct {
	// bytes of stdin that have arrived, and those that the command has taken, both since the session began
	Stdin      int64 `json:"stdin"`
	StdinTaken int64 `json:"stdinTaken"`
	// whether the end of stdin has arrived
	StdinEnded bool `json:"stdinEnded"`
	// bytes of stdin that may be sent ahead of those taken
	StdinWindow int64 `json:"stdinWindow"`
}
