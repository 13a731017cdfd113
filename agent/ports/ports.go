// Package ports lists what listens in the guest.
package ports

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"banger/agent/messages"
)

// Listening returns the TCP listeners and unconnected UDP sockets with the processes that hold them.
func Listening() []messages.ListeningPort {
	list := []messages.ListeningPort{}
	var inodes []string
	for _, table := range []struct{ protocol, file, state string }{
		// States of include/net/tcp_states.h: 0A is LISTEN, 07 CLOSE, which an unconnected UDP socket is in.
		{"tcp", "tcp", "0A"}, {"tcp", "tcp6", "0A"}, {"udp", "udp", "07"}, {"udp", "udp6", "07"},
	} {
		text, err := os.ReadFile("/proc/net/" + table.file)
		if err != nil {
			continue
		}
		for _, socket := range parseTable(string(text), table.state) {
			list = append(list, messages.ListeningPort{
				Protocol: table.protocol, Address: socket.address.Addr().String(), Port: int(socket.address.Port()),
			})
			inodes = append(inodes, socket.inode)
		}
	}
	owners := socketOwners()
	for index, inode := range inodes {
		if pid, found := owners[inode]; found {
			list[index].Pid = pid
			list[index].Process = processName(pid)
		}
	}
	slices.SortStableFunc(list, func(a, b messages.ListeningPort) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Address, b.Address))
	})
	return list
}

// Inbound counts the TCP connections that others have made to programs in the guest. Those of the guest with itself don't count.
func Inbound() int {
	var listening, connected []socket
	for _, file := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile("/proc/net/" + file)
		if err != nil {
			continue
		}
		listening = append(listening, parseTable(string(text), "0A")...)
		connected = append(connected, parseTable(string(text), "01")...)
	}
	return countInbound(listening, connected)
}

func countInbound(listening, connected []socket) int {
	ports := map[uint16]bool{}
	for _, socket := range listening {
		ports[socket.address.Port()] = true
	}
	count := 0
	for _, socket := range connected {
		own := socket.remote.Addr().IsLoopback() || socket.remote.Addr() == socket.address.Addr()
		if ports[socket.address.Port()] && !own {
			count++
		}
	}
	return count
}

type socket struct {
	address netip.AddrPort
	remote  netip.AddrPort
	inode   string
}

// parseTable reads /proc/net/tcp and its like: sl local_address rem_address st … and the inode as tenth (proc_pid_net(5)).
func parseTable(text, state string) []socket {
	var sockets []socket
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 10 || fields[3] != state {
			continue
		}
		address, ok := parseAddress(fields[1])
		remote, remoteOk := parseAddress(fields[2])
		if ok && remoteOk {
			sockets = append(sockets, socket{address, remote, fields[9]})
		}
	}
	return sockets
}

// parseAddress reads "0100007F:1F90": 32-bit words in the machine's byte order, the port in hexadecimal.
func parseAddress(text string) (netip.AddrPort, bool) {
	host, port, found := strings.Cut(text, ":")
	number, err := strconv.ParseUint(port, 16, 16)
	raw, rawErr := hex.DecodeString(host)
	if !found || err != nil || rawErr != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for word := 0; word < len(raw); word += 4 {
		binary.NativeEndian.PutUint32(raw[word:], binary.BigEndian.Uint32(raw[word:]))
	}
	address, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(address.Unmap(), uint16(number)), ok
}

func socketOwners() map[string]int {
	owners := map[string]int{}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil {
			continue
		}
		inode, found := strings.CutPrefix(target, "socket:[")
		if !found {
			continue
		}
		pid, err := strconv.Atoi(strings.Split(link, "/")[2])
		if previous, known := owners[strings.TrimSuffix(inode, "]")]; err == nil && (!known || pid < previous) {
			owners[strings.TrimSuffix(inode, "]")] = pid
		}
	}
	return owners
}

func processName(pid int) string {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	return strings.TrimSpace(string(text))
}
