package web

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/views"
)

func (s *site) filtered(filter string) views.PeopleState {
	s.Helper()
	c, err := condition.Parse([]byte(filter))
	s.must(err)
	return views.PeopleState{Query: store.PeopleQuery{Filter: c}}
}

const pros = `{"attribute":{"field":"plan","operator":"eq","value":"pro"}}`

func (s *site) threePeople() {
	s.Helper()
	s.addPerson(s.acme, "1", "ada@x.test", `{"plan": "pro", "city": "Lund"}`)
	s.addPerson(s.acme, "2", "bob@x.test", `{"plan": "free"}`)
	s.addPerson(s.acme, "3", "cy@x.test", `{"plan": "pro"}`)
	s.must(s.store.Track(context.Background(), s.acme.ID, store.Event{Ref: identity.Ref{Kind: identity.ID, Value: "3"}, Type: store.EventActivity, Name: "bought", Data: []byte(`{}`)}))
}

func TestFilterPeople(t *testing.T) {
	s := newSite(t)
	s.threePeople()
	path := views.PeopleStatePath(s.acme, s.filtered(pros), views.At{})
	s.bob.get(path).want(200, "ada@x.test", "cy@x.test", "Found 2 people.", "Remove the filter plan is &#34;pro&#34;").without("bob@x.test", "Save as segment")
	s.bob.get(views.PeopleListPath(s.acme)+"?"+strings.SplitN(path, "?", 2)[1]+"&q=ada", "X-Workspace", "1").want(200, "ada@x.test").without("cy@x.test", "<html")

	add := views.AddFilterPath(s.acme, s.filtered(pros))
	s.bob.get(add).want(200, "<dialog open", `name="add"`, `value="city"`, `value="bought"`)
	for answer, want := range map[string]string{
		"&add=attribute&field=city&operator=eq&value=Lund":  "ada@x.test",
		"&add=event&event=bought&times=1&within=30d":        "cy@x.test",
		"&add=event&event=bought&did=not":                   "ada@x.test",
		"&add=attribute&field=city&operator=not_exists":     "cy@x.test",
		"&add=attribute&field=plan&operator=eq&value=a,pro": "ada@x.test",
	} {
		to := s.bob.get(add + answer).want(303).location()
		s.bob.get(to).want(200, want, "plan").without("bob@x.test")
	}
	for answer, want := range map[string]string{
		"&add=attribute&operator=eq&value=x":            "Name the attribute.",
		"&add=attribute&field=plan&operator=eq":         "Write a value for plan.",
		"&add=attribute&field=plan&operator=gt&value=x": "number",
		"&add=segment":                         "Name the segment.",
		"&add=segment&segment=Nobody":          "There is no segment “Nobody”.",
		"&add=event&times=2":                   "Name the event.",
		"&add=event&event=bought&times=many":   "Write a number of times",
		"&add=event&event=bought&within=month": "such as",
	} {
		if a := s.bob.get(add + answer); a.Code != 422 || !strings.Contains(a.Body.String(), "Error: ") {
			t.Errorf("%s: %d, want 422 and %q", answer, a.Code, want)
		} else if !strings.Contains(a.Body.String(), want) {
			t.Errorf("%s: no %q", answer, want)
		}
	}
	for _, broken := range []string{"{", `{"attribute":{}}`, `{"segment":{"name":"Gone"}}`} {
		s.bob.get(views.PeoplePath(s.acme)+"?f="+url.QueryEscape(broken)).want(422, "The filter in this address cannot be read.").without("ada@x.test")
	}
}

func TestOrderAndColumnsOfPeople(t *testing.T) {
	s := newSite(t)
	s.threePeople()
	a := s.bob.get(views.PeoplePath(s.acme) + "?sort=email").want(200)
	if text := a.Body.String(); strings.Index(text, "ada@x.test") > strings.Index(text, "bob@x.test") {
		t.Error("they are not in the order of their emails")
	}
	if text := s.charlie.get(views.PeoplePath(s.other) + "?sort=email").want(200).Body.String(); strings.Contains(text, `value="email"`) {
		t.Error("an order by email is offered where no index serves it")
	}
	columns := views.PeopleColumnsPath(s.acme, s.filtered(pros))
	s.bob.get(columns).want(200, "<dialog open", `value="attribute.city"`)
	to := s.bob.send(s.acme, columns, url.Values{"column": {"attribute.city", "name"}, "compact": {"true"}}).want(303).location()
	s.bob.get(to).want(200, `data-label="city"`, "<bdi>Lund</bdi>", `data-density="compact"`).without("Email status", "bob@x.test")
	s.alice.get(views.PeoplePath(s.acme)).want(200, "Email status").without(`data-label="city"`)
	s.bob.send(s.acme, columns, url.Values{"column": make([]string, 31)}).want(422, "A column has no name.")
	s.bob.get(views.PeoplePath(s.acme)+"?col=attribute.plan").want(200, `data-label="plan"`).without(`data-label="city"`)
}

func TestViewsOfPeople(t *testing.T) {
	s := newSite(t)
	s.threePeople()
	form := views.NewViewPath(s.acme, s.filtered(pros))
	s.alice.get(form).want(200, "<dialog open", "Only you")
	to := s.alice.send(s.acme, form, url.Values{"name": {"Paying"}, "shared": {"true"}}).want(303).location()
	s.alice.get(to).want(200, "Paying", "ada@x.test", "The view was saved.").without("Update “", "bob@x.test")
	s.bob.get(views.PeoplePath(s.acme)).want(200, "Paying").without("Save view")
	s.alice.get(to+"&q=ada").want(200, "Update “")
	s.alice.send(s.acme, form, url.Values{"name": {"paying"}}).want(422, "There is a view “paying” already.")
	edit := views.EditViewPath(s.acme, 1, views.PeopleState{Query: store.PeopleQuery{Q: "cy"}})
	s.alice.get(edit).want(200, `value="Paying"`)
	s.alice.send(s.acme, edit, url.Values{"name": {"Cy"}}).want(303)
	s.bob.get(views.PeoplePath(s.acme)).want(200).without(">Cy<", "Paying")
	s.alice.get(views.ViewsPath(s.acme)).want(200, "Cy", "Only you", "with “cy” in their email")
	s.alice.get(views.ViewsPath(s.acme)+"?q=zz").want(200, "No view found")
	s.alice.get(views.DeleteViewPath(s.acme, 1)).want(200, "Delete the view")
	s.alice.send(s.acme, views.DeleteViewPath(s.acme, 1), nil).want(303)
	s.alice.get(views.ViewsPath(s.acme)).want(200, "No saved views yet")
}

func TestFiltersBecomeASegment(t *testing.T) {
	s := newSite(t)
	s.threePeople()
	path := views.SaveSegmentPath(s.acme, s.filtered(pros))
	s.alice.get(path).want(200, "People whose plan is", "<dialog open")
	s.alice.send(s.acme, path, url.Values{"name": {" "}}).want(422, "Name the segment.")
	s.alice.send(s.acme, views.SaveSegmentPath(s.acme, views.PeopleState{}), url.Values{"name": {"All"}}).want(422, "Add a filter first")
	s.alice.get(s.alice.send(s.acme, path, url.Values{"name": {"Pros"}}).want(303).location()).want(200, "Pros", "The segment was saved.")
}

// run does all the work of jobs that there is.
func (s *site) runJobs(ws store.Workspace) {
	s.Helper()
	ctx := context.Background()
	for {
		j, err := s.store.NextJob(ctx, ws.ID)
		if err == store.ErrNotFound {
			return
		}
		s.must(err)
		batch, err := s.store.ReadJob(ctx, ws.ID, j, 100)
		s.must(err)
		s.must(s.store.WriteJob(ctx, ws.ID, j, batch))
	}
}

func TestChangeManyPeople(t *testing.T) {
	s := newSite(t)
	s.threePeople()
	ask := views.NewJobPath(s.acme)
	all := s.filtered(pros).Fields()[0]
	form := func(do store.JobKind, more ...string) url.Values {
		v := url.Values{"do": {string(do)}, "all": {"true"}, all.Name: {all.Value}}
		for i := 0; i < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	s.alice.get(ask+"?"+form(store.AttributeJob).Encode()).want(200, "2 people", "People whose plan is", "Change 2 people", `name="attribute"`)
	s.alice.send(s.acme, ask, form(store.AttributeJob)).want(422, "Name the attribute.")
	to := s.alice.send(s.acme, ask, form(store.AttributeJob, "attribute", "seats", "value", "12")).want(303).location()
	s.alice.get(to).want(200, "Running", "Set seats to “12”", "Cancel…")
	s.alice.get(to+"/progress").want(200, "hx-get")
	s.runJobs(s.acme)
	s.alice.get(to).want(200, "Done", "2 people found, 2 changed").without("Cancel…")
	s.alice.get(to + "/progress").want(286)
	s.bob.get(views.JobsPath(s.acme)).want(200, "Set seats to “12”")
	s.bob.get(views.JobsAtPath(s.acme, "nothing", views.At{})).want(200, "No job found")
	if p, err := s.store.PersonBy(context.Background(), s.acme.ID, identity.Ref{Kind: identity.ID, Value: "1"}); err != nil || fmt.Sprintf("%T", p.Attributes["seats"]) != "json.Number" {
		t.Errorf("%v, %v", p.Attributes, err)
	}
	for _, none := range []url.Values{{"do": {"delete"}}, {"do": {"delete"}, "all": {"true"}, "f": {"{"}}} {
		s.alice.get(ask+"?"+none.Encode()).want(422, "There is a problem")
		s.alice.send(s.acme, ask, none).want(422, "There is a problem")
	}
	s.alice.get(ask + "?do=forget&all=true").want(404)

	s.alice.get(ask+"?"+form(store.DeleteJob).Encode()).want(200, "This cannot be undone.", `data-confirm="delete forever"`)
	s.alice.send(s.acme, ask, form(store.DeleteJob)).want(422, "Type “delete forever” to go on.")
	chosen := url.Values{"do": {"delete"}, "person": {store.PersonID(2).CioID(), "zz"}, "confirm": {"Delete forever"}}
	s.alice.send(s.acme, ask, chosen).want(303)
	s.runJobs(s.acme)
	s.alice.get(views.PeoplePath(s.acme)).want(200, "2 people", "ada@x.test").without("bob@x.test")
	s.alice.send(s.acme, ask, form(store.UnsubscribeJob)).want(303)
	s.alice.get(views.CancelJobPath(s.acme, 3)).want(200, "<dialog open", "stays done")
	s.alice.send(s.acme, views.CancelJobPath(s.acme, 3), nil).want(303)
	s.alice.get(views.JobPath(s.acme, 3)).want(200, "Cancelled")
	s.alice.send(s.acme, views.CancelJobPath(s.acme, 3), nil).want(409)
}

// What cannot be undone, and what carries people's data away, is for admins.
func TestAuthorsNeitherDeleteManyNorExport(t *testing.T) {
	s := newSite(t)
	s.threePeople()
	ctx := context.Background()
	bob, err := s.store.MemberByEmail(ctx, "bob@acme.test")
	s.must(err)
	s.must(s.store.SetRole(ctx, s.acme.ID, bob.ID, store.RoleAuthor, store.CommandLine))
	for kind, code := range map[store.JobKind]int{store.DeleteJob: 403, store.SuppressJob: 403, store.ExportJob: 403, store.UnsubscribeJob: 303} {
		form := url.Values{"do": {string(kind)}, "all": {"true"}, "confirm": {views.ConfirmPhrase}, "column": {"id"}}
		s.bob.send(s.acme, views.NewJobPath(s.acme), form).want(code)
	}
	s.bob.get(views.PeoplePath(s.acme)).want(200, "Unsubscribe…").without("Export", "Suppress…")
	s.bob.get(views.ExportFilePath(s.acme, 1)).want(403)
}

func TestExportPeople(t *testing.T) {
	s := newSite(t)
	s.threePeople()
	ask := views.NewJobPath(s.acme)
	s.alice.get(ask+"?do=export&all=true").want(200, `value="city"`, "Export 3 people", "stays for 7 days")
	s.alice.send(s.acme, ask, url.Values{"do": {"export"}, "all": {"true"}}).want(422, "Choose at least one column.")
	to := s.alice.send(s.acme, ask, url.Values{"do": {"export"}, "all": {"true"}, "column": {"id", "plan"}}).want(303).location()
	s.alice.get(to + "/people.csv").want(404) // not yet
	s.runJobs(s.acme)
	j, err := s.store.Job(context.Background(), s.acme.ID, 1)
	s.must(err)
	s.must(os.WriteFile(filepath.Join(s.srv.exports, j.File), []byte("id,plan\n"), 0o600))
	s.alice.get(to).want(200, "Download", "The file is deleted on")
	if a := s.alice.get(to + "/people.csv"); a.Code != 200 || !strings.Contains(a.Header().Get("Content-Disposition"), "acme-people-1.csv") {
		t.Errorf("%d %v", a.Code, a.Header())
	}
}
