package messages

import (
	"bytes"
	"encoding/json"
)

// TTY is `false` or `{"rows": n, "cols": n, "term": "xterm"}` in JSON.
type TTY struct {
	Enabled bool
	Rows    uint16
	Cols    uint16
	Term    string
}

type ttyFields struct {
	Rows uint16 `json:"rows"`
	Cols uint16 `json:"cols"`
	Term string `json:"term"`
}

func (t *TTY) UnmarshalJSON(data []byte) error {
	*t = TTY{}
	if text := bytes.TrimSpace(data); bytes.Equal(text, []byte("false")) || bytes.Equal(text, []byte("null")) {
		return nil
	}
	var fields ttyFields
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	*t = TTY{Enabled: true, Rows: fields.Rows, Cols: fields.Cols, Term: fields.Term}
	return nil
}

func (t TTY) MarshalJSON() ([]byte, error) {
	if !t.Enabled {
		return []byte("false"), nil
	}
	return json.Marshal(ttyFields{Rows: t.Rows, Cols: t.Cols, Term: t.Term})
}
