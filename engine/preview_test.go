package engine

import (
	"context"
	"strings"
	"testing"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

func TestEveryMessageIsPreviewed(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	e := h.engine(nil)
	ada := store.Person{Email: "ada@x.test", Attributes: store.Attributes{"name": "Ada", "phone": "+46701"}}
	for _, tt := range []struct {
		name   string
		action workflow.Action
		want   store.Rendering
		fields string // with problems
	}{
		{"sms", workflow.Action{SMS: &workflow.SMS{To: "{{customer.phone}}", Text: "Hi {{customer.name}}, {{customer.plan}}"}},
			store.Rendering{To: "+46701", Text: "Hi Ada, ⟦customer.plan⟧"}, "text"},
		{"push", workflow.Action{Push: &workflow.Push{Title: "{{customer.name}}", Body: "b", Link: "https://x.test"}},
			store.Rendering{Subject: "Ada", To: "no device yet", Text: "b\n\nhttps://x.test"}, ""},
		{"slack", workflow.Action{Slack: &workflow.Slack{URL: "https://hooks.slack.test/secret", Text: "New {{customer.email}}"}},
			store.Rendering{To: "hooks.slack.test", Text: "New ada@x.test"}, ""},
		{"webhook", workflow.Action{Webhook: &workflow.Webhook{Method: "PUT", URL: "https://x.test/{{customer.nope}}", Body: "{{ 'a' | nonsense }}"}},
			store.Rendering{To: "PUT https://x.test/⟦customer.nope⟧"}, "url body"},
	} {
		got := e.PreviewAction(context.Background(), h.ws, store.Campaign{}, tt.action, ada)
		var fields []string
		for _, p := range got.Problems {
			fields = append(fields, p.Field)
		}
		if strings.Join(fields, " ") != tt.fields {
			t.Errorf("%s has problems in %q, want %q", tt.name, fields, tt.fields)
		}
		if got.To != tt.want.To || got.Subject != tt.want.Subject || got.Text != tt.want.Text {
			t.Errorf("%s is previewed as %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestMessagesAreCheckedForLiquid(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	e := h.engine(nil)
	broken := workflow.Action{SMS: &workflow.SMS{To: "1", Text: "fine\n{% if x %}"}}
	found := e.CheckAction(context.Background(), h.ws, broken)
	if len(found) != 1 || found[0].Field != "text" || found[0].Line != 2 {
		t.Errorf("found %+v", found)
	}
	wanted := e.WantsAction(context.Background(), h.ws, workflow.Action{Slack: &workflow.Slack{Text: "{{customer.plan}} {{customer.x | default: 'y'}} {{event.z}}"}})
	if len(wanted) != 1 || wanted[0].Name != "customer.plan" {
		t.Errorf("wants %+v", wanted)
	}
}

// A test goes where the message would, marked as one and counted nowhere.
func TestMessagesAreTested(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	e, service := h.engine(nil), newService(t, nil)
	ada := store.Person{Email: "ada@x.test", Attributes: store.Attributes{"name": "Ada", "phone": "+46701"}}
	test := func(a workflow.Action) error {
		return e.TestAction(context.Background(), h.ws, store.Campaign{}, a, ada, "+46999")
	}
	sms := workflow.Action{Type: workflow.TypeSMS, SMS: &workflow.SMS{To: "{{customer.phone}}", Text: "Hi {{customer.name}}"}}
	if err := test(sms); err == nil || !strings.Contains(err.Error(), "no address that takes them") {
		t.Errorf("without a gateway: %v", err)
	}
	h.gateway(store.SMSChannel, service.URL)
	h.must(test(sms))
	got := service.calls()[0]
	if got.body["to"] != "+46999" || got.body["text"] != "Hi Ada" || got.body["test"] != true || got.header.Get("Authorization") != "Bearer s3cret" {
		t.Errorf("the gateway got %+v", got.body)
	}
	if sms.SMS.To != "{{customer.phone}}" {
		t.Error("the test changed the message")
	}
	hook := workflow.Action{Type: workflow.TypeWebhook, Webhook: &workflow.Webhook{Method: "POST", URL: service.URL, Body: `{"who": "{{customer.email}}"}`}}
	h.must(test(hook))
	if calls := service.calls(); len(calls) != 2 || calls[1].body["who"] != "ada@x.test" {
		t.Errorf("the webhook was called with %+v", calls)
	}
	h.ws.Sending = store.SendNever
	if err := test(hook); err == nil || len(service.calls()) != 2 {
		t.Errorf("a workspace that never sends sent a test: %v", err)
	}
}
