// Package mux is stdio_mux_v1, the framing of exec and attach (docs/guest-channel.md).
package mux

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxPayload is the largest payload of a frame, in bytes.
const MaxPayload = 1 << 20

// HeaderSize is what precedes the payload: stream id and length.
const HeaderSize = 5

// Stream ids.
const (
	Start  byte = 0
	Stdin  byte = 1
	Stdout byte = 2
	Stderr byte = 3
	Resize byte = 4
	Signal byte = 5
	Exit   byte = 6
	Error  byte = 7
	// Of sessions alone.
	Attached byte = 8
	Ack      byte = 9
	Position byte = 10
)

// ErrTooLarge says that a frame claims more than MaxPayload.
var ErrTooLarge = errors.New("the frame is too large")

// Frame is one message; its payload is valid until the next Read of the same Reader.
type Frame struct {
	ID      byte
	Payload []byte
}

// Reader cuts a byte stream into frames.
type Reader struct {
	source io.Reader
	header [HeaderSize]byte
	buffer []byte
}

func NewReader(source io.Reader) *Reader {
	return &Reader{source: source}
}

// Read returns the next frame. io.EOF means that the stream ended between two frames,
// io.ErrUnexpectedEOF that it ended inside one.
func (r *Reader) Read() (Frame, error) {
	if _, err := io.ReadFull(r.source, r.header[:]); err != nil {
		return Frame{}, err
	}
	size := binary.BigEndian.Uint32(r.header[1:])
	if size > MaxPayload {
		return Frame{}, fmt.Errorf("%w: %d bytes", ErrTooLarge, size)
	}
	if int(size) > cap(r.buffer) {
		r.buffer = make([]byte, size)
	}
	payload := r.buffer[:size]
	if _, err := io.ReadFull(r.source, payload); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return Frame{}, err
	}
	return Frame{ID: r.header[0], Payload: payload}, nil
}

// PutHeader writes a frame's header into the first HeaderSize bytes of buffer.
func PutHeader(buffer []byte, id byte, size int) {
	buffer[0] = id
	binary.BigEndian.PutUint32(buffer[1:HeaderSize], uint32(size))
}

// Append adds one frame to buffer. A payload above MaxPayload is a mistake of the caller and panics.
func Append(buffer []byte, id byte, payload []byte) []byte {
	if len(payload) > MaxPayload {
		panic("mux: payload too large")
	}
	var header [HeaderSize]byte
	PutHeader(header[:], id, len(payload))
	return append(append(buffer, header[:]...), payload...)
}

// AppendJSON adds one frame with value as JSON.
func AppendJSON(buffer []byte, id byte, value any) []byte {
	payload, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return Append(buffer, id, payload)
}

// AppendOffset adds one frame with a number of bytes: the payload of Ack and Position.
func AppendOffset(buffer []byte, id byte, offset int64) []byte {
	return Append(buffer, id, binary.BigEndian.AppendUint64(nil, uint64(offset)))
}

// ParseOffset reads the payload of an Ack or Position frame.
func ParseOffset(payload []byte) (offset int64, ok bool) {
	if len(payload) != 8 {
		return 0, false
	}
	offset = int64(binary.BigEndian.Uint64(payload))
	return offset, offset >= 0
}

// WholeFrames is how many of the bytes, which begin with a frame, belong to frames that are all there.
func WholeFrames(bytes []byte) int {
	whole := 0
	for {
		rest := bytes[whole:]
		if len(rest) < HeaderSize {
			return whole
		}
		size := HeaderSize + int(binary.BigEndian.Uint32(rest[1:]))
		if len(rest) < size {
			return whole
		}
		whole += size
	}
}

// ParseResize reads the payload of a resize frame.
func ParseResize(payload []byte) (rows, cols uint16, ok bool) {
	if len(payload) != 4 {
		return 0, 0, false
	}
	return binary.BigEndian.Uint16(payload), binary.BigEndian.Uint16(payload[2:]), true
}
