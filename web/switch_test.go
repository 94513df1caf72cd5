package web

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func TestSwitch(t *testing.T) {
	s := newSite(t)
	second := s.signIn("alice@acme.test")
	second.post("/switch", url.Values{"workspace": {"acme"}}).want(303)
	to := s.alice.post("/switch", url.Values{"workspace": {"other"}, "from": {"settings"}}).want(303).location()
	if to != "/w/other/settings" {
		t.Errorf("landed on %s", to)
	}
	s.alice.get(to).want(200, "data-switched")
	if again := s.alice.get(to).Body.String(); strings.Contains(again, "data-switched") {
		t.Error("other tabs are told again and again")
	}
	if to := s.alice.get("/").want(302).location(); to != "/w/other" {
		t.Errorf("/ leads to %s", to)
	}
	if to := second.get("/").location(); to != "/w/acme" {
		t.Error("the switch moved another browser")
	}
	s.alice.get("/w/acme").want(200) // looking at another workspace
	if to := s.alice.get("/").want(302).location(); to != "/w/other" {
		t.Errorf("a GET moved the session to %s", to)
	}
	for _, from := range []string{"people/per_1", "https://evil.test", "../x", "nothing"} {
		if to := s.alice.post("/switch", url.Values{"workspace": {"acme"}, "from": {from}}).want(303).location(); to != "/w/acme" {
			t.Errorf("from %q landed on %s", from, to)
		}
	}
	s.bob.post("/switch", url.Values{"workspace": {"other"}}).want(404)
	s.bob.post("/switch", url.Values{"workspace": {"nowhere"}}).want(404)
}

// What a role does not include there becomes the home, and the page says why.
func TestSwitchWithLessRights(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	charlie, err := s.store.MemberByEmail(ctx, "charlie@other.test")
	s.must(err)
	s.must(s.store.SetRole(ctx, s.acme.ID, charlie.ID, store.RoleViewer, store.CommandLine))
	if to := s.charlie.post("/switch", url.Values{"workspace": {"acme"}, "from": {"settings"}}).want(303).location(); to != "/w/acme" {
		t.Errorf("landed on %s", to)
	}
	s.charlie.get("/w/acme").want(200, "Your role in Acme does not include “Workspace settings”")
}

// Two tabs: what is saved goes to the workspace of the page, or nowhere.
func TestTwoTabs(t *testing.T) {
	s := newSite(t)
	form := func(name string) url.Values {
		return url.Values{"name": {name}, "color": {"moss"}, "sending": {"normal"}}
	}
	s.alice.post("/switch", url.Values{"workspace": {"other"}}).want(303)
	s.alice.send(s.acme, "/w/acme/settings", form("Acme Two")).want(303)
	acme, err := s.store.Workspace(context.Background(), s.acme.ID)
	s.must(err)
	other, err := s.store.Workspace(context.Background(), s.other.ID)
	s.must(err)
	if acme.Name != "Acme Two" || other.Name != "Other" {
		t.Errorf("%q and %q", acme.Name, other.Name)
	}
	a := s.alice.send(s.acme, "/w/other/settings", form("Wrong"))
	a.want(409, "Nothing was saved", "Acme Two", "Wrong", "Save in Acme Two", `action="/w/acme/settings"`)
	if got := a.Header().Get("HX-Retarget"); got != "body" {
		t.Errorf("a part would show it in %q", got)
	}
	if other, err = s.store.Workspace(context.Background(), s.other.ID); err != nil || other.Name != "Other" {
		t.Errorf("Other became %q %v", other.Name, err)
	}
	// What it tells is what the member may know.
	if body := s.charlie.send(s.acme, "/w/other/settings", form("x")).want(409).Body.String(); strings.Contains(body, "Acme") && strings.Contains(body, "Acme Two") {
		t.Error("Charlie learns the name of a workspace that is not theirs")
	}
}

func TestHome(t *testing.T) {
	s := newSite(t)
	s.alice.get("/w/acme").want(200, "Hello, Alice", "Set up Acme", "1 of 6", "Nothing has happened yet", views.HomePath(s.acme)+"/credentials")
	_, err := s.store.AddPerson(context.Background(), s.acme.ID, store.PersonForm{Email: "ada@x.test"}, store.CommandLine)
	s.must(err)
	_, _, err = s.store.CreateCredential(context.Background(), s.acme.ID, store.AppKey, "Backend", store.CommandLine)
	s.must(err)
	s.alice.get("/w/acme").want(200, "3 of 6", "1 person", "1 key in force")
	if body := s.bob.get("/w/acme").want(200, "Hello, Bob").Body.String(); strings.Contains(body, "/credentials") {
		t.Error("a viewer is led to the keys")
	}
}
