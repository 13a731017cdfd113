package boot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// loadModules loads the modules that <dir>/order names. A missing folder, file or module and one that is loaded
// already are no errors: the kernel may have it built in. Anything else is returned, and the boot goes on.
func loadModules(dir string) []error {
	text, err := os.ReadFile(filepath.Join(dir, "order"))
	if err != nil {
		return nil
	}
	var problems []error
	for _, name := range ParseOrder(string(text)) {
		if err := loadModule(filepath.Join(dir, name)); err != nil {
			problems = append(problems, fmt.Errorf("module %s: %w", name, err))
		}
	}
	return problems
}

// ParseOrder returns the file names of a modules/order file: one a line, blank lines and # comments passed over,
// as is every name that leads out of the folder.
func ParseOrder(text string) []string {
	var names []string
	for _, line := range strings.Split(text, "\n") {
		name := strings.TrimSpace(line)
		if name == "" || strings.HasPrefix(name, "#") || !filepath.IsLocal(name) {
			continue
		}
		names = append(names, name)
	}
	return names
}

func loadModule(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	flags := 0
	switch filepath.Ext(path) {
	case ".xz", ".zst", ".gz":
		flags = unix.MODULE_INIT_COMPRESSED_FILE
	}
	err = unix.FinitModule(int(file.Fd()), "", flags)
	if errors.Is(err, unix.EEXIST) {
		return nil
	}
	return err
}
