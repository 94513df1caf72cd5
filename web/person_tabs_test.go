package web

import (
	"context"
	"encoding/json"
	"net/url"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func TestAttributesAreChangedInPlace(t *testing.T) {
	s := newSite(t)
	p := s.addPerson(s.acme, "7", "", `{"plan": "free", "seats": 3, "tags": ["a"]}`)
	path := views.PersonAttributesPath(s.acme, p.ID)
	s.bob.get(path).want(200, "free", "number", "list").without("Change<span", "Add an attribute")
	s.alice.get(path+"?edit=plan").want(200, `name="value" value="free"`)
	set := func(name, value string) answer {
		return s.alice.send(s.acme, path, url.Values{"name": {name}, "value": {value}, "was": {name}})
	}
	set("plan", "pro").want(303)
	set("seats", "4").want(303)
	set("tags", `["a", "b"]`).want(303)
	set("tags", `["a`).want(422, "Write one as JSON", "[&#34;a")
	set("", "x").want(422, "Name the attribute.")
	set("email", "x").want(422, "is not set here")
	set("vip", "true").want(303)
	set("vip", "").want(303)
	got, err := s.store.Person(context.Background(), s.acme.ID, p.ID)
	s.must(err)
	if text, _ := json.Marshal(got.Attributes); string(text) != `{"plan":"pro","seats":4,"tags":["a","b"]}` {
		t.Errorf("became %s", text)
	}
}

func TestEventsByHandAndTheirFilter(t *testing.T) {
	s := newSite(t)
	p := s.addPerson(s.acme, "7", "", `{}`)
	path := views.PersonEventPath(s.acme, p.ID)
	s.alice.get(path).want(200, "<dialog open", "Add an event")
	s.alice.send(s.acme, path, url.Values{"name": {" "}}).want(422, "Name the event")
	s.alice.send(s.acme, path, url.Values{"name": {"bought"}, "data": {"[1]"}}).want(422, "Write a JSON object", ">[1]<")
	s.alice.send(s.acme, path, url.Values{"name": {"bought"}, "data": {`{"price": 12}`}}).want(303)
	s.alice.send(s.acme, views.UnsubscribePersonPath(s.acme, p.ID), nil).want(303)
	home := views.PersonPath(s.acme, p.ID)
	s.alice.get(home).want(200, "Did “bought”", "price: 12", "By Alice Adams")
	s.alice.get(home+"?show=events").want(200, "Did “bought”").without("By Alice Adams")
	s.alice.get(home+"?show=consent").want(200, "By Alice Adams").without("Did “bought”")
	s.alice.get(home+"?show=messages").want(200, "Nothing of this kind")
	s.bob.get(views.PersonDeliveriesAtPath(s.acme, p.ID, views.At{})).want(200, "No deliveries")
}

func TestExportEraseAndSuppress(t *testing.T) {
	s := newSite(t)
	a, b := s.addPerson(s.acme, "7", "ada@x.test", `{"plan": "pro"}`), s.addPerson(s.acme, "8", "bob@x.test", `{}`)
	file := s.alice.get(views.ExportPersonPath(s.acme, a.ID)).want(200)
	var got struct {
		Workspace  string
		Person     struct{ Email string }
		Deliveries []any
		Activities []any
	}
	if err := json.Unmarshal(file.Body.Bytes(), &got); err != nil || got.Workspace != "Acme" || got.Person.Email != "ada@x.test" || got.Deliveries == nil {
		t.Errorf("%v: %s", err, file.Body)
	}
	s.bob.get(views.ExportPersonPath(s.acme, a.ID)).want(403)

	s.alice.get(views.ErasePersonPath(s.acme, b.ID)).want(200, "<dialog open", "This cannot be undone", "Erase ") // names them
	s.alice.send(s.acme, views.ErasePersonPath(s.acme, b.ID), nil).want(303)
	s.alice.send(s.acme, views.SuppressPersonPath(s.acme, a.ID), nil).want(303)
	s.alice.get(views.PeoplePath(s.acme)).want(200, "Nobody here yet")
	s.alice.send(s.acme, views.NewPersonPath(s.acme), url.Values{"email": {"ada@x.test"}}).want(422, "This email is suppressed.")
	s.program(s.acme).put("7", `{"plan": "pro"}`).wantAccepted()
	if s.has(s.acme, "7") {
		t.Error("she came back")
	}
	path := views.SuppressedPath(s.acme, "")
	s.alice.get(path).want(200, "3 identifiers are suppressed")
	s.alice.get(path+"?q=nobody").want(200, "Not suppressed")
	s.alice.get(path+"?q=ADA%40x.test").want(200, "is suppressed", "by Alice Adams")
	s.alice.send(s.acme, path, url.Values{"kind": {"email"}, "value": {"ada@x.test"}}).want(303)
	s.alice.send(s.acme, path, url.Values{"kind": {"email"}, "value": {"ada@x.test"}}).want(409)
	s.program(s.acme).put("7", `{"plan": "pro"}`).wantAccepted()
	if !s.has(s.acme, "7") {
		t.Error("she cannot come back")
	}
}

func TestWhereIsThisPerson(t *testing.T) {
	s := newSite(t)
	here := s.addPerson(s.acme, "7", "ada@x.test", `{}`)
	there := s.addPerson(s.other, "9", "Ada@x.test", `{}`)
	found := views.WhereForPath("ada@X.test")
	s.alice.get(views.WherePath).want(200, "Where is this person?")
	s.alice.get(found).want(200, views.PersonPath(s.acme, here.ID), views.PersonPath(s.other, there.ID), "Erase everywhere…")
	s.bob.get(found).want(200, views.PersonPath(s.acme, here.ID)).without(views.PersonPath(s.other, there.ID), "Erase everywhere…", "Export all")
	s.alice.get(views.WhereForPath("nobody@x.test")).want(200, "Nobody found")
	s.bob.get(views.WhereExportForPath("ada@x.test")).want(404)
	var all []any
	if file := s.alice.get(views.WhereExportForPath("ada@x.test")).want(200); json.Unmarshal(file.Body.Bytes(), &all) != nil || len(all) != 2 {
		t.Errorf("exported %s", file.Body)
	}
	s.alice.get(views.WhereAskPath("ada@x.test")).want(200, "<dialog open", "This forgets 2 people", "Acme", "Other")
	s.alice.post(views.WhereErasePath, url.Values{"q": {"ada@x.test"}, "confirm": {"yes"}}).want(422, "Type “ada@x.test” to erase them.")
	s.bob.post(views.WhereErasePath, url.Values{"q": {"ada@x.test"}, "confirm": {"ada@x.test"}}).want(404)
	s.charlie.post(views.WhereErasePath, url.Values{"q": {"ada@x.test"}, "confirm": {"ada@x.test"}}).want(303)
	if s.has(s.other, "9") || !s.has(s.acme, "7") {
		t.Error("erased elsewhere than where Charlie is admin")
	}
	s.alice.post(views.WhereErasePath, url.Values{"q": {"ada@x.test"}, "confirm": {"ada@x.test"}}).want(303)
	for _, ws := range []store.Workspace{s.acme, s.other} {
		if s.has(ws, "ada") {
			t.Errorf("still in %s", ws.Name)
		}
	}
}
