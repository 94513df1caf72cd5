package engine

import (
	"context"
	"strings"
	"testing"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
)

// Snippets reach the mail server rendered, in the message and in its layout,
// and one that is gone fails its message alone.
func TestSnippetsInMail(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	save := func(name, value string) {
		t.Helper()
		_, err := h.store.SaveSnippet(ctx, h.ws.ID, store.Snippet{Name: name, Value: value}, store.CommandLine)
		h.must(err)
	}
	save("hello", "Hello {{ customer.email }}")
	save("offer", "{{ snippets.hello }}, 10 % off")
	save("foot", "Acme of {{ campaign.name }}")
	h.must(h.store.SaveLayout(ctx, h.ws.ID, store.Layout{Name: "Letter", HTML: "{{content}}<p>{{ snippets.foot }}</p>"}, store.CommandLine))
	c := h.campaign(h.ws, "joined", `[{"key":"m","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"{{ snippets.hello }}","body":"<p>{{ snippets.offer }}</p>","layout":"Letter"}]`)
	h.run(h.mailer)
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.until("sent", func() bool { return h.states(h.ws, c)["sent"] == 1 })
	raw := strings.ReplaceAll(string(h.smtp.Messages()[0].Raw), "=\r\n", "")
	for _, part := range []string{"Subject: Hello ada@x.test", "<p>Hello ada@x.test, 10 % off</p>", "<p>Acme of On joined</p>"} {
		if !strings.Contains(raw, part) {
			t.Errorf("no %q in\n%s", part, raw)
		}
	}

	// what cannot happen with the dashboard: it is gone while the campaign runs
	c2 := h.campaign(h.ws, "left", strings.ReplaceAll(`[{"key":"m","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Bye","body":"{{ snippets[customer.which] }}"}]`, "\n", ""))
	h.person(h.ws, "eve@x.test", store.Attributes{"which": "gone"})
	h.event(h.ws, "eve@x.test", "left", `{}`)
	h.until("failed", func() bool { return h.states(h.ws, c2)["failed"] == 1 })
	all, err := h.store.Deliveries(ctx, h.ws.ID, store.DeliveryFilter{Campaign: c2.ID}, store.Page{Limit: 5})
	h.must(err)
	if len(all) != 1 || !strings.Contains(all[0].Reason, "There is no snippet called “gone” in this workspace.") {
		t.Errorf("%+v", all)
	}
	h.whole()
}
