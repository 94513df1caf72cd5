package store

import (
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// watcher is a person's journey that watches until a far day, and when it is
// due.
func (r *campaignRoom) watcher(id string) func() time.Time {
	r.Helper()
	c := r.imported("For "+id, signedUp, `[{"key":"hold","type":"wait_until","paths":[{"name":"Paid","when":{"event":{"name":"paid"}},"actions":[]}]}]`)
	_, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	r.signUp(id)
	j := r.journeys(c.ID)[0]
	far := r.at.Add(time.Hour)
	r.must(r.MoveJourneys(r.ctx, r.ws, []Move{{Journey: j, Position: "hold", Waits: 1, Watch: true, DueAt: far}}))
	return func() time.Time { return r.journeys(c.ID)[0].DueAt }
}

// Whatever happens to somebody makes what waits for it due, at another time
// than before; and what happens to others does not.
func TestWhatHappensStirs(t *testing.T) {
	r := newCampaignRoom(t)
	friends, err := r.CreateSegment(r.ctx, r.ws, NewSegment{Name: "Friends", Manual: true}, r.by)
	r.must(err)
	r.signUp("bob")
	ada := r.watcher("ada")
	for name, happens := range map[string]func(id string, n int) error{
		"attribute": func(id string, n int) error {
			return second(r.Identify(r.ctx, r.ws, Identify{Ref: identity.Ref{Kind: identity.ID, Value: id}, Attributes: Attributes{"n": strings.Repeat("x", n+1)}}))
		},
		"quiet attribute": func(id string, n int) error {
			return second(r.Identify(r.ctx, r.ws, Identify{Ref: identity.Ref{Kind: identity.ID, Value: id}, Attributes: Attributes{"q": strings.Repeat("x", n+1)}, Quiet: true}))
		},
		"event": func(id string, _ int) error {
			return r.Track(r.ctx, r.ws, Event{Ref: identity.Ref{Kind: identity.ID, Value: id}, Type: EventActivity, Name: "x"})
		},
		"screen": func(id string, _ int) error {
			return r.Track(r.ctx, r.ws, Event{Ref: identity.Ref{Kind: identity.ID, Value: id}, Type: ScreenActivity, Name: "x"})
		},
		"segment": func(id string, n int) error {
			change := r.AddToSegment
			if n%2 == 1 {
				change = r.RemoveFromSegment
			}
			return second(change(r.ctx, r.ws, friends.ID, []PersonID{r.person(id).ID}, r.by))
		},
		"consent": func(id string, n int) error {
			if n%2 == 0 {
				return r.Unsubscribe(r.ctx, r.ws, r.person(id).ID, r.by)
			}
			return r.Subscribe(r.ctx, r.ws, r.person(id).ID, "They wrote.", r.by)
		},
	} {
		for n := range 4 { // in the same instant, too
			r.at = r.at.Add(time.Duration(n/2) * time.Second)
			was := ada()
			r.must(happens("bob", n))
			if now := ada(); !now.Equal(was) {
				t.Errorf("%s of another: due %s, was %s", name, now, was)
			}
			r.must(happens("ada", n))
			if now := ada(); now.Equal(was) || now.After(r.at) {
				t.Errorf("%s: due %s, was %s, now %s", name, now, was, r.at)
			}
		}
	}
}

// Who is stirred is found by an index that holds only who watches.
func TestStirUsesIndex(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	ada := w.add(w.acme, "1", "", `{}`)
	w.must(w.Track(w.ctx, w.acme.ID, Event{Ref: byID("1"), Type: EventActivity, Name: "x"}))
	w.must(w.update(w.ctx, func(tx *Tx) error { return tx.stirAll(w.acme.ID, []PersonID{ada.ID}) }))
	w.must(w.update(w.ctx, func(tx *Tx) error { return tx.stirBy(w.acme.ID, Activity{DeliveryID: 1}) }))
	n := 0
	for _, text := range w.statements() {
		if !strings.Contains(text, "watching = 1") || !strings.Contains(text, "due_at - 1") {
			continue
		}
		n++
		if steps := strings.Join(w.explain(text), "\n"); !strings.Contains(steps, "INDEX journeys_watching (workspace_id=? AND person_id=?)") {
			t.Errorf("%s\n%s", text, steps)
		}
	}
	if n != 3 {
		t.Errorf("%d statements stir, want 3", n)
	}
}
