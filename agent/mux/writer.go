package mux

import (
	"io"
	"sync"
)

// Writer writes frames to the other side, whole and one after the other, whoever calls it.
type Writer struct {
	mutex sync.Mutex
	out   io.Writer
	flush func() error
	err   error
}

// NewWriter returns a Writer that calls flush after each write.
func NewWriter(out io.Writer, flush func() error) *Writer {
	return &Writer{out: out, flush: flush}
}

// Write sends bytes that begin and end with a frame. After the first error it does nothing but return that.
func (w *Writer) Write(frames []byte) error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.err != nil {
		return w.err
	}
	if _, w.err = w.out.Write(frames); w.err == nil {
		w.err = w.flush()
	}
	return w.err
}
