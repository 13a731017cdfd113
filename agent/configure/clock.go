package configure

import (
	"encoding/binary"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// clockTolerance is what the message's way may have taken: a step smaller than that would do more harm than good.
const clockTolerance = 50 * time.Millisecond

// SetClock sets the machine's clock, in milliseconds since 1970.
func (c *Configurer) SetClock(millis int64) error {
	at := unix.NsecToTimespec(millis * 1e6)
	return unix.ClockSettime(unix.CLOCK_REALTIME, &at)
}

func (c *Configurer) adjustClock(millis int64) error {
	if millis <= 0 || !c.guest.Live() {
		return nil
	}
	if difference := time.Until(time.UnixMilli(millis)); difference.Abs() < clockTolerance {
		return nil
	}
	return c.SetClock(millis)
}

// Requests of random(4).
const (
	rndAddEntropy = 0x40085203
	rndReseedCRNG = 0x5207
)

// addEntropy mixes bytes into the kernel's pool, counts them in full, and has the generator take them up at once:
// clones of one snapshot must part before they make keys.
func (c *Configurer) addEntropy(bytes []byte) error {
	if len(bytes) == 0 || !c.guest.Live() {
		return nil
	}
	device, err := os.OpenFile("/dev/urandom", os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer device.Close()
	// struct rand_pool_info: entropy in bits, size in bytes, the bytes.
	info := binary.NativeEndian.AppendUint32(nil, uint32(8*len(bytes)))
	info = binary.NativeEndian.AppendUint32(info, uint32(len(bytes)))
	info = append(info, bytes...)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, device.Fd(), rndAddEntropy, uintptr(unsafe.Pointer(&info[0]))); errno != 0 {
		return errno
	}
	// Not known to kernels before 4.14.
	unix.Syscall(unix.SYS_IOCTL, device.Fd(), rndReseedCRNG, 0)
	return nil
}
