package web

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// route is one registered route with every parameter filled in.
type route struct {
	method, pattern string
	path            func(workspace string) string
}

func (r route) String() string { return r.method + " " + r.pattern }

func (r route) reads() bool { return r.method == "GET" || r.method == "HEAD" }

// ofWorkspace says whether the route belongs to one workspace.
func (r route) ofWorkspace() bool { return strings.HasPrefix(r.pattern, "/w/:workspace") }

// allRoutes is what the server answers, whoever registered it.
func (s *site) allRoutes() []route {
	e := echo.New()
	s.srv.routes(e)
	person := s.person()
	var all []route
	for _, r := range e.Routes() {
		if r.Method != echo.RouteNotFound {
			all = append(all, route{r.Method, r.Path, func(ws string) string { return fill(r.Path, ws, person) }})
		}
	}
	slices.SortFunc(all, func(a, b route) int { return strings.Compare(a.String(), b.String()) })
	return all
}

// fill puts something plausible in the place of each parameter: a person for
// a person, 1 for all else, which is the first record of every kind.
func fill(pattern, workspace, person string) string {
	parts := strings.Split(pattern, "/")
	for i, part := range parts {
		switch {
		case part == ":workspace":
			parts[i] = workspace
		case part == ":cio_id", part == ":person":
			parts[i] = person
		case strings.HasPrefix(part, ":"), part == "*":
			parts[i] = "1"
		}
	}
	path := strings.Join(parts, "/")
	if name, ok := neededQuery[pattern]; ok {
		path += "?" + name
	}
	return path
}

// neededQuery is what a page cannot do without.
var neededQuery = map[string]string{
	"/w/:workspace/data/name":                "name=plan",
	"/w/:workspace/settings/layouts/edit":    "name=Default",
	"/w/:workspace/settings/layouts/delete":  "name=Default",
	"/w/:workspace/settings/snippets/edit":   "name=foot",
	"/w/:workspace/settings/snippets/delete": "name=foot",
}

// person is the first person of Acme, made when there is none.
func (s *site) person() string {
	ctx := context.Background()
	found, err := s.store.People(ctx, s.acme.ID, "", store.Page{Limit: 1})
	s.must(err)
	if len(found) > 0 {
		return found[0].ID.CioID()
	}
	p, err := s.store.AddPerson(ctx, s.acme.ID, store.PersonForm{ID: "ada", Email: "ada@example.test"}, store.CommandLine)
	s.must(err)
	return p.ID.CioID()
}

// stamped is a path with the workspace for which its page was made.
func stamped(path string, ws store.Workspace) string {
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	return fmt.Sprintf("%s%s_ws=%d", path, sign, ws.ID)
}

// openToAll is what somebody who is not signed in may ask for.
var openToAll = []string{"/static/*", "/healthz", "/readyz", "/favicon.svg", "/setup", "/sign-in", "/api/v1/metrics", "/api/v1/push/events", "/push/events"}

// viewersMay is the writes that change nothing which others see.
var viewersMay = []string{"/w/:workspace/people/columns"}

func TestStrangersMustSignIn(t *testing.T) {
	s := newSite(t)
	for _, r := range s.allRoutes() {
		if slices.Contains(openToAll, r.pattern) {
			continue
		}
		a := s.nobody.do(r.method, r.path("acme"), nil)
		switch {
		case isAPI(r.pattern):
			if a.Code < 401 || a.Code > 405 || !strings.HasPrefix(a.Header().Get("Content-Type"), "application/json") {
				t.Errorf("%s: %d %s", r, a.Code, a.Header().Get("Content-Type"))
			}
		case isTracking(r.pattern):
			if a.Code >= 500 || strings.HasPrefix(a.location(), "/") {
				t.Errorf("%s: %d to %s", r, a.Code, a.location())
			}
		case r.reads():
			if a.Code != 303 || !strings.HasPrefix(a.location(), "/sign-in?to=") {
				t.Errorf("%s: %d to %s", r, a.Code, a.location())
			}
		case a.Code != 401:
			t.Errorf("%s: %d, want 401", r, a.Code)
		}
	}
}

func TestForeignWorkspacesAreNotThere(t *testing.T) {
	s := newSite(t)
	for _, r := range s.allRoutes() {
		if !r.ofWorkspace() {
			continue
		}
		if a := s.charlie.do(r.method, stamped(r.path("acme"), s.acme), nil); a.Code != 404 || strings.Contains(a.Body.String(), "Acme</") {
			t.Errorf("%s: Charlie gets %d, want 404", r, a.Code)
		}
		if a := s.alice.do(r.method, stamped(r.path("nowhere"), s.acme), nil); a.Code != 404 {
			t.Errorf("%s: a workspace that is not there gives %d", r, a.Code)
		}
	}
}

// Records are asked for by the ids that they have in Acme, but in Other, where
// nobody made any.
func TestForeignRecordsAreNotThere(t *testing.T) {
	s := newSite(t)
	for _, r := range s.allRoutes() {
		if !r.ofWorkspace() || strings.Count(r.pattern, ":") < 2 {
			continue
		}
		a := s.charlie.do(r.method, stamped(r.path("other"), s.other), nil)
		if r.reads() && a.Code != 404 || a.Code < 400 || a.Code >= 500 {
			t.Errorf("%s: %d", r, a.Code)
		}
	}
}

func TestViewersWriteNothing(t *testing.T) {
	s := newSite(t)
	for _, r := range s.allRoutes() {
		if !r.ofWorkspace() || r.reads() || slices.Contains(viewersMay, r.pattern) {
			continue
		}
		if a := s.bob.do(r.method, stamped(r.path("acme"), s.acme), nil); a.Code != 403 {
			t.Errorf("%s: a viewer gets %d, want 403", r, a.Code)
		}
	}
}

func TestWritesSayForWhichWorkspace(t *testing.T) {
	s := newSite(t)
	for _, r := range s.allRoutes() {
		switch path := r.path("acme"); {
		case !r.ofWorkspace():
		case r.reads():
			if a := s.alice.do(r.method, path, nil, "X-Workspace", fmt.Sprint(s.other.ID)); a.Code != 409 {
				t.Errorf("%s: a part for another workspace gets %d, want 409", r, a.Code)
			}
		default:
			if a := s.alice.do(r.method, path, nil); a.Code != 409 {
				t.Errorf("%s: without _ws %d, want 409", r, a.Code)
			}
			if a := s.alice.do(r.method, stamped(path, s.other), nil); a.Code != 409 {
				t.Errorf("%s: with another's _ws %d, want 409", r, a.Code)
			}
		}
	}
}

func TestMembersDoNotManageTheAccount(t *testing.T) {
	s := newSite(t)
	for _, r := range s.allRoutes() {
		if !strings.HasPrefix(r.pattern, "/account/") || r.pattern == views.WorkspacesPath {
			continue
		}
		if a := s.bob.do(r.method, r.path(""), nil); a.Code != 403 {
			t.Errorf("%s: a member gets %d, want 403", r, a.Code)
		}
	}
}

var (
	forms   = regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`)
	actions = regexp.MustCompile(`\baction="([^"]*)"`)
	scripts = regexp.MustCompile(`<script\b[^>]*>`)
	inline  = regexp.MustCompile(`<[^>]*\s(style|on[a-z]+)="`)
)

// Every page keeps to the policy, and every form on it says for which
// workspace it was made.
func TestPagesKeepTheRules(t *testing.T) {
	s := newSite(t)
	seen := 0
	for _, r := range s.allRoutes() {
		if r.method != "GET" || isAPI(r.pattern) {
			continue
		}
		path := r.path("acme")
		a := s.alice.get(path)
		if a.Code >= 500 {
			t.Errorf("%s: %d", r, a.Code)
		}
		if a.Code != 200 || !strings.HasPrefix(a.Header().Get("Content-Type"), "text/html") || a.Header().Get("Content-Security-Policy") != policy {
			continue // no page, or a message, which keeps to a policy of its own
		}
		seen++
		checkPage(t, path, a.Body.String())
	}
	if seen < 15 {
		t.Errorf("saw %d pages only", seen)
	}
}

func checkPage(t *testing.T, path, body string) {
	t.Helper()
	if found := inline.FindString(body); found != "" {
		t.Errorf("%s has %s", path, found)
	}
	for _, script := range scripts.FindAllString(body, -1) {
		if !strings.Contains(script, ` src="`) {
			t.Errorf("%s has %s", path, script)
		}
	}
	for _, form := range forms.FindAllStringSubmatch(body, -1) {
		to := path
		if action := actions.FindStringSubmatch(form[1]); action != nil {
			to = action[1]
		}
		post := strings.Contains(strings.ToLower(form[1]), `method="post"`)
		if post && strings.HasPrefix(to, "/w/") && !strings.Contains(form[2], `name="_ws"`) && !strings.Contains(to, "_ws=") {
			t.Errorf("%s has a form to %s without _ws", path, to)
		}
		for _, id := range regexp.MustCompile(`name="_ws" value="([^"]*)"`).FindAllStringSubmatch(form[2], -1) {
			if id[1] == "" || id[1] == "0" {
				t.Errorf("%s has a form to %s of no workspace", path, to)
			}
		}
	}
}

func TestEverySectionHasAPage(t *testing.T) {
	s := newSite(t)
	for _, section := range views.Sections {
		s.alice.get(views.SectionPath(s.acme, section)).want(200, section.Title)
		if section.Name != "" {
			if to := s.alice.get("/" + section.Name + "?q=a").want(302).location(); to != views.SectionPath(s.acme, section)+"?q=a" {
				t.Errorf("/%s leads to %s", section.Name, to)
			}
		}
		form := url.Values{"workspace": {"other"}, "from": {section.Name}}
		if to := s.alice.post("/switch", form).want(303).location(); to != views.SectionPath(s.other, section) {
			t.Errorf("a switch on %s leads to %s", section.Title, to)
		}
		s.alice.post("/switch", url.Values{"workspace": {"acme"}})
	}
}
