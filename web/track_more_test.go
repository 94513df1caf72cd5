package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/views"
)

// devices is a person's devices as "token platform attributes".
func (p *program) devices(id string) string {
	p.Helper()
	all, err := p.store.Devices(context.Background(), p.ws.ID, p.person(identity.ID, id).ID)
	p.must(err)
	var words []string
	for _, d := range all {
		words = append(words, fmt.Sprintf("%s %s %s", d.Token, d.Platform, d.Attributes))
	}
	return strings.Join(words, ", ")
}

func TestDevices(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	p.put("ada/devices", `{"device":{"id":"t1","platform":"iOS","last_used":1700000000}}`).wantAccepted()
	p.put("ada/devices", `{"device":{"id":"t2","platform":"android","last_used":"1700000900","attributes":{"app_version":"2"}}}`).wantAccepted()
	if got := p.devices("ada"); got != `t2 android {"app_version":"2"}, t1 ios {}` {
		t.Errorf("ada has %s", got)
	}
	p.put("bo/devices", `{"device":{"id":"t1","platform":"ios","last_used":1600000000}}`).wantAccepted()
	if a, b := p.devices("ada"), p.devices("bo"); !strings.HasPrefix(a, "t2") || !strings.HasPrefix(b, "t1") {
		t.Errorf("ada has %s, bo %s", a, b)
	}
	s.call("GET", "/v1/customers/bo/attributes", p.app, "").want(200, `"id": "t1"`, `"last_used": 1700000000`)
	s.call("DELETE", "/api/v1/customers/ada/devices/t1", p.track, "").wantAccepted() // not theirs
	s.call("DELETE", "/api/v1/customers/nobody/devices/t1", p.track, "").wantAccepted()
	p.nobody(identity.ID, "nobody")
	if got := p.devices("bo"); got != "t1 ios {}" {
		t.Errorf("bo has %s", got)
	}
	bo := p.person(identity.ID, "bo").ID
	s.bob.get(views.PersonDevicesPath(s.acme, bo)).want(200, "iOS", "t1", "Last used")
	s.alice.get(views.ExportPersonPath(s.acme, bo)).want(200, `"devices": [{"token":"t1","platform":"ios"`)
	p.put("none", `{}`).wantAccepted()
	s.alice.get(views.PersonDevicesPath(s.acme, p.person(identity.ID, "none").ID)).want(200, "No devices")
	p.put("ada", `{"email":"ada@x.example.com"}`).wantAccepted()
	p.send("merge_customers", `{"primary":{"email":"ADA@x.example.com"},"secondary":{"id":"bo"}}`).wantAccepted()
	if got := p.devices("ada"); got != `t2 android {"app_version":"2"}, t1 ios {}` {
		t.Errorf("after the merge ada has %s", got)
	}
	for i := range 26 {
		p.put("many/devices", fmt.Sprintf(`{"device":{"id":"m%d","platform":"ios","last_used":%d}}`, i, 1700000000+i)).wantAccepted()
	}
	if got := strings.Count(p.devices("many"), "ios"); got != 25 {
		t.Errorf("%d devices", got)
	}
	for body, words := range map[string]string{
		`{}`:                                     "device must be an object",
		`{"device":{"platform":"ios"}}`:          "device.id is required",
		`{"device":{"id":"x","platform":"fax"}}`: "device.platform must be ios or android",
		`{"device":{"id":"x","platform":"ios","last_used":"soon"}}`:                      "device.last_used must be a time in unix seconds",
		`{"device":{"id":"x","platform":"ios","attributes":[]}}`:                         "device.attributes must be an object",
		`{"device":{"id":"` + strings.Repeat("x", 1001) + `","platform":"ios"}}`:         "device.id cannot be longer than 1000 bytes",
		`{"device":{"id":"x","platform":"ios","a":"` + strings.Repeat("x", 1001) + `"}}`: "cannot be longer than 1000 bytes",
	} {
		p.put("ada/devices", body).want(400, `"errors"`, words)
	}
}

func TestSuppress(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	p.put("ada", `{"email":"ada@x.example.com"}`).wantAccepted()
	p.send("customers/ada/suppress", "").wantAccepted()
	for _, path := range []string{"ada", "ada@x.example.com"} {
		p.put(path, `{"plan":"x"}`).wantAccepted()
		p.send("customers/"+path+"/events", `{"name":"x"}`).wantAccepted()
		p.put(path+"/devices", `{"device":{"id":"x","platform":"ios"}}`).wantAccepted()
	}
	p.nobody(identity.ID, "ada")
	p.nobody(identity.Email, "ada@x.example.com")
	p.send("customers/ada@x.example.com/unsuppress", "{}").wantAccepted()
	p.send("customers/never/unsuppress", "{}").wantAccepted()
	p.put("ada", `{}`).wantAccepted()
	p.person(identity.ID, "ada")
	p.send("customers/unknown/suppress", "{}").wantAccepted()
	p.put("unknown", `{}`).wantAccepted()
	p.nobody(identity.ID, "unknown")
}

func TestMergeCustomers(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	p.put("ada", `{"plan":"pro"}`).wantAccepted()
	p.put("old", `{"plan":"free","city":"Delft","email":"ada@x.example.com"}`).wantAccepted()
	p.send("merge_customers", `{"primary":{"id":"ada"},"secondary":{"email":"Ada@x.example.com"}}`).wantAccepted()
	p.nobody(identity.ID, "old")
	if ada := p.person(identity.ID, "ada"); ada.Email != "ada@x.example.com" || ada.Attributes["plan"] != "pro" || ada.Attributes["city"] != "Delft" {
		t.Errorf("ada became %+v", ada)
	}
	p.send("merge_customers", `{"primary":{"id":"nobody"},"secondary":{"id":"ada"}}`).wantAccepted()
	p.person(identity.ID, "ada")
	for body, words := range map[string]string{
		``:                              "primary must be an object",
		`{"primary":{"id":"a"}}`:        "secondary must be an object",
		`{"primary":{},"secondary":{}}`: "primary must have exactly one of id, email and cio_id",
		`{"primary":{"id":"a","email":"b@x.example.com"},"secondary":{"id":"c"}}`: "primary must have exactly one",
		`{"primary":{"id":"a"},"secondary":{"email":"b"}}`:                        "identifier is not a valid email address",
		`{"primary":{"id":"ada"},"secondary":{"id":"ada"}}`:                       "primary and secondary are the same person",
		`{"primary":{"id":true},"secondary":{"id":"ada"}}`:                        "id must be a string",
	} {
		p.send("merge_customers", body).want(400, `"error": "`+words)
	}
}

func TestSegmentsOverTheTrackAPI(t *testing.T) {
	s := newSite(t)
	p, other := s.program(s.acme), s.program(s.other)
	ctx := context.Background()
	g, err := s.store.CreateSegment(ctx, s.acme.ID, store.NewSegment{Name: "Beta", Manual: true}, store.CommandLine)
	s.must(err)
	for _, id := range []string{"1", "2", "3"} {
		p.put(id, `{"email":"p`+id+`@x.example.com"}`).wantAccepted()
	}
	path := fmt.Sprintf("segments/%d/", g.ID)
	p.send(path+"add_customers", `{"ids":["1",2,"nobody",""]}`).wantAccepted()
	p.send(path+"add_customers?id_type=email", `{"ids":["P3@x.example.com","2","no address"]}`).wantAccepted()
	p.send(path+"remove_customers?id_type=cio_id", `{"ids":["`+p.person(identity.ID, "1").ID.CioID()+`"]}`).wantAccepted()
	g, err = s.store.Segment(ctx, s.acme.ID, g.ID)
	if s.must(err); g.People != 2 {
		t.Errorf("%d members", g.People)
	}
	other.send(path+"add_customers", `{"ids":["1"]}`).want(404, "There is no segment with this id.")
	ids := `"x` + strings.Repeat(`","x`, 1000) + `"`
	for call, want := range map[[2]string]string{
		{path + "add_customers", `{}`}:                          "ids must be a list of 1 to 1000 identifiers",
		{path + "add_customers", `{"ids":[]}`}:                  "ids must be a list",
		{path + "add_customers", `{"ids":[` + ids + `]}`}:       "ids must be a list",
		{path + "add_customers", `{"ids":[{}]}`}:                "id must be a string",
		{path + "add_customers?id_type=phone", `{"ids":["1"]}`}: "id_type must be id, email or cio_id",
		{"segments/beta/add_customers", `{"ids":["1"]}`}:        "segment id must be a number",
	} {
		p.send(call[0], call[1]).want(400, want)
	}
}

func TestForms(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	p.send("forms/newsletter/submit", `{"data":{"email":"ada@x.example.com","first_name":"Ada","form_name":"Newsletter","form_url":"https://x.example.com"}}`).want(204)
	ada := p.person(identity.Email, "ada@x.example.com")
	if got := p.activities(ada); len(ada.Attributes) != 1 || ada.Attributes["first_name"] != "Ada" || len(got) != 1 || got[0] != "form_submit Newsletter" {
		t.Errorf("ada has %v and did %q", ada.Attributes, got)
	}
	p.put("out@x.example.com", `{"unsubscribed":true}`).wantAccepted()
	p.send("forms/newsletter/submit", `{"data":{"email":"out@x.example.com","unsubscribed":"false"}}`).want(204)
	if !p.person(identity.Email, "out@x.example.com").Unsubscribed {
		t.Error("a form gave consent back")
	}
	for body, words := range map[string]string{
		`{}`:                            "data must be an object",
		`{"data":{"first_name":"Ada"}}`: "data must have exactly one of id",
		`{"data":{"id":"1","email":"a@x.example.com"}}`: "data must have exactly one of id",
		`{"data":{"id":"1","age":7}}`:                   "the field 'age' must be a string",
		`{"data":{"email":"no address"}}`:               "identifier is not a valid email address",
	} {
		p.send("forms/newsletter/submit", body).want(400, `"errors"`, words)
	}
}
