package ports

import (
	"net"
	"net/netip"
	"os"
	"testing"
)

func TestAddressesAreInTheMachinesByteOrder(t *testing.T) {
	for text, want := range map[string]string{
		"0100007F:0016":                         "127.0.0.1:22",
		"00000000000000000000000001000000:1F90": "[::1]:8080",
		"0000000000000000FFFF00000100007F:0001": "127.0.0.1:1",
	} {
		if got, ok := parseAddress(text); !ok || got.String() != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	for _, text := range []string{"", ":", "zz:1", "0100007F", "01:1"} {
		if got, ok := parseAddress(text); ok {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestAListenerIsListedWithItsProcess(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	for _, entry := range Listening() {
		if entry.Port == port && entry.Protocol == "tcp" && entry.Address == "127.0.0.1" && entry.Pid == os.Getpid() && entry.Process != "" {
			return
		}
	}
	t.Fatal("not listed")
}

func TestConnectionsFromOutsideAreCountedAndNoOthers(t *testing.T) {
	at := netip.MustParseAddrPort
	listening := []socket{{address: at("0.0.0.0:22")}, {address: at("[::]:80")}}
	for name, c := range map[string]struct {
		local, remote string
		want          int
	}{
		"from outside":         {"10.0.2.15:22", "10.0.2.2:50000", 1},
		"to the other port":    {"10.0.2.15:80", "10.0.2.2:50000", 1},
		"to the outside":       {"10.0.2.15:50000", "10.0.2.2:22", 0},
		"over the loopback":    {"127.0.0.1:22", "127.0.0.1:50000", 0},
		"over its own address": {"10.0.2.15:22", "10.0.2.15:50000", 0},
	} {
		connected := []socket{{address: at(c.local), remote: at(c.remote)}}
		if got := countInbound(listening, connected); got != c.want {
			t.Errorf("%s: %d", name, got)
		}
	}
}
