package configure

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
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
		"/etc/ssh/sshd_config.d/10-banger.conf": "PermitRootLogin yes\nStrictModes no\nPasswordAuthentication no\nPermitUserEnvironment yes\nHostKey /etc/ssh/ssh_host_ed25519_key\n",
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
	if info, err := os.Stat(g.Path("/srv")); err != nil || !info.IsDir() {
		t.Error("the working folder is not made:", err)
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

func TestSSHSessionsAndLoginShellsGetTheEnvironment(t *testing.T) {
	c, g, config := setUp(t)
	os.MkdirAll(g.Path("/etc/profile.d"), 0o755)
	folder := filepath.Join(t.TempDir(), "it's here")
	os.Mkdir(folder, 0o755)
	config.Environment = map[string]string{"PATH": "/opt/it's/bin:/bin:/usr/bin", "A": "b=c", "LINES": "one\ntwo"}
	config.WorkingDir = folder
	if warnings := c.Apply(config); len(warnings) > 0 {
		t.Fatal(warnings)
	}
	if got := read(t, g, "/root/.ssh/environment"); !strings.Contains(got, "\nA=b=c\nPATH=/opt/it's/bin:/bin:/usr/bin\n") || strings.Contains(got, "LINES") {
		t.Fatalf("%q", got)
	}
	for connection, want := range map[string]string{"1.2.3.4 5 6.7.8.9 22": folder, "": "/"} {
		shell := exec.Command("/bin/sh", "-i")
		shell.Dir = "/"
		shell.Env = []string{"HOME=/", "PATH=/bin:/usr/bin", "PS1=", "SSH_CONNECTION=" + connection}
		shell.Stdin = strings.NewReader(". " + g.Path("/etc/profile.d/banger.sh") + "\necho \"$PATH\"; pwd\n")
		output, err := shell.Output()
		if err != nil || string(output) != "/opt/it's/bin:/bin:/usr/bin\n"+want+"\n" {
			t.Errorf("%q, %v", output, err)
		}
	}
}

func TestAWorkingFolderThatCannotBeMadeIsAWarning(t *testing.T) {
	c, g, config := setUp(t)
	os.MkdirAll(g.Path("/etc"), 0o755)
	os.WriteFile(g.Path("/etc/file"), nil, 0o644)
	config.WorkingDir = "/etc/file/below"
	if warnings := c.Apply(config); len(warnings) != 1 || !strings.Contains(warnings[0], "environment: ") {
		t.Fatal(warnings)
	}
	if environment, _ := g.Defaults(); environment["LANG"] != "C.UTF-8" {
		t.Fatal(environment)
	}
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
		return steps[0].State == "done" && steps[1].State == "failed" && *steps[1].ExitCode == 3 && steps[1].Detail == "oops" && steps[1].Command[0] == "sh" &&
			steps[1].Log == "/var/log/banger/first-boot-two.log" &&
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

func TestAStepWhoseResultIsThereIsDoneAndOneThatIsImpossibleHasFailed(t *testing.T) {
	c, g, config := setUp(t)
	os.MkdirAll(g.Path("/usr/sbin"), 0o755)
	os.WriteFile(g.Path("/usr/sbin/sshd"), nil, 0o755)
	config.FirstBoot = []messages.FirstBootStep{
		{Name: "there", Creates: "/usr/sbin/sshd", Impossible: "no package manager"},
		{Name: "missing", Creates: "/usr/sbin/other", Impossible: "no package manager"},
	}
	c.Apply(config)
	want := []messages.StepState{{Name: "there", State: "done"}, {Name: "missing", State: "failed", Detail: "no package manager"}}
	if got := c.FirstBoot(); !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v", got)
	}
}

func TestAServiceWaitsForTheStepThatItComesAfter(t *testing.T) {
	c, _, config := setUp(t)
	program := filepath.Join(t.TempDir(), "daemon")
	config.Services = []messages.GuestService{{Name: "daemon", Argv: []string{program}, Cwd: "/", Restart: "no", After: "daemon"}}
	install := `echo "#!/bin/sh\nsleep 600" >` + program + `.new; chmod +x ` + program + `.new; mv ` + program + `.new ` + program
	config.FirstBoot = []messages.FirstBootStep{{Name: "daemon", Commands: []messages.GuestCommand{
		{Argv: []string{"sh", "-c", "sleep 0.3; " + install}},
	}}}
	c.Apply(config)
	defer c.Stop()
	until(t, func() bool { return c.Services()[0].State == "waiting" && c.FirstBoot()[0].State == "running" })
	until(t, func() bool { return c.Services()[0].State == "running" && c.Services()[0].Restarts == 0 })
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
