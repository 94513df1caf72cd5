package store

import (
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

func TestAnonymousEventsStartJourneysOnceTheirPersonIsKnown(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.imported("Welcome", signedUp, `[{"key":"pause","type":"delay","duration":"2d"}]`)
	_, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	anonymous := func(id string, ago time.Duration) {
		r.must(r.Track(r.ctx, r.ws, Event{Type: EventActivity, Name: "signed_up", Anonymous: id, At: r.at.Add(-ago)}))
	}
	anonymous("new", time.Hour)
	anonymous("old", 73*time.Hour)
	if n := len(r.journeys(c.ID)); n != 0 {
		t.Fatalf("%d journeys of nobody", n)
	}
	for _, id := range []string{"new", "old", "new", "unknown"} {
		_, err := r.Identify(r.ctx, r.ws, Identify{Ref: identity.Ref{Kind: identity.ID, Value: "ada " + id}, Attributes: Attributes{"anonymous_id": id}})
		r.must(err)
	}
	if all := r.journeys(c.ID); len(all) != 1 {
		t.Errorf("%d journeys, want one", len(all))
	}
}

func TestAnonymousEventsAreFoundByTheirIndex(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	plan := strings.Join(w.explain(`update activities set person_id = ? where workspace_id = ? and anonymous_id = ? and person_id is null and occurred_at > ? returning type`), "\n")
	if !strings.Contains(plan, "activities_anonymous") {
		t.Error(plan)
	}
}
