package web

import (
	"context"
	"fmt"
	"net/url"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func TestDataIndex(t *testing.T) {
	s := newSite(t)
	s.alice.get(views.DataIndexPath(s.acme)).want(200, "Nothing seen yet", "Get an API key")
	s.threePeople()
	s.bob.get(views.DataIndexPath(s.acme)).want(200, "plan", "city", "Times set").without("bought")
	s.bob.get(views.DataIndexAtPath(s.acme, store.EventData, "", "", "")).want(200, "bought", "Times done").without("city")
	s.bob.get(views.DataIndexAtPath(s.acme, store.AttributeData, "PLA", "", "")).want(200, "plan").without("city")
	s.bob.get(views.DataIndexAtPath(s.acme, store.AttributeData, "zz", "", "")).want(200, "Nothing found")
	plan := views.DataNamePath(s.acme, store.AttributeData, "plan")
	s.bob.get(plan).want(200, "<bdi>free</bdi>", "No segment and no campaign", "Show people").without(`name="sensitive"`)
	s.alice.send(s.acme, views.SaveSegmentPath(s.acme, s.filtered(pros)), url.Values{"name": {"Pros"}}).want(303)
	s.alice.get(plan).want(200, "Pros", `name="sensitive"`)
	s.alice.send(s.acme, plan, url.Values{"description": {"What they pay for"}}).want(303)
	s.bob.get(views.DataIndexPath(s.acme)).want(200, "What they pay for")
	s.bob.get(views.DataNamePath(s.acme, store.EventData, "bought")).want(200, "{}")
	s.bob.get(views.DataNamePath(s.acme, store.EventData, "plan")).want(404)
	s.charlie.get(views.DataNamePath(s.other, store.AttributeData, "plan")).want(404)

	object := ""
	for i := range 60 {
		object += fmt.Sprintf(`, "n%02d": 1`, i)
	}
	s.addPerson(s.other, "9", "", `{"a": 1`+object+`}`)
	first := s.charlie.get(views.DataIndexPath(s.other)).want(200, "n48").without("n49", `rel="prev"`)
	last := s.charlie.get(link(t, first, "next")).want(200, "n49", "n59").without(`rel="next"`, "n48<")
	s.charlie.get(link(t, last, "prev")).want(200, "n48", `rel="next"`)
}

func TestSensitiveAttributesAreForAdmins(t *testing.T) {
	s := newSite(t)
	p := s.addPerson(s.acme, "1", "ada@x.test", `{"plan": "pro", "ssn": "123-secret"}`)
	ssn := views.DataNamePath(s.acme, store.AttributeData, "ssn")
	s.alice.send(s.acme, ssn, url.Values{"sensitive": {"true"}}).want(303)
	s.must(s.store.EditPerson(context.Background(), s.acme.ID, p.ID, store.PersonForm{ID: "1", Email: "ada@x.test", Attributes: store.Attributes{"plan": "free", "ssn": "456-secret"}}, store.CommandLine))

	bob, err := s.store.MemberByEmail(context.Background(), "bob@acme.test")
	s.must(err)
	s.must(s.store.SetRole(context.Background(), s.acme.ID, bob.ID, store.RoleAuthor, store.CommandLine))
	list := views.PeoplePath(s.acme) + "?col=attribute.ssn"
	pages := []string{list, ssn, views.PersonPath(s.acme, p.ID), views.EditPersonPath(s.acme, p.ID), views.ActivityPath(s.acme), views.HomePath(s.acme)}
	for _, path := range pages {
		s.bob.get(path).want(200).without("-secret")
	}
	for _, path := range []string{list, ssn, views.PersonPath(s.acme, p.ID)} {
		s.alice.get(path).want(200, "456-secret")
	}
	filter := views.PeopleStatePath(s.acme, s.filtered(`{"attribute":{"field":"ssn","operator":"exists"}}`), views.At{})
	s.bob.get(filter).want(422, "Only admins filter by “ssn”: it is sensitive.")
	s.alice.get(filter).want(200, "ada@x.test")
	s.bob.get(views.DataIndexPath(s.acme)).want(200, "Sensitive")

	// What an author saves leaves alone what they do not see.
	s.bob.send(s.acme, views.EditPersonPath(s.acme, p.ID), url.Values{"id": {"1"}, "email": {"ada@x.test"},
		"attribute_name": {"plan"}, "attribute_value": {"team"}, "attributes_was": {`{"plan":"free"}`}}).want(303)
	if p, err := s.store.Person(context.Background(), s.acme.ID, p.ID); err != nil || p.Attributes["ssn"] != "456-secret" || p.Attributes["plan"] != "team" {
		t.Errorf("%v, %v", p.Attributes, err)
	}
}
