package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// waiter is a campaign in which people wait for one thing, and get a mail
// when it happens; without it they leave after a week.
func waiter(when string) string {
	return `[{"key":"ask","type":"email","name":"Ask","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Ask","body":"<p>x <a href=\"https://acme.test\">y</a></p>"},
		{"key":"hold","type":"wait_until","paths":[
			{"name":"Happened","when":` + when + `,"actions":[{"key":"done","type":"update_person","set":{"happened":"yes"}}]},
			{"name":"Too late","after":"1w","actions":[{"key":"late","type":"update_person","set":{"happened":"no"}}]}]}]`
}

func (h *house) attribute(ws store.Workspace, email, name string) string {
	h.Helper()
	p, err := h.store.PersonBy(context.Background(), ws.ID, identity.Ref{Kind: identity.Email, Value: email})
	h.must(err)
	return store.AttributeWords(p.Attributes[name])
}

func (h *house) waiting(ws store.Workspace, c store.Campaign, key string, n int) {
	h.Helper()
	h.until("waits at "+key, func() bool {
		counts, err := h.store.CampaignCounts(context.Background(), ws.ID, c.ID)
		h.must(err)
		return counts[key]["waiting"] == n
	})
}

// Whatever kind of condition somebody waits for: it opens the path when it
// comes true, to the one to whom it happens alone, and a week ends the wait.
func TestWaitUntilOfEachKind(t *testing.T) {
	ctx := context.Background()
	for name, kind := range map[string]struct {
		when  string
		happy func(h *house, ada store.PersonID, c store.Campaign)
	}{
		"attribute": {`{"attribute":{"field":"plan","operator":"eq","value":"pro"}}`, func(h *house, _ store.PersonID, _ store.Campaign) {
			h.person(h.ws, "ada@x.test", store.Attributes{"plan": "pro"})
		}},
		"event": {`{"event":{"name":"paid","where":{"attribute":{"field":"sum","operator":"gt","value":5}}}}`, func(h *house, _ store.PersonID, _ store.Campaign) {
			h.event(h.ws, "ada@x.test", "paid", `{"sum":7}`)
		}},
		"page": {`{"event":{"type":"page","name":"/prices*"}}`, func(h *house, _ store.PersonID, _ store.Campaign) {
			h.must(h.store.Track(ctx, h.ws.ID, store.Event{Ref: identity.Ref{Kind: identity.Email, Value: "ada@x.test"}, Type: store.PageActivity, Name: "/prices/all"}))
		}},
		"segment": {`{"segment":{"name":"Friends"}}`, func(h *house, ada store.PersonID, _ store.Campaign) {
			g, err := h.store.SegmentByName(ctx, h.ws.ID, "Friends")
			h.must(err)
			_, err = h.store.AddToSegment(ctx, h.ws.ID, g.ID, []store.PersonID{ada}, store.CommandLine)
			h.must(err)
		}},
		"message": {`{"message":{"metric":"clicked","action":"ask"}}`, func(h *house, ada store.PersonID, c store.Campaign) {
			all, err := h.store.DeliveriesOf(ctx, h.ws.ID, ada, 10)
			h.must(err)
			h.must(h.store.Clicked(ctx, h.ws.ID, all[0], store.Engagement{Href: "https://acme.test"}))
		}},
		"unsubscribed": {`{"attribute":{"field":"unsubscribed","operator":"is_true"}}`, func(h *house, ada store.PersonID, _ store.Campaign) {
			h.must(h.store.Unsubscribe(ctx, h.ws.ID, ada, store.CommandLine))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, smtptest.Options{})
			_, err := h.store.CreateSegment(ctx, h.ws.ID, store.NewSegment{Name: "Friends", Manual: true}, store.CommandLine)
			h.must(err)
			h.run(h.mailer)
			c := h.campaign(h.ws, "joined", waiter(kind.when))
			ada := h.person(h.ws, "ada@x.test", nil)
			h.person(h.ws, "bob@x.test", nil)
			h.event(h.ws, "ada@x.test", "joined", `{}`)
			h.event(h.ws, "bob@x.test", "joined", `{}`)
			h.waiting(h.ws, c, "hold", 2)
			h.until("asked", func() bool { return h.smtp.Count() == 2 && h.states(h.ws, c)["sent"] == 2 })
			kind.happy(h, ada, c)
			h.until("went on", func() bool { return h.states(h.ws, c)["finished"] == 1 })
			if a, b := h.attribute(h.ws, "ada@x.test", "happened"), h.attribute(h.ws, "bob@x.test", "happened"); a != "yes" || b != "" {
				t.Fatalf("ada %q, bob %q", a, b)
			}
			h.clock.advance(8 * 24 * time.Hour)
			h.until("both are through", func() bool { return h.states(h.ws, c)["finished"] == 2 })
			if b := h.attribute(h.ws, "bob@x.test", "happened"); b != "no" {
				t.Errorf("bob %q", b)
			}
			h.whole()
		})
	}
}

// The moment that an event names ends the wait, also when it has passed.
func TestWaitUntilEventTime(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.campaign(h.ws, "booked", `[{"key":"hold","type":"wait_until","paths":[
		{"name":"Starts","at":"event.starts_at","actions":[{"key":"done","type":"update_person","set":{"happened":"yes"}}]}]}]`)
	soon := h.clock.now().Add(3 * time.Hour).UTC().Format(time.RFC3339)
	h.event(h.ws, "ada@x.test", "booked", `{"starts_at":"`+soon+`"}`)
	h.event(h.ws, "bob@x.test", "booked", `{"starts_at":1500000000}`)
	h.event(h.ws, "eve@x.test", "booked", `{}`)
	h.until("the past is over", func() bool { return h.states(h.ws, c)["finished"] == 1 })
	h.waiting(h.ws, c, "hold", 2)
	h.clock.advance(4 * time.Hour)
	h.until("the moment came", func() bool { return h.states(h.ws, c)["finished"] == 2 })
	if a, e := h.attribute(h.ws, "ada@x.test", "happened"), h.attribute(h.ws, "eve@x.test", "happened"); a != "yes" || e != "" {
		t.Errorf("ada %q, eve %q", a, e)
	}
}

// An event that arrives between the engine's look and its move must not be
// lost: not on the way to the wait, and not while waiting.
func TestNothingIsLostBetweenLookAndMove(t *testing.T) {
	for _, again := range []bool{false, true} {
		h := newHouse(t, smtptest.Options{})
		ctx := context.Background()
		c := h.campaign(h.ws, "joined", strings.Replace(`[{"key":"hold","type":"wait_until","paths":[
			{"name":"Paid","when":{"event":{"name":"paid"}},"actions":[{"key":"done","type":"exit"}]},
			{"name":"Late","after":"1h","actions":[]}]}]`, "\n", "", -1))
		h.person(h.ws, "ada@x.test", nil)
		h.event(h.ws, "ada@x.test", "joined", `{}`)
		e := h.engine(nil)
		if again { // they wait already, and are looked at once more
			h.must(e.moveJourneys(ctx, h.ws.ID))
			h.must(e.moveJourneys(ctx, h.ws.ID))
			h.clock.advance(2 * time.Hour)
		}
		ids, err := h.store.DueKeys(ctx, h.ws.ID, 10)
		h.must(err)
		due, err := h.store.DueJourneys(ctx, h.ws.ID, ids)
		h.must(err)
		if len(due) != 1 {
			t.Fatalf("%d due", len(due))
		}
		move, err := e.decide(ctx, h.ws.ID, due[0], h.store.Now())
		h.must(err)
		h.event(h.ws, "ada@x.test", "paid", `{}`)
		h.must(h.store.MoveJourneys(ctx, h.ws.ID, []store.Move{move}))
		for range 3 {
			h.must(e.moveJourneys(ctx, h.ws.ID))
		}
		counts, err := h.store.CampaignCounts(ctx, h.ws.ID, c.ID)
		h.must(err)
		if counts["done"]["reached"] != 1 {
			t.Errorf("again %v: the event was passed over: %v", again, counts)
		}
	}
}
