package ports

import (
	"net"
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
