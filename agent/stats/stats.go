// Package stats reads how busy the machine is.
package stats

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"banger/agent/messages"
	"banger/agent/ports"

	"golang.org/x/sys/unix"
)

// Read takes every number of GET /v1/stats. What can't be read stays 0.
func Read() messages.GuestStats {
	return messages.GuestStats{
		Uptime:  Uptime(),
		Load:    load(text("/proc/loadavg")),
		Memory:  memory(text("/proc/meminfo")),
		CPU:     cpu(text("/proc/stat")),
		Disk:    disk("/"),
		Network: network(text("/proc/net/dev")),
		Connections: messages.Connections{
			Inbound:  ports.Inbound(),
			Accepted: accepted(text("/proc/net/snmp")),
		},
	}
}

// Uptime is the time since the kernel started, in milliseconds.
func Uptime() int64 {
	var now unix.Timespec
	unix.ClockGettime(unix.CLOCK_BOOTTIME, &now)
	return now.Nano() / 1e6
}

func text(path string) string {
	content, _ := os.ReadFile(path)
	return string(content)
}

func load(text string) (load [3]float64) {
	for index, field := range strings.Fields(text) {
		if index < len(load) {
			load[index], _ = strconv.ParseFloat(field, 64)
		}
	}
	return load
}

func memory(text string) (memory messages.Usage) {
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) < 2:
		case fields[0] == "MemTotal:":
			memory.Total = number(fields[1])
		case fields[0] == "MemAvailable:":
			memory.Available = number(fields[1])
		}
	}
	return memory
}

// cpu sums the first line of /proc/stat: user nice system idle iowait irq softirq steal; guest times that follow are
// part of user's (proc_stat(5)).
func cpu(text string) (cpu messages.CPU) {
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || !strings.HasPrefix(fields[0], "cpu") {
			continue
		}
		if fields[0] != "cpu" {
			cpu.Count++
			continue
		}
		for index, field := range fields[1:min(len(fields), 9)] {
			cpu.Total += number(field)
			if index != 3 && index != 4 {
				cpu.Busy += number(field)
			}
		}
	}
	return cpu
}

func disk(path string) messages.Usage {
	var stat unix.Statfs_t
	if unix.Statfs(path, &stat) != nil {
		return messages.Usage{}
	}
	return messages.Usage{Total: stat.Blocks * uint64(stat.Bsize) / 1024, Available: stat.Bavail * uint64(stat.Bsize) / 1024}
}

// network sums the received (1) and sent (9) bytes of every interface but the loopback.
func network(text string) (traffic messages.Traffic) {
	for _, line := range strings.Split(text, "\n") {
		name, rest, found := strings.Cut(line, ":")
		fields := strings.Fields(rest)
		if !found || len(fields) < 9 || strings.TrimSpace(name) == "lo" {
			continue
		}
		traffic.Received += number(fields[0])
		traffic.Sent += number(fields[8])
	}
	return traffic
}

// accepted is PassiveOpens of TCP's two lines, names and values (RFC 4022, tcpPassiveOpens): all connections accepted since boot.
func accepted(text string) uint64 {
	var names []string
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] != "Tcp:" {
			continue
		}
		if names == nil {
			names = fields
			continue
		}
		if index := slices.Index(names, "PassiveOpens"); index >= 0 && index < len(fields) {
			return number(fields[index])
		}
	}
	return 0
}

func number(text string) uint64 {
	value, _ := strconv.ParseUint(text, 10, 64)
	return value
}
