package engine

import (
	"context"
	"strings"
	"testing"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
)

// about is a message to the subscribers of the topic News.
const about = `[{"key":"m","type":"email","sending":"automatic","subscription":"topic:news","from":"hi@acme.test","to":"{{customer.email}}","subject":"News",
	"body":"<p><a href=\"{% manage_subscription_preferences_url %}\">Choose</a> {% unsubscribe %}</p>"}]`

func (h *house) topic(name string, subscribed bool) store.Topic {
	h.Helper()
	t, err := h.store.CreateTopic(context.Background(), h.ws.ID, store.Topic{Name: name, Subscribed: subscribed}, store.CommandLine)
	h.must(err)
	return t
}

// reasons is why each of a campaign's messages is where it is, by recipient.
func (h *house) reasons(c store.Campaign) map[string]string {
	h.Helper()
	all, err := h.store.Deliveries(context.Background(), h.ws.ID, store.DeliveryFilter{Campaign: c.ID}, store.Page{Limit: 100})
	h.must(err)
	reasons := map[string]string{}
	for _, d := range all {
		p, err := h.store.Person(context.Background(), h.ws.ID, d.PersonID)
		h.must(err)
		reasons[p.Email] = d.Reason
	}
	return reasons
}

func TestTopicsHoldBack(t *testing.T) {
	const off = "cio_subscription_preferences.topics.topic_1"
	for _, byDefault := range []bool{true, false} {
		h := newHouse(t, smtptest.Options{})
		news := h.topic("News", byDefault)
		c := h.campaign(h.ws, "joined", about)
		h.person(h.ws, "chose@x.test", store.Attributes{off: true})
		h.person(h.ws, "refused@x.test", store.Attributes{off: false})
		h.run(h.mailer)
		for _, email := range []string{"chose@x.test", "refused@x.test", "silent@x.test"} {
			h.event(h.ws, email, "joined", `{}`)
		}
		sent := 1
		if byDefault {
			sent = 2
		}
		h.until("decided", func() bool { n := h.states(h.ws, c); return n["sent"] == sent && n["undeliverable"] == 3-sent })
		reasons := h.reasons(c)
		if reasons["chose@x.test"] != "" || reasons["refused@x.test"] != news.Reason() || (reasons["silent@x.test"] == "") != byDefault {
			t.Errorf("default %v: %v", byDefault, reasons)
		}
		raw := strings.ReplaceAll(string(h.smtp.Messages()[0].Raw), "=\r\n", "")
		for _, part := range []string{"/manage_subscription/", "/unsubscribe/", "List-Unsubscribe-Post"} {
			if !strings.Contains(raw, part) {
				t.Errorf("no %s in\n%s", part, raw)
			}
		}
		if strings.Contains(raw, "/e/c/") {
			t.Error("the way to one's choice is counted as a click")
		}
		h.whole()
	}
}

// Who opts out after a message was read from the queue must not get it, and
// neither must anybody when the topic itself is gone.
func TestTopicsAreAskedAtTheLastMoment(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string]func(*house, store.Topic, store.PersonID) error{
		"opted out": func(h *house, news store.Topic, ada store.PersonID) error {
			return h.store.ChooseTopics(ctx, h.ws.ID, ada, map[store.TopicID]bool{news.ID: false}, "", store.CommandLine)
		},
		"not by default any more": func(h *house, news store.Topic, _ store.PersonID) error {
			news.Subscribed = false
			return h.store.EditTopic(ctx, h.ws.ID, news, store.CommandLine)
		},
	} {
		for _, mailbox := range []bool{false, true} {
			h := newHouse(t, smtptest.Options{})
			news := h.topic("News", true)
			e := h.engine(nil)
			if !mailbox {
				e = h.engine(h.mailer)
			}
			c := h.campaign(h.ws, "joined", about)
			ada := h.person(h.ws, "ada@x.test", nil)
			h.event(h.ws, "ada@x.test", "joined", `{}`)
			h.must(e.moveJourneys(ctx, h.ws.ID))
			due, err := h.store.DueCandidates(ctx, h.ws.ID, nil, 10)
			h.must(err)
			h.must(change(h, news, ada))
			h.must(e.deliver(ctx, due[0]))
			if s := h.states(h.ws, c); s["undeliverable"] != 1 || s["sent"] != 0 || h.smtp.Count() != 0 {
				t.Errorf("%s, mailbox %v: %v, received %d", name, mailbox, s, h.smtp.Count())
			}
			if got := h.reasons(c)["ada@x.test"]; got != news.Reason() {
				t.Errorf("%s, mailbox %v: %q", name, mailbox, got)
			}
			h.whole()
		}
	}
}

// A message says who gets it where the campaign says something else.
func TestMessagesOverrideTheTopic(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.topic("News", true)
	h.topic("Offers", true)
	h.person(h.ws, "ada@x.test", store.Attributes{"cio_subscription_preferences": map[string]any{"topics": map[string]any{"topic_1": false}}})
	const mail = `"type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","body":"<p>x</p>"`
	h.run(h.mailer)
	c := h.started("Both", `"trigger":{"type":"event","event":"joined"},"subscription":"topic:News","actions":[
		{"key":"a","subject":"By the campaign",`+mail+`},{"key":"b","subject":"Offers","subscription":"topic:Offers",`+mail+`},{"key":"c","subject":"All","subscription":"all",`+mail+`}]`)
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.until("decided", func() bool { n := h.states(h.ws, c); return n["sent"] == 2 && n["undeliverable"] == 1 })
	for _, m := range h.smtp.Messages() {
		if strings.Contains(string(m.Raw), "By the campaign") {
			t.Error("written to somebody who wants no news")
		}
	}
}

func TestSimulationAsksForTopics(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, smtptest.Options{})
	news := h.topic("News", true)
	c := h.campaign(h.ws, "joined", about)
	ada := h.person(h.ws, "ada@x.test", store.Attributes{"cio_subscription_preferences.topics.topic_1": false})
	sim, err := h.store.Imagined(ctx, h.ws.ID, store.NewSimulation{Campaign: c.ID})
	h.must(err)
	s, err := h.engine(h.mailer).Simulator(ctx, h.ws.ID, sim)
	h.must(err)
	p, err := h.store.Person(ctx, h.ws.ID, ada)
	h.must(err)
	got, err := s.One(ctx, p)
	h.must(err)
	if len(got.Steps) == 0 || got.Steps[0].Reason != news.Reason() {
		t.Errorf("%+v", got.Steps)
	}
}
