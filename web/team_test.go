package web

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *site) memberNamed(email string) store.Member {
	s.Helper()
	m, err := s.store.MemberByEmail(context.Background(), email)
	s.must(err)
	return m
}

func TestTeam(t *testing.T) {
	s := newSite(t)
	s.alice.get(views.TeamPath).want(200, "Alice Adams", "All, as admin", "Bob Brown", "bob@acme.test")
	form := url.Values{"name": {"Dora <D>"}, "email": {"BOB@acme.test"}, "role": {"member"}, "password": {"short"}}
	s.alice.post(views.NewMemberPath, form).want(422, "At least 12 characters", "Dora &lt;D&gt;")
	form.Set("password", testPassword)
	s.alice.post(views.NewMemberPath, form).want(422, "Somebody with this email address is already in the team.")
	form.Set("email", "dora@acme.test")
	to := s.alice.post(views.NewMemberPath, form).want(303).location()
	s.alice.get(to).want(200, "Dora &lt;D&gt; can sign in now.", "Role in Acme", "No access")

	dora, signedIn := s.memberNamed("dora@acme.test"), s.signIn("dora@acme.test")
	signedIn.get("/w/acme").want(404)
	s.alice.post(views.AccessPath(dora.ID, s.acme), url.Values{"role": {"author"}, "q": {"ac"}}).want(303)
	s.alice.get(views.MemberAccessPath(dora.ID, "ac", "")).want(200, "The access is changed.", `value="author" selected`)
	signedIn.get("/w/acme").want(200)
	s.alice.post(views.AccessPath(dora.ID, s.acme), url.Values{"role": {"owner"}}).want(422, "Choose viewer, author, admin or no access.")
	s.alice.post(views.AccessPath(dora.ID, s.acme), url.Values{"role": {""}}).want(303)
	signedIn.get("/w/acme").want(404)

	s.alice.post(views.MemberPasswordPath(dora.ID), url.Values{"password": {"another long sentence"}}).want(303)
	signedIn.get("/profile").want(303)
	s.alice.get(views.AuditPath).want(200, "Changed a password", "Took access", "Gave access", "Added a member", "Acme")
	s.bob.get(views.TeamPath).want(403)
}

func TestRemoveMember(t *testing.T) {
	s := newSite(t)
	alice, bob := s.memberNamed("alice@acme.test"), s.memberNamed("bob@acme.test")
	s.alice.get(views.RemoveMemberPath(bob.ID)).want(200, "Remove <bdi>Bob Brown</bdi> from the team?", "data-modal")
	s.alice.post(views.RemoveMemberPath(alice.ID), nil).want(422, "You cannot remove yourself. Ask another admin.")
	s.alice.post(views.MemberRolePath(alice.ID), url.Values{"role": {"member"}}).want(422, "The account needs an admin.")
	s.alice.post(views.RemoveMemberPath(bob.ID), nil).want(303)
	s.alice.get(views.TeamPath).want(200, "Bob Brown is no longer in the team.")
	s.bob.get("/w/acme").want(303)
	s.alice.post(views.RemoveMemberPath(bob.ID), nil).want(404)
	s.alice.get("/account/team/x").want(404)
}

func TestAccountAdmins(t *testing.T) {
	s := newSite(t)
	alice, bob := s.memberNamed("alice@acme.test"), s.memberNamed("bob@acme.test")
	s.alice.post(views.MemberRolePath(bob.ID), url.Values{"role": {"admin"}}).want(303)
	s.bob.get("/w/other/settings").want(200)
	if to := s.alice.post(views.MemberRolePath(alice.ID), url.Values{"role": {"member"}}).want(303).location(); to != views.WorkspacesPath {
		t.Errorf("led to %s", to)
	}
	s.alice.get(views.TeamPath).want(403)
	s.bob.post(views.MemberRolePath(alice.ID), url.Values{"role": {"owner"}}).want(422, "Choose admin or member.")
	s.bob.post(views.MemberPasswordPath(bob.ID), url.Values{"password": {testPassword}}).want(403)
}

func TestProfile(t *testing.T) {
	s := newSite(t)
	s.bob.get("/profile").want(200, "bob@acme.test", "As the system", "This browser", "192.0.2.1")
	s.bob.post("/profile", url.Values{"theme": {"sepia"}}).want(422, "Choose system, light or dark.")
	s.bob.post("/profile", url.Values{"theme": {"dark"}}).want(303)
	s.bob.get("/profile").want(200, `data-theme="dark"`, `data-keys="off"`)
	s.bob.post("/profile", url.Values{"theme": {"system"}, "shortcuts": {"on"}}).want(303)
	if body := s.bob.get("/profile").Body.String(); strings.Contains(body, "data-keys") || strings.Contains(body, "data-theme") {
		t.Error("the theme or the keys stayed")
	}
}

func TestOwnPassword(t *testing.T) {
	s := newSite(t)
	elsewhere := s.signIn("bob@acme.test")
	change := func(old, password string) answer {
		return s.bob.post(views.PasswordPath, url.Values{"old_password": {old}, "password": {password}})
	}
	change("wrong", "another long sentence").want(422, "This is not your password.")
	change(testPassword, "short").want(422, "At least 12 characters")
	change(testPassword, "another long sentence").want(303)
	elsewhere.get("/profile").want(303)
	s.bob.get("/profile").want(200, "Your password is changed.")
	for range 5 {
		change("wrong", "another long sentence").want(422)
	}
	change("another long sentence", "yet another sentence").want(429, "Too many tries.")
}

func TestOwnSessions(t *testing.T) {
	s := newSite(t)
	phone, laptop := s.signIn("bob@acme.test"), s.signIn("bob@acme.test")
	s.bob.get("/profile").want(200, "Sign out everywhere else")
	sessions, err := s.store.Sessions(context.Background(), s.memberNamed("bob@acme.test").ID)
	s.must(err)
	s.alice.post(views.EndSessionPath(sessions[0].ID), nil).want(404)
	s.bob.post(views.EndOtherSessionsPath, nil).want(303)
	phone.get("/profile").want(303)
	laptop.get("/profile").want(303)
	phone = s.signIn("bob@acme.test")
	body := s.bob.get("/profile").Body.String()
	end := "/profile/sessions/" + between(body, `action="/profile/sessions/`+"", `"`)
	if strings.Contains(end, "end-others") {
		_, rest, _ := strings.Cut(body, "end-others")
		end = "/profile/sessions/" + between(rest, `action="/profile/sessions/`, `"`)
	}
	s.bob.post(end, nil).want(303)
	phone.get("/profile").want(303)
	s.bob.get("/profile").want(200, "That browser is signed out.")
}
