package store

import (
	"strings"
	"testing"

	"github.com/postroom/postroom/store/identity"
)

// problems is the values that are to be solved, as "email ada@x.test 2".
func (w *world) problems(q string, dismissed bool) string {
	w.Helper()
	all, err := w.DataProblems(w.ctx, w.acme.ID, q, dismissed, Page{Limit: 9})
	w.must(err)
	var parts []string
	for _, p := range all {
		parts = append(parts, string(p.Kind)+" "+p.Value+strings.Repeat("!", p.Times))
	}
	return strings.Join(parts, ", ")
}

func TestDataProblemsAreGroupedAndSolved(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.must(w.SetIdentifierRules(w.ctx, w.acme.ID, IdentifierRules{}, w.me))
	a, b := w.add(w.acme, "7", "", `{}`), w.add(w.acme, "8", "ada@x.test", `{}`)
	lone := w.add(w.acme, "", "lone@x.test", `{}`)
	for range 3 {
		w.call(w.acme, "7", `{"email": "ada@x.test"}`)
	}
	w.call(w.acme, "7", `{"email": "lone@x.test"}`)
	w.call(w.acme, "8", `{"email": "new@x.test"}`)
	if got := w.problems("", false); got != "email new@x.test!, email lone@x.test!, email ada@x.test!!!" {
		t.Errorf("there are %s", got)
	}
	if got := w.problems("ADA", false); got != "email ada@x.test!!!" {
		t.Errorf("searched: %s", got)
	}
	all, err := w.DataProblems(w.ctx, w.acme.ID, "", false, Page{Limit: 9})
	w.must(err)
	taken := all[2]
	if taken.Person.ID != a.ID || taken.Owner.ID != b.ID || taken.Cause != identity.Taken || taken.Kept() != "" || taken.Source != "API" {
		t.Errorf("%+v", taken)
	}
	if all[0].Cause != identity.Set || all[0].Kept() != "ada@x.test" || all[0].Owner.ID != 0 {
		t.Errorf("%+v", all[0])
	}

	// Who would be left without an identifier keeps it.
	err = w.TakeIdentifier(w.ctx, w.acme.ID, all[1].ID, w.me)
	if wrong, _ := err.(Invalid); wrong["problem"] == "" || w.who(w.acme, "lone@x.test") == "nobody" {
		t.Errorf("taken from who has no other: %v", err)
	}
	w.must(w.DismissProblem(w.ctx, w.acme.ID, all[0].ID, false))
	w.call(w.acme, "8", `{"email": "new@x.test"}`)
	if got := w.problems("", true); got != "email new@x.test!!" {
		t.Errorf("dismissed: %s", got)
	}
	w.must(w.TakeIdentifier(w.ctx, w.acme.ID, taken.ID, w.me))
	if got := w.who(w.acme, "7") + w.who(w.acme, "8"); got != "7 ada@x.test {}8  {}" {
		t.Errorf("after it was taken: %s", got)
	}
	w.must(w.Merge(w.ctx, w.acme.ID, byID("7"), byCio(lone.ID), w.me))
	if n, _ := w.ProblemCount(w.ctx, w.acme.ID); n != 0 {
		t.Errorf("%d problems are left: %s", n, w.problems("", false))
	}
	other := w.workspace("Other", identity.EmailOrID).ID
	if err := w.TakeIdentifier(w.ctx, other, all[0].ID, w.me); err != ErrNotFound {
		t.Errorf("from another workspace: %v", err)
	}
	if err := w.DismissProblem(w.ctx, other, all[0].ID, false); err != ErrNotFound {
		t.Errorf("dismissed from another workspace: %v", err)
	}
	w.sound()
}
