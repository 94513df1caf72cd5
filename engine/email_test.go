package engine

import (
	"context"
	"net/mail"
	"strings"
	"testing"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
)

// subjects is what arrived, by address.
func (h *house) subjects() map[string]string {
	h.Helper()
	out := map[string]string{}
	for _, got := range h.smtp.Messages() {
		m, err := mail.ReadMessage(strings.NewReader(string(got.Raw)))
		h.must(err)
		out[got.To] = m.Header.Get("Subject")
	}
	return out
}

// People get a message in their language, which an attribute of the
// workspace's choice says.
func TestEmailInTheirLanguage(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", `[{"key":"m","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Hello","body":"<p>Hello</p>",
		"languages":[{"language":"de","subject":"Hallo {{customer.email}}","body":"<p>Hallo</p>"},{"language":"de-AT","subject":"Servus","body":"<p>Servus</p>"}]}]`)
	for email, language := range map[string]string{"de@x.test": "DE", "at@x.test": "de-at", "fr@x.test": "fr", "no@x.test": ""} {
		h.person(h.ws, email, store.Attributes{"language": language, "tongue": "de-AT"})
		h.event(h.ws, email, "joined", `{}`)
	}
	h.until("sent", func() bool { return h.states(h.ws, c)["sent"] == 4 })
	got := h.subjects()
	for email, want := range map[string]string{"de@x.test": "Hallo de@x.test", "at@x.test": "Servus", "fr@x.test": "Hello", "no@x.test": "Hello"} {
		if got[email] != want {
			t.Errorf("%s got %q, want %q", email, got[email], want)
		}
	}
	h.must(h.store.SetLanguageAttribute(ctx, h.ws.ID, "tongue", store.CommandLine))
	h.event(h.ws, "fr@x.test", "joined", `{}`)
	h.until("sent", func() bool { return h.states(h.ws, c)["sent"] == 5 })
	if got := h.subjects()["fr@x.test"]; got != "Servus" {
		t.Errorf("by the other attribute: %q", got)
	}
}

func TestUntrackedEmail(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", `[{"key":"m","type":"email","sending":"automatic","untracked":true,"from":"hi@acme.test","to":"{{customer.email}}","subject":"Hello",
		"body":"<p><a href=\"https://acme.test/x\">Hello</a> <a href=\"{% unsubscribe_url %}\">no more</a></p>"}]`)
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.until("sent", func() bool { return h.states(h.ws, c)["sent"] == 1 })
	raw := strings.ReplaceAll(string(h.smtp.Messages()[0].Raw), "=\r\n", "")
	if strings.Contains(raw, "/e/o/") || strings.Contains(raw, "/e/c/") || !strings.Contains(raw, "https://acme.test/x") || !strings.Contains(raw, "https://post.test/unsubscribe/") {
		t.Errorf("received\n%s", raw)
	}
}

// Properties of the event may say whom its message goes to and whom it is
// from. What looks like Liquid in them is text.
func TestEventOverridesTheMessage(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.campaign(h.ws, "bought", strings.ReplaceAll(hello, "{{event.item}}", "it"))
	h.event(h.ws, "ada@x.test", "bought", `{"recipient":"office@x.test","from_address":"Shop <shop@acme.test>","reply_to":"help@acme.test"}`)
	h.event(h.ws, "bob@x.test", "bought", `{"recipient":"","from_address":7}`)
	h.event(h.ws, "eve@x.test", "bought", `{"recipient":"{{customer.email}}"}`)
	h.until("decided", func() bool { n := h.states(h.ws, c); return n["sent"] == 2 && n["failed"] == 1 })
	for _, got := range h.smtp.Messages() {
		m, err := mail.ReadMessage(strings.NewReader(string(got.Raw)))
		h.must(err)
		from, reply := "hi@acme.test", ""
		if got.To == "office@x.test" {
			from, reply = "shop@acme.test", "<help@acme.test>"
		} else if got.To != "bob@x.test" {
			t.Errorf("to %s", got.To)
		}
		if got.From != from || m.Header.Get("Reply-To") != reply {
			t.Errorf("to %s from %s, reply to %q", got.To, got.From, m.Header.Get("Reply-To"))
		}
	}
}

// A message may go to an address that came with what started the campaign.
func TestRecipientOfTheTrigger(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.campaign(h.ws, "invited", `[{"key":"m","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{trigger.email}}","subject":"From {{customer.email}}","body":"<p>x</p>"}]`)
	h.event(h.ws, "ada@x.test", "invited", `{"email":"friend@x.test"}`)
	h.event(h.ws, "bob@x.test", "invited", `{"email":"friend@x.test\r\nBcc: evil@x.test"}`)
	h.event(h.ws, "eve@x.test", "invited", `{}`)
	h.until("decided", func() bool { n := h.states(h.ws, c); return n["sent"] == 1 && n["failed"] == 2 })
	if got := h.smtp.Messages(); len(got) != 1 || got[0].To != "friend@x.test" || !strings.Contains(string(got[0].Raw), "From ada@x.test") {
		t.Errorf("%+v", got)
	}
	h.whole()
}
