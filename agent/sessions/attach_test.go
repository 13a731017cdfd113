package sessions

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"banger/agent/mux"
)

func TestAnAttachGetsTheOutputFromTheBeginAndItsStdinAndEndReachTheCommand(t *testing.T) {
	m := newManager(t)
	start(t, m, shell("one", "pipe", "echo begun; cat; exit 5"))
	c := attach(t, m, "one", "a", nil).welcome()
	if text := c.output(6); text != "begun\n" {
		t.Fatal(text)
	}
	c.frame(mux.Stdin, "abc")
	if text := c.output(3); text != "abc" {
		t.Fatal(text)
	}
	c.frame(mux.Stdin, "")
	if _, exit := c.end(); exit.Code != 5 {
		t.Fatal(exit)
	}
	c.leave()
}

func TestASecondAttachIsRefusedAndTheHolderNamed(t *testing.T) {
	m := newManager(t)
	start(t, m, shell("one", "pipe", "exec cat"))
	first := attach(t, m, "one", "a", nil).welcome()
	second := attach(t, m, "one", "b", nil).refusal()
	if second.Code != "session.attached" || !strings.Contains(second.Message, "pid 4242 (banger vm session attach box one)") {
		t.Fatal(second)
	}
	if state := m.List()[0]; state.Attached == nil || state.Attached.Pid != 4242 || !state.Attached.Connected {
		t.Fatalf("%+v", state.Attached)
	}
	first.frame(mux.Stdin, "x")
	first.output(1)
	first.leave()
	attach(t, m, "one", "b", nil).welcome()
}

func TestASessionWithoutAPipeIsNotAttachedTo(t *testing.T) {
	m := newManager(t)
	start(t, m, shell("one", "detached", "exec sleep 60"))
	if got := attach(t, m, "one", "a", nil).refusal(); got.Code != "session.detached" {
		t.Fatal(got)
	}
	if got := attach(t, m, "none", "a", nil).refusal(); got.Code != "session.not-found" {
		t.Fatal(got)
	}
	if got := attach(t, m, "one", "", nil).refusal(); got.Code != "guest.bad-request" {
		t.Fatal(got)
	}
}

func TestTheNextAttachGoesOnWhereTheLastOneLeft(t *testing.T) {
	m := newManager(t)
	start(t, m, shell("one", "pipe", "while read line; do echo $line; done"))
	c := attach(t, m, "one", "a", nil).welcome()
	c.frame(mux.Stdin, "first\n")
	c.output(6)
	c.leave()
	c = attach(t, m, "one", "b", nil).welcome()
	c.frame(mux.Stdin, "second\n")
	c.frame(mux.Stdin, "")
	if text, _ := c.end(); text != "second\n" {
		t.Fatal(text)
	}
}

func TestThePlaceOfABrokenConnectionIsKeptForItsClientAlone(t *testing.T) {
	before := placeKept
	placeKept = 300 * time.Millisecond
	defer func() { placeKept = before }()
	m := newManager(t)
	start(t, m, shell("one", "pipe", "exec cat"))
	c := attach(t, m, "one", "a", nil).welcome()
	c.breakOff()
	if got := attach(t, m, "one", "b", nil).refusal(); !strings.Contains(got.Message, "connection broke") {
		t.Fatal(got)
	}
	if state := m.List()[0]; state.Attached == nil || state.Attached.Connected {
		t.Fatalf("%+v", state.Attached)
	}
	attach(t, m, "one", "a", nil).welcome().breakOff()
	await(t, func() bool { return m.List()[0].Attached == nil })
	attach(t, m, "one", "b", nil).welcome()
}

func TestAClientThatComesBackTakesItsPlaceOverFromAConnectionThatHangs(t *testing.T) {
	m := newManager(t)
	start(t, m, shell("one", "pipe", "exec cat /dev/zero"))
	hanging := attach(t, m, "one", "a", nil).welcome()
	attach(t, m, "one", "a", nil).welcome()
	<-hanging.done
}

func TestOneWhoIsSlowSlowsTheSessionDownAndLosesNothing(t *testing.T) {
	m := newManager(t)
	s := start(t, m, shell("one", "pipe", "read line; head -c 3000000 /dev/zero; read line"))
	s.journal.mutex.Lock()
	s.journal.limit, s.journal.segmentLimit = 500_000, 100_000
	s.journal.mutex.Unlock()
	c := attach(t, m, "one", "a", nil).welcome()
	c.frame(mux.Stdin, "begin\n")
	total := 0
	for acknowledged := int64(0); total < 3_000_000; {
		if frame := c.read(); frame.ID == mux.Stdout {
			total += len(frame.Payload)
		}
		if c.position-acknowledged > 200_000 {
			acknowledged = c.position
			c.acknowledge(acknowledged)
		}
		if oldest, end := s.journal.span(); end-oldest > 1_100_000 {
			t.Fatalf("%d bytes are kept", end-oldest)
		}
	}
	if total != 3_000_000 {
		t.Fatal(total)
	}
}

// Bytes go through cat both ways while the connection breaks at any moment, and the client sends again what has not
// arrived and reads on where it was.
func TestNothingIsLostOrDoubledHoweverOftenTheConnectionBreaks(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			input := make([]byte, 2<<20+random.IntN(1<<20))
			for i := range input {
				input[i] = byte(random.Uint32())
			}
			m := newManager(t)
			s := start(t, m, shell("one", "pipe", "exec cat"))
			s.journal.mutex.Lock()
			s.journal.limit, s.journal.segmentLimit = 1<<20, 200_000
			s.journal.mutex.Unlock()
			var output []byte
			var position *int64
			for range 200 {
				c := attach(t, m, "one", "a", position).welcome()
				ended := c.exchange(input, &output, random.IntN(800_000))
				if position = &c.position; ended {
					break
				}
				c.breakOff()
				if c.position == 0 {
					position = nil
				}
			}
			if !bytes.Equal(input, output) {
				t.Fatalf("%d bytes of %d", len(output), len(input))
			}
		})
	}
}

// exchange sends the input from where it has arrived on, reads up to `limit` bytes of frames, and tells whether the
// session ended.
func (c *client) exchange(input []byte, output *[]byte, limit int) bool {
	taken := make(chan int64, 100)
	writing := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(writing)
		room := c.attached.StdinTaken + c.attached.StdinWindow
		for at := c.attached.Stdin; at < int64(len(input)); {
			size := min(30_000, int64(len(input))-at, room-at)
			if size <= 0 {
				select {
				case acknowledged := <-taken:
					room = acknowledged + c.attached.StdinWindow
					continue
				case <-ctx.Done():
					return
				}
			}
			if _, err := c.send.Write(mux.Append(nil, mux.Stdin, input[at:at+size])); err != nil {
				return
			}
			at += size
		}
		c.send.Write(mux.Append(nil, mux.Stdin, nil))
	}()
	defer func() {
		cancel()
		c.send.CloseWithError(io.ErrClosedPipe)
		<-writing
	}()
	for read := 0; read < limit; {
		frame := c.read()
		read += len(frame.Payload)
		switch frame.ID {
		case mux.Stdout:
			*output = append(*output, frame.Payload...)
			go c.acknowledge(c.position)
		case mux.Ack:
			acknowledged, _ := mux.ParseOffset(frame.Payload)
			select {
			case taken <- acknowledged:
			case <-writing:
			}
		case mux.Exit:
			return true
		}
	}
	return false
}
