package web

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
)

// sample is a line of the text format.
var sample = regexp.MustCompile(`^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+$`)

func TestMetrics(t *testing.T) {
	s := newMailSite(t, "automatic")
	s.becomes(s.signUp("ada", "Ada").ID, store.Sent)
	s.bob.get("/w/acme/people").want(200)
	s.bob.get("/w/nowhere/people").want(404)
	s.nobody.do("BREW", "/no/such/place", nil)
	s.nobody.get("/metrics").without("postroom_people") // the public listener has none

	w := httptest.NewRecorder()
	s.srv.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	text := w.Body.String()
	for _, want := range []string{
		"postroom_people 1\n", "postroom_journeys_active 0\n", "postroom_workspaces 2\n", `postroom_deliveries{state="sent"} 1`, `postroom_commit_seconds_bucket{le="+Inf"} `,
		`postroom_http_request_seconds_count{route="/w/:workspace/people",method="GET",status="200"} 1`,
		`postroom_http_request_seconds_count{route="/w/:workspace/people",method="GET",status="404"} 1`,
		`{route="/*",method="other",status="404"} 1`, "go_goroutines ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "# ") && !sample.MatchString(line) {
			t.Errorf("not in the text format: %s", line)
		}
	}
	if strings.Contains(text, "acme") {
		t.Error("a workspace is named")
	}
}
