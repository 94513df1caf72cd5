package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/views"
)

// addPerson adds somebody to a workspace, behind the door.
func (s *site) addPerson(ws store.Workspace, id, email, attributes string) store.Person {
	s.Helper()
	object, err := store.DecodeObject([]byte(attributes))
	s.must(err)
	p, err := s.store.AddPerson(context.Background(), ws.ID, store.PersonForm{ID: id, Email: email, Attributes: object}, store.CommandLine)
	s.must(err)
	return p
}

// has says whether a search in the workspace finds somebody.
func (s *site) has(ws store.Workspace, q string) bool {
	s.Helper()
	found, err := s.store.People(context.Background(), ws.ID, q, store.Page{Limit: 1})
	s.must(err)
	return len(found) > 0
}

// without fails the test if the answer has one of these texts.
func (a answer) without(texts ...string) answer {
	a.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.Body.String(), text) {
			a.t.Errorf("there is %q in\n%s", text, a.Body)
		}
	}
	return a
}

func TestAddPerson(t *testing.T) {
	s := newSite(t)
	path := views.NewPersonPath(s.acme)
	s.alice.get(views.PeoplePath(s.acme)).want(200, "Nobody here yet", path, "Import CSV", "Get an API key")
	s.alice.get(path).want(200, `name="id"`, `name="email"`, `name="attributes"`, `name="_ws"`)

	form := url.Values{"id": {"7"}, "email": {"ada@x.test"}, "attributes": {`{"plan": "pro", "tags": ["a"]}`},
		"attribute_name": {"seats", "vip", "zip", ""}, "attribute_value": {"12", "true", "01234", ""}}
	to := s.alice.send(s.acme, path, form).want(303).location()
	s.alice.get(to).want(200, "ada@x.test was added.", "<bdi>pro</bdi>", "01234", "Subscribed", "[&#34;a&#34;]")
	ada, err := s.store.Person(context.Background(), s.acme.ID, 1)
	s.must(err)
	if got := fmt.Sprintf("%T %T %T", ada.Attributes["seats"], ada.Attributes["vip"], ada.Attributes["zip"]); got != "json.Number bool string" {
		t.Errorf("kept as %s", got)
	}
	s.alice.get(views.PeoplePath(s.acme)).want(200, "ada@x.test", "1 person", to)

	for name, test := range map[string]struct {
		form url.Values
		want string
	}{
		"taken email":   {url.Values{"email": {"ADA@x.test"}}, "Another person in this workspace has the email “ADA@x.test”"},
		"taken id":      {url.Values{"id": {"7"}}, "Another person in this workspace has the id “7”"},
		"nobody":        {url.Values{"id": {" "}}, "Enter an id or an email."},
		"no address":    {url.Values{"email": {"ada"}}, "“ada” is not a full email address."},
		"no JSON":       {url.Values{"id": {"8"}, "attributes": {"plan: pro"}}, "Write a JSON object"},
		"a list":        {url.Values{"id": {"8"}, "attributes": {`["pro"]`}}, "Write a JSON object"},
		"two objects":   {url.Values{"id": {"8"}, "attributes": {`{} {}`}}, "Write a JSON object"},
		"twice":         {url.Values{"id": {"8"}, "attributes": {`{"a": 1}`}, "attribute_name": {"a"}, "attribute_value": {"2"}}, "“a” is there twice."},
		"no name":       {url.Values{"id": {"8"}, "attribute_name": {""}, "attribute_value": {"blue"}}, "Name the attribute whose value is “blue”."},
		"reserved":      {url.Values{"id": {"8"}, "attributes": {`{"unsubscribed": true}`}}, "“unsubscribed” is not set here."},
		"too long":      {url.Values{"id": {"8"}, "attribute_name": {"a"}, "attribute_value": {strings.Repeat("x", 1001)}}, "cannot be longer than 1000 bytes."},
		"too many":      {url.Values{"id": {"8"}, "attributes": {manyAttributes(301)}}, "more than 300 attributes."},
		"begins like c": {url.Values{"id": {"cio_1"}}, "An id cannot begin with “cio_”"},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.alice.send(s.acme, path, test.form)
			a.t = t
			a.want(422, "There is a problem", "Error: ", test.want)
			for field, values := range test.form {
				for _, value := range values {
					if field != "attribute_name" && strings.TrimSpace(value) != "" && len(value) < 100 && !strings.ContainsAny(value, `{["`) {
						a.want(422, value) // what was typed is kept
					}
				}
			}
		})
	}
	if ws, _ := s.store.Workspace(context.Background(), s.acme.ID); ws.People != 1 {
		t.Errorf("%d people", ws.People)
	}
	// Room for more, without losing what is there.
	s.alice.send(s.acme, path, url.Values{"id": {"8"}, "attribute_name": {"plan"}, "attribute_value": {"gold"}, "more": {"true"}}).
		want(200, `value="8"`, `value="gold"`, "Value of attribute 4").without("There is a problem")
	if s.has(s.acme, "gold") {
		t.Error("asking for room added somebody")
	}
}

func manyAttributes(n int) string {
	var parts []string
	for i := range n {
		parts = append(parts, fmt.Sprintf(`"a%d": 1`, i))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func TestFormObeysTheModeOfTheWorkspace(t *testing.T) {
	s := newSite(t)
	path := views.NewPersonPath(s.other)
	s.charlie.get(path).want(200, "Several people may share one.")
	s.charlie.send(s.other, path, url.Values{"email": {"ada@x.test"}}).
		want(422, "People in this workspace are identified by id, so an email alone is not enough.", `value="ada@x.test"`)
	for _, id := range []string{"1", "2"} {
		s.charlie.send(s.other, path, url.Values{"id": {id}, "email": {"ada@x.test"}}).want(303)
	}
	ws, err := s.store.Workspace(context.Background(), s.other.ID)
	s.must(err)
	if ws.People != 2 {
		t.Errorf("%d people share the address, want 2", ws.People)
	}
	emails, err := s.store.CreateWorkspace(context.Background(), store.NewWorkspace{Name: "Letters", Identifiers: "email"}, store.CommandLine)
	s.must(err)
	s.alice.send(emails, views.NewPersonPath(emails), url.Values{"id": {"7"}, "email": {"ada@x.test"}}).
		want(422, "People in this workspace are identified by email only. Leave the id empty.")
}

func TestSearchPeople(t *testing.T) {
	s := newSite(t)
	s.addPerson(s.other, "9", "ada@foreign.test", `{}`)
	for i := range 60 {
		s.addPerson(s.acme, fmt.Sprintf("u%d", i), fmt.Sprintf("person%d@x.test", i), `{"name": "<b>Person</b>"}`)
	}
	s.addPerson(s.acme, "", "ada@x.test", `{}`)
	part := views.PeopleListPath(s.acme)
	a := s.bob.get(part+"?q=ada", "X-Workspace", "1").want(200, "ada@x.test", "Found 1 person.", `id="list"`).without("<html", "foreign", "person1@")
	if got := a.Header().Get("HX-Replace-Url"); got != "/w/acme/people?q=ada" {
		t.Errorf("the address becomes %q", got)
	}
	s.bob.get(views.PeoplePath(s.acme)+"?q=ada").want(200, "<html", `value="ada"`, "ada@x.test").without("Add person", "person1@")
	s.bob.get(views.PeoplePath(s.acme)+"?q=nobody-here").want(200, "Nobody found", "Show everybody")
	s.bob.get(views.PeoplePath(s.acme)+"?q=pe").want(200, "begin with “pe”", "person54@").without("rel=\"next\"")
	s.bob.get(part+"?q=ada", "X-Workspace", "2").want(409)

	// Down to the end and back.
	first := s.bob.get(views.PeoplePath(s.acme)).want(200, "61 people", `aria-disabled="true"`, "&lt;b&gt;Person").without("<b>Person")
	older := link(t, first, "next")
	last := s.bob.get(older).want(200, "person0@x.test").without(`rel="next"`, "person59@")
	s.bob.get(link(t, last, "prev")).want(200, "ada@x.test", "person59@").without(`rel="prev"`)
	found := s.bob.get(views.PeoplePath(s.acme)+"?q=person").want(200, "Found more than 50 people.")
	s.bob.get(link(t, found, "next")).want(200, "person0@", `value="person"`)
	for _, odd := range []string{"?before=x", "?after=-1", "?before=99999999999999999999", "?q=%00%ff%22", "?after=999"} {
		s.bob.get(views.PeoplePath(s.acme) + odd).want(200)
	}
}

// link is where the link with this relation leads.
func link(t *testing.T, a answer, rel string) string {
	t.Helper()
	_, rest, found := strings.Cut(a.Body.String(), `rel="`+rel+`" href="`)
	if !found {
		t.Fatalf("no link to the %s page in\n%s", rel, a.Body)
	}
	to, _, _ := strings.Cut(rest, `"`)
	return strings.ReplaceAll(to, "&amp;", "&")
}

func TestEditPerson(t *testing.T) {
	s := newSite(t)
	p := s.addPerson(s.acme, "7", "ada@x.test", `{"plan": "pro", "seats": 3, "tags": ["a"]}`)
	s.addPerson(s.acme, "8", "", `{}`)
	path := views.EditPersonPath(s.acme, p.ID)
	page := s.alice.get(path).want(200, `value="ada@x.test"`, `value="plan"`, `value="3"`, "&#34;tags&#34;", `name="attributes_was"`)
	_, was, _ := strings.Cut(page.Body.String(), `name="attributes_was" value="`)
	was, _, _ = strings.Cut(was, `"`)
	form := url.Values{"id": {"9"}, "email": {"ada@y.test"}, "attributes": {`{"tags": ["a"]}`}, "attributes_was": {strings.ReplaceAll(was, "&#34;", `"`)},
		"attribute_name": {"seats", "city"}, "attribute_value": {"3", "Lund"}}
	s.alice.send(s.acme, path, form).want(303)
	s.alice.get(views.PersonPath(s.acme, p.ID)).want(200, "ada@y.test", "city: Lund", "plan: pro → removed", "city, email and 2 more changed").without("seats: ")
	form.Set("id", "8")
	s.alice.send(s.acme, path, form).want(422, "Another person in this workspace has the id “8”", `value="Lund"`)
	form.Set("attributes_was", "{")
	s.alice.send(s.acme, path, form).want(422, "This form is damaged.")
}

func TestConsentAndDeletionAsk(t *testing.T) {
	s := newSite(t)
	p := s.addPerson(s.acme, "7", "ada@x.test", `{}`)
	home := views.PersonPath(s.acme, p.ID)
	s.alice.get(home).want(200, views.UnsubscribePersonPath(s.acme, p.ID)).without(views.SubscribePersonPath(s.acme, p.ID))
	s.alice.get(views.UnsubscribePersonPath(s.acme, p.ID)).want(200, "<dialog open", "no more messages from Acme")
	s.alice.send(s.acme, views.UnsubscribePersonPath(s.acme, p.ID), nil).want(303)
	s.alice.get(home).want(200, "ada@x.test is unsubscribed.", "Unsubscribed", "By Alice Adams")

	again := views.SubscribePersonPath(s.acme, p.ID)
	s.alice.get(again).want(200, `name="why"`)
	s.alice.send(s.acme, again, url.Values{"why": {" "}}).want(422, "Write down how they asked for it.", "<dialog open")
	s.alice.send(s.acme, again, url.Values{"why": {"by phone"}}).want(303)
	s.alice.get(home).want(200, "By Alice Adams: by phone", "Subscribed")

	s.alice.get(views.DeletePersonPath(s.acme, p.ID)).want(200, "<dialog open", "Delete <bdi>ada@x.test</bdi>?")
	if to := s.alice.send(s.acme, views.DeletePersonPath(s.acme, p.ID), nil).want(303).location(); to != views.PeoplePath(s.acme) {
		t.Errorf("led to %s", to)
	}
	s.alice.get(views.PeoplePath(s.acme)).want(200, "ada@x.test was deleted.", "Nobody here yet")
	s.alice.get(home).want(404)
	s.alice.send(s.acme, views.DeletePersonPath(s.acme, p.ID), nil).want(404)
}

func TestPeopleAreTheirWorkspaces(t *testing.T) {
	s := newSite(t)
	p := s.addPerson(s.acme, "7", "ada@x.test", `{}`)
	for _, path := range []string{
		views.PersonPath(s.other, p.ID), views.EditPersonPath(s.other, p.ID), views.DeletePersonPath(s.other, p.ID),
		views.SubscribePersonPath(s.other, p.ID), views.UnsubscribePersonPath(s.other, p.ID),
	} {
		s.alice.get(path).want(404)
		if path != views.PersonPath(s.other, p.ID) {
			s.alice.send(s.other, path, url.Values{"id": {"1"}, "why": {"x"}}).want(404)
		}
	}
	for _, path := range []string{views.PeoplePath(s.acme), views.PersonPath(s.acme, p.ID), views.PeopleListPath(s.acme), views.ActivityPath(s.acme)} {
		s.bob.get(path).want(200)
		s.charlie.get(path).want(404)
		s.nobody.get(path).want(303)
	}
	for _, path := range []string{views.NewPersonPath(s.acme), views.EditPersonPath(s.acme, p.ID), views.DeletePersonPath(s.acme, p.ID), views.SubscribePersonPath(s.acme, p.ID), views.UnsubscribePersonPath(s.acme, p.ID)} {
		s.bob.get(path).want(403)
		s.bob.send(s.acme, path, url.Values{"id": {"8"}}).want(403)
		s.alice.post(path, url.Values{"id": {"typed-id"}, "why": {"typed-why"}}).want(409, "Nothing was saved", "typed-id", "typed-why")
		s.alice.send(s.other, path, url.Values{"id": {"typed-id"}}).want(409, "was opened in <b>Other</b>", "typed-id")
	}
	s.bob.get(views.PersonPath(s.acme, p.ID)).want(200).without("Delete…", "Edit</a>")
	for _, cio := range []string{"1", "000000FF", "zz", "000000ff", "-0000001", "%20"} {
		s.alice.get(views.PeoplePath(s.acme) + "/" + cio).want(404)
	}
	if !s.has(s.acme, "ada@x.test") {
		t.Error("somebody deleted her")
	}
}

// A tab stays in the workspace in which it was opened.
func TestTwoTabsInTwoWorkspaces(t *testing.T) {
	s := newSite(t)
	form := views.NewPersonPath(s.acme)
	s.alice.get(form).want(200) // tab A
	s.alice.post("/switch", url.Values{"workspace": {"other"}, "from": {"people"}}).want(303)
	s.alice.send(s.acme, form, url.Values{"id": {"from-tab-a"}}).want(303)
	if !s.has(s.acme, "from-tab-a") || s.has(s.other, "from-tab-a") {
		t.Error("what tab A saved is not in A, or is in B")
	}
	if to := s.alice.get("/people").want(302).location(); to != "/w/other/people" {
		t.Errorf("/people led to %s", to)
	}
	s.alice.get(views.PeoplePath(s.acme)).want(200, "from-tab-a")
	if to := s.alice.get("/people?q=x").want(302).location(); to != "/w/other/people?q=x" {
		t.Errorf("looking at Acme moved the session: %s", to)
	}
	// A member who was removed finds nothing any more.
	ctx := context.Background()
	bob, err := s.store.MemberByEmail(ctx, "bob@acme.test")
	s.must(err)
	s.bob.get(views.PeoplePath(s.acme)).want(200)
	s.must(s.store.SetRole(ctx, s.acme.ID, bob.ID, store.RoleNone, store.CommandLine))
	s.bob.get(views.PeoplePath(s.acme)).want(404)
	s.bob.send(s.acme, form, url.Values{"id": {"8"}}).want(404)
}

func TestActivity(t *testing.T) {
	s := newSite(t)
	s.alice.get(views.ActivityPath(s.acme)).want(200, "Nothing has happened yet")
	ctx := context.Background()
	p := s.addPerson(s.acme, "7", "ada@x.test", `{}`)
	for i := range 55 {
		s.must(s.store.Track(ctx, s.acme.ID, store.Event{Ref: identity.Ref{Kind: identity.ID, Value: "7"}, Type: store.EventActivity, Name: fmt.Sprintf("event%d", i), Data: []byte(`{"big": "` + strings.Repeat("x", 3000) + `"}`)}))
	}
	for _, path := range []string{views.ActivityPath(s.acme), views.PersonPath(s.acme, p.ID)} {
		newest := s.bob.get(path).want(200, "Did “event54”", "All of it", "xxx…").without("event4”")
		last := s.bob.get(link(t, newest, "next")).want(200, "Did “event0”").without("event54”")
		s.bob.get(link(t, last, "prev")).want(200, "Did “event54”")
	}
}
