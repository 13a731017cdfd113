package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"

	"banger/agent/channel"
	"banger/agent/configure"
	"banger/agent/guest"
	"banger/agent/network"
	"banger/agent/pid1"
	"banger/agent/power"
	"banger/agent/server"
	"banger/agent/sessions"

	"golang.org/x/sys/unix"
)

// serveGuest is the service half: started by PID 1, inside the guest's root.
func serveGuest(arguments []string) {
	flags := flag.NewFlagSet(pid1.ServiceName, flag.ExitOnError)
	spec := flags.String("channel", "virtio", "")
	init := flags.String("init", "", "")
	flags.Parse(arguments)

	// The agent moves bytes: on one processor its goroutines wake each other without an interrupt to another, which is what
	// an emulated guest is slow at (a tenth of what exec takes).
	runtime.GOMAXPROCS(1)
	unix.Umask(0o022)
	os.WriteFile("/proc/self/oom_score_adj", []byte("-900"), 0)
	unix.CloseOnExec(pid1.ReportFd)
	pipe := os.NewFile(pid1.ReportFd, "report")
	// Once the image's init has taken over, nobody reads.
	report := func(line string) { fmt.Fprintln(pipe, line) }

	if err := network.LoopbackUp(); err != nil {
		fmt.Fprintln(os.Stderr, "banger: loopback:", err)
	}
	listener, err := channel.Listen(*spec)
	if err != nil {
		report("fatal " + strings.ReplaceAll(err.Error(), "\n", " "))
		os.Exit(1)
	}
	g := &guest.Guest{Version: version, Init: *init}
	g.RestoreDefaults()
	s := server.Server{Guest: g, Configure: configure.New(g, report), Sessions: sessions.NewManager(g)}
	stop := func() {
		s.Configure.Stop()
		s.Sessions.Stop()
	}
	surviveSignals(stop)
	s.Power = func(mode power.Mode) {
		stop()
		// Before the image's init runs, and where there is none, PID 1 is the agent.
		report(string(mode))
		if *init != "" && g.Phase() == "configured" {
			power.Ask(mode)
		}
	}
	fmt.Fprintln(os.Stderr, "banger: the agent's channel:", s.Serve(listener))
	os.Exit(1)
}

// surviveSignals keeps the runtime from ending the process by a signal: init systems send some to everything when they
// shut down, SIGTERM first of all. The handlers are not inherited, as "ignore" would be.
func surviveSignals(terminated func()) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGTERM, unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGPIPE, unix.SIGUSR1, unix.SIGUSR2)
	go func() {
		for received := range signals {
			if received == unix.SIGTERM {
				terminated()
			}
		}
	}()
}

// serveUnix is the test mode on an ordinary machine.
func serveUnix(arguments []string) {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	socket := flags.String("unix", "", "path of the unix socket")
	preamble := flags.Bool("preamble", false, "begin every connection with the virtio-serial preamble")
	root := flags.String("root", "", "folder that stands for the guest's root; required for configure")
	flags.Parse(arguments)
	if *socket == "" || flags.NArg() > 0 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	folder, err := testRoot(*root)
	if err == nil {
		g := &guest.Guest{Version: version, Root: folder}
		s := server.Server{Guest: g, Configure: configure.New(g, func(string) {}), Sessions: sessions.NewManager(g)}
		listener, listenErr := channel.ListenUnix(*socket, *preamble)
		if err = listenErr; err == nil {
			err = s.Serve(listener)
		}
	}
	fmt.Fprintln(os.Stderr, "banger-vsock-agent:", err)
	os.Exit(1)
}

// testRoot is the absolute path of --root. Without one, a new empty folder stands for it: test mode must never
// configure the machine that it runs on.
func testRoot(root string) (string, error) {
	if root == "" {
		return os.MkdirTemp("", "banger-agent-root-*")
	}
	return filepath.Abs(root)
}
