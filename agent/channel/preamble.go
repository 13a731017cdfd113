// Package channel makes fresh byte streams to the host out of what the machine has: a virtio-serial port, vsock, or
// a unix socket for tests. All of them are net.Listeners for the same HTTP/2 server.
package channel

// The preamble of a virtio-serial connection, by docs/guest-channel.md: "BANGER1 <nonce>\n".
const (
	preamblePrefix = "BANGER1 "
	nonceSize      = 32
	preambleSize   = len(preamblePrefix) + nonceSize + 1
)

// Scanner finds preamble lines in a byte stream, however it is cut. It keeps no more than one line.
type Scanner struct {
	line    [preambleSize]byte
	matched int
}

// Scan takes the next bytes. When they complete at least one preamble, it returns the last one and the number of
// bytes of chunk up to its end: a host that was not heard sends another, and only its newest one counts.
func (s *Scanner) Scan(chunk []byte) (line []byte, end int, found bool) {
	for index, letter := range chunk {
		if !s.fits(letter) {
			// No letter of a preamble but its first is a B, so a new one can begin here and nowhere before.
			s.matched = 0
			if !s.fits(letter) {
				continue
			}
		}
		s.line[s.matched] = letter
		s.matched++
		if s.matched == preambleSize {
			s.matched = 0
			line, end, found = append([]byte(nil), s.line[:]...), index+1, true
		}
	}
	return line, end, found
}

func (s *Scanner) fits(letter byte) bool {
	switch {
	case s.matched < len(preamblePrefix):
		return letter == preamblePrefix[s.matched]
	case s.matched < preambleSize-1:
		return letter >= '0' && letter <= '9' || letter >= 'a' && letter <= 'f'
	default:
		return letter == '\n'
	}
}

// isPreamble tells whether chunk is a preamble line and nothing else.
func isPreamble(chunk []byte) bool {
	if len(chunk) != preambleSize {
		return false
	}
	var scanner Scanner
	_, _, found := scanner.Scan(chunk)
	return found
}
