package execs

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"sync"

	"banger/agent/guest"
	"banger/agent/messages"
	"banger/agent/mux"

	"golang.org/x/sys/unix"
)

// Serve runs one command for the host: frames from body, frames to out. The end of body is the end of stdin; when ctx
// ends first, the command is killed.
func Serve(ctx context.Context, g *guest.Guest, body io.Reader, out io.Writer, flush func() error) {
	to := mux.NewWriter(out, flush)
	reader := mux.NewReader(body)
	proc, err := startFirst(g, reader)
	if err != nil {
		to.Write(mux.AppendJSON(nil, mux.Error, messages.ErrorBody{Code: err.Code, Message: err.Message}))
		return
	}
	defer proc.CloseStreams()
	// The host learns at once that the command runs.
	to.Write(nil)

	broken := make(chan *Failure, 1)
	stdin := NewInput(proc.inputFile(), proc.finishInput)
	defer stdin.Stop()
	go func() {
		if failure := proc.follow(ctx, reader, stdin); failure != nil {
			broken <- failure
		}
	}()
	pumps := proc.pumpOutput(to)

	select {
	case <-proc.Done:
		exit := proc.Reap()
		finished := make(chan struct{})
		go func() {
			defer close(finished)
			pumps.Wait()
		}()
		select {
		case <-finished:
			to.Write(mux.AppendJSON(nil, mux.Exit, exit))
		case <-ctx.Done():
		}
	case failure := <-broken:
		proc.abandon()
		to.Write(mux.AppendJSON(nil, mux.Error, messages.ErrorBody{Code: failure.Code, Message: failure.Message}))
	case <-ctx.Done():
		proc.abandon()
	}
}

func startFirst(g *guest.Guest, reader *mux.Reader) (*Process, *Failure) {
	frame, err := reader.Read()
	if err != nil {
		return nil, &Failure{"guest.bad-request", "no start frame: " + err.Error()}
	}
	if frame.ID != mux.Start {
		return nil, &Failure{"guest.bad-request", "the first frame is no start frame"}
	}
	var request messages.ExecStart
	if err := json.Unmarshal(frame.Payload, &request); err != nil {
		return nil, &Failure{"guest.bad-request", "the start frame is not valid: " + err.Error()}
	}
	prepared, err := Prepare(g, request)
	if err == nil {
		var proc *Process
		if proc, err = Start(prepared, request.TTY); err == nil {
			return proc, nil
		}
	}
	var failure *Failure
	errors.As(err, &failure)
	return nil, failure
}

// follow obeys the host's frames until its stream ends, or breaks.
func (p *Process) follow(ctx context.Context, reader *mux.Reader, stdin *Input) *Failure {
	for {
		frame, err := reader.Read()
		if err == io.EOF {
			stdin.End()
			return nil
		}
		if err != nil {
			return &Failure{"guest.bad-request", "the stream broke: " + err.Error()}
		}
		switch frame.ID {
		case mux.Stdin:
			if len(frame.Payload) == 0 {
				stdin.End()
			} else {
				stdin.Add(ctx, frame.Payload)
			}
		case mux.Resize:
			if rows, cols, ok := mux.ParseResize(frame.Payload); ok && p.master != nil {
				setSize(p.master, rows, cols)
			}
		case mux.Signal:
			if number := unix.SignalNum(string(frame.Payload)); number != 0 {
				p.Signal(number)
			}
		}
	}
}

func (p *Process) pumpOutput(to *mux.Writer) *sync.WaitGroup {
	var pumps sync.WaitGroup
	run := func(from *os.File, id byte) {
		pumps.Add(1)
		go func() {
			defer pumps.Done()
			Pump(from, id, to.Write, p.Done)
		}()
	}
	if p.master != nil {
		run(p.master, mux.Stdout)
	} else {
		run(p.Stdout, mux.Stdout)
		run(p.Stderr, mux.Stderr)
	}
	return &pumps
}

func (p *Process) inputFile() *os.File {
	if p.master != nil {
		return p.master
	}
	return p.Stdin
}

// finishInput is the end of input: a pipe is closed, a terminal gets its end-of-file character.
func (p *Process) finishInput() {
	if p.master != nil {
		p.master.Write([]byte{4})
		return
	}
	p.Stdin.Close()
}
