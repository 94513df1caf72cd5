package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
)

func (w *world) condition(text string) condition.Condition {
	w.Helper()
	c, err := condition.Parse([]byte(text))
	w.must(err)
	return *c
}

func (w *world) track(path, name string, ago time.Duration) {
	w.Helper()
	ref, err := identity.FromPath(w.acme.Identifiers, path)
	w.must(err)
	w.must(w.Track(w.ctx, w.acme.ID, Event{Ref: ref, Type: EventActivity, Name: name, At: w.Now().Add(-ago)}))
}

// clock lets time pass, and what is due then be done.
func (w *world) clock(at *time.Time, by time.Duration) {
	w.Helper()
	*at = at.Add(by)
	for range 100 {
		due, _, err := w.Turns(w.ctx, SegmentClock, 10)
		w.must(err)
		if len(due) == 0 {
			return
		}
		w.must(w.FollowClock(w.ctx, w.acme.ID, 2))
	}
	w.Fatal("the clock never rests")
}

func TestSegmentFollowsEventsAndTheClock(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	at := noon
	w.SetClock(func() time.Time { return at })
	for _, id := range []string{"a", "b", "c"} {
		w.add(w.acme, id, "", `{"plan": "pro"}`)
	}
	w.track("a", "purchased", 20*24*time.Hour)
	w.track("a", "purchased", 10*24*time.Hour)
	w.track("b", "purchased", 0)
	buyers := w.segment("Buyers", w.condition(`{"and":[{"attribute":{"field":"plan","operator":"eq","value":"pro"}},{"event":{"name":"purchased","at_least":2,"within":"30d"}}]}`))
	away := w.segment("Away", w.condition(`{"not":{"event":{"name":"purchased","within":"7d"}}}`))
	calm := w.segment("Calm", w.condition(`{"and":[{"segment":{"name":"Away"}},{"not":{"segment":{"name":"Buyers"}}}]}`))
	w.build(2)
	check := func(when, wantBuyers, wantAway, wantCalm string) {
		t.Helper()
		if b, a, c := w.members(buyers.ID), w.members(away.ID), w.members(calm.ID); b != wantBuyers || a != wantAway || c != wantCalm {
			t.Errorf("%s: buyers %q, away %q, calm %q; want %q, %q, %q", when, b, a, c, wantBuyers, wantAway, wantCalm)
		}
	}
	check("built", "a", "a", "") // b and c are not known for 7 days; a is, by what they did
	w.track("b", "purchased", 0)
	check("after an event", "b a", "a", "")
	w.clock(&at, 8*24*time.Hour)
	check("8 days on", "b a", "c b a", "c")
	w.track("c", "purchased", 0)
	check("c came back", "b a", "b a", "")
	w.clock(&at, 3*24*time.Hour)
	check("a's first purchase is too old", "b", "b a", "a")
	w.call(w.acme, "b", `{"plan": "free"}`)
	check("b changed", "", "b a", "b a")
	w.clock(&at, 365*24*time.Hour)
	check("a year on", "", "c b a", "c b a")
	if n := w.number(`select count(*) from segment_clock`); n != 0 {
		t.Errorf("%d people are still waited for", n)
	}
	if got := w.happened(w.acme, w.who1("a")); !strings.HasSuffix(got, "left_segment entered_segment") {
		t.Errorf("the time line tells %s", got)
	}
}

func (w *world) who1(id string) PersonID {
	w.Helper()
	p, err := w.PersonBy(w.ctx, w.acme.ID, identity.Ref{Kind: identity.ID, Value: id})
	w.must(err)
	return p.ID
}

func TestSegmentsThatDependOnEachOther(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.add(w.acme, "a", "", `{"plan": "pro"}`)
	w.add(w.acme, "b", "", `{"plan": "free"}`)
	pro := w.segment("Pro", attribute("plan", condition.Eq, `"pro"`))
	not := w.segment("Not pro", w.condition(`{"not":{"segment":{"name":"pro"}}}`))
	w.build(1)
	if got := w.members(not.ID); got != "b" {
		t.Errorf("not pro: %s", got)
	}
	// What one asks for is found under its new name, and a circle is refused.
	w.must(w.EditSegment(w.ctx, w.acme.ID, pro.ID, NewSegment{Name: "Payers", Condition: attribute("plan", condition.Eq, `"free"`)}, w.me))
	g, err := w.Segment(w.ctx, w.acme.ID, not.ID)
	w.must(err)
	if g.Words() != `not in segment "Payers"` || !g.Building() {
		t.Errorf("reads %s, building %v", g.Words(), g.Building())
	}
	w.build(1)
	if got := w.members(not.ID); got != "a" {
		t.Errorf("after the edit: %s", got)
	}
	err = w.EditSegment(w.ctx, w.acme.ID, pro.ID, NewSegment{Name: "Payers", Condition: w.condition(`{"segment":{"name":"Not pro"}}`)}, w.me)
	if wrong, _ := err.(Invalid); wrong["condition"] != "“Not pro” depends on this segment, so this one cannot ask for it. Choose another." {
		t.Errorf("a circle: %v", err)
	}
	err = w.DeleteSegment(w.ctx, w.acme.ID, pro.ID, w.me)
	if wrong, _ := err.(Invalid); wrong["segment"] != "“Payers” is used by the segment “Not pro”. Change that first." {
		t.Errorf("deleted although used: %v", err)
	}
}

func TestManualSegment(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	other := w.workspace("Other", identity.EmailOrID)
	a, b := w.add(w.acme, "a", "", `{}`), w.add(w.acme, "b", "", `{}`)
	foreign := w.add(other, "x", "", `{}`)
	g, err := w.CreateSegment(w.ctx, w.acme.ID, NewSegment{Name: "VIP", Manual: true}, w.me)
	w.must(err)
	rest := w.segment("Rest", w.condition(`{"not":{"segment":{"name":"VIP"}}}`))
	w.build(10)
	n, err := w.AddToSegment(w.ctx, w.acme.ID, g.ID, []PersonID{a.ID, b.ID, a.ID, foreign.ID, 999}, w.me)
	w.must(err)
	if n != 2 || w.members(g.ID) != "b a" || w.members(rest.ID) != "" {
		t.Errorf("%d were added: %s; the rest: %s", n, w.members(g.ID), w.members(rest.ID))
	}
	n, err = w.RemoveFromSegment(w.ctx, w.acme.ID, g.ID, []PersonID{a.ID}, w.me)
	w.must(err)
	if n != 1 || w.members(g.ID) != "b" || w.members(rest.ID) != "a" {
		t.Errorf("%d were removed: %s; the rest: %s", n, w.members(g.ID), w.members(rest.ID))
	}
	if got := w.happened(w.acme, a.ID); got != "entered_segment entered_segment left_segment left_segment entered_segment" && got != "entered_segment left_segment left_segment entered_segment" {
		t.Errorf("the time line tells %s", got)
	}
	if _, err := w.AddToSegment(w.ctx, w.acme.ID, rest.ID, []PersonID{a.ID}, w.me); err == nil {
		t.Error("somebody was put into a segment with a condition")
	}
	if _, err := w.AddToSegment(w.ctx, other.ID, g.ID, []PersonID{foreign.ID}, w.me); err != ErrNotFound {
		t.Errorf("from another workspace: %v", err)
	}
	w.sound()
}

// Messages, pages and what anonymous visitors did move people, too.
func TestSegmentsFollowMessagesPagesAndVisitors(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	p := w.add(w.acme, "a", "a@x.test", `{}`)
	w.journeyWithDelivery(p, "sent")
	opened := w.segment("Opened", w.condition(`{"message":{"metric":"opened"}}`))
	prices := w.segment("Prices", w.condition(`{"event":{"type":"page","name":"*/prices*"}}`))
	seen := w.segment("Seen", w.condition(`{"event":{"name":"seen"}}`))
	w.build(10)
	d := Delivery{ID: DeliveryID(w.number(`select max(delivery_id) from deliveries`)), PersonID: p.ID}
	w.must(w.Opened(w.ctx, w.acme.ID, d, Engagement{Prefetched: true}))
	if got := w.members(opened.ID); got != "" {
		t.Errorf("a machine opened: %q", got)
	}
	w.must(w.Opened(w.ctx, w.acme.ID, d, Engagement{}))
	w.must(w.Track(w.ctx, w.acme.ID, Event{Ref: byID("a"), Type: PageActivity, Name: "Home", Data: json.RawMessage(`{"url":"https://x.test/prices?a"}`)}))
	w.must(w.Track(w.ctx, w.acme.ID, Event{Type: EventActivity, Name: "seen", Anonymous: "v1"}))
	w.call(w.acme, "a", `{"anonymous_id": "v1"}`)
	for _, g := range []Segment{opened, prices, seen} {
		if got := w.members(g.ID); got != "a" {
			t.Errorf("%s: %q", g.Name, got)
		}
	}
}

// TestNoChangeIsLostDuringABuild makes people come, change and go between the
// steps of a build, and compares the outcome with the condition.
func TestNoChangeIsLostDuringABuild(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	serial := 0
	rapid.Check(t, func(t *rapid.T) {
		serial++
		at := noon.Add(time.Duration(serial) * 10000 * time.Hour)
		w.SetClock(func() time.Time { return at })
		c := w.condition(anyOne(t, "condition",
			`{"attribute":{"field":"n","operator":"gt","value":1}}`,
			`{"and":[{"event":{"name":"e","at_least":2,"within":"1d"}},{"attribute":{"field":"n","operator":"ne","value":2}}]}`,
			`{"not":{"event":{"name":"e","within":"1d"}}}`))
		var ids []string
		change := func() {
			id := fmt.Sprintf("%d-%d", serial, rapid.IntRange(0, 12).Draw(t, "who"))
			ids = append(ids, id)
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0:
				w.must(w.DeletePersonBy(w.ctx, w.acme.ID, byID(id)))
			case 1, 2:
				w.track(id, "e", time.Duration(rapid.IntRange(0, 30).Draw(t, "hours"))*time.Hour)
			case 3:
				w.clock(&at, time.Duration(rapid.IntRange(0, 10).Draw(t, "pass"))*time.Hour)
			default:
				w.call(w.acme, id, fmt.Sprintf(`{"n": %d}`, rapid.IntRange(0, 3).Draw(t, "n")))
			}
		}
		for range 12 {
			change()
		}
		g := w.segment(fmt.Sprint("S", serial), c)
		for range 60 {
			now, err := w.Segment(w.ctx, w.acme.ID, g.ID)
			w.must(err)
			if !now.Building() {
				break
			}
			r, err := w.beginRange(w.ctx, w.acme.ID, now, 4)
			w.must(err)
			if r.to == 0 {
				continue
			}
			change()
			all, err := w.inRange(w.ctx, w.acme.ID, &c, r)
			w.must(err)
			change()
			members, err := w.membersIn(w.ctx, w.acme.ID, g.ID, r)
			w.must(err)
			change()
			w.must(w.writeRange(w.ctx, w.acme.ID, now, r, differences(all, members)))
			change()
		}
		w.clock(&at, 0)
		w.agrees(t, g.ID, c)
		w.clock(&at, time.Duration(rapid.IntRange(0, 40).Draw(t, "later"))*time.Hour)
		w.agrees(t, g.ID, c)
		w.must(w.DeleteSegment(w.ctx, w.acme.ID, g.ID, w.me))
		for _, id := range ids {
			w.must(w.DeletePersonBy(w.ctx, w.acme.ID, byID(id)))
		}
	})
}

// agrees compares a segment's members with who matches.
func (w *world) agrees(t *rapid.T, id SegmentID, c condition.Condition) {
	people, err := w.People(w.ctx, w.acme.ID, "", Page{Limit: 100})
	w.must(err)
	for _, p := range people {
		in := w.Subject(w.ctx, w.acme.ID, p, TriggerEvent{}, nil).InSegment(condition.Segment{ID: int64(id)})
		if is := c.Match(w.Subject(w.ctx, w.acme.ID, p, TriggerEvent{}, nil), w.Now()); is != in {
			t.Fatalf("%s %v: member %v, matches %v", p.ExternalID, p.Attributes, in, is)
		}
	}
	g, err := w.Segment(w.ctx, w.acme.ID, id)
	w.must(err)
	if n := w.number(`select count(*) from segment_members where segment_id = ?`, id); n != g.People || g.Building() {
		t.Fatalf("%d are counted, there are %d; building: %v", g.People, n, g.Building())
	}
}
