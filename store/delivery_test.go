package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

const oneEmail = `[{"key":"hello","type":"email","sending":"draft","from":"a@acme.test","to":"{{customer.email}}","subject":"Hi","body":"Hi"}]`

// delivered is a running campaign and one delivery to each person, queued.
func (r *campaignRoom) delivered(people ...string) (Campaign, []Delivery) {
	r.Helper()
	c := r.imported("Welcome", signedUp, oneEmail)
	c, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	for _, id := range people {
		r.signUp(id)
	}
	due, err := r.allDue(100)
	r.must(err)
	var moves []Move
	for _, j := range due {
		action, _ := j.Plan.Action("hello")
		moves = append(moves, Move{Journey: j.Journey, Effects: []Effect{{Action: *action}}, Ended: JourneyFinished})
	}
	r.must(r.MoveJourneys(r.ctx, r.ws, moves))
	listed, err := r.Deliveries(r.ctx, r.ws, DeliveryFilter{}, Page{Limit: 100})
	r.must(err)
	all := make([]Delivery, len(listed))
	for i, l := range listed {
		all[len(listed)-1-i] = l.Delivery
	}
	if len(all) != len(people) {
		r.Fatalf("%d deliveries for %d people", len(all), len(people))
	}
	return c, all
}

func (r *campaignRoom) state(id DeliveryID) Delivery {
	r.Helper()
	d, err := r.Delivery(r.ctx, r.ws, id)
	r.must(err)
	return d.Delivery
}

func (r *campaignRoom) person(id string) Person {
	r.Helper()
	p, err := r.PersonBy(r.ctx, r.ws, identity.Ref{Kind: identity.ID, Value: id})
	r.must(err)
	return p
}

// sumOfStates fails when the kept counters are not those of the ledger.
func (r *campaignRoom) sumOfStates(c Campaign) {
	r.Helper()
	counts, err := r.DeliveryCounts(r.ctx, r.ws, c.ID)
	r.must(err)
	counted, err := r.DeliveryCounts(r.ctx, r.ws, 0)
	r.must(err)
	sum := 0
	for _, state := range DeliveryStates {
		if counts[state] != counted[state] {
			r.Errorf("%d %s are kept, %d are there", counts[state], state, counted[state])
		}
		sum += counts[state]
	}
	if candidates := r.count(c.ID, "", "candidates"); sum != candidates {
		r.Errorf("the states sum up to %d, there are %d candidates", sum, candidates)
	}
}

func TestDraftIsSentOrDiscarded(t *testing.T) {
	r := newCampaignRoom(t)
	c, all := r.delivered("1", "2", "3", "4")
	for _, d := range all {
		r.must(r.KeepDraft(r.ctx, r.ws, d, Content{Recipient: "x@x.test", Subject: "Hi"}))
	}
	last, err := r.LastDraft(r.ctx, r.ws, c.ID)
	if r.must(err); last != all[3].ID {
		t.Errorf("the last draft is %d, want %d", last, all[3].ID)
	}
	r.must(r.Discard(r.ctx, r.ws, all[0].ID, r.by))
	if d := r.state(all[0].ID); d.State != Undeliverable || d.Reason != "Alice discarded this draft." {
		t.Errorf("discarded, it is %s: %s", d.State, d.Reason)
	}
	r.must(r.ApproveDraft(r.ctx, r.ws, all[1].ID, r.by))
	if d := r.state(all[1].ID); d.State != Queued || d.DueAt != r.at {
		t.Errorf("approved, it is %s, due %s", d.State, d.DueAt)
	}
	due, err := r.DueCandidates(r.ctx, r.ws, nil, 10)
	if r.must(err); len(due) != 1 || !due[0].Approved {
		t.Errorf("the engine is given %+v, want the one that was approved", due)
	}
	for _, act := range []error{r.ApproveDraft(r.ctx, r.ws, all[1].ID, r.by), r.Discard(r.ctx, r.ws, all[0].ID, r.by)} {
		if !errors.Is(act, ErrChanged) {
			t.Errorf("what is no draft any more: %v", act)
		}
	}
	n, err := r.ApproveDrafts(r.ctx, r.ws, c.ID, all[2].ID, 500, r.by)
	if r.must(err); n != 1 || r.state(all[3].ID).State != Drafted {
		t.Errorf("%d drafts up to the third were sent, and the fourth is %s", n, r.state(all[3].ID).State)
	}
	r.sumOfStates(c)
}

func TestSendAgain(t *testing.T) {
	r := newCampaignRoom(t)
	c, all := r.delivered("1", "2", "3", "4")
	claimed, err := r.HandOver(r.ctx, r.ws, all[0], Content{})
	if r.must(err); !claimed {
		t.Fatal("not claimed")
	}
	r.must(r.Delivered(r.ctx, r.ws, all[0], Result{State: Uncertain}))
	r.must(r.Hold(r.ctx, r.ws, all[1], Failed, "broken"))
	r.must(r.Hold(r.ctx, r.ws, all[2], Undeliverable, "unsubscribed"))
	r.must(r.Unsubscribe(r.ctx, r.ws, r.person("3").ID, r.by))

	for _, d := range all[:2] {
		r.must(r.SendAgain(r.ctx, r.ws, d.ID, r.by))
		if now := r.state(d.ID); now.State != Queued || now.Attempts != 0 {
			t.Errorf("sent again, it is %s after %d tries", now.State, now.Attempts)
		}
	}
	var wrong Invalid
	if err := r.SendAgain(r.ctx, r.ws, all[2].ID, r.by); !errors.As(err, &wrong) || !strings.Contains(wrong["state"], "unsubscribed") {
		t.Errorf("to somebody unsubscribed: %v", err)
	}
	if err := r.SendAgain(r.ctx, r.ws, all[3].ID, r.by); !errors.Is(err, ErrChanged) {
		t.Errorf("what still waits: %v", err)
	}
	r.must(r.DeletePerson(r.ctx, r.ws, r.person("4").ID, r.by))
	if err := r.SendAgain(r.ctx, r.ws, all[3].ID, r.by); !errors.As(err, &wrong) || !strings.Contains(wrong["state"], "deleted") {
		t.Errorf("to somebody deleted: %v", err)
	}
	if err := r.SendAgain(r.ctx, r.ws+1, all[0].ID, r.by); !errors.Is(err, ErrNotFound) {
		t.Errorf("another workspace's: %v", err)
	}
	r.sumOfStates(c)
}

func TestRecipientsActs(t *testing.T) {
	r := newCampaignRoom(t)
	c, all := r.delivered("1")
	d := all[0]
	for range 2 {
		r.must(r.Opened(r.ctx, r.ws, d, Engagement{Prefetched: true}))
	}
	if n := r.count(c.ID, "hello", "opened"); n != 0 {
		t.Errorf("a machine's open counts: %d", n)
	}
	r.must(r.Clicked(r.ctx, r.ws, d, Engagement{Href: "https://x.test/", Machine: true}))
	for range 3 {
		for range 2 {
			r.must(r.Clicked(r.ctx, r.ws, d, Engagement{Href: "https://x.test/"}))
		}
		r.at = r.at.Add(2 * time.Minute)
	}
	r.must(r.Opened(r.ctx, r.ws, d, Engagement{}))
	if opened, clicked := r.count(c.ID, "hello", "opened"), r.count(c.ID, "", "clicked"); opened != 1 || clicked != 1 {
		t.Errorf("%d opened and %d clicked, want 1 of each", opened, clicked)
	}
	for range 2 {
		r.must(r.UnsubscribeByDelivery(r.ctx, r.ws, d, "a test"))
	}
	if n := r.count(c.ID, "", "unsubscribed"); n != 1 || !r.person("1").Unsubscribed {
		t.Errorf("unsubscribed %d times, and it says %v", n, r.person("1").Unsubscribed)
	}
	r.must(r.SubscribeByDelivery(r.ctx, r.ws, d, "a test"))
	if r.person("1").Unsubscribed {
		t.Error("an opt-in of their own did not count")
	}
	steps, err := r.DeliveryActivities(r.ctx, r.ws, d.ID)
	r.must(err)
	var said []string
	for _, a := range steps {
		said = append(said, string(a.Type)+string(a.Data))
	}
	want := `opened_email{"prefetched":true} clicked_email{"href":"https://x.test/","machine":true} clicked_email{"href":"https://x.test/"} ` +
		`opened_email{"synthetic":true} clicked_email{"href":"https://x.test/"} clicked_email{"href":"https://x.test/"} unsubscribed_email{"by":"the person","how":"a test"} subscribed{"by":"the person","why":"a test"}`
	if got := strings.Join(said, " "); got != want {
		t.Errorf("the time line is\n%s, want\n%s", got, want)
	}
}

func TestLedgerUsesIndexes(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.noScan(w.spied(func() {
		for _, f := range []DeliveryFilter{{}, {State: Sent}, {Campaign: 1}, {State: Failed, Campaign: 1}, {People: []PersonID{1, 2}}} {
			for _, page := range []Page{{Limit: 51}, {Limit: 51, Before: 9}, {Limit: 51, After: 9}} {
				_, err := w.Deliveries(w.ctx, w.acme.ID, f, page)
				w.must(err)
			}
		}
		for _, campaign := range []CampaignID{0, 1} {
			_, err := w.DeliveryCounts(w.ctx, w.acme.ID, campaign)
			w.must(err)
			_, err = w.LastDraft(w.ctx, w.acme.ID, campaign)
			w.must(err)
		}
		w.Delivery(w.ctx, w.acme.ID, 1)
		w.Content(w.ctx, w.acme.ID, 1)
		w.CampaignNames(w.ctx, w.acme.ID, 10)
		signer, err := w.Signer(w.ctx)
		w.must(err)
		_, err = w.Addressee(w.ctx, signer.Token(1))
		w.must(err)
	}))
}
