package boot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// deviceWait is how long a block device may take to appear.
const deviceWait = 10 * time.Second

// mountRoot builds the guest's root at rootDir: the image below, the VM's own disk above, modules and work disk in it.
// Without a disk of its own the VM writes to the image itself.
func mountRoot(options Options) error {
	if options.Overlay == "" {
		if err := mountDevice(options.Root, rootDir, unix.MS_NOATIME); err != nil {
			return err
		}
	} else if err := mountOverlay(options.Root, options.Overlay); err != nil {
		return err
	}
	if options.Modules != "" {
		if err := mountModules(options.Modules); err != nil {
			return err
		}
	}
	if options.Work != "" {
		return mountDevice(options.Work, filepath.Join(rootDir, "root"), unix.MS_NOATIME)
	}
	if options.Overlay != "" {
		// The VM works without it, only slower.
		if err := bindHome(lowerDir, diskDir, rootDir); err != nil {
			fmt.Fprintln(os.Stderr, "banger:", err)
		}
	}
	return nil
}

func mountOverlay(image, disk string) error {
	if err := mountDevice(image, lowerDir, unix.MS_RDONLY); err != nil {
		return err
	}
	if err := mountDevice(disk, diskDir, unix.MS_NOATIME); err != nil {
		return err
	}
	upper, work := filepath.Join(diskDir, "upper"), filepath.Join(diskDir, "work")
	if err := makeLike(upper, lowerDir); err != nil {
		return err
	}
	if err := os.MkdirAll(work, 0o755); err != nil {
		return err
	}
	if err := os.MkdirAll(rootDir, 0o755); err != nil {
		return err
	}
	layers := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", lowerDir, upper, work)
	var err error
	// Renaming folders of the image and one device number for all files, where the kernel knows how.
	for _, extra := range []string{",redirect_dir=on,xino=on", ",redirect_dir=on", ""} {
		if err = unix.Mount("overlay", rootDir, "overlay", 0, layers+extra); err == nil {
			return bindPlainFolders()
		}
	}
	return fmt.Errorf("mount the overlay: %w", err)
}

// makeLike makes the overlay's upper folder once; the root folder shows its mode and owner.
func makeLike(path, model string) error {
	if err := os.Mkdir(path, 0o755); err != nil {
		if errors.Is(err, os.ErrExist) {
			return nil
		}
		return err
	}
	var stat unix.Stat_t
	if err := unix.Stat(model, &stat); err != nil {
		return err
	}
	if err := unix.Chown(path, int(stat.Uid), int(stat.Gid)); err != nil {
		return err
	}
	return unix.Chmod(path, stat.Mode&0o7777)
}

// bindPlainFolders puts what can't live on overlayfs on the disk itself. An image that has something there keeps
// it: binding over it would hide it.
func bindPlainFolders() error {
	for _, name := range []string{"docker", "containerd"} {
		target := filepath.Join(rootDir, "var/lib", name)
		if entries, err := os.ReadDir(target); err == nil && len(entries) > 0 {
			continue
		}
		source := filepath.Join(diskDir, "plain", name)
		if err := os.MkdirAll(source, 0o711); err != nil {
			return err
		}
		if err := os.MkdirAll(target, 0o711); err != nil {
			return err
		}
		if err := unix.Mount(source, target, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("bind %s: %w", target, err)
		}
	}
	return nil
}

func mountModules(device string) error {
	target, err := modulesMountPoint()
	if err != nil {
		return err
	}
	return mountDevice(device, target, unix.MS_RDONLY)
}

func modulesMountPoint() (string, error) {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return "", err
	}
	lib, err := modulesFolder()
	return filepath.Join(lib, unix.ByteSliceToString(name.Release[:])), err
}

// modulesFolder is <root>/lib/modules, with lib followed when it is a link into usr: links of the image that are
// absolute would lead out of it from here.
func modulesFolder() (string, error) {
	lib := filepath.Join(rootDir, "lib")
	if target, err := os.Readlink(lib); err == nil {
		lib = filepath.Join(rootDir, filepath.Clean("/"+strings.TrimPrefix(target, "/")))
	}
	lib = filepath.Join(lib, "modules")
	return lib, os.MkdirAll(lib, 0o755)
}
