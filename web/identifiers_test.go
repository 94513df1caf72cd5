package web

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// worked lets the engine's part of a change come to its end.
func (s *site) worked(ws store.Workspace) {
	s.Helper()
	for range 9 {
		s.must(s.store.WorkOnIdentifiers(context.Background(), ws.ID, 50))
	}
}

func TestChangeOfIdentifiers(t *testing.T) {
	s := newSite(t)
	a, b := s.addPerson(s.other, "1", "ada@x.test", `{}`), s.addPerson(s.other, "2", "Ada@x.test", `{}`)
	page := views.IdentifiersPath(s.other)
	s.charlie.get(page).want(200, "Id only", "Check everybody", `value="email_or_id"`).without("email_by_id")
	s.charlie.send(s.other, views.CheckIdentifiersPath(s.other), url.Values{"identifiers": {"id"}}).want(422, "Choose another way")
	s.charlie.send(s.other, views.CheckIdentifiersPath(s.other), url.Values{"identifiers": {"email_or_id"}}).want(303)
	s.charlie.get(page).want(200, "Checking everybody", "0 of 2 people checked")
	s.charlie.get(views.IdentifierProgressPath(s.other)).want(200, `id="progress"`).without("<html")
	s.worked(s.other)
	if got := s.charlie.get(views.IdentifierProgressPath(s.other)).want(286); got.Header().Get("HX-Refresh") != "true" {
		t.Error("the page is not shown anew when the check is done")
	}
	s.charlie.get(page).want(200, "2 people stand", "2 people have this email", views.MergeWithPath(s.other, a.ID, b.ID), "Download the list").without("Apply…")
	file := s.charlie.get(views.ConflictsFilePath(s.other)).want(200)
	want := "cio_id,id,email,problem,people_sharing_it,profile\n" +
		a.ID.CioID() + ",1,ada@x.test,duplicate_email,2,http://example.com" + views.PersonPath(s.other, a.ID) + "\n" +
		b.ID.CioID() + ",2,Ada@x.test,duplicate_email,2,http://example.com" + views.PersonPath(s.other, b.ID) + "\n"
	if got := file.Body.String(); got != want {
		t.Errorf("the file is\n%s", got)
	}
	s.charlie.send(s.other, views.ApplyIdentifiersPath(s.other), nil).want(422, "Somebody still stands in the way.")

	s.charlie.send(s.other, views.MergePath(s.other, a.ID), url.Values{"with": {b.ID.CioID()}}).want(303)
	s.charlie.get(page).want(200, "Nobody stands in the way", "Apply…")
	s.charlie.get(views.ApplyIdentifiersPath(s.other)).want(200, "<dialog open", "People can be added by email alone.")
	s.charlie.send(s.other, views.ApplyIdentifiersPath(s.other), nil).want(303)
	s.charlie.get(page).want(200, "Email or id", "in the new way from now on").without("is prepared")
	s.charlie.send(s.other, views.ApplyIdentifiersPath(s.other), nil).want(409)
	s.charlie.send(s.other, views.NewPersonPath(s.other), url.Values{"email": {"ADA@x.test"}}).want(422, "Another person in this workspace has the email")
}

func TestConflictsArePaged(t *testing.T) {
	s := newSite(t)
	for i := range 55 {
		s.addPerson(s.acme, "", strings.Repeat("a", i+1)+"@x.test", `{}`)
	}
	s.alice.send(s.acme, views.CheckIdentifiersPath(s.acme), url.Values{"identifiers": {"id"}}).want(303)
	s.worked(s.acme)
	first := s.alice.get(views.IdentifiersPath(s.acme)).want(200, "55 people stand", "They have no id", ">Next</a>")
	_, rest, _ := strings.Cut(first.Body.String(), `href="`+views.IdentifiersPath(s.acme)+"?person=")
	to, _, _ := strings.Cut(rest, `"`)
	s.alice.get(views.IdentifiersPath(s.acme)+"?person="+strings.ReplaceAll(to, "&amp;", "&")).want(200, strings.Repeat("a", 55)+"@x.test").without(">a@x.test<")
	s.alice.send(s.acme, views.CancelIdentifiersPath(s.acme), nil).want(303)
	s.alice.get(views.IdentifiersPath(s.acme)).want(200, "The change is given up", "Check everybody")
}
