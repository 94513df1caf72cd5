package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

func (w *world) member(name string, role AccountRole) Member {
	w.Helper()
	m, err := w.CreateMember(w.ctx, NewMember{Name: name, Email: strings.ToLower(name) + "@acme.test", PasswordHash: "x", Role: role}, w.me)
	w.must(err)
	return m
}

func (w *world) alice() Member {
	w.Helper()
	m, err := w.MemberByEmail(w.ctx, " ALICE@acme.test ")
	w.must(err)
	return m
}

func TestMemberFormIsChecked(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	for field, in := range map[string]NewMember{
		"name":  {Email: "b@x.test", Role: AccountMember},
		"role":  {Name: "B", Email: "b@x.test", Role: "owner"},
		"email": {Name: "B", Email: "Alice@Acme.Test", Role: AccountMember},
	} {
		if _, err := w.CreateMember(w.ctx, in, w.me); wrongWith(err, field) == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestTheAccountKeepsAnAdmin(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	alice, bob := w.alice(), w.member("Bob", AccountMember)
	if got := wrongWith(w.SetAccountRole(w.ctx, alice.ID, AccountMember, By(bob)), "role"); !strings.Contains(got, "needs an admin") {
		t.Errorf("the last admin stepped down: %q", got)
	}
	if got := wrongWith(w.RemoveMember(w.ctx, alice.ID, By(bob)), "member"); !strings.Contains(got, "needs an admin") {
		t.Errorf("the last admin was removed: %q", got)
	}
	if got := wrongWith(w.RemoveMember(w.ctx, alice.ID, By(alice)), "member"); !strings.Contains(got, "yourself") {
		t.Errorf("removed herself: %q", got)
	}
	if got := wrongWith(w.SetAccountRole(w.ctx, bob.ID, "owner", w.me), "role"); got == "" {
		t.Error("there is no owner")
	}
	w.must(w.SetAccountRole(w.ctx, bob.ID, AccountAdmin, By(alice)))
	w.must(w.SetAccountRole(w.ctx, alice.ID, AccountMember, By(bob)))
	w.must(w.RemoveMember(w.ctx, alice.ID, By(bob)))
	if err := w.RemoveMember(w.ctx, alice.ID, By(bob)); err != ErrNotFound {
		t.Errorf("removed twice: %v", err)
	}
}

func TestRemovedMembersAreOut(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	bob := w.member("Bob", AccountMember)
	w.must(w.SetRole(w.ctx, w.acme.ID, bob.ID, RoleAuthor, w.me))
	token, err := w.SignIn(w.ctx, bob.ID, "Firefox", "192.0.2.1")
	w.must(err)
	session, err := w.Session(w.ctx, token)
	w.must(err)
	w.must(w.Switch(w.ctx, w.acme.ID, session))
	w.must(w.RemoveMember(w.ctx, bob.ID, w.me))
	if _, err := w.Session(w.ctx, token); err != ErrNotFound {
		t.Errorf("still signed in: %v", err)
	}
	if role, err := w.RoleIn(w.ctx, w.acme.ID, bob); err != nil || role != RoleNone {
		t.Errorf("still %q %v", role, err)
	}
	entries, err := w.Audit(w.ctx, "", Page{Limit: 1})
	w.must(err)
	if e := entries[0]; e.Action != "Removed a member" || e.Subject != "Bob" || e.Actor != "Alice" {
		t.Errorf("%+v", e)
	}
}

func TestRoles(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	shop, bob := w.workspace("Shop", "id"), w.member("Bob", AccountMember)
	for _, role := range []WorkspaceRole{RoleViewer, RoleAuthor, RoleAdmin, RoleNone, RoleAuthor} {
		w.must(w.SetRole(w.ctx, shop.ID, bob.ID, role, w.me))
		if got, err := w.RoleIn(w.ctx, shop.ID, bob); err != nil || got != role {
			t.Errorf("%q became %q %v", role, got, err)
		}
		if got, err := w.RoleIn(w.ctx, w.acme.ID, bob); err != nil || got != RoleNone {
			t.Errorf("%q in Shop gave %q in Acme %v", role, got, err)
		}
	}
	if got := wrongWith(w.SetRole(w.ctx, shop.ID, bob.ID, "owner", w.me), "role"); got == "" {
		t.Error("there is no owner of a workspace")
	}
	if err := w.SetRole(w.ctx, shop.ID, 99, RoleViewer, w.me); known(err) != ErrNotFound {
		t.Errorf("nobody got a role: %v", err)
	}
	access, err := w.AccessOf(w.ctx, bob.ID, "", "", 10)
	w.must(err)
	if len(access) != 2 || access[0].Workspace.ID != w.acme.ID || access[0].Role != RoleNone || access[1].Role != RoleAuthor {
		t.Errorf("%+v", access)
	}
	team, err := w.Team(w.ctx, "", 0, 10)
	w.must(err)
	if len(team) != 2 || team[1].Name != "Bob" || team[1].Workspaces != 1 || !team[1].SeenAt.IsZero() {
		t.Errorf("%+v", team)
	}
	if role, err := w.RoleIn(w.ctx, shop.ID, w.alice()); err != nil || role != RoleAdmin {
		t.Errorf("an account admin is %q %v", role, err)
	}
}

func TestSessions(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	alice, bob := w.alice(), w.member("Bob", AccountMember)
	in := func(m Member) (string, Session) {
		t.Helper()
		token, err := w.SignIn(w.ctx, m.ID, "Firefox", "192.0.2.1")
		w.must(err)
		session, err := w.Session(w.ctx, token)
		w.must(err)
		return token, session
	}
	signedIn := func(token string) bool {
		_, err := w.Session(w.ctx, token)
		return err == nil
	}
	here, session := in(alice)
	there, other := in(alice)
	bobs, ofBob := in(bob)
	if err := w.EndSession(w.ctx, bob.ID, other.ID); err != ErrNotFound || !signedIn(there) {
		t.Errorf("Bob ended a session of Alice: %v", err)
	}
	w.must(w.EndSession(w.ctx, alice.ID, other.ID))
	if signedIn(there) || !signedIn(here) {
		t.Error("the wrong session ended")
	}
	there, _ = in(alice)
	w.must(w.EndOtherSessions(w.ctx, session))
	if signedIn(there) || !signedIn(here) || !signedIn(bobs) {
		t.Error("all but this one of Alice's must end")
	}
	there, _ = in(alice)
	w.must(w.SetPassword(w.ctx, alice.ID, "y", session.ID, w.me))
	if signedIn(there) || !signedIn(here) {
		t.Error("a new password ends the others")
	}
	shop := w.workspace("Shop", "id")
	w.must(w.Switch(w.ctx, shop.ID, session))
	if s, _ := w.Session(w.ctx, here); s.Workspace != shop.ID {
		t.Errorf("active is %d", s.Workspace)
	}
	if s, _ := w.Session(w.ctx, bobs); s.Workspace != ofBob.Workspace {
		t.Error("a switch moved somebody else")
	}
	if _, s := in(alice); s.Workspace != shop.ID {
		t.Error("a new session begins where one was last")
	}
	w.must(w.DeleteWorkspace(w.ctx, shop.ID, "Shop", w.me))
	if s, _ := w.Session(w.ctx, here); s.Workspace != 0 {
		t.Errorf("active is a deleted workspace")
	}
	w.time = w.time.Add(29 * 24 * time.Hour)
	session, _ = w.Session(w.ctx, here)
	w.must(w.Seen(w.ctx, session))
	w.time = w.time.Add(29 * 24 * time.Hour)
	if !signedIn(here) || signedIn(bobs) {
		t.Error("a session lasts 30 days since it was seen")
	}
}

// A member's lists hold their workspaces and no others, page by page.
func TestWorkspacesOf(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	bob := w.member("Bob", AccountMember)
	var mine []string
	for i := range 40 {
		ws := w.workspace(fmt.Sprintf("Client %02d", i), "id")
		if i%3 == 0 {
			w.must(w.SetRole(w.ctx, ws.ID, bob.ID, RoleViewer, w.me))
			mine = append(mine, ws.Name)
		}
		if i == 6 {
			w.must(w.DeleteWorkspace(w.ctx, ws.ID, ws.Name, w.me))
			mine = mine[:len(mine)-1]
		}
	}
	var got []string
	for after := ""; ; {
		page, err := w.WorkspacesOf(w.ctx, bob, "", after, 5)
		w.must(err)
		for _, ws := range page {
			got = append(got, ws.Name)
		}
		if len(page) < 5 {
			break
		}
		after = page[4].NameKey()
	}
	if strings.Join(got, ",") != strings.Join(mine, ",") {
		t.Errorf("%v\nwant %v", got, mine)
	}
	if n, err := w.WorkspaceCount(w.ctx, bob); err != nil || n != len(mine) {
		t.Errorf("%d of %d %v", n, len(mine), err)
	}
	for q, want := range map[string]int{"CLIENT 0": 3, " 09 ": 1, "acme": 0, "%": 0, "client 06": 0} {
		if found, err := w.WorkspacesOf(w.ctx, bob, q, "", 50); err != nil || len(found) != want {
			t.Errorf("%q finds %d, want %d %v", q, len(found), want, err)
		}
	}
	if all, err := w.WorkspacesOf(w.ctx, w.alice(), "", "", 100); err != nil || len(all) != 40 {
		t.Errorf("an admin sees %d %v", len(all), err)
	}
}

// The frame of every page asks these; with thousands of workspaces each must
// still go straight to what it shows.
func TestTheFrameAsksLittle(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.SetClock(time.Now)
	bob := w.member("Bob", AccountMember)
	queries := w.spied(func() {
		for _, m := range []Member{w.alice(), bob} {
			for _, ask := range []func() error{
				func() error { _, err := w.WorkspacesOf(w.ctx, m, "", "", SwitcherLimit+1); return err },
				func() error { _, err := w.WorkspacesOf(w.ctx, m, "shop", "", 50); return err },
				func() error { _, err := w.RecentWorkspaces(w.ctx, m, 4); return err },
				func() error { _, err := w.RoleIn(w.ctx, w.acme.ID, m); return err },
			} {
				w.must(ask())
			}
		}
	})
	w.noScan(queries)
	for _, text := range queries {
		for _, step := range w.explain(text) {
			if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "CONSTANT ROW") {
				t.Errorf("%s in %s", step, text)
			}
		}
	}
	w.noScan(w.spied(func() {
		_, err := w.Overview(w.ctx, w.acme.ID)
		w.must(err)
		_, err = w.Activities(w.ctx, w.acme.ID, Page{Limit: 8})
		w.must(err)
	}))
}
