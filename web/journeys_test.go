package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/views"
)

// Who is in a campaign is listed, with where they stand and have been, and a
// teammate may move them or take them out.
func TestJourneysAreShownAndMoved(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Way", `[
		{"key":"first","type":"update_person","name":"Mark","set":{"x":"y"}},
		{"key":"pro","type":"email","name":"For pros","subject":"x","sending":"off","condition":{"attribute":{"field":"plan","operator":"eq","value":"pro"}}},
		{"key":"pause","type":"delay","name":"Pause","duration":"5d"},
		{"key":"rest","type":"delay","name":"Rest","duration":"7d"}]`)
	_, err := s.store.StartCampaign(t.Context(), s.acme.ID, c.ID, false, store.CommandLine)
	s.must(err)
	path := views.JourneysPath(s.acme, c.ID)
	s.alice.get(path).want(200, "Nobody has entered yet")
	event := s.now(c.ID).Draft.Trigger.Event
	for _, email := range []string{"eve@x.test", "finn@x.test"} {
		s.must(s.store.Track(t.Context(), s.acme.ID, store.Event{Ref: identity.Ref{Kind: identity.Email, Value: email}, Type: store.EventActivity, Name: event, Data: []byte(`{}`)}))
	}
	s.walk()
	s.alice.get(path).want(200, "eve@x.test", "finn@x.test", "Waits at Pause", "Before Pause", "· 2")
	s.alice.get(path+"?at=pause&person=eve@x.test").want(200, "eve@x.test")
	if a := s.alice.get(path+"?at=rest").want(200, "No such journey"); a.Code != 200 {
		t.Error("unreachable")
	}
	s.alice.get(path+"?state=finished").want(200, "No such journey")
	all, err := s.store.Journeys(t.Context(), s.acme.ID, store.JourneyFilter{Campaign: c.ID}, store.Page{Limit: 10})
	s.must(err)
	one := all[len(all)-1]
	journey := views.JourneyPath(s.acme, one.ID)
	s.alice.get(journey).want(200, "Waits at Pause", "Mark", "For pros", "Skipped: the condition was not met", "Began to wait", "Move them before")

	move := func(to string) answer { return s.alice.send(s.acme, journey+"/move", url.Values{"to": {to}}) }
	move("").want(422, "Choose an action.")
	move("gone").want(422, "not in the version that runs")
	move("rest").want(303)
	s.walk()
	s.alice.get(journey).want(200, "Waits at Rest", "Taken away from here", "By Alice")
	if n := s.countsOf(c.ID)["rest"]["waiting"]; n != 1 {
		t.Errorf("%d wait at Rest", n)
	}
	s.alice.send(s.acme, journey+"/exit", nil).want(303)
	s.alice.get(journey).want(200, "Left: Taken out by Alice")
	move("pause").want(422, "This journey is over.")
	if n := s.countsOf(c.ID)[""]; n["active"] != 1 || n["exited"] != 1 {
		t.Errorf("counts %v", n)
	}
	s.alice.get(path+"?state=exited").want(200, one.Person.Label())
	problems, err := s.store.CheckIntegrity(t.Context())
	s.must(err)
	for _, p := range problems {
		t.Error(p)
	}
	s.alice.get(views.JourneyPath(s.other, one.ID)).want(404)
}

// walk lets an engine work until nothing is due.
func (s *site) walk() {
	s.Helper()
	e := engine.New(engine.Config{Store: s.store, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), BaseURL: "https://post.test", Workers: 2, Poll: 20 * time.Millisecond, Exports: s.srv.exports})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		busy, err := s.store.Busy(ctx)
		s.must(err)
		if !busy || time.Now().After(deadline) {
			break
		}
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) { // it had nothing to do
		s.must(err)
	}
}

// countsOf is the counters that are kept for a campaign.
func (s *site) countsOf(id store.CampaignID) map[string]map[string]int {
	s.Helper()
	counts, err := s.store.CampaignCounts(context.Background(), s.acme.ID, id)
	s.must(err)
	return counts
}
