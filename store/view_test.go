package store

import (
	"errors"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/identity"
)

func TestViewsAreTheirOwnersUntilTheyAreShared(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	alice, err := w.MemberByEmail(w.ctx, "alice@acme.test")
	w.must(err)
	bob, err := w.CreateMember(w.ctx, NewMember{Name: "Bob", Email: "bob@acme.test", PasswordHash: "x", Role: AccountMember}, w.me)
	w.must(err)
	v := View{Name: " Paying  people ", Query: PeopleQuery{Q: "ann", Filter: w.filter(`{"attribute": {"field": "plan", "operator": "exists"}}`), Sort: ByEmail}, Columns: []string{"name"}}
	v.ID, err = w.SaveView(w.ctx, w.acme.ID, v, alice.ID)
	w.must(err)
	sees := func(m MemberID, want int) {
		t.Helper()
		all, err := w.Views(w.ctx, w.acme.ID, m, "pay")
		w.must(err)
		_, err = w.View(w.ctx, w.acme.ID, v.ID, m)
		if len(all) != want || (err == nil) != (want == 1) {
			t.Errorf("sees %d views, %v; want %d", len(all), err, want)
		}
	}
	sees(alice.ID, 1)
	sees(bob.ID, 0)
	if err := w.DeleteView(w.ctx, w.acme.ID, v.ID, bob.ID); err != ErrNotFound {
		t.Error("Bob deletes it:", err)
	}
	got, err := w.View(w.ctx, w.acme.ID, v.ID, alice.ID)
	if err != nil || got.Name != "Paying people" || got.Query.Q != "ann" || got.Query.Sort != ByEmail || got.Query.Filter.Words() != "plan exists" || len(got.Columns) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	got.Shared = true
	_, err = w.SaveView(w.ctx, w.acme.ID, got, alice.ID)
	w.must(err)
	sees(bob.ID, 1)
	got.Name = "Bob’s"
	_, err = w.SaveView(w.ctx, w.acme.ID, got, bob.ID)
	w.must(err)
	if got, err = w.View(w.ctx, w.acme.ID, v.ID, alice.ID); err != nil || got.Owner != alice.ID || got.Name != "Bob’s" {
		t.Errorf("%+v, %v", got, err)
	}
	var wrong Invalid
	for _, bad := range []View{{Name: " "}, {Name: "bob’s"}, {Name: strings.Repeat("x", 61)}} {
		if _, err := w.SaveView(w.ctx, w.acme.ID, bad, alice.ID); !errors.As(err, &wrong) || wrong["name"] == "" {
			t.Errorf("%q: %v", bad.Name, err)
		}
	}
	w.must(w.DeleteView(w.ctx, w.acme.ID, v.ID, bob.ID))
	sees(alice.ID, 0)
}

func TestPreferencesAreOfOneWorkspace(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	other := w.workspace("Other", identity.IDOnly)
	alice, err := w.MemberByEmail(w.ctx, "alice@acme.test")
	w.must(err)
	w.must(w.SetPeoplePreferences(w.ctx, w.acme.ID, alice.ID, PeoplePreferences{Columns: []string{"name", "attribute.plan"}, Compact: true}))
	for ws, want := range map[WorkspaceID]int{w.acme.ID: 2, other.ID: 0} {
		if p, err := w.PeoplePreferences(w.ctx, ws, alice.ID); err != nil || len(p.Columns) != want || p.Compact != (want > 0) {
			t.Errorf("%+v, %v", p, err)
		}
	}
	var wrong Invalid
	if err := w.SetPeoplePreferences(w.ctx, w.acme.ID, alice.ID, PeoplePreferences{Columns: make([]string, 31)}); !errors.As(err, &wrong) {
		t.Error(err)
	}
}
