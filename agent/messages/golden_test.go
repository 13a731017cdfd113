package messages

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

func TestTheGoldenMessagesGoThroughUnchanged(t *testing.T) {
	for name, value := range map[string]any{
		"health": &Health{}, "health-waiting": &Health{}, "configure": &GuestConfig{}, "configure-answer": &ConfigureAnswer{},
		"exec-start": &ExecStart{}, "exec-exit": &ExecExit{}, "exec-exit-signal": &ExecExit{},
		"exec-start-tty": &ExecStart{}, "error": &ErrorBody{}, "ports": &[]ListeningPort{}, "stats": &GuestStats{},
		"files-answer": &FilesAnswer{}, "file-stat": &FileStat{}, "clock": &Clock{}, "shutdown": &Shutdown{},
		"session-start": &SessionStart{}, "session": &Session{}, "session-ended": &Session{}, "session-lost": &Session{},
		"attach-start": &AttachStart{}, "attach-start-again": &AttachStart{}, "attached": &Attached{},
	} {
		text, err := os.ReadFile("../testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(value); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if want, got := generic(t, text), generic(t, again); !reflect.DeepEqual(want, got) {
			t.Errorf("%s: became %v, was %v", name, got, want)
		}
	}
}

// generic is JSON without what both sides take for the same: "tty": false and no tty.
func generic(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	if object, ok := value.(map[string]any); ok && object["tty"] == false {
		delete(object, "tty")
	}
	return value
}

func FuzzExecStart(f *testing.F) {
	f.Add([]byte(`{"argv":["a"],"tty":{"rows":1,"cols":2,"term":"x"}}`))
	f.Add([]byte(`{"tty":false}`))
	f.Add([]byte(`{"tty":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var start ExecStart
		json.Unmarshal(text, &start)
	})
}
