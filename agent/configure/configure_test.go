package configure

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"banger/agent/guest"
	"banger/agent/messages"
)

func setUp(t *testing.T) (*Configurer, *guest.Guest, messages.GuestConfig) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("writes files of root's")
	}
	g := &guest.Guest{Root: t.TempDir()}
	text, err := os.ReadFile("../testdata/configure.json")
	if err != nil {
		t.Fatal(err)
	}
	var config messages.GuestConfig
	if err := json.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	config.Services, config.FirstBoot = nil, nil
	return New(g, func(string) {}), g, config
}

func read(t *testing.T, g *guest.Guest, path string) string {
	t.Helper()
	content, err := os.ReadFile(g.Path(path))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestEveryFileIsWritten(t *testing.T) {
	c, g, config := setUp(t)
	if warnings := c.Apply(config); len(warnings) > 0 {
		t.Fatal(warnings)
	}
	for path, want := range map[string]string{
		"/etc/hostname":                         "testbox\n",
		"/etc/machine-id":                       config.MachineID + "\n",
		"/etc/resolv.conf":                      "nameserver 10.0.2.3\nsearch banger\n",
		"/etc/hosts":                            "127.0.1.1 testbox\n10.0.2.2 host.banger\n",
		"/root/.ssh/authorized_keys":            config.AuthorizedKeys[0] + "\n",
		"/etc/ssh/ssh_host_ed25519_key":         "-----BEGIN",
		"/etc/ssh/ssh_host_ed25519_key.pub":     "testbox\n",
		"/etc/ssh/sshd_config.d/10-banger.conf": "PermitRootLogin yes\nStrictModes no\nPasswordAuthentication no\n",
		"/etc/motd":                             "welcome ✓\n",
	} {
		if got := read(t, g, path); !strings.Contains(got, want) {
			t.Errorf("%s: %q", path, got)
		}
	}
	for path, want := range map[string]os.FileMode{
		"/root/.ssh": 0o700, "/root/.ssh/authorized_keys": 0o600, "/etc/ssh/ssh_host_ed25519_key": 0o600, "/root/.secret": 0o600,
	} {
		if info, err := os.Stat(g.Path(path)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if environment, folder := g.Defaults(); environment["LANG"] != "C.UTF-8" || folder != "/srv" || g.Phase() != "configured" {
		t.Error(environment, folder, g.Phase())
	}
}

func TestApplyingAgainChangesNothingAndKeepsWhatUsersAdded(t *testing.T) {
	c, g, config := setUp(t)
	c.Apply(config)
	keys := g.Path("/root/.ssh/authorized_keys")
	os.WriteFile(keys, []byte(read(t, g, "/root/.ssh/authorized_keys")+"ssh-rsa users-own\n"), 0o600)
	before := snapshot(t, g.Root)
	if warnings := c.Apply(config); len(warnings) > 0 {
		t.Fatal(warnings)
	}
	if after := snapshot(t, g.Root); after != before {
		t.Fatalf("before:\n%s\nafter:\n%s", before, after)
	}
	config.AuthorizedKeys = []string{"ssh-ed25519 another"}
	c.Apply(config)
	if got := read(t, g, "/root/.ssh/authorized_keys"); strings.Contains(got, "you@host") || !strings.Contains(got, "another") || !strings.Contains(got, "users-own") {
		t.Fatalf("%q", got)
	}
}

// snapshot is every file with its inode's times, so that a rewrite shows.
func snapshot(t *testing.T, root string) string {
	t.Helper()
	var list strings.Builder
	filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			content, _ := os.ReadFile(path)
			list.WriteString(path + " " + info.Mode().String() + info.ModTime().String() + string(content) + "\n")
		}
		return nil
	})
	return list.String()
}

func TestADanglingResolvConfIsReplaced(t *testing.T) {
	c, g, config := setUp(t)
	os.Mkdir(g.Path("/etc"), 0o755)
	os.Symlink("../run/systemd/resolve/stub-resolv.conf", g.Path("/etc/resolv.conf"))
	c.Apply(config)
	if info, err := os.Lstat(g.Path("/etc/resolv.conf")); err != nil || !info.Mode().IsRegular() {
		t.Fatal(info, err)
	}
}

func TestAnSshdConfigWithoutDropInsIsEditedOnce(t *testing.T) {
	c, g, config := setUp(t)
	os.MkdirAll(g.Path("/etc/ssh"), 0o755)
	os.WriteFile(g.Path("/etc/ssh/sshd_config"), []byte("PermitRootLogin no\nMatch User x\n"), 0o644)
	c.Apply(config)
	c.Apply(config)
	got := read(t, g, "/etc/ssh/sshd_config")
	if strings.Count(got, "PermitRootLogin yes") != 1 || strings.Index(got, "PermitRootLogin yes") > strings.Index(got, "PermitRootLogin no") {
		t.Fatalf("%q", got)
	}
	with := "Include /etc/ssh/sshd_config.d/*.conf\n"
	os.WriteFile(g.Path("/etc/ssh/sshd_config"), []byte(with), 0o644)
	c.Apply(config)
	if got := read(t, g, "/etc/ssh/sshd_config"); got != with {
		t.Fatalf("%q", got)
	}
}

func TestOneProblemIsAWarningAndTheRestIsDone(t *testing.T) {
	c, g, config := setUp(t)
	config.Hostname = "not a name"
	config.MachineID = "short"
	if warnings := c.Apply(config); len(warnings) != 2 || !strings.HasPrefix(warnings[0], "machine-id: ") || !strings.HasPrefix(warnings[1], "hostname: ") {
		t.Fatal(warnings)
	}
	read(t, g, "/etc/motd")
}

func TestFirstBootStepsRunOnceInOrderAndServicesAreRestarted(t *testing.T) {
	c, g, config := setUp(t)
	trace := filepath.Join(t.TempDir(), "trace")
	step := func(name, script string) messages.FirstBootStep {
		return messages.FirstBootStep{Name: name, Commands: []messages.GuestCommand{{Argv: []string{"sh", "-c", script}}}}
	}
	config.WorkingDir = "/"
	config.FirstBoot = []messages.FirstBootStep{step("one", "echo 1 >>"+trace), step("two", "echo oops; exit 3"), step("three", "echo 3 >>"+trace)}
	config.Services = []messages.GuestService{{Name: "again", Argv: []string{"sh", "-c", "exit 1"}, Restart: "always"}, {Name: "once", Argv: []string{"true"}, Restart: "on-failure"}}
	c.Apply(config)
	defer c.Stop()
	until(t, func() bool {
		steps, services := c.FirstBoot(), c.Services()
		return steps[0].State == "done" && steps[1].State == "failed" && *steps[1].ExitCode == 3 && steps[1].Detail == "oops" &&
			steps[2].State == "done" && services[0].Restarts > 0 && services[1].State == "stopped"
	})
	again := New(g, func(string) {})
	config.Services = nil
	config.FirstBoot = config.FirstBoot[:1]
	again.Apply(config)
	if states := again.FirstBoot(); len(states) != 1 || states[0].State != "done" {
		t.Fatalf("%+v", states)
	}
	if content, _ := os.ReadFile(trace); string(content) != "1\n3\n" {
		t.Fatalf("%q", content)
	}
}

func until(t *testing.T, condition func() bool) {
	t.Helper()
	for range 500 {
		if condition() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it does not become so")
}
