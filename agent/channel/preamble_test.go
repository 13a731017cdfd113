package channel

import (
	"bytes"
	"strings"
	"testing"
)

const (
	first  = "BANGER1 00112233445566778899aabbccddeeff\n"
	second = "BANGER1 ffeeddccbbaa99887766554433221100\n"
)

func TestAPreambleIsFoundHoweverItIsCut(t *testing.T) {
	stream := []byte("garbage BANGER1 BANGERBANGER1 0011BANGER1 " + strings.Repeat("0", 33) + "\n" + first)
	for size := 1; size <= len(stream); size++ {
		var scanner Scanner
		found := ""
		for at := 0; at < len(stream); at += size {
			if line, _, ok := scanner.Scan(stream[at:min(at+size, len(stream))]); ok {
				found = string(line)
			}
		}
		if found != first {
			t.Fatalf("in pieces of %d: %q", size, found)
		}
	}
}

func TestWhatFollowsAPreambleIsNotSwallowed(t *testing.T) {
	var scanner Scanner
	chunk := []byte(first + "PRI * HTTP/2.0")
	_, end, found := scanner.Scan(chunk)
	if rest := string(chunk[end:]); !found || rest != "PRI * HTTP/2.0" {
		t.Fatalf("%v, rest %q", found, rest)
	}
}

func TestTheNewestOfSeveralPreamblesCounts(t *testing.T) {
	var scanner Scanner
	line, end, _ := scanner.Scan([]byte(first + second))
	if string(line) != second || end != 2*preambleSize {
		t.Fatalf("%q at %d", line, end)
	}
}

func FuzzScanner(f *testing.F) {
	f.Add([]byte(first+"x"), 3)
	f.Add([]byte("BBANGER1 "+first), 1)
	f.Add([]byte(strings.Repeat("BANGER1 0123", 10)+second), 7)
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		if size < 1 || size > 1<<16 {
			return
		}
		var scanner Scanner
		last, position := -1, 0
		for at := 0; at < len(stream); at += size {
			chunk := stream[at:min(at+size, len(stream))]
			line, end, found := scanner.Scan(chunk)
			if !found {
				continue
			}
			if !isPreamble(line) {
				t.Fatalf("%q is no preamble", line)
			}
			last = at + end
			if !bytes.Equal(stream[last-preambleSize:last], line) {
				t.Fatalf("%q is not what is there", line)
			}
		}
		// The last line that the simple way finds must be the last found.
		for position = len(stream); position >= preambleSize && !isLine(stream[position-preambleSize:position]); position-- {
		}
		if position < preambleSize {
			position = -1
		}
		if position != last {
			t.Fatalf("found up to %d, want %d", last, position)
		}
	})
}

func isLine(text []byte) bool {
	nonce, found := bytes.CutPrefix(text, []byte(preamblePrefix))
	return found && len(nonce) == nonceSize+1 && nonce[nonceSize] == '\n' &&
		len(bytes.Trim(nonce[:nonceSize], "0123456789abcdef")) == 0
}
