package server

import (
	"bufio"
	"net/http"
	"os"
	"strings"
	"testing"

	"banger/agent/guest"
)

func TestALogIsReadWholeOrFromItsLastLinesOn(t *testing.T) {
	g := &guest.Guest{Root: t.TempDir()}
	writeLog(t, g, "one\ntwo\nthree\n")
	client := serveGuest(t, g)
	for query, want := range map[string]string{
		"":          "one\ntwo\nthree\n",
		"&lines=2":  "two\nthree\n",
		"&lines=9":  "one\ntwo\nthree\n",
		"&lines=0":  "",
		"&follow=1": "one\ntwo\nthree\n",
	} {
		if status, text := call(t, client, "GET", "/v1/logs?name=first-boot-sshd"+query, nil); status != 200 || text != want {
			t.Errorf("%s: %d %q", query, status, text)
		}
	}
}

func TestALogThatIsNotThereAndANumberThatIsNoneAreRefused(t *testing.T) {
	g := &guest.Guest{Root: t.TempDir()}
	writeLog(t, g, "one\n")
	client := serveGuest(t, g)
	status, text := call(t, client, "GET", "/v1/logs?name=../../../etc/passwd", nil)
	if status != 404 || !strings.Contains(text, "guest.no-log") || !strings.Contains(text, "the guest has no such log") {
		t.Error(status, text)
	}
	for _, lines := range []string{"many", "-1", ""} {
		if status, _ := call(t, client, "GET", "/v1/logs?name=first-boot-sshd&lines="+lines, nil); status != 400 {
			t.Errorf("%q: %d", lines, status)
		}
	}
}

func TestALogThatIsFollowedBringsWhatIsAdded(t *testing.T) {
	g := &guest.Guest{Root: t.TempDir()}
	writeLog(t, g, "one\n")
	request, _ := http.NewRequest("GET", "http://guest/v1/logs?name=first-boot-sshd&follow=true", nil)
	response, err := serveGuest(t, g).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewReader(response.Body)
	for _, want := range []string{"one\n", "two\n"} {
		if got, err := lines.ReadString('\n'); err != nil || got != want {
			t.Fatal(got, err)
		}
		if want == "one\n" {
			writeLog(t, g, "two\n")
		}
	}
}

func writeLog(t *testing.T, g *guest.Guest, text string) {
	t.Helper()
	os.MkdirAll(g.Path("/var/log/banger"), 0o755)
	file, err := os.OpenFile(g.Path("/var/log/banger/first-boot-sshd.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	file.WriteString(text)
}
