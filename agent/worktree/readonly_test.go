package worktree

import (
	"strings"
	"testing"
)

func TestALockIsFoundAmongMounts(t *testing.T) {
	const mounts = "22 1 0:20 / / rw,relatime - overlay overlay rw\n" +
		"40 22 0:20 /root/repo /root/repo ro,relatime shared:1 - overlay overlay rw\n" +
		"41 22 0:20 /root/with\\040blank /root/with\\040blank ro - overlay overlay rw\n" +
		"42 22 0:30 / /mnt ro - ext4 /dev/vdc ro\n" +
		"43 22 0:20 /root/open /root/open rw - overlay overlay rw\n"
	for path, want := range map[string]bool{"/root/repo": true, "/root/with blank": true, "/mnt": false, "/root/open": false, "/": false, "/root": false} {
		if locked, err := findLock(strings.NewReader(mounts), path); locked != want || err != nil {
			t.Errorf("%s: %v %v", path, locked, err)
		}
	}
}
