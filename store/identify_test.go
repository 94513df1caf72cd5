package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// The rules have their own tests in package identity; these hold the database
// to them.
func TestIdentifyObeysTheMode(t *testing.T) {
	tests := []struct {
		name       string
		mode       identity.Mode
		path, body string
		after      map[string]string // path: who that is then
		people     int
		fails      string
		rejected   string
	}{
		{"both: id and email make one", identity.EmailOrID, "8", `{"email": "bob@x.test", "plan": "pro"}`,
			map[string]string{"8": `8 bob@x.test {"plan":"pro"}`, "BOB@X.test": `8 bob@x.test {"plan":"pro"}`}, 2, "", ""},
		{"both: a known email gets no second person", identity.EmailOrID, "9", `{"email": "ADA@x.test"}`,
			map[string]string{"ada@x.test": "7 ADA@x.test {}", "9": "nobody"}, 1, "id", ""},
		{"both: a set email is not changed by id", identity.EmailOrID, "7", `{"email": "new@x.test", "plan": "pro"}`,
			map[string]string{"7": `7 ada@x.test {"plan":"pro"}`}, 1, "email", ""},
		{"both: it is by cio_id", identity.EmailOrID, "cio_00000001", `{"email": "new@x.test", "id": "9"}`,
			map[string]string{"9": "9 new@x.test {}", "7": "nobody", "ada@x.test": "nobody"}, 1, "", ""},
		{"both: an unknown cio_id is dropped", identity.EmailOrID, "cio_0000ffff", `{"plan": "pro"}`, nil, 1, "", ""},
		{"email: the path is an email", identity.EmailOnly, "bob@x.test", `{"plan": "pro"}`,
			map[string]string{"bob@x.test": ` bob@x.test {"plan":"pro"}`}, 2, "", ""},
		{"email: there are no ids", identity.EmailOnly, "ada@x.test", `{"id": "9"}`,
			map[string]string{"ada@x.test": " ada@x.test {}"}, 1, "id", ""},
		{"id: two people share an email", identity.IDOnly, "8", `{"email": "ada@x.test"}`,
			map[string]string{"8": "8 ada@x.test {}", "7": "7 ada@x.test {}"}, 2, "", ""},
		{"id: what looks like an email is an id", identity.IDOnly, "ada@x.test", `{}`,
			map[string]string{"ada@x.test": "ada@x.test  {}"}, 2, "", ""},
		{"id: the email is changed like an attribute", identity.IDOnly, "7", `{"email": "any thing"}`,
			map[string]string{"7": "7 any thing {}"}, 1, "", ""},
		{"id: another id is an error", identity.IDOnly, "7", `{"id": "9"}`, nil, 1, "",
			"id attribute and identifier are not the same value"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.mode)
			id := "7"
			if !test.mode.ID() {
				id = ""
			}
			w.add(w.acme, id, "ada@x.test", `{}`)
			out, err := w.call(w.acme, test.path, test.body)
			if test.rejected != "" {
				var no Rejected
				if !errors.As(err, &no) || no.Reason != test.rejected {
					t.Errorf("got %v, want %s", err, test.rejected)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			for path, want := range test.after {
				if got := w.who(w.acme, path); got != want {
					t.Errorf("%s is %s, want %s", path, got, want)
				}
			}
			if n := w.people(w.acme); n != test.people {
				t.Errorf("%d people, want %d", n, test.people)
			}
			var fails []string
			for _, f := range out.Failed {
				fails = append(fails, f.Attribute)
			}
			if got := strings.Join(fails, " "); got != test.fails {
				t.Errorf("fails %q, want %q", got, test.fails)
			}
			if told := w.number(`select count(*) from activities where type = 'failed_attribute_change'`); told != len(fails) {
				t.Errorf("%d failures are told, want %d", told, len(fails))
			}
		})
	}
}

// The same identifiers in two workspaces are two people.
func TestIdentifyStaysInItsWorkspace(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	other := w.workspace("Other", identity.EmailOrID)
	w.call(w.acme, "7", `{"email": "ada@x.test", "plan": "pro"}`)
	w.call(other, "7", `{"email": "ada@x.test", "plan": "free"}`)
	if a, b := w.who(w.acme, "7"), w.who(other, "ada@x.test"); a != `7 ada@x.test {"plan":"pro"}` || b != `7 ada@x.test {"plan":"free"}` {
		t.Errorf("%s and %s", a, b)
	}
	p, err := w.PersonBy(w.ctx, w.acme.ID, identity.Ref{Kind: identity.ID, Value: "7"})
	w.must(err)
	w.call(other, "cio_"+p.ID.CioID(), `{"plan": "stolen"}`)
	if _, err := w.Person(w.ctx, other.ID, p.ID); err != ErrNotFound {
		t.Errorf("a foreign cio_id finds somebody: %v", err)
	}
	if a := w.who(w.acme, "7"); !strings.Contains(a, "pro") {
		t.Errorf("a foreign cio_id changed %s", a)
	}
}

func TestIdentifyOrdersByTimestamp(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	at := func(when time.Time, attributes Attributes) {
		t.Helper()
		_, err := w.Identify(w.ctx, w.acme.ID, Identify{Ref: identity.Ref{Kind: identity.ID, Value: "7"}, Attributes: attributes, At: when})
		w.must(err)
	}
	is := func(want string) {
		t.Helper()
		if got := w.who(w.acme, "7"); got != "7  "+want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	then := w.time.AddDate(-1, 0, 0) // a backfill of what happened a year ago
	at(then, Attributes{"plan": "free", "city": "Lund"})
	at(then.Add(time.Hour), Attributes{"plan": "pro"})
	is(`{"city":"Lund","plan":"pro"}`)
	at(then.Add(time.Minute), Attributes{"plan": "late", "city": "Rome"}) // out of order, per attribute
	is(`{"city":"Rome","plan":"pro"}`)
	at(then.Add(2*time.Hour), Attributes{"plan": nil})
	at(then.Add(time.Hour), Attributes{"plan": "late"}) // it was removed after that
	is(`{"city":"Rome"}`)
	at(time.Time{}, Attributes{"plan": "now", "city": ""})
	is(`{"plan":"now"}`)
}

func TestNoCallWidensConsent(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	yes, no := true, false
	consent := func(unsubscribed *bool) Person {
		t.Helper()
		out, err := w.Identify(w.ctx, w.acme.ID, Identify{Ref: identity.Ref{Kind: identity.ID, Value: "7"}, Unsubscribed: unsubscribed})
		w.must(err)
		p, err := w.Person(w.ctx, w.acme.ID, out.Person)
		w.must(err)
		return p
	}
	if p := consent(&yes); !p.Unsubscribed || w.happened(w.acme, p.ID) != "unsubscribed" {
		t.Errorf("created unsubscribed: %v, told as %q", p.Unsubscribed, w.happened(w.acme, p.ID))
	}
	p := consent(&no)
	if !p.Unsubscribed {
		t.Error("a call subscribed somebody")
	}
	if got := w.data(w.acme, p.ID, FailedAttributeChange); got != `{"unsubscribed":{"reason":"Only a recorded opt-in subscribes somebody again.","value":"false"}}` {
		t.Errorf("told as %s", got)
	}
	w.must(w.Subscribe(w.ctx, w.acme.ID, p.ID, "asked", w.me))
	if p := consent(nil); p.Unsubscribed {
		t.Error("a call that does not say so unsubscribed somebody")
	}
	if p := consent(&yes); !p.Unsubscribed {
		t.Error("a call cannot unsubscribe")
	}
}

func TestIdentifyHoldsToTheLimits(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	for want, attributes := range map[string]Attributes{
		"value for attribute 'token' cannot be longer than 1000 bytes": {"token": strings.Repeat("x", 1001)},
		"attribute name cannot be empty":                               {"": 1},
	} {
		_, err := w.Identify(w.ctx, w.acme.ID, Identify{Ref: identity.Ref{Kind: identity.ID, Value: "7"}, Attributes: attributes})
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if n := w.people(w.acme); n != 0 {
		t.Errorf("%d people were created", n)
	}
}
