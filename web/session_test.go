package web

import (
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"github.com/postroom/postroom/store"
)

func TestSetup(t *testing.T) {
	db, err := store.Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := &site{T: t, store: db}
	full := newSite(t).srv
	full.store = db
	s.srv = full
	b := &browser{site: s}

	if to := b.get("/w/acme").want(303).location(); to != "/setup" {
		t.Errorf("led to %q before set-up", to)
	}
	b.get("/setup").want(200, "Set up your server", `name="account"`, `name="identifiers"`)
	b.post("/setup", url.Values{"account": {"Acme Ltd"}, "password": {"short"}}).
		want(422, "There is a problem", "Enter a name.", "At least 12 characters", "Name the workspace.", `value="Acme Ltd"`)

	form := url.Values{"account": {"Acme Ltd"}, "name": {"Alice"}, "email": {"alice@acme.test"}, "password": {testPassword}, "workspace": {"Acme"}, "color": {"teal"}, "identifiers": {"email"}}
	var wg sync.WaitGroup
	won := make(chan bool, 8)
	for range 8 {
		wg.Go(func() {
			racer := &browser{site: s}
			won <- racer.post("/setup", form).want(303).location() == "/w/acme"
		})
	}
	wg.Wait()
	close(won)
	winners := 0
	for w := range won {
		if w {
			winners++
		}
	}
	if winners != 1 {
		t.Errorf("%d of 8 racers set the account up, want 1", winners)
	}
	if to := b.get("/setup").want(303).location(); to != "/sign-in" {
		t.Errorf("set-up led to %q afterwards", to)
	}
}

func TestSignIn(t *testing.T) {
	s := newSite(t)
	if to := s.nobody.get("/w/acme?x=1").want(303).location(); to != "/sign-in?to=%2Fw%2Facme%3Fx%3D1" {
		t.Errorf("led to %q", to)
	}
	for _, to := range []string{"https://evil.test", "//evil.test", "/\\evil.test", "/\tevil", "javascript:1", ""} {
		b := &browser{site: s}
		got := b.post("/sign-in", url.Values{"email": {"alice@acme.test"}, "password": {testPassword}, "to": {to}}).want(303).location()
		if got != "/" {
			t.Errorf("to %q led to %q", to, got)
		}
	}
	b := &browser{site: s}
	if to := b.post("/sign-in", url.Values{"email": {"ALICE@acme.test"}, "password": {testPassword}, "to": {"/w/acme?x=1"}}).want(303).location(); to != "/w/acme?x=1" {
		t.Errorf("led to %q", to)
	}
	b.get("/w/acme").want(200, "Acme")
	b.post("/sign-out", nil).want(303)
	b.get("/w/acme").want(303)
}

func TestSignInIsThrottled(t *testing.T) {
	s := newSite(t)
	b := &browser{site: s}
	wrong := url.Values{"email": {"alice@acme.test"}, "password": {"not this"}}
	for range 5 {
		b.post("/sign-in", wrong).want(422, "The email address or the password is wrong.", `value="alice@acme.test"`)
	}
	b.post("/sign-in", url.Values{"email": {"alice@acme.test"}, "password": {testPassword}}).want(429, "Too many tries")
}

func TestExpiredSessionLosesNothing(t *testing.T) {
	s := newSite(t)
	s.nobody.post("/w/acme/people/new", url.Values{"_ws": {"1"}, "email": {"ada@x.test"}, "password": {"hidden"}}).
		want(401, "You were signed out", "ada@x.test", `name="_ws" value="1"`, "Send it again")
}

func TestForeignOriginIsRefused(t *testing.T) {
	s := newSite(t)
	for _, head := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://evil.test"}} {
		s.alice.do("POST", "/sign-out", nil, head...).want(403)
	}
	s.alice.get("/w/acme").want(200)
}
