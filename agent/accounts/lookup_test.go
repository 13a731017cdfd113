package accounts

import (
	"os"
	"reflect"
	"testing"
)

func image(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	os.Mkdir(root+"/etc", 0o755)
	os.WriteFile(root+"/etc/passwd", []byte("root:x:0:0:root:/root:/bin/bash\n# no\nbroken\napp:x:1000:100:App:/srv/app:\n"), 0o644)
	os.WriteFile(root+"/etc/group", []byte("users:x:100:\nwheel:x:10:root,app\nvideo:x:44:app\n"), 0o644)
	return root
}

func TestUsersAreFoundByNameAndNumber(t *testing.T) {
	root := image(t)
	app := Account{Name: "app", UID: 1000, GID: 100, Groups: []uint32{10, 44}, Home: "/srv/app", Shell: "/bin/sh"}
	for spec, want := range map[string]Account{
		"app": app, "1000": app,
		"":           {Name: "root", Groups: []uint32{10}, Home: "/root", Shell: "/bin/bash"},
		"app:wheel":  {Name: "app", UID: 1000, GID: 10, Home: "/srv/app", Shell: "/bin/sh"},
		"4321":       {Name: "4321", UID: 4321, GID: 4321, Home: "/", Shell: "/bin/sh"},
		"4321:video": {Name: "4321", UID: 4321, GID: 44, Home: "/", Shell: "/bin/sh"},
	} {
		if got, err := Lookup(root, spec); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", spec, got, err)
		}
	}
}

func TestUnknownNamesAreErrorsAndRootAlwaysExists(t *testing.T) {
	root := image(t)
	for _, spec := range []string{"nobody", "app:nobody", "-1", "99999999999"} {
		if got, err := Lookup(root, spec); err == nil {
			t.Errorf("%q: %+v", spec, got)
		}
	}
	if got, err := Lookup(t.TempDir(), "root"); err != nil || got.UID != 0 || got.Home != "/root" {
		t.Fatalf("%+v, %v", got, err)
	}
}
