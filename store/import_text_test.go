package store

import (
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/workflow"
)

func (r *importRoom) snippetIn(ws WorkspaceID, name, value string) {
	r.Helper()
	_, err := r.SaveSnippet(r.ctx, ws, Snippet{Name: name, Value: value}, r.by)
	r.must(err)
}

// Snippets are copied with those in them, and with those that a copied layout
// names; what is called the same here and says something else stays as it is.
func TestImportCopiesSnippets(t *testing.T) {
	r := newImportRoom(t)
	r.snippetIn(r.field.ID, "sign", "Letters, {{ customer.city }}")
	r.snippetIn(r.field.ID, "footer", "Bye.\n{{ snippets.sign }}")
	r.snippetIn(r.field.ID, "head", "Hello")
	r.must(r.SaveLayout(r.ctx, r.field.ID, Layout{Name: "Framed", HTML: "{{ snippets.head }}{{content}}"}, r.by))
	r.snippetIn(r.ws, "Sign", "Acme")
	from := r.importedTo(r.field.ID, "Footers", `[{"key":"m","type":"email","sending":"off","from":"hi@field.test","layout":"Framed","subject":"{{ snippets.footer }}",
		"body":"{{ snippets.sign }} {{ snippets['footer'] }}","languages":[{"language":"de","subject":"x","body":"{{snippets.gone}}{{snippets.sign}}"}]},
		{"key":"p","type":"push","title":"{{snippets.sign}}","body":"x"}]`)

	p := r.preview(r.askOf(from, nil, "m", "p"))
	if n := needIn(t, p, workflow.NeedsSnippet, "footer"); n.State != NeedChoose || n.Choice != "copy" || n.Options[1].Value != "here:Sign" {
		t.Errorf("footer %+v", n)
	}
	if n := needIn(t, p, workflow.NeedsSnippet, "sign"); n.State != NeedSame || n.Choice != "same" || len(n.Difference) == 0 || !slices.Contains(n.UsedBy, "snippet footer") {
		t.Errorf("sign %+v", n)
	}
	if n := needIn(t, p, workflow.NeedsSnippet, "head"); n.Choice != "copy" || !slices.Equal(n.UsedBy, []string{"layout Framed"}) {
		t.Errorf("head %+v", n)
	}
	if n := needIn(t, p, workflow.NeedsSnippet, "gone"); n.State != NeedMissing || len(n.Options) != 0 {
		t.Errorf("gone %+v", n)
	}

	c := r.bring(r.askOf(from, map[string]string{"need.snippet.sign": "copy"}, "m", "p")).Campaign
	needIn(t, r.preview(r.askOf(from, map[string]string{"need.snippet.sign": "copy"}, "m", "p")), workflow.NeedsAttribute, "city")
	m, _ := workflow.Find(c.Draft, "m")
	if want := "{{ snippets['sign 2'] }} {{ snippets['footer'] }}"; m.Email.Body != want {
		t.Errorf("%s, want %s", m.Email.Body, want)
	}
	if want := "{{snippets.gone}}{{snippets['sign 2']}}"; m.Email.Languages[0].Body != want {
		t.Errorf("%s, want %s", m.Email.Languages[0].Body, want)
	}
	push, _ := workflow.Find(c.Draft, "p")
	if want := "{{snippets['sign 2']}}"; push.Push.Title != want {
		t.Errorf("%s, want %s", push.Push.Title, want)
	}
	for name, want := range map[string]string{"sign": "Acme", "sign 2": "Letters, {{ customer.city }}", "footer": "Bye.\n{{ snippets['sign 2'] }}", "head": "Hello"} {
		if got, err := r.Snippet(r.ctx, r.ws, name); err != nil || got.Value != want {
			t.Errorf("%s: %q %v, want %q", name, got.Value, err, want)
		}
	}

	// Another one stands in, and nothing is added.
	c = r.bring(r.askOf(from, map[string]string{"need.snippet.sign": "here:head", "need.snippet.footer": "same"}, "m")).Campaign
	m, _ = workflow.Find(c.Draft, "m-2")
	if want := "{{ snippets['head'] }} {{ snippets['footer'] }}"; m.Email == nil || m.Email.Body != want {
		t.Errorf("%+v, want %s", m.Email, want)
	}
	if all, err := r.Snippets(r.ctx, r.ws); err != nil || len(all) != 4 {
		t.Errorf("%d snippets, %v", len(all), err)
	}
	all, err := r.Snippets(r.ctx, r.field.ID)
	r.must(err)
	if len(all) != 3 || all[0].Value != "Bye.\n{{ snippets.sign }}" {
		t.Errorf("the source has %+v", all)
	}
}

// A snippet that changed while one looked at the report is not copied unseen.
func TestImportSeesSnippetsChange(t *testing.T) {
	r := newImportRoom(t)
	r.snippetIn(r.field.ID, "footer", "Bye")
	from := r.importedTo(r.field.ID, "Footers", `[{"key":"m","type":"email","sending":"off","from":"hi@field.test","subject":"x","body":"{{snippets.footer}}"}]`)
	in := r.askOf(from, nil, "m")
	r.snippetIn(r.field.ID, "footer", "Good bye")
	if _, err := r.ImportActions(r.ctx, r.ws, r.trial.ID, in, r.bob); err != ErrSourceChanged {
		t.Error(err)
	}
}

func TestImportBringsTopics(t *testing.T) {
	r := newImportRoom(t)
	for _, topic := range []Topic{{Name: "Other"}, {Name: "News", Description: "Monthly"}, {Name: "Offers", Subscribed: true}} {
		_, err := r.CreateTopic(r.ctx, r.field.ID, topic, r.by)
		r.must(err)
	}
	r.topic("Offers", false)
	from := r.importedTo(r.field.ID, "Letters", `[
		{"key":"a","type":"email","sending":"off","from":"hi@field.test","subject":"x","body":"x","subscription":"topic:news"},
		{"key":"b","type":"email","sending":"off","from":"hi@field.test","subject":"x","body":"x","subscription":"topic:Offers"}]`)
	p := r.preview(r.askOf(from, nil, "a", "b"))
	if n := needIn(t, p, workflow.NeedsTopic, "news"); n.State != NeedChoose || n.Choice != "copy" || n.Options[1].Value != "here:Offers" {
		t.Errorf("news %+v", n)
	}
	if n := needIn(t, p, workflow.NeedsTopic, "Offers"); n.State != NeedSame || !strings.Contains(n.Detail, "does not get") {
		t.Errorf("offers %+v", n)
	}
	for choice, want := range map[string]workflow.Subscription{"here:Offers": "topic:Offers", "none": "", "same": "topic:news"} {
		c := r.bring(r.askOf(from, map[string]string{"need.topic.news": choice}, "a")).Campaign
		a := c.Draft.Actions[1]
		if a.Email == nil || a.Email.Subscription != want {
			t.Errorf("%s: %+v, want %q", choice, a.Email, want)
		}
	}
	if got := r.topicNames(); got != "topic_1 Offers" {
		t.Error(got)
	}
	c := r.bring(r.askOf(from, nil, "a", "b")).Campaign
	if got := r.topicNames(); got != "topic_1 Offers, topic_2 News" {
		t.Error(got)
	}
	added, err := r.Topic(r.ctx, r.ws, 2)
	if err != nil || added.Description != "Monthly" || added.Subscribed || c.Draft.Actions[1].Email.Subscription != "topic:news" {
		t.Errorf("%+v %v %+v", added, err, c.Draft.Actions[1].Email)
	}
}

// A campaign that is duplicated into another workspace takes its topic along.
func TestDuplicateBringsTheTopic(t *testing.T) {
	r := newImportRoom(t)
	_, err := r.CreateTopic(r.ctx, r.field.ID, Topic{Name: "News"}, r.by)
	r.must(err)
	r.edit(r.field.ID, r.from.ID, func(c *workflow.Campaign) { c.Subscription = "topic:News" })
	in := Duplicate{Workspace: r.field.ID, Campaign: r.from.ID}
	p, err := r.PreviewDuplicate(r.ctx, r.ws, in, r.bob)
	r.must(err)
	if n := needIn(t, p, workflow.NeedsTopic, "News"); n.Choice != "copy" || !slices.Equal(n.UsedBy, []string{"Subscription"}) {
		t.Errorf("%+v", n)
	}
	in.Seen, in.Choices = p.Seen, map[string]string{"need.topic.News": "none"}
	if c, err := r.DuplicateTo(r.ctx, r.ws, in, r.bob); err != nil || c.Draft.Subscription != "" {
		t.Errorf("%q %v", c.Draft.Subscription, err)
	}
	in.Choices = nil
	if c, err := r.DuplicateTo(r.ctx, r.ws, in, r.bob); err != nil || c.Draft.Subscription != "topic:News" || r.topicNames() != "topic_1 News" {
		t.Errorf("%q %v %s", c.Draft.Subscription, err, r.topicNames())
	}
}
