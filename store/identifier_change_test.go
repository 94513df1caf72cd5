package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/identity"
)

// turn lets the engine's turn of a change come to its end.
func (w *world) workOnIdentifiers() {
	w.Helper()
	for range 200 {
		due, _, err := w.Turns(w.ctx, IdentifierChanges, 5)
		w.must(err)
		if len(due) == 0 {
			return
		}
		for _, ws := range due {
			w.must(w.WorkOnIdentifiers(w.ctx, ws, 2))
		}
	}
	w.Error("the work does not end")
}

// conflicts is who stands in the way, as "duplicate_email ada@x.test 7 (2)".
func (w *world) conflicts() string {
	w.Helper()
	var parts []string
	var after IdentifierConflict
	for {
		page, err := w.IdentifierConflicts(w.ctx, w.acme.ID, after, 2)
		w.must(err)
		for _, c := range page {
			parts = append(parts, fmt.Sprintf("%s %s %s (%d)", c.Problem, c.Value, c.Person.ExternalID, c.Sharing))
			after = c
		}
		if len(page) < 2 {
			break
		}
	}
	n, err := w.ConflictCount(w.ctx, w.acme.ID)
	w.must(err)
	if n != len(parts) {
		w.Errorf("%d conflicts are counted, %d listed", n, len(parts))
	}
	return strings.Join(parts, ", ")
}

func TestEmailsAreSwitchedOnOnceNobodyStandsInTheWay(t *testing.T) {
	w := newWorld(t, identity.IDOnly)
	w.add(w.acme, "1", "Ada@x.test", `{}`)
	two := w.add(w.acme, "2", "ada@X.test", `{}`)
	three := w.add(w.acme, "3", "ada@x.test", `{}`)
	w.add(w.acme, "4", "bob@x.test", `{}`)
	w.call(w.acme, "5", `{"email": "no address"}`)
	w.add(w.acme, "6", "", `{}`)

	w.must(w.CheckIdentifiers(w.ctx, w.acme.ID, identity.EmailOrID, w.me))
	w.workOnIdentifiers()
	const three3 = "duplicate_email ada@x.test 1 (3), duplicate_email ada@x.test 2 (3), duplicate_email ada@x.test 3 (3), invalid_email no address 5 (1)"
	if got := w.conflicts(); got != three3 {
		t.Fatalf("conflicts: %s", got)
	}
	err := w.ApplyIdentifiers(w.ctx, w.acme.ID, w.me)
	if wrong, _ := err.(Invalid); wrong["identifiers"] == "" {
		t.Errorf("applied in spite of them: %v", err)
	}
	// Meanwhile people may still share an email, and it is seen.
	if out, err := w.call(w.acme, "7", `{"email": "bob@x.test"}`); err != nil || !out.Created {
		t.Errorf("%+v %v", out, err)
	}
	if got := w.conflicts(); !strings.Contains(got, "duplicate_email bob@x.test 4 (2), duplicate_email bob@x.test 7 (2)") {
		t.Errorf("a new one was not seen: %s", got)
	}
	// Merge, edit and delete solve them, without another check.
	w.must(w.Merge(w.ctx, w.acme.ID, byID("1"), byID("2"), w.me))
	w.must(w.DeletePerson(w.ctx, w.acme.ID, three.ID, w.me))
	w.call(w.acme, "7", `{"email": "new@x.test"}`)
	w.call(w.acme, "5", `{"email": ""}`)
	if got := w.conflicts(); got != "" {
		t.Fatalf("left: %s", got)
	}
	w.must(w.ApplyIdentifiers(w.ctx, w.acme.ID, w.me))
	w.workOnIdentifiers()
	w.acme, _ = w.Workspace(w.ctx, w.acme.ID)
	if w.acme.Identifiers != identity.EmailOrID || w.acme.Next != "" {
		t.Errorf("became %+v", w.acme)
	}
	for path, want := range map[string]string{"ada@x.test": "1 Ada@x.test {}", "bob@x.test": "4 bob@x.test {}", "new@x.test": "7 new@x.test {}"} {
		if got := w.who(w.acme, path); got != want {
			t.Errorf("%s is %s", path, got)
		}
	}
	if _, err := w.IdentifierChange(w.ctx, w.acme.ID); err != ErrNotFound || two.ID == 0 {
		t.Errorf("it is still under way: %v", err)
	}
	w.sound()
}

func TestEmailsAreSwitchedOffAndOn(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.add(w.acme, "1", "ada@x.test", `{}`)
	lone := w.add(w.acme, "", "bob@x.test", `{}`)
	change := func(to identity.Mode) {
		t.Helper()
		w.must(w.CheckIdentifiers(w.ctx, w.acme.ID, to, w.me))
		w.workOnIdentifiers()
	}
	change(identity.IDOnly)
	if got := w.conflicts(); got != "missing_id "+lone.ID.CioID()+"  (1)" {
		t.Fatalf("conflicts: %s", got)
	}
	w.call(w.acme, "cio_"+lone.ID.CioID(), `{"id": "2"}`)
	w.must(w.ApplyIdentifiers(w.ctx, w.acme.ID, w.me))
	w.acme, _ = w.Workspace(w.ctx, w.acme.ID)
	w.call(w.acme, "3", `{"email": "ada@x.test"}`) // before the keys are cleared
	w.workOnIdentifiers()
	if n := w.number(`select count(*) from people where email_key is not null`); n != 0 || w.people(w.acme) != 3 {
		t.Errorf("%d keys are left, %d people", n, w.people(w.acme))
	}
	change(identity.EmailOnly)
	if got := w.conflicts(); got != "duplicate_email ada@x.test 1 (2), duplicate_email ada@x.test 3 (2)" {
		t.Fatalf("conflicts: %s", got)
	}
	w.must(w.CancelIdentifiers(w.ctx, w.acme.ID))
	w.workOnIdentifiers()
	if n := w.number(`select (select count(*) from people where email_key is not null) + (select count(*) from identifier_conflicts) + (select count(*) from identifier_changes)`); n != 0 {
		t.Errorf("%d things are left of what was given up", n)
	}
	w.must(w.Merge(w.ctx, w.acme.ID, byID("1"), byID("3"), w.me))
	change(identity.EmailOnly)
	w.must(w.ApplyIdentifiers(w.ctx, w.acme.ID, w.me))
	w.acme, _ = w.Workspace(w.ctx, w.acme.ID)
	w.workOnIdentifiers()
	// Ids are kept, but name nobody; switched on again, they do.
	if got := w.who(w.acme, "bob@x.test"); got != "2 bob@x.test {}" {
		t.Errorf("bob is %s", got)
	}
	if _, err := w.call(w.acme, "bob@x.test", `{"id": "9"}`); err != nil {
		t.Error(err)
	}
	change(identity.EmailOrID)
	w.must(w.ApplyIdentifiers(w.ctx, w.acme.ID, w.me))
	w.acme, _ = w.Workspace(w.ctx, w.acme.ID)
	if got := w.who(w.acme, "1"); got != "1 ada@x.test {}" {
		t.Errorf("1 is %s", got)
	}
	w.sound()
}
