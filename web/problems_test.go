package web

import (
	"context"
	"net/url"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func TestDataProblems(t *testing.T) {
	s := newSite(t)
	s.alice.get(views.ProblemsPath(s.acme)).want(200, "No data problems")
	s.must(s.store.SetIdentifierRules(context.Background(), s.acme.ID, store.IdentifierRules{}, store.CommandLine))
	a, b := s.addPerson(s.acme, "7", "", `{}`), s.addPerson(s.acme, "8", "ada@x.test", `{"name": "Ada"}`)
	p := s.program(s.acme)
	p.put("7", `{"email": "ada@x.test"}`).wantAccepted()
	p.put("7", `{"email": "ada@x.test"}`).wantAccepted()
	p.put("8", `{"email": "new@x.test"}`).wantAccepted()

	list := views.ProblemsPath(s.acme)
	s.bob.get(list).want(200, "ada@x.test", "It belongs to another person.", "2 times", "Ada", `<span class="n">2`).without("Dismiss</button>", "Compare and merge")
	s.alice.get(list+"?q=NEW").want(200, "new@x.test", "only a call by cio_id may change").without("2 times")
	s.alice.get(list+"?q=zzz").want(200, "Nothing found")
	s.alice.get(list).want(200, views.MergeWithPath(s.acme, a.ID, b.ID))

	take := views.TakeIdentifierPath(s.acme, 1)
	s.alice.get(take).want(200, "<dialog open", "ada@x.test loses it")
	s.alice.send(s.acme, views.DismissProblemPath(s.acme, 3), nil).want(303)
	s.alice.get(list).want(200).without("new@x.test")
	s.alice.get(list+"?show=dismissed").want(200, "new@x.test", "Put back")
	s.alice.send(s.acme, views.ReopenProblemPath(s.acme, 3), nil).want(303)
	s.alice.get(list).want(200, "new@x.test", "It is on the list again.")
	s.alice.send(s.acme, take, nil).want(303)
	s.alice.get(views.PersonPath(s.acme, a.ID)).want(200, "ada@", "email: ada@x.test")
	s.alice.send(s.acme, take, nil).want(404)
}

// Who would lose the only identifier that they have keeps it, and the page says
// what to do instead.
func TestTheOnlyIdentifierIsNotTaken(t *testing.T) {
	s := newSite(t)
	s.must(s.store.SetIdentifierRules(context.Background(), s.acme.ID, store.IdentifierRules{}, store.CommandLine))
	s.addPerson(s.acme, "7", "", `{}`)
	s.addPerson(s.acme, "", "ada@x.test", `{}`)
	s.program(s.acme).put("7", `{"email": "ada@x.test"}`).wantAccepted()
	s.alice.send(s.acme, views.TakeIdentifierPath(s.acme, 1), nil).want(422, "Merge the two, or give the other person another one first.")
}

func TestMergeByHand(t *testing.T) {
	s := newSite(t)
	a, b := s.addPerson(s.acme, "7", "", `{"city": "Lund"}`), s.addPerson(s.acme, "8", "ada@x.test", `{"city": "Rome", "plan": "pro"}`)
	foreign := s.addPerson(s.other, "9", "", `{}`)
	path := views.MergePath(s.acme, a.ID)
	s.alice.get(path).want(200, `type="search"`)
	s.alice.get(path+"?q=ada").want(200, "ada@x.test", views.MergeWithPath(s.acme, a.ID, b.ID))
	s.alice.get(path+"?q=nobody-there").want(200, "Nobody else found")
	s.alice.get(views.MergeWithPath(s.acme, a.ID, b.ID)).want(200, "becomes a part of", "cannot be undone", "Rome", `<b class="strong" dir="auto">pro</b>`, views.MergeWithPath(s.acme, b.ID, a.ID))
	for _, with := range []string{foreign.ID.CioID(), a.ID.CioID(), "zz"} {
		s.alice.get(path + "?with=" + with).want(404)
	}
	s.alice.send(s.acme, path, url.Values{"with": {foreign.ID.CioID()}}).want(409)
	s.alice.send(s.acme, path, url.Values{"with": {b.ID.CioID()}}).want(303)
	s.alice.get(views.PersonPath(s.acme, a.ID)).want(200, "The two are one person now.", "ada@x.test was merged into this person", "Left out: id, city", "Taken over: email, plan")
	s.alice.get(views.PersonPath(s.acme, b.ID)).want(404)
	if !s.has(s.other, "9") {
		t.Error("somebody of another workspace is gone")
	}
}
