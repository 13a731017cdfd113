package stats

import "testing"

func TestAcceptedConnectionsAreFoundByName(t *testing.T) {
	for text, want := range map[string]uint64{
		"Ip: A B\nIp: 1 2\nTcp: RtoMin ActiveOpens PassiveOpens\nTcp: 200 5 7\nUdp: A\nUdp: 1\n": 7,
		"Tcp: ActiveOpens\nTcp: 5\n":  0,
		"Tcp: PassiveOpens\n":         0,
		"Tcp: A PassiveOpens\nTcp: 1": 0,
		"":                            0,
	} {
		if got := accepted(text); got != want {
			t.Errorf("%q: %d", text, got)
		}
	}
}
