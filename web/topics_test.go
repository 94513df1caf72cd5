package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

func (s *site) topic(name string, subscribed bool) store.Topic {
	s.Helper()
	t, err := s.store.CreateTopic(s.T.Context(), s.acme.ID, store.Topic{Name: name, Subscribed: subscribed}, store.CommandLine)
	s.must(err)
	return t
}

// to lets the messages of a site be about a topic.
func (s *mailSite) to(topic string) {
	s.Helper()
	s.write(s.acme, s.campaign.ID, func(d *workflow.Campaign) { d.Subscription = workflow.OfTopic(topic) })
	_, err := s.store.PublishCampaign(s.T.Context(), s.acme.ID, s.campaign.ID, store.CommandLine)
	s.must(err)
}

func TestTopicsAreWrittenOrderedAndDeleted(t *testing.T) {
	s := newMailSite(t, "draft")
	list := views.TopicsPath(s.acme)
	s.alice.get(list).want(200, "No topics yet", "New topic")
	s.alice.get(views.NewTopicPath(s.acme)).want(200, `value="yes"`)
	s.alice.send(s.acme, views.NewTopicPath(s.acme), url.Values{"name": {" "}, "description": {"<b>"}}).want(422, "Name the topic.", `value="&lt;b&gt;"`)
	s.alice.send(s.acme, views.NewTopicPath(s.acme), url.Values{"name": {"News <b>"}, "description": {"Each month"}, "subscribed": {"yes"}}).want(303)
	s.alice.send(s.acme, views.NewTopicPath(s.acme), url.Values{"name": {"news <B>"}}).want(422, "There is a topic of this name.")
	s.alice.send(s.acme, views.NewTopicPath(s.acme), url.Values{"name": {"Offers"}, "subscribed": {"no"}}).want(303)
	s.alice.get(list).want(200, "News &lt;b&gt;", "Each month", "topic_1", "topic_2", "Not subscribed")
	s.alice.send(s.acme, views.MoveTopicPath(s.acme, 2), url.Values{"to": {"up"}}).want(303)
	if page := s.alice.get(list).want(200).Body.String(); strings.Index(page, "Offers") > strings.Index(page, "News &lt;b&gt;") {
		t.Error("not moved up")
	}

	edit := views.TopicPath(s.acme, 1)
	s.alice.send(s.acme, edit, url.Values{"name": {"News"}, "subscribed": {"yes"}}).want(303)
	s.alice.get(list).want(200, "The topic “News” is saved.")
	s.to("News")
	s.alice.get(edit).want(200, "Welcome", "ask for the topic by this name")
	s.alice.send(s.acme, edit, url.Values{"name": {"Old"}, "subscribed": {"yes"}}).want(422, "is used by “Welcome”", `value="Old"`)
	s.alice.get(views.DeleteTopicPath(s.acme, 1)).want(200, "It is used by 1 campaign").without("Delete topic</button>")
	s.alice.send(s.acme, views.DeleteTopicPath(s.acme, 1), nil).want(422, "It is used by 1 campaign")
	s.alice.get(views.DeleteTopicPath(s.acme, 2)).want(200, "This cannot be undone.")
	s.alice.send(s.acme, views.DeleteTopicPath(s.acme, 2), nil).want(303)
	s.alice.get(views.TopicPath(s.acme, 2)).want(404)
	s.bob.get(list).want(403)
	s.alice.get(views.TopicPath(s.acme, 99)).want(404)
	s.alice.get(list + "/x").want(404)
}

func TestSomebodyChoosesTopics(t *testing.T) {
	s := newMailSite(t, "automatic")
	news, offers := s.topic("News <i>", true), s.topic("Offers", false)
	s.to("News <i>")
	d := s.signUp("ada", "Ada")
	path := views.PreferencesPath(s.token(d))
	page := s.nobody.get(path).want(200, "Your subscriptions", "ada@x.test", "News &lt;i&gt;", "Offers", "Unsubscribe from everything")
	if n := strings.Count(page.Body.String(), " checked"); n != 1 {
		t.Errorf("%d boxes are checked, want the one of News", n)
	}
	s.nobody.get(views.UnsubscribePath(s.token(d))).want(200, "Choose what you hear about", path)
	if _, chosen := s.person(d).Chose(news); chosen {
		t.Fatal("looking at the page chose")
	}

	s.nobody.post(path, nil).want(400)
	s.nobody.post(path, url.Values{"preferences": {"page"}, "topic": {"2", "99", "x"}}).want(200, "Saved. Your choice holds")
	if p := s.person(d); p.Wants(news) || !p.Wants(offers) || p.Unsubscribed {
		t.Errorf("%v", p.Attributes)
	}
	// Once more changes nothing and counts nothing.
	s.nobody.post(path, url.Values{"preferences": {"page"}, "topic": {"2"}}).want(200, "Saved.")
	if steps := s.steps(d); strings.Count(steps, "unsubscribed_email") != 1 || strings.Count(steps, "cio_subscription_preferences_changed") != 1 || !strings.Contains(steps, "From the topic “News ") {
		t.Error(steps)
	}
	counts, err := s.store.CampaignCounts(t.Context(), s.acme.ID, s.campaign.ID)
	s.must(err)
	if n := counts["hello"]["unsubscribed"]; n != 1 {
		t.Errorf("%d are counted as unsubscribed, want 1", n)
	}
	s.alice.get(views.PersonPath(s.acme, d.PersonID)).want(200, "Turned off", "Chosen", "Chose topics", "News &lt;i&gt;: not subscribed", "Offers: subscribed")

	s.nobody.post(path, url.Values{"preferences": {"page"}, "topic": {"1"}, "everything": {"on"}}).want(200, "You get no more messages from Acme")
	if p := s.person(d); !p.Unsubscribed || !p.Wants(news) {
		t.Errorf("%v %v", p.Unsubscribed, p.Attributes)
	}
	s.nobody.get(path).want(200, `name="everything"`)
	s.nobody.post(path, url.Values{"preferences": {"page"}, "topic": {"1"}}).want(200, "Your choice holds")
	if s.person(d).Unsubscribed {
		t.Error("taking it back did not work")
	}

	s.must(s.store.DeletePerson(t.Context(), s.acme.ID, d.PersonID, store.CommandLine))
	s.nobody.get(path).want(200, "You get no more messages")
	s.nobody.post(path, url.Values{"preferences": {"page"}}).want(200, "You get no more messages")
	s.nobody.get(views.PreferencesPath("forged")).want(404)
	s.nobody.post(views.PreferencesPath("forged"), url.Values{"preferences": {"page"}}).want(404)
}

func TestSendAgainKeepsTheChoiceOfTopics(t *testing.T) {
	s := newMailSite(t, "automatic")
	s.topic("News", true)
	s.to("News")
	d := s.signUp("eve", "") // fails: no name
	s.nobody.post(views.PreferencesPath(s.token(d)), url.Values{"preferences": {"page"}}).want(200)
	s.alice.send(s.acme, views.SendAgainPath(s.acme, d.ID), nil).want(422, "not subscribed to the topic “News”, so this stays unsent")
	s.becomes(d.ID, store.Failed)
}

func TestMembersChooseForPeople(t *testing.T) {
	s := newSite(t)
	ada := s.addPerson(s.acme, "ada", "ada@x.test", `{}`)
	path := views.PersonTopicsPath(s.acme, ada.ID)
	s.alice.get(views.PersonPath(s.acme, ada.ID)).want(200).without("Topics</h2>")
	s.topic("News", true)
	offers := s.topic("Offers", false)
	s.alice.get(views.PersonPath(s.acme, ada.ID)).want(200, "Topics</h2>", "By default", path)
	s.alice.get(path).want(200, "How they asked for it")
	s.alice.send(s.acme, path, url.Values{"topic": {"2"}}).want(422, "Write down how they asked for it.", `value="2" checked`)
	s.alice.send(s.acme, path, url.Values{"topic": {"2"}, "why": {"By <phone>"}}).want(303)
	s.alice.get(views.PersonPath(s.acme, ada.ID)).want(200, "Turned off", "Chosen", "By &lt;phone&gt;")
	p, err := s.store.Person(t.Context(), s.acme.ID, ada.ID)
	s.must(err)
	if !p.Wants(offers) {
		t.Error("not kept")
	}
	s.bob.get(path).want(403)
	s.bob.send(s.acme, path, nil).want(403)
	s.charlie.get(views.PersonTopicsPath(s.other, ada.ID)).want(404)
}

func TestTopicsOfTheAPIs(t *testing.T) {
	s := newSite(t)
	p, other := s.program(s.acme), s.program(s.other)
	p.call("GET", "/v1/subscription_topics", p.app, "").want(200, `"topics": []`)
	s.topic("News", true)
	s.topic("Offers", false)
	p.call("GET", "/v1/subscription_topics", p.app, "").want(200, `"identifier": "topic_1"`, `"name": "Offers"`, `"subscribed_by_default": false`)
	other.call("GET", "/v1/subscription_topics", other.app, "").want(200, `"topics": []`)

	p.put("ada", `{"email":"ada@x.test","cio_subscription_preferences":{"topics":{"topic_1":false}}}`).want(200)
	p.put("ada", `{"cio_subscription_preferences.topics.topic_2":true}`).want(200)
	p.put("ada", `{"cio_subscription_preferences":{"topics":{"topic_1":true,"topic_2":true}}}`).want(200)
	got := p.call("GET", "/v1/customers/ada/subscription_preferences", p.app, "").want(200, `"id": "ada"`, `"unsubscribed": false`).Body.String()
	if strings.Count(got, `"subscribed": false`) != 1 || strings.Count(got, `"subscribed": true`) != 1 {
		t.Error(got)
	}
	p.put("ada", `{"cio_subscription_preferences.topics.topic_1":true}`).want(200)
	if got := p.call("GET", "/v1/customers/ada@x.test/subscription_preferences?id_type=email", p.app, "").want(200).Body.String(); strings.Count(got, `"subscribed": true`) != 2 {
		t.Error(got)
	}
	p.call("GET", "/v1/customers/nobody/subscription_preferences", p.app, "").want(404)
	p.call("GET", "/v1/subscription_topics", "", "").want(401)
}

// Before a newsletter goes out one sees who does not want to hear about it.
func TestReviewCountsOptOuts(t *testing.T) {
	s := newSite(t)
	s.topic("News", true)
	s.topic("Offers", false)
	for i, choice := range []string{`{}`, `{"topics":{"topic_1":false}}`, `{"topics":{"topic_1":true,"topic_2":true}}`} {
		s.addPerson(s.acme, fmt.Sprintf("u%d", i), fmt.Sprintf("p%d@x.test", i), `{"plan":"pro","cio_subscription_preferences":`+choice+`}`)
	}
	c := s.newsletterOf("June")
	form := url.Values{"field": {"plan"}, "operator": {"eq"}, "value": {"pro"}, "do": {"count"}}
	for to, want := range map[string][]string{
		"":             {"Would get it</dt><dd>3</dd>"},
		"topic:news":   {"Not subscribed to “News”</dt><dd>1</dd>", "Would get it</dt><dd>2</dd>", `value="topic:News" checked`},
		"topic:Offers": {"Not subscribed to “Offers”</dt><dd>2</dd>", "Would get it</dt><dd>1</dd>"},
		"topic:Gone":   {"Gone (not a topic here)"},
		"all":          {"Would get it</dt><dd>3</dd>"},
	} {
		form.Set("subscription", to)
		s.edit(c.ID, views.AudiencePath(s.acme, c.ID), form).want(200, want...)
	}
	form.Set("subscription", "topic:Gone")
	form.Del("do")
	s.edit(c.ID, views.AudiencePath(s.acme, c.ID), form).want(303)
	s.alice.get(views.PublishPath(s.acme, c.ID)).want(200, "There is no topic “Gone” here.")
}
