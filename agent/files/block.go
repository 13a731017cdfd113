package files

import (
	"errors"
	"os"
	"strings"
)

const (
	blockBegin = "# banger: begin (kept up to date by banger; changes between these lines are lost)"
	blockEnd   = "# banger: end"
)

// PutBlock keeps lines of ours at the top of a text file between two marks, and all that others wrote below.
func PutBlock(path string, lines []string, attributes Attributes) error {
	present, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return WriteAtomic(path, []byte(WithBlock(string(present), lines)), attributes)
}

// WithBlock is text with our block replaced or put on top; without lines the block goes away.
func WithBlock(text string, lines []string) string {
	rest := withoutBlock(text)
	if len(lines) == 0 {
		return rest
	}
	return blockBegin + "\n" + strings.Join(lines, "\n") + "\n" + blockEnd + "\n" + rest
}

func withoutBlock(text string) string {
	begin := strings.Index(text, blockBegin+"\n")
	if begin < 0 {
		return text
	}
	end := strings.Index(text[begin:], blockEnd+"\n")
	if end < 0 {
		return text
	}
	return text[:begin] + text[begin+end+len(blockEnd)+1:]
}
