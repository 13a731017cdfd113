package execs

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// openPty returns the two ends of a new terminal of the given size; the slave belongs to uid.
func openPty(rows, cols uint16, uid uint32) (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			master.Close()
		}
	}()
	var number int
	err = control(master, func(fd int) error {
		if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
			return err
		}
		var err error
		number, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	if uid != 0 {
		slave.Chown(int(uid), -1)
	}
	if rows > 0 && cols > 0 {
		setSize(master, rows, cols)
	}
	return master, slave, nil
}

func setSize(master *os.File, rows, cols uint16) error {
	return control(master, func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: cols})
	})
}

// foreground is the process group that has the terminal, or 0.
func foreground(master *os.File) int {
	group := 0
	control(master, func(fd int) error {
		var err error
		group, err = unix.IoctlGetInt(fd, unix.TIOCGPGRP)
		return err
	})
	return group
}

// control works on a file's descriptor and leaves it in the runtime's poller, which Fd() would not.
func control(file *os.File, work func(fd int) error) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	if err := raw.Control(func(fd uintptr) { result = work(int(fd)) }); err != nil {
		return err
	}
	return result
}
