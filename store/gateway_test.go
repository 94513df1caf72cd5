package store

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// Secrets are kept when they are not typed again, and never follow to another
// host.
func TestGatewayKeepsSecrets(t *testing.T) {
	r := newCampaignRoom(t)
	set := func(address string, headers ...workflow.Header) error {
		return r.SetGateway(r.ctx, r.ws, Gateway{Channel: SMSChannel, Address: address, Headers: headers}, r.by)
	}
	header := func() string {
		all, err := r.Gateways(r.ctx, r.ws)
		r.must(err)
		if len(all) != 1 || len(all[0].Headers) == 0 {
			return ""
		}
		return all[0].Headers[0].Value
	}
	r.must(set("https://sms.test/a", workflow.Header{Name: "Authorization", Value: "s3cret"}, workflow.Header{}))
	r.must(set("https://sms.test/b", workflow.Header{Name: "authorization"}))
	if header() != "s3cret" {
		t.Errorf("kept %q", header())
	}
	for _, wrong := range []error{
		set("https://evil.test/b", workflow.Header{Name: "Authorization"}),
		set("http://sms.test/b", workflow.Header{Name: "Authorization"}),
		set("https://sms.test/b", workflow.Header{Name: "Other"}),
		set("https://sms.test/b", workflow.Header{Name: "A b", Value: "x"}),
		set("https://sms.test/b", workflow.Header{Name: "A", Value: "x\ny"}),
		set("ftp://sms.test/b"), set("sms.test"), set(""),
	} {
		if no := (Invalid)(nil); !errors.As(wrong, &no) {
			t.Errorf("accepted: %v", wrong)
		}
	}
	if header() != "s3cret" {
		t.Errorf("then %q", header())
	}
	r.must(set("https://other.test/b", workflow.Header{Name: "Authorization", Value: "new"}))
	if header() != "new" {
		t.Errorf("then %q", header())
	}
	if err := r.SetGateway(r.ctx, r.ws, Gateway{Channel: EmailChannel, Address: "https://x.test"}, r.by); !errors.Is(err, ErrNotFound) {
		t.Errorf("a gateway of email: %v", err)
	}
	r.must(r.RemoveGateway(r.ctx, r.ws, SMSChannel, r.by))
	if all, err := r.Gateways(r.ctx, r.ws); err != nil || len(all) != 0 {
		t.Errorf("removed: %v %v", all, err)
	}
	entries, err := r.WorkspaceAudit(r.ctx, r.ws, "", Page{Limit: 50})
	r.must(err)
	for _, e := range entries {
		if strings.Contains(e.Subject+e.Detail, "s3cret") {
			t.Errorf("the audit tells %+v", e)
		}
	}
}

// A journey about nobody: what is asked about a person is not so, and its
// message has a row of its own.
func TestJourneyAboutNobody(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.imported("Hook", signedUp, oneEmail)
	c, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	data := TriggerEvent{Data: []byte(`{"email":"ada@x.test","plan":"pro"}`)}
	r.must(r.update(r.ctx, func(tx *Tx) error {
		plan, err := tx.plan(r.ws, live{c.ID, c.Version})
		r.must(err)
		return second(tx.enter(r.ws, c.ID, plan, Person{}, data))
	}))
	due, err := r.allDue(10)
	r.must(err)
	if len(due) != 1 || due[0].PersonID != 0 || due[0].Person.ID != 0 {
		t.Fatalf("due %+v", due)
	}
	s := r.Subject(r.ctx, r.ws, due[0].Person, due[0].Event, nil).In(c.ID)
	for _, text := range []string{
		`{"attribute":{"field":"cio_id","operator":"exists"}}`,
		`{"attribute":{"field":"unsubscribed","operator":"exists"}}`,
		`{"segment":{"name":"VIP"}}`, `{"event":{"name":"signed_up"}}`, `{"message":{"metric":"sent"}}`,
	} {
		var c condition.Condition
		r.must(json.Unmarshal([]byte(text), &c))
		if c.Match(s, r.at) || s.Err != nil {
			t.Errorf("%s of nobody: %v", text, s.Err)
		}
	}
	action, _ := due[0].Plan.Action("hello")
	update := workflow.Action{Key: "up", Type: workflow.TypeUpdatePerson, UpdatePerson: &workflow.UpdatePerson{Set: map[string]any{"a": "b"}}}
	r.must(r.MoveJourneys(r.ctx, r.ws, []Move{{
		Journey: due[0].Journey, Ended: JourneyFinished,
		Effects: []Effect{{Action: *action}, {Action: update, Set: Attributes{"a": "b"}}},
		Trail:   Trail{{Action: "hello", At: r.at, What: StopDone}, {Action: "up", At: r.at, What: StopDone}},
	}}))
	if stop := r.journeys(c.ID)[0].Trail()[1]; stop.What != StopFailed || stop.Reason != "This journey is about nobody." {
		t.Errorf("trail %+v", stop)
	}
	ready, err := r.DueCandidates(r.ctx, r.ws, nil, 10)
	r.must(err)
	if len(ready) != 1 || !ready[0].Personless || ready[0].Person.ID != 0 {
		t.Fatalf("candidates %+v", ready)
	}
	r.must(r.Hold(r.ctx, r.ws, ready[0].Delivery, Failed, "broken"))
	r.must(r.SendAgain(r.ctx, r.ws, ready[0].ID, r.by))
}

func TestGatewaysUseIndexes(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.must(w.SetGateway(w.ctx, w.acme.ID, Gateway{Channel: PushChannel, Address: "https://x.test"}, w.me))
	w.noScan(w.spied(func() { w.must(second(w.Gateways(w.ctx, w.acme.ID))) }))
	w.noScan(w.statements())
}
