package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
)

func attribute(field string, op condition.Operator, value string) condition.Condition {
	a := &condition.Attribute{Field: field, Operator: op}
	if value != "" {
		a.Value = json.RawMessage(value)
	}
	return condition.Condition{Attribute: a}
}

func (w *world) segment(name string, c condition.Condition) Segment {
	w.Helper()
	g, err := w.CreateSegment(w.ctx, w.acme.ID, NewSegment{Name: name, Condition: c}, w.me)
	w.must(err)
	return g
}

// members is the ids of a segment's people, whose number must be what is kept.
func (w *world) members(id SegmentID) string {
	w.Helper()
	people, err := w.SegmentPeople(w.ctx, w.acme.ID, id, Page{Limit: 100})
	w.must(err)
	g, err := w.Segment(w.ctx, w.acme.ID, id)
	w.must(err)
	if g.People != len(people) {
		w.Errorf("%d are counted, there are %d", g.People, len(people))
	}
	var ids []string
	for _, p := range people {
		ids = append(ids, p.ExternalID)
	}
	return strings.Join(ids, " ")
}

// build goes on until every segment is built, limit people at a time.
func (w *world) build(limit int) (turns int) {
	w.Helper()
	for turns = 1; ; turns++ {
		w.must(w.BuildSegments(w.ctx, w.acme.ID, limit))
		due, _, err := w.Turns(w.ctx, Segments, 10)
		w.must(err)
		if len(due) == 0 || turns > 100 {
			return turns
		}
	}
}

func TestSegmentIsBuiltAndKept(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	for i := range 10 {
		w.add(w.acme, fmt.Sprint(i), "", fmt.Sprintf(`{"plan": "%s"}`, []string{"pro", "free"}[i%2]))
	}
	other := w.workspace("Other", identity.EmailOrID)
	w.add(other, "foreign", "", `{"plan": "pro"}`)
	pro := w.segment("Pro", attribute("plan", condition.Eq, `"PRO"`))
	if due, _, _ := w.Turns(w.ctx, Segments, 10); len(due) != 1 || due[0] != w.acme.ID {
		t.Errorf("nobody builds it: %v", due)
	}
	if !pro.Building() || w.members(pro.ID) != "" {
		t.Error("built without a build")
	}
	w.must(w.BuildSegments(w.ctx, w.acme.ID, 4))
	if got := w.members(pro.ID); got != "2 0" {
		t.Errorf("after 4 people: %s", got)
	}
	// Changes before and behind the place where the build stands.
	w.call(w.acme, "1", `{"plan": "pro"}`)
	w.call(w.acme, "0", `{"plan": "free"}`)
	w.call(w.acme, "8", `{"plan": "free"}`)
	w.call(w.acme, "new", `{"plan": "pro"}`)
	w.build(4)
	if got := w.members(pro.ID); got != "new 6 4 2 1" {
		t.Errorf("after the build: %s", got)
	}
	if g, _ := w.Segment(w.ctx, w.acme.ID, pro.ID); g.Building() {
		t.Error("still building")
	}
	// People enter and leave as they change, by calls, forms and consent.
	w.call(w.acme, "9", `{"plan": "Pro"}`)
	w.call(w.acme, "new", `{"plan": null}`)
	w.call(w.acme, "2", `{"city": "Lund"}`)
	two, err := w.PersonBy(w.ctx, w.acme.ID, identity.Ref{Kind: identity.ID, Value: "4"})
	w.must(err)
	w.must(w.EditPerson(w.ctx, w.acme.ID, two.ID, PersonForm{ID: "4", Attributes: Attributes{"plan": "team"}}, w.me))
	if got := w.members(pro.ID); got != "9 6 2 1" {
		t.Errorf("after changes: %s", got)
	}
	w.must(w.DeletePersonBy(w.ctx, w.acme.ID, identity.Ref{Kind: identity.ID, Value: "6"}))
	if got := w.members(pro.ID); got != "9 2 1" {
		t.Errorf("after a deletion: %s", got)
	}
	p, err := w.PersonBy(w.ctx, w.acme.ID, identity.Ref{Kind: identity.ID, Value: "9"})
	w.must(err)
	of, err := w.SegmentsOf(w.ctx, w.acme.ID, p.ID)
	w.must(err)
	if len(of) != 1 || of[0].Name != "Pro" {
		t.Errorf("9 is in %v", of)
	}
	if people, _ := w.SegmentPeople(w.ctx, other.ID, pro.ID, Page{Limit: 9}); len(people) != 0 {
		t.Error("another workspace sees the members")
	}
}

func TestEditSegmentBuildsAgain(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.add(w.acme, "a", "", `{"plan": "pro"}`)
	w.add(w.acme, "b", "", `{"plan": "free"}`)
	g := w.segment("Pro", attribute("plan", condition.Eq, `"pro"`))
	w.build(100)
	edit := func(name string, c condition.Condition) {
		t.Helper()
		w.must(w.EditSegment(w.ctx, w.acme.ID, g.ID, NewSegment{Name: name, Condition: c}, w.me))
	}
	edit("Paying", attribute("plan", condition.Eq, `"pro"`))
	if g, _ := w.Segment(w.ctx, w.acme.ID, g.ID); g.Building() || g.Name != "Paying" {
		t.Errorf("a new name builds it again: %+v", g)
	}
	edit("Free", attribute("plan", condition.Eq, `"free"`))
	if g, _ := w.Segment(w.ctx, w.acme.ID, g.ID); !g.Building() {
		t.Error("a new condition does not build it again")
	}
	w.build(1)
	if got := w.members(g.ID); got != "b" {
		t.Errorf("got %s", got)
	}

	var wrong Invalid
	for _, in := range []NewSegment{{Name: " ", Condition: attribute("a", condition.Exists, "")}, {Name: "x", Condition: condition.Condition{Segment: &condition.Segment{ID: 99}}}, {Name: "x", Condition: attribute("", condition.Eq, "")}} {
		if _, err := w.CreateSegment(w.ctx, w.acme.ID, in, w.me); err == nil {
			t.Errorf("%+v was created", in)
		}
	}
	_, err := w.CreateSegment(w.ctx, w.acme.ID, NewSegment{Name: "FREE", Condition: attribute("a", condition.Exists, "")}, w.me)
	if wrong, _ = err.(Invalid); wrong["name"] == "" {
		t.Errorf("two of one name: %v", err)
	}
	other := w.workspace("Other", identity.EmailOrID)
	if err := w.EditSegment(w.ctx, other.ID, g.ID, NewSegment{Name: "x", Condition: attribute("a", condition.Exists, "")}, w.me); err != ErrNotFound {
		t.Errorf("from another workspace: %v", err)
	}
	if err := w.DeleteSegment(w.ctx, other.ID, g.ID, w.me); err != ErrNotFound {
		t.Errorf("from another workspace: %v", err)
	}
	w.must(w.DeleteSegment(w.ctx, w.acme.ID, g.ID, w.me))
	w.segment("Free", attribute("plan", condition.Eq, `"free"`)) // the name is free at once
	if _, err := w.Segment(w.ctx, w.acme.ID, g.ID); err != ErrNotFound {
		t.Errorf("a deleted segment is there: %v", err)
	}
	w.build(1)
	if n := w.number(`select count(*) from segments`); n != 1 {
		t.Errorf("%d segments are left", n)
	}
	if n := w.number(`select count(*) from segment_members where segment_id = ` + fmt.Sprint(g.ID)); n != 0 {
		t.Errorf("%d memberships are left", n)
	}
}

func TestSegmentInUseIsNotDeleted(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	g := w.segment("Pro", attribute("plan", condition.Eq, `"pro"`))
	w.must(w.update(w.ctx, func(tx *Tx) error {
		_, err := tx.exec(`
			insert into campaigns (workspace_id, name, name_key, state, draft, created_at, updated_at)
			values (?, 'Welcome', 'welcome', 'draft', ?, 1, 1)`, w.acme.ID,
			fmt.Sprintf(`{"name": "Welcome", "trigger": {"type": "segment", "segment": {"id": %d}}, "actions": []}`, g.ID))
		return err
	}))
	users, err := w.SegmentUsers(w.ctx, w.acme.ID, g)
	w.must(err)
	if users.Count() != 1 || users.Campaigns[0].Name != "Welcome" {
		t.Errorf("used by %v", users)
	}
	wrong, _ := w.DeleteSegment(w.ctx, w.acme.ID, g.ID, w.me).(Invalid)
	if wrong["segment"] != "“Pro” is used by “Welcome”. Change that first." {
		t.Errorf("got %v", wrong)
	}
}
