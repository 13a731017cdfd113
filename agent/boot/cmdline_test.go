package boot

import (
	"slices"
	"testing"
)

func TestTheArgumentsAreRead(t *testing.T) {
	got, err := ParseCmdline("console=ttyS0 banger.root=vda banger.overlay=/dev/vdb banger.modules=vdc banger.work=vdd " +
		"banger.channel=vsock:52 banger.init=none quiet\n")
	want := Options{Root: "vda", Overlay: "vdb", Modules: "vdc", Work: "vdd", Channel: "vsock:52", Init: "none"}
	if err != nil || got != want {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestTheDefaultsAreVirtioAndAuto(t *testing.T) {
	got, err := ParseCmdline("banger.root=vda")
	if want := (Options{Root: "vda", Channel: "virtio", Init: "auto"}); err != nil || got != want {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestALaterArgumentWinsAndQuotesHoldBlanks(t *testing.T) {
	got, err := ParseCmdline(`banger.root=vda x="a banger.root=no b" banger.root=vdz banger.init="/my init"`)
	if err != nil || got.Root != "vdz" || got.Init != "/my init" {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestWrongArgumentsAreRefused(t *testing.T) {
	for _, text := range []string{"", "quiet", "banger.root=", "banger.root=../etc", "banger.root=vda banger.init=sh"} {
		if got, err := ParseCmdline(text); err == nil {
			t.Errorf("%q was taken as %+v", text, got)
		}
	}
}

func FuzzParseCmdline(f *testing.F) {
	f.Add(`banger.root=vda banger.overlay=vdb quiet`)
	f.Add(`a="b c" banger.root="vda"`)
	f.Add(`banger.root=vda "`)
	f.Fuzz(func(t *testing.T, text string) {
		if options, err := ParseCmdline(text); err == nil && options.Root == "" {
			t.Fatal("no root")
		}
	})
}

func TestTheOrderOfModulesIsKept(t *testing.T) {
	got := ParseOrder("virtio.ko\n\n# comment\n virtio_ring.ko \r\n../../etc/passwd\n/abs.ko\nsub/overlay.ko.zst")
	if want := []string{"virtio.ko", "virtio_ring.ko", "sub/overlay.ko.zst"}; !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
}

func TestAMissingModulesFolderAndMissingModulesAreNoErrors(t *testing.T) {
	dir := t.TempDir()
	if problems := loadModules(dir + "/nothing"); len(problems) > 0 {
		t.Fatal(problems)
	}
	writeFile(t, dir+"/order", "gone.ko\n")
	if problems := loadModules(dir); len(problems) > 0 {
		t.Fatal(problems)
	}
}

func FuzzParseOrder(f *testing.F) {
	f.Add("a.ko\nb.ko\n")
	f.Add("../x\n/y\n#\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range ParseOrder(text) {
			if name == "" || name[0] == '/' {
				t.Fatalf("%q", name)
			}
		}
	})
}
