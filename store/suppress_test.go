package store

import (
	"testing"

	"github.com/postroom/postroom/store/identity"
)

func TestSuppressedIdentifiersStayAway(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	other := w.workspace("Other", identity.EmailOrID)
	p := w.add(w.acme, "7", "ada@x.test", `{}`)
	w.add(w.acme, "8", "", `{}`)
	w.journeyWithDelivery(p, "ada@x.test")
	w.must(w.Suppress(w.ctx, w.acme.ID, byID("7"), w.me))
	w.must(w.Suppress(w.ctx, w.acme.ID, byID("7"), w.me)) // again changes nothing
	w.must(w.Suppress(w.ctx, w.acme.ID, byID("unknown"), APICalls))
	w.must(w.Suppress(w.ctx, w.acme.ID, byCio(999), APICalls))

	for _, path := range []string{"7", "ADA@x.test", "unknown", "cio_" + p.ID.CioID()} {
		out, err := w.call(w.acme, path, `{"plan": "pro"}`)
		if err != nil || out.Person != 0 {
			t.Errorf("%s: %+v %v", path, out, err)
		}
	}
	w.call(w.acme, "9", `{"email": "ada@x.test"}`)
	w.call(w.acme, "8", `{"email": "Ada@X.test", "plan": "pro"}`)
	w.must(w.Track(w.ctx, w.acme.ID, Event{Ref: byID("7"), Type: EventActivity, Name: "bought"}))
	if got := w.who(w.acme, "8"); got != `8  {"plan":"pro"}` || w.people(w.acme) != 1 {
		t.Errorf("%d people, %s", w.people(w.acme), got)
	}
	_, err := w.AddPerson(w.ctx, w.acme.ID, PersonForm{Email: "ada@x.test"}, w.me)
	if wrong, _ := err.(Invalid); wrong["email"] == "" {
		t.Errorf("the form takes her: %v", err)
	}
	if n := w.number(`select count(*) from activities where person_id = ? or instr(data, 'ada@x')`, p.ID); n != 0 {
		t.Errorf("%d activities remember her", n)
	}
	if n := w.number(`select count(*) from deliveries where recipient <> '' or subject <> ''`) + w.number(`select count(*) from audit where instr(subject || detail, 'ada@x')`); n != 0 {
		t.Errorf("%d records name her", n)
	}
	if out, _ := w.call(other, "7", `{"email": "ada@x.test"}`); !out.Created {
		t.Error("suppressed in another workspace")
	}
	w.sound()

	if _, err := w.Suppressed(w.ctx, w.acme.ID, identity.Ref{Kind: identity.Email, Value: "ADA@x.test"}); err != nil {
		t.Errorf("by email: %v", err)
	}
	// One of her identifiers frees all of them.
	w.must(w.Unsuppress(w.ctx, w.acme.ID, identity.Ref{Kind: identity.Email, Value: "ada@X.test"}, w.me))
	if err := w.Unsuppress(w.ctx, w.acme.ID, byID("7"), w.me); err != ErrNotFound {
		t.Errorf("freed twice: %v", err)
	}
	if out, _ := w.call(w.acme, "7", `{"email": "ada@x.test"}`); !out.Created || out.Person == p.ID {
		t.Errorf("%+v", out)
	}
	if ws, _ := w.Workspace(w.ctx, w.acme.ID); ws.Suppressed != 1 {
		t.Errorf("%d are suppressed", ws.Suppressed)
	}
	w.sound()
}
