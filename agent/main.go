// banger-vsock-agent is the guest's side of banger: the initrd's /init, and the service that the host talks to.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"banger/agent/boot"
	"banger/agent/pid1"
)

// version is set by the linker.
var version = "dev"

const usage = `usage:
  banger-vsock-agent serve --unix PATH [--preamble] [--root DIR]
      serve the guest channel on a unix socket of an ordinary machine; with --root, configure
      stays below DIR and leaves hostname, clock and network alone
  banger-vsock-agent version

As /init of an initrd it boots a guest (docs/guest-channel.md).
`

func main() {
	if os.Getpid() == 1 && filepath.Base(os.Args[0]) == "init" {
		boot.Run()
	}
	if os.Args[0] == pid1.ServiceName {
		serveGuest(os.Args[1:])
		return
	}
	command := ""
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	switch command {
	case "version", "--version":
		fmt.Println(version)
	case "serve":
		serveUnix(os.Args[2:])
	default:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
}
