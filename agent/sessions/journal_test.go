package sessions

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"testing/quick"
	"time"

	"banger/agent/mux"
)

// small is a journal that keeps 1,000 bytes in files of 200.
func small(t testing.TB) *journal {
	j := newJournal(t.TempDir())
	j.limit, j.segmentLimit = 1000, 200
	t.Cleanup(j.close)
	return j
}

func frame(text string) []byte { return mux.Append(nil, mux.Stdout, []byte(text)) }

// readAll reads what is there, and tells where the first frame was.
func readAll(t testing.TB, j *journal, from int64) (first int64, content []byte) {
	t.Helper()
	r := newReader(j, from)
	defer r.close()
	first = -1
	for {
		frames, position, err := r.next(context.Background(), false)
		if err == io.EOF {
			return first, content
		}
		if err != nil {
			t.Fatal(err)
		}
		if first < 0 {
			first = position
		} else if position != first+int64(len(content)) {
			t.Fatalf("a gap at %d", position)
		}
		content = append(content, frames...)
	}
}

func TestAJournalGivesBackWhatWasAddedFromAnyFrameOn(t *testing.T) {
	property := func(sizes []uint8, pick uint16) bool {
		j := small(t)
		j.limit = 1 << 20
		var all []byte
		begins := []int64{0}
		for index, size := range sizes {
			added := mux.Append(nil, byte(2+index%2), bytes.Repeat([]byte{byte(index)}, int(size)%150))
			j.append(added)
			all = append(all, added...)
			begins = append(begins, int64(len(all)))
		}
		from := begins[int(pick)%len(begins)]
		first, content := readAll(t, j, from)
		return j.align(from) == from && bytes.Equal(content, all[from:]) && (first == from || len(content) == 0)
	}
	if err := quick.Check(property, nil); err != nil {
		t.Fatal(err)
	}
}

func TestWithoutAReservationTheOldestOutputGoesAndNothingWaits(t *testing.T) {
	j := small(t)
	var all []byte
	for range 100 {
		added := frame("0123456789012345678901234567890")
		j.append(added)
		all = append(all, added...)
	}
	oldest, end := j.span()
	if end != int64(len(all)) || end-oldest < 1000 || end-oldest > 1400 {
		t.Fatal(oldest, end)
	}
	files, _ := os.ReadDir(j.folder)
	if len(files) > 7 {
		t.Fatalf("%d files", len(files))
	}
	first, content := readAll(t, j, 0)
	if first != oldest || !bytes.Equal(content, all[oldest:]) {
		t.Fatal(first, oldest)
	}
}

func TestAReservationHoldsUpTheWriterAndLosesNothing(t *testing.T) {
	j := small(t)
	var all []byte
	for range 2000 {
		all = append(all, frame(string(make([]byte, rand.IntN(150))))...)
	}
	j.reserve(0)
	go func() {
		for rest := all; len(rest) > 0; {
			size := mux.WholeFrames(rest[:min(len(rest), 155)])
			if next := mux.HeaderSize + int(rest[4]); next < size {
				size = next
			}
			j.append(rest[:size])
			rest = rest[size:]
		}
		j.close()
	}()
	r := newReader(j, 0)
	defer r.close()
	var content []byte
	for {
		frames, position, err := r.next(context.Background(), true)
		if err == io.EOF {
			break
		}
		if err != nil || position != int64(len(content)) {
			t.Fatal(position, len(content), err)
		}
		content = append(content, frames...)
		if oldest, end := j.span(); end-oldest > 1600 {
			t.Fatalf("%d bytes are kept", end-oldest)
		}
		j.reserve(r.position)
	}
	if !bytes.Equal(content, all) {
		t.Fatalf("%d bytes of %d", len(content), len(all))
	}
}

func TestAWriterThatWaitsGoesOnWhenTheReservationEnds(t *testing.T) {
	for name, letGo := range map[string]func(*journal){
		"released": (*journal).release, "draining": (*journal).drain, "closed": (*journal).close,
	} {
		j := small(t)
		j.reserve(0)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 20 {
				j.append(frame(string(make([]byte, 100))))
			}
		}()
		select {
		case <-done:
			t.Fatalf("%s: it does not wait", name)
		case <-time.After(50 * time.Millisecond):
		}
		letGo(j)
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: it still waits", name)
		}
	}
}

func TestAReaderThatIsOvertakenIsToldWhereItGoesOn(t *testing.T) {
	j := small(t)
	j.append(frame("first"))
	r := newReader(j, 0)
	defer r.close()
	r.next(context.Background(), false)
	for range 100 {
		j.append(frame(string(make([]byte, 100))))
	}
	oldest, _ := j.span()
	frames, position, err := r.next(context.Background(), false)
	if err != nil || position != oldest || len(frames)%105 != 0 {
		t.Fatal(position, oldest, len(frames), err)
	}
}

func TestAReaderThatWaitsEndsWithItsContext(t *testing.T) {
	j := small(t)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, _, err := newReader(j, 0).next(ctx, true); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestAPositionInsideAFrameIsAlignedToItsBegin(t *testing.T) {
	j := small(t)
	for range 3 {
		j.append(frame("0123456789"))
	}
	for position := int64(0); position <= 50; position++ {
		if got, want := j.align(position), min(position/15*15, 45); got != want {
			t.Errorf("%d: %d", position, got)
		}
	}
}

func TestAJournalOfAnEarlierRunIsReadUpToItsLastWholeFrame(t *testing.T) {
	j := small(t)
	var all []byte
	for range 10 {
		added := frame(string(make([]byte, 60)))
		j.append(added)
		all = append(all, added...)
	}
	last := j.path(j.segments[len(j.segments)-1].base)
	file, err := os.OpenFile(last, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	file.Write([]byte{2, 0, 0, 0, 9, 'c', 'u', 't'})
	file.Close()
	os.WriteFile(j.folder+"/session.json", []byte("{}"), 0o600)
	loaded := loadJournal(j.folder)
	if _, content := readAll(t, loaded, 0); !bytes.Equal(content, all) {
		t.Fatalf("%d bytes, not %d", len(content), len(all))
	}
	if _, _, err := newReader(loaded, loaded.end).next(context.Background(), true); err != io.EOF {
		t.Fatal(err)
	}
}

func TestADiskThatIsFullCostsOutputButNotTheOneWhoWrites(t *testing.T) {
	j := small(t)
	j.append(frame("kept"))
	// As a full disk does: no new file can be made.
	j.seal()
	folder := j.folder
	j.folder = folder + "/missing"
	j.append(frame("lost"))
	j.folder = folder
	j.append(frame("kept again"))
	r := newReader(j, 0)
	defer r.close()
	one, at0, _ := r.next(context.Background(), false)
	if string(one[5:]) != "kept" || at0 != 0 {
		t.Fatal(one, at0)
	}
	two, at18, err := r.next(context.Background(), false)
	if err != nil || string(two[5:]) != "kept again" || at18 != 18 {
		t.Fatal(two, at18, err)
	}
}
