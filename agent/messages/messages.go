// Package messages has the JSON messages of the guest channel. They mirror core/src/guest/messages.ts and
// core/src/hooks/provision.ts, where the fields are explained; both sides test agent/testdata.
package messages

type StepState struct {
	Name string `json:"name"`
	// "pending", "running", "done" or "failed"
	State    string   `json:"state"`
	Command  []string `json:"command,omitempty"`
	ExitCode *int     `json:"exitCode,omitempty"`
	Detail   string   `json:"detail,omitempty"`
	Log      string   `json:"log,omitempty"`
}

type ServiceState struct {
	Name string `json:"name"`
	// "waiting", "running", "stopped" or "failed"
	State    string `json:"state"`
	Pid      int    `json:"pid,omitempty"`
	Restarts int    `json:"restarts"`
}

type Health struct {
	Version string `json:"version"`
	// "waiting" or "configured"
	Phase     string         `json:"phase"`
	Kernel    string         `json:"kernel"`
	Init      string         `json:"init"`
	Uptime    int64          `json:"uptime"`
	FirstBoot []StepState    `json:"firstBoot"`
	Services  []ServiceState `json:"services"`
}

type ConfigureAnswer struct {
	Warnings []string `json:"warnings"`
}

type ExecStart struct {
	Argv []string          `json:"argv"`
	Env  map[string]string `json:"env,omitempty"`
	Cwd  string            `json:"cwd,omitempty"`
	User string            `json:"user,omitempty"`
	TTY  TTY               `json:"tty,omitzero"`
}

type ExecExit struct {
	Code   int    `json:"code"`
	Signal string `json:"signal,omitempty"`
}

// ErrorBody is the answer of a failed request and the payload of an error frame.
type ErrorBody struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type ListeningPort struct {
	Protocol string `json:"protocol"`
	Address  string `json:"address"`
	Port     int    `json:"port"`
	Pid      int    `json:"pid,omitempty"`
	Process  string `json:"process,omitempty"`
}

type GuestStats struct {
	Uptime  int64      `json:"uptime"`
	Load    [3]float64 `json:"load"`
	Memory  Usage      `json:"memory"`
	CPU     CPU        `json:"cpu"`
	Disk    Usage      `json:"disk"`
	Network Traffic    `json:"network"`
	// Connections are TCP's.
	Connections Connections `json:"connections"`
}

// Usage is in KiB.
type Usage struct {
	Total     uint64 `json:"total"`
	Available uint64 `json:"available"`
}

type CPU struct {
	Busy  uint64 `json:"busy"`
	Total uint64 `json:"total"`
	Count int    `json:"count"`
}

type Connections struct {
	Inbound  int    `json:"inbound"`
	Accepted uint64 `json:"accepted"`
}

type Traffic struct {
	Received uint64 `json:"received"`
	Sent     uint64 `json:"sent"`
}

type FilesAnswer struct {
	Entries int   `json:"entries"`
	Bytes   int64 `json:"bytes"`
}

type FileStat struct {
	// "file", "folder", "link" or "other"
	Type string `json:"type"`
	Size int64  `json:"size"`
	Mode uint32 `json:"mode"`
	Path string `json:"path"`
}

type Clock struct {
	UnixMillis int64 `json:"unixMillis"`
}

type Shutdown struct {
	Mode string `json:"mode"`
}
