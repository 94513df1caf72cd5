package web

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

func (p *program) entity(body string) answer {
	p.Helper()
	return p.call("POST", "/api/v2/entity", p.track, body)
}

func TestEntities(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	for _, body := range []string{
		`{"type":"person","action":"identify","identifiers":{"id":"ada"},"attributes":{"plan":"pro","email":"ada@x.example.com"},"timestamp":1700000000}`,
		`{"type":"person","action":"identify","identifiers":{"email":"ADA@x.example.com","anonymous_id":"anon"},"attributes":{"plan":"old","_update":true},"timestamp":1600000000}`,
		`{"type":"person","action":"identify","identifiers":{"id":"nobody"},"attributes":{"_update":true}}`,
		`{"type":"person","action":"identify","identifiers":{"anonymous_id":"anon"},"attributes":{"plan":"x"}}`,
		`{"type":"person","action":"identify","identifiers":{"id":7},"attributes":null,"cio_relationships":[{"identifiers":{"object_type_id":"1","object_id":"acme"}}]}`,
		`{"type":"person","action":"event","identifiers":{"id":"ada"},"name":" purchase ","id":"01","timestamp":1700000000,"attributes":{"price":1.50}}`,
		`{"type":"person","action":"event","identifiers":{"id":"ada"},"name":"purchase","id":"01"}`,
		`{"type":"person","action":"page","identifiers":{"id":"ada"},"attributes":{"url":"https://x.example.com/a"}}`,
		`{"type":"person","action":"screen","identifiers":{"id":"ada"},"name":"Home"}`,
		`{"type":"person","action":"event","identifiers":{"anonymous_id":"later"},"name":"visit"}`,
		`{"type":"person","action":"add_device","identifiers":{"id":"ada"},"device":{"token":"t","platform":"ios","last_used":1700000000,"attributes":{"push_enabled":"true"}}}`,
		`{"type":"person","action":"add_device","identifiers":{"id":"ada"},"device":{"token":"u","platform":"android"}}`,
		`{"type":"person","action":"delete_device","identifiers":{"id":"ada"},"device":{"token":"u"}}`,
		`{"type":"person","action":"merge","primary":{"id":"ada"},"secondary":{"id":"7"}}`,
		`{"type":"person","action":"identify","identifiers":{"id":"gone"}}`,
		`{"type":"person","action":"delete","identifiers":{"id":"gone"}}`,
		`{"type":"person","action":"suppress","identifiers":{"id":"gone"}}`,
		`{"type":"person","action":"identify","identifiers":{"id":"gone"}}`,
		`{"type":"person","action":"unsuppress","identifiers":{"email":"never@x.example.com"}}`,
		`{"type":"person","action":"add_relationships","identifiers":{"id":"ada"},"cio_relationships":[]}`,
		`{"type":"person","action":"delete_relationships","identifiers":{"cio_id":"ffffffff"},"cio_relationships":[]}`,
		`{"type":"object","action":"identify","identifiers":{"object_type_id":"1","object_id":"acme"},"attributes":{"name":"Acme"}}`,
		`{"type":"object","action":"delete","identifiers":{"cio_object_id":"ob1"}}`,
		`{"type":"delivery","action":"event","identifiers":{"id":"unknown"},"name":"opened"}`,
	} {
		p.entity(body).wantAccepted()
	}
	ada := p.person(identity.ID, "ada")
	if ada.Email != "ada@x.example.com" || ada.Attributes["plan"] != "pro" {
		t.Errorf("ada became %+v", ada)
	}
	did := p.activities(ada)
	did = slices.DeleteFunc(did, func(words string) bool { return words == "attribute_change" })
	if got := strings.Join(did, ", "); got != "merged, device_change removed, device_change added, device_change added, screen Home, page https://x.example.com/a, event purchase" {
		t.Errorf("ada did %s", got)
	}
	if got := p.devices("ada"); got != `t ios {"push_enabled":"true"}` {
		t.Errorf("ada has %s", got)
	}
	for _, id := range []string{"nobody", "7", "gone"} {
		p.nobody(identity.ID, id)
	}
}

func TestBadEntities(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	for _, test := range []struct{ body, field, words string }{
		{`{`, "", "request body is not valid JSON"},
		{`[]`, "", "request body must be a JSON object"},
		{`{}`, "type", "type must be person, object or delivery"},
		{`{"type":"person"}`, "identifiers", "identifiers must be an object"},
		{`{"type":"person","action":"dance","identifiers":{"id":"1"}}`, "action", "action must be identify"},
		{`{"type":"object","action":"event"}`, "action", "action must be identify"},
		{`{"type":"delivery","action":"identify"}`, "action", "action must be event"},
		{`{"type":"delivery","action":"event","identifiers":{}}`, "identifiers.id", "must be the id of a delivery"},
		{`{"type":"person","action":"identify","identifiers":{}}`, "identifiers", "exactly one of id, email and cio_id"},
		{`{"type":"person","action":"delete","identifiers":{"anonymous_id":"a"}}`, "identifiers", "exactly one of id, email and cio_id"},
		{`{"type":"person","action":"identify","identifiers":{"id":"1","email":"a@x.example.com"}}`, "identifiers", "exactly one of id, email and cio_id"},
		{`{"type":"person","action":"identify","identifiers":{"phone":"+31612345678"}}`, "identifiers.phone", "people in this workspace are not identified by phone"},
		{`{"type":"person","action":"identify","identifiers":{"email":"no address"}}`, "identifiers.email", "identifier is not a valid email address"},
		{`{"type":"person","action":"identify","identifiers":{"id":""}}`, "identifiers.id", "Enter an id."},
		{`{"type":"person","action":"identify","identifiers":{"id":{}}}`, "identifiers.id", "id must be a string"},
		{`{"type":"person","action":"identify","identifiers":{"id":"1"},"attributes":[]}`, "attributes", "attributes must be an object"},
		{`{"type":"person","action":"identify","identifiers":{"id":"1"},"attributes":{"a":"` + strings.Repeat("x", 1001) + `"}}`, "attributes", "cannot be longer than 1000 bytes"},
		{`{"type":"person","action":"identify","identifiers":{"id":"1"},"timestamp":1700000000000}`, "timestamp", "looks like milliseconds"},
		{`{"type":"person","action":"event","identifiers":{"id":"1"}}`, "name", "event name is required"},
		{`{"type":"person","action":"add_device","identifiers":{"id":"1"}}`, "device", "device.token is required"},
		{`{"type":"person","action":"delete_device","identifiers":{"id":"1"},"device":{}}`, "device.token", "device.token is required"},
		{`{"type":"person","action":"merge","primary":{"id":"1"}}`, "primary", "secondary must be an object"},
	} {
		a := p.entity(test.body).want(400, test.words)
		var got struct{ Errors []entityProblem }
		s.must(json.Unmarshal(a.Body.Bytes(), &got))
		if len(got.Errors) != 1 || got.Errors[0].Reason != "invalid" || got.Errors[0].Field != test.field {
			t.Errorf("%s: %s", test.body, a.Body)
		}
	}
	if ws, err := s.store.Workspace(context.Background(), s.acme.ID); err != nil || ws.People != 0 {
		t.Errorf("bad calls made %d people (%v)", ws.People, err)
	}
}

func TestBatch(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	batch := func(items ...string) answer {
		t.Helper()
		return p.call("POST", "/api/v2/batch", p.track, `{"batch":[`+strings.Join(items, ",")+`]}`)
	}
	good := func(id int) string {
		return fmt.Sprintf(`{"type":"person","action":"identify","identifiers":{"id":"b%d"},"attributes":{"n":%d}}`, id, id)
	}
	batch(good(0)).wantAccepted()
	a := batch(good(1), `{"type":"person","action":"identify","identifiers":{"phone":"1"}}`, `5`, good(2),
		`{"type":"person","action":"merge","primary":{"id":"b1"},"secondary":{"id":"b1"}}`,
		`{"type":"person","action":"identify","identifiers":{"id":"big"},"attributes":{"a":"`+strings.Repeat("x", maxCall)+`"}}`).want(207)
	var got struct{ Errors []entityProblem }
	s.must(json.Unmarshal(a.Body.Bytes(), &got))
	var words []string
	for _, e := range got.Errors {
		words = append(words, fmt.Sprintf("%d %s %s: %s", *e.Index, e.Reason, e.Field, e.Message))
	}
	if got, want := strings.Join(words, "\n"), `1 invalid identifiers.phone: people in this workspace are not identified by phone
2 invalid : request body must be a JSON object
4 invalid : primary and secondary are the same person
5 invalid : an item cannot be larger than 32 kB`; got != want {
		t.Errorf("got\n%s", got)
	}
	for _, id := range []string{"b0", "b1", "b2"} {
		p.person(identity.ID, id)
	}
	p.nobody(identity.ID, "big")

	var many []string
	for i := range 1000 {
		many = append(many, good(100+i/2), fmt.Sprintf(`{"type":"person","action":"event","identifiers":{"id":"b%d"},"name":"n","id":"e%d"}`, 100+i/2, i))
	}
	batch(many...).wantAccepted()
	batch(many...).wantAccepted() // sent again after a lost answer
	if did := p.activities(p.person(identity.ID, "b100")); strings.Join(did, ", ") != "event n, event n" {
		t.Errorf("b100 did %q", did)
	}
	batch().want(400, `"errors"`, "batch must be a list of 1 to 10000 items")
	p.call("POST", "/api/v2/batch", p.track, `{"batch":"x"}`).want(400, "request body is not valid JSON")
	p.call("POST", "/api/v2/batch", p.track, `{"batch":["`+strings.Repeat("x", maxBatch)+`"]}`).want(413, `"reason"`)
	p.call("POST", "/api/v2/batch", "", `{`).want(401, "Unauthorized")
}

// Items of outside bytes are read or refused in words, never anything else.
func FuzzEntity(f *testing.F) {
	for _, seed := range []string{
		`{"type":"person","action":"identify","identifiers":{"id":"a"},"attributes":{"b":1}}`,
		`{"type":"person","action":"add_device","identifiers":{"cio_id":"1"},"device":{"token":"t","platform":"ios","x":[1]}}`,
		`{"type":"person","action":"merge","primary":{"id":1},"secondary":{"email":"a@b.example"}}`,
		`{"type":"person","action":"page","identifiers":{"anonymous_id":1},"attributes":{"url":"x"},"timestamp":"1"}`,
		`{"type":"object","action":"delete"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		item, err := decodeObject(data)
		if err != nil || item["type"] != "person" {
			return
		}
		for _, mode := range []identity.Mode{identity.EmailOrID, identity.IDOnly, identity.EmailOnly} {
			action, _ := item["action"].(string)
			call, err := parsePerson(mode, action, item)
			if err != nil {
				if !entityRefused(err) || problemOf(err).Message == "" {
					t.Errorf("%s: %v", data, err)
				}
				continue
			}
			if in, ok := call.(store.Identify); ok && in.Ref == (identity.Ref{}) {
				t.Errorf("%s identifies nobody", data)
			}
		}
	})
}
