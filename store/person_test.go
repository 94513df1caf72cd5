package store

import (
	"errors"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

func TestAddPersonObeysTheMode(t *testing.T) {
	const taken = "Another person in this workspace has the "
	tests := []struct {
		mode        identity.Mode
		id, email   string
		field, want string // what is wrong, if anything
	}{
		{identity.EmailOrID, "", "new@x.test", "", ""},
		{identity.EmailOrID, "8", "", "", ""},
		{identity.EmailOrID, "8", "ADA@x.test", "email", taken + "email “ADA@x.test”. Enter another one, or edit that person."},
		{identity.EmailOrID, "7", "new@x.test", "id", taken + "id “7”. Enter another one, or edit that person."},
		{identity.EmailOrID, "", "", "id", "Enter an id or an email."},
		{identity.EmailOrID, "", "ada", "email", "“ada” is not a full email address."},
		{identity.EmailOrID, "cio_1", "", "id", "An id cannot begin with “cio_”: that names a person by cio_id."},
		{identity.EmailOnly, "", "new@x.test", "", ""},
		{identity.EmailOnly, "", "ada@X.TEST", "email", taken + "email “ada@X.TEST”. Enter another one, or edit that person."},
		{identity.EmailOnly, "8", "new@x.test", "id", "People in this workspace are identified by email only. Leave the id empty."},
		{identity.EmailOnly, "8", "", "email", "People in this workspace are identified by email, so an id alone is not enough. Enter an email."},
		{identity.EmailOnly, "", "", "email", "Enter an email."},
		{identity.IDOnly, "8", "ada@x.test", "", ""}, // two people may share an address
		{identity.IDOnly, "8", "", "", ""},
		{identity.IDOnly, "7", "", "id", taken + "id “7”. Enter another one, or edit that person."},
		{identity.IDOnly, "", "new@x.test", "id", "People in this workspace are identified by id, so an email alone is not enough. Enter an id."},
		{identity.IDOnly, "", "", "id", "Enter an id."},
	}
	worlds := map[identity.Mode]*world{}
	for _, mode := range identity.Modes {
		w := newWorld(t, mode)
		id := "7"
		if !mode.ID() {
			id = ""
		}
		w.add(w.acme, id, "ada@x.test", `{}`)
		worlds[mode] = w
	}
	for _, test := range tests {
		t.Run(string(test.mode)+" "+test.id+" "+test.email, func(t *testing.T) {
			w := worlds[test.mode]
			w.T = t
			p, err := w.AddPerson(w.ctx, w.acme.ID, PersonForm{ID: test.id, Email: test.email}, w.me)
			if test.want != "" {
				wrong, _ := err.(Invalid)
				if wrong[test.field] != test.want {
					t.Errorf("got %v, want %s: %s", err, test.field, test.want)
				}
				if w.people(w.acme) != 1 {
					t.Error("somebody was added")
				}
				return
			}
			w.must(err)
			if p.ID.CioID() == "" || w.people(w.acme) != 2 {
				t.Errorf("%d people", w.people(w.acme))
			}
			w.must(w.DeletePerson(w.ctx, w.acme.ID, p.ID, w.me))
		})
	}
}

func TestEditPersonMayChangeEveryIdentifier(t *testing.T) {
	for _, mode := range identity.Modes {
		t.Run(string(mode), func(t *testing.T) {
			w := newWorld(t, mode)
			id := func(s string) string {
				if mode.ID() {
					return s
				}
				return ""
			}
			ada := w.add(w.acme, id("7"), "ada@x.test", `{"plan": "pro"}`)
			w.add(w.acme, id("8"), "bob@x.test", `{}`)

			edit := func(id, email string) error {
				return w.EditPerson(w.ctx, w.acme.ID, ada.ID, PersonForm{ID: id, Email: email, Attributes: ada.Attributes}, w.me)
			}
			w.must(edit(id("9"), "ada@y.test"))
			if got, _ := w.Person(w.ctx, w.acme.ID, ada.ID); got.ExternalID != id("9") || got.Email != "ada@y.test" || got.ID != ada.ID {
				t.Errorf("got %+v", got)
			}
			w.must(edit(id("9"), "ADA@y.test")) // the same address in another spelling
			err := edit(id("8"), "bob@x.test")
			wrong, _ := err.(Invalid)
			if (wrong["id"] != "") != mode.ID() || (wrong["email"] != "") != mode.Email() {
				t.Errorf("taken identifiers: %v", err)
			}
			if err := edit("", ""); err == nil {
				t.Error("a person can be left without any identifier")
			}
			if err := w.EditPerson(w.ctx, w.workspace("Other", mode).ID, ada.ID, PersonForm{ID: id("1"), Email: "a@b.test"}, w.me); err != ErrNotFound {
				t.Errorf("from another workspace: %v", err)
			}
		})
	}
}

// A form that was open for an hour must not undo what happened meanwhile.
func TestEditPersonChangesOnlyWhatWasEdited(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	p := w.add(w.acme, "7", "", `{"plan": "free", "city": "Lund", "seats": 3}`)
	w.call(w.acme, "7", `{"plan": "pro", "last_seen": 1}`)

	form := PersonForm{ID: "7", Was: p.Attributes, Attributes: Attributes{"plan": "free", "seats": p.Attributes["seats"], "team": "Blue"}}
	w.must(w.EditPerson(w.ctx, w.acme.ID, p.ID, form, w.me))
	if got := w.who(w.acme, "7"); got != `7  {"last_seen":1,"plan":"pro","seats":3,"team":"Blue"}` {
		t.Errorf("got %s", got)
	}
	if got := w.data(w.acme, p.ID, AttributeChange); got != `{"city":{"from":"Lund","to":null},"team":{"from":null,"to":"Blue"}}` {
		t.Errorf("told as %s", got)
	}
	form.Was = nil
	form.Attributes = Attributes{"plan": "pro"}
	w.must(w.EditPerson(w.ctx, w.acme.ID, p.ID, form, w.me))
	if got := w.who(w.acme, "7"); got != `7  {"plan":"pro"}` {
		t.Errorf("without what it was: %s", got)
	}
}

func TestPersonFormHoldsToTheLimits(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	many := Attributes{}
	for i := range MaxAttributes + 1 {
		many["a"+strings.Repeat("x", i%100)+string(rune('a'+i%26))+strings.Repeat("y", i/100)] = true
	}
	for name, attributes := range map[string]Attributes{
		"reserved": {"unsubscribed": true}, "long value": {"a": strings.Repeat("x", MaxValueBytes+1)},
		"long name": {strings.Repeat("x", MaxNameBytes+1): 1}, "no name": {" ": 1}, "many": many,
	} {
		_, err := w.AddPerson(w.ctx, w.acme.ID, PersonForm{ID: "7", Attributes: attributes}, w.me)
		if wrong, _ := err.(Invalid); !strings.HasSuffix(wrong["attributes"], ".") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := w.people(w.acme); n != 0 {
		t.Errorf("%d people were added", n)
	}
}

func TestDeletePersonKeepsLedgerAndCounters(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	ada := w.add(w.acme, "7", "ada@x.test", `{"first_name": "Ada"}`)
	w.add(w.acme, "8", "bob@x.test", `{}`)
	w.journeyWithDelivery(ada, "ada@x.test")

	if err := w.DeletePerson(w.ctx, w.workspace("Other", identity.EmailOrID).ID, ada.ID, w.me); err != ErrNotFound {
		t.Errorf("from another workspace: %v", err)
	}
	w.must(w.DeletePerson(w.ctx, w.acme.ID, ada.ID, w.me))

	if w.who(w.acme, "7") != "nobody" || w.people(w.acme) != 1 {
		t.Error("still there")
	}
	if found, _ := w.People(w.ctx, w.acme.ID, "ada", Page{Limit: 9}); len(found) != 0 {
		t.Errorf("still found: %v", found)
	}
	if n := w.number(`select count(*) from deliveries where state = 'undeliverable' and person_id is null and reason = 'The person was deleted.'`); n != 1 {
		t.Error("the ledger lost the row, or it would still be sent")
	}
	for metric, want := range map[string]int{"candidates": 1, "queued": 0, "undeliverable": 1, "entered": 1, "active": 0, "exited": 1} {
		n := w.number(`select coalesce(max(n), 0) from campaign_counts where action_key = '' and metric = ?`, metric)
		if n != want {
			t.Errorf("%s is %d, want %d", metric, n, want)
		}
	}
	if n := w.number(`select n from campaign_counts where action_key = 'hello' and metric = 'waiting'`); n != 0 {
		t.Errorf("%d wait for ever", n)
	}
	if n := w.number(`select count(*) from activities where person_id = ?`, ada.ID); n != 0 {
		t.Errorf("%d activities are left", n)
	}
	// The identifiers are free again, and the new person is a new one.
	again := w.add(w.acme, "7", "ada@x.test", `{}`)
	if again.ID == ada.ID {
		t.Error("a cio_id was handed out twice")
	}
	w.must(w.DeletePersonBy(w.ctx, w.acme.ID, identity.Ref{Kind: identity.ID, Value: "unknown"}))
	w.must(w.DeletePersonBy(w.ctx, w.acme.ID, identity.Ref{Kind: identity.Email, Value: "BOB@x.test"}))
	if n := w.people(w.acme); n != 1 {
		t.Errorf("%d people, want 1", n)
	}
}

// journeyWithDelivery is a person on their way, with a message that waits.
func (w *world) journeyWithDelivery(p Person, to string) {
	w.Helper()
	w.must(w.update(w.ctx, func(tx *Tx) error {
		var j Journey
		err := tx.row(`
			insert into campaigns (workspace_id, name, name_key, state, draft, created_at, updated_at)
			values (?, 'Welcome', 'welcome', 'running', '{}', 1, 1) returning campaign_id`, w.acme.ID).Scan(&j.Campaign)
		if err != nil {
			return err
		}
		err = tx.row(`
			insert into journeys (workspace_id, campaign_id, person_id, state, position, arrived_at, due_at, entered_at)
			values (?, ?, ?, 'active', 'hello', 1, 1, 1) returning journey_id`, w.acme.ID, j.Campaign, p.ID).Scan(&j.ID)
		if err != nil {
			return err
		}
		j.PersonID = p.ID
		tx.count(w.acme.ID, j.Campaign, "", "entered", 1)
		tx.count(w.acme.ID, j.Campaign, "", "active", 1)
		tx.count(w.acme.ID, j.Campaign, "hello", "waiting", 1)
		return tx.queue(w.acme.ID, j, workflow.Action{Key: "hello", Type: workflow.TypeEmail, Email: &workflow.Email{Sending: workflow.Automatic}})
	}))
}

func TestConsentIsTurnedOnByAnOptInOnly(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	p := w.add(w.acme, "7", "ada@x.test", `{}`)
	other := w.workspace("Other", identity.EmailOrID).ID

	w.must(w.Unsubscribe(w.ctx, w.acme.ID, p.ID, w.me))
	w.must(w.Unsubscribe(w.ctx, w.acme.ID, p.ID, w.me)) // again: nothing more to tell
	if got := w.happened(w.acme, p.ID); got != "unsubscribed" {
		t.Errorf("told as %q", got)
	}
	var wrong Invalid
	if err := w.Subscribe(w.ctx, w.acme.ID, p.ID, "  ", w.me); !errors.As(err, &wrong) || wrong["why"] == "" {
		t.Errorf("without a reason: %v", err)
	}
	if err := w.Subscribe(w.ctx, other, p.ID, "asked", w.me); err != ErrNotFound {
		t.Errorf("from another workspace: %v", err)
	}
	if got, _ := w.Person(w.ctx, w.acme.ID, p.ID); !got.Unsubscribed {
		t.Fatal("subscribed without an opt-in")
	}
	w.must(w.Subscribe(w.ctx, w.acme.ID, p.ID, "asked by phone", w.me))
	if got, _ := w.Person(w.ctx, w.acme.ID, p.ID); got.Unsubscribed {
		t.Error("still unsubscribed")
	}
	if got := w.data(w.acme, p.ID, SubscribedActivity); got != `{"by":"Alice","why":"asked by phone"}` {
		t.Errorf("told as %s", got)
	}
}
