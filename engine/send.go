package engine

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// deliver brings one due delivery as far as it goes today: past the gates,
// composed, handed over, and to its result.
func (e *Engine) deliver(ctx context.Context, c store.Candidate) error {
	if reason := held(c); reason != "" {
		return e.store.Hold(ctx, c.Workspace.ID, c.Delivery, store.Undeliverable, reason)
	}
	if c.NoLayout {
		reason := fmt.Sprintf("There is no layout named “%s” in this workspace.", c.Action.Email.Layout)
		return e.store.Hold(ctx, c.Workspace.ID, c.Delivery, store.Failed, reason)
	}
	if c.Channel == store.EmailChannel {
		return e.deliverEmail(ctx, c)
	}
	return e.deliverCall(ctx, c)
}

// held is why a rule keeps a message back, empty when none does.
func held(c store.Candidate) string {
	switch {
	case c.Action == nil || !sends(*c.Action, c.Channel):
		return "The action was removed from the workflow."
	case c.Person.ID == 0 && !c.Personless:
		return "The person was deleted."
	case c.Workspace.Sending == store.SendNever:
		return "This workspace never sends."
	case c.Channel.ToPeople() && c.Person.Unsubscribed && !c.ToAll:
		return store.UnsubscribedReason
	case c.NoTopic != "":
		return c.NoTopic
	case c.Topic != nil && !c.Person.Wants(*c.Topic):
		return c.Topic.Reason()
	}
	return ""
}

func (e *Engine) deliverEmail(ctx context.Context, c store.Candidate) error {
	token, links, err := e.links(ctx, c.ID)
	if err != nil {
		return err
	}
	m, err := composeEmail(c, token, links)
	if broken := c.Snippets.Err(); broken != nil {
		return broken
	}
	if err != nil {
		return e.store.Hold(ctx, c.Workspace.ID, c.Delivery, store.Failed, err.Error())
	}
	content := contentOf(m)
	content.Language = c.Language
	if c.Action.Sending() == workflow.Draft && !c.Approved {
		return e.store.KeepDraft(ctx, c.Workspace.ID, c.Delivery, content)
	}
	raw, err := compose.Build(m, compose.Headers{MessageID: messageID(token, m), Date: e.store.Now()})
	if err != nil {
		return e.store.Hold(ctx, c.Workspace.ID, c.Delivery, store.Failed, err.Error())
	}
	if e.mailer == nil {
		return e.store.PutInMailbox(ctx, c.Workspace.ID, c.Delivery, content, raw)
	}
	return e.handOver(ctx, c, content, func(ctx context.Context) channel.Result {
		return e.mailer.Send(ctx, m.From.Address, m.To.Address, raw)
	})
}

// composeEmail is the email of a candidate, as it would leave.
func composeEmail(c store.Candidate, token string, links compose.Links) (compose.Message, error) {
	if c.Action.Email.Untracked {
		links.OpenURL, links.ClickURL = "", nil
	}
	m, err := compose.Email(overridden(template(*c.Action.Email, c.Layout), c.Event), messageScope(c, token), links)
	if err == nil && c.Workspace.Sending == store.SendTest {
		m.To.Address = c.Workspace.TestAddress
	}
	return m, err
}

// handOver claims the delivery, gives it to a server and keeps what came of
// it. From the claim on it runs to its end, also while Postroom stops: only a
// kill leaves it without a result.
func (e *Engine) handOver(ctx context.Context, c store.Candidate, content store.Content, send func(context.Context) channel.Result) error {
	claimed, err := e.store.HandOver(ctx, c.Workspace.ID, c.Delivery, content)
	if err != nil || !claimed {
		return err
	}
	answer := send(context.WithoutCancel(ctx))
	r := e.result(c.Delivery, answer)
	r.Status = answer.Code
	return e.keepResult(ctx, c, keepAnswer(r, *c.Action, answer))
}

// links is what a message of this delivery carries, and the token that names
// it.
func (e *Engine) links(ctx context.Context, id store.DeliveryID) (string, compose.Links, error) {
	signer, err := e.store.Signer(ctx)
	if err != nil {
		return "", compose.Links{}, err
	}
	token := signer.Token(id)
	unsubscribe := e.baseURL + "/unsubscribe/" + token
	return token, compose.Links{
		UnsubscribeURL: unsubscribe,
		PreferencesURL: e.baseURL + "/manage_subscription/" + token,
		OneClickURL:    unsubscribe,
		OpenURL:        e.baseURL + "/e/o/" + token + ".gif",
		ClickURL: func(href string) string {
			return e.baseURL + "/e/c/" + token + "/" + signer.Link(id, href) + "?u=" + url.QueryEscape(href)
		},
	}, nil
}

func messageScope(c store.Candidate, token string) compose.Scope {
	s := scope(c.Person, c.Event, c.JourneyAttributes)
	s["campaign"] = map[string]any{"id": int64(c.Campaign), "name": c.CampaignName, "type": "behavioral"}
	s["message"] = map[string]any{"id": c.Delivery.Action, "name": c.Action.Title(), "type": string(c.Action.Type) + "_action"}
	s["delivery_id"], s["snippets"] = token, compose.Snippets(c.Snippets.Text)
	return s
}

func template(m workflow.Email, layout string) compose.Template {
	return compose.Template{
		From: m.From, To: m.To, ReplyTo: m.ReplyTo, Subject: m.Subject,
		Preheader: m.Preheader, Body: m.Body, Text: m.Text, Layout: layout,
	}
}

// overrides is the properties of the event behind a campaign that stand in the
// place of what the message says.
var overrides = []struct {
	name  string
	field func(*compose.Template) *string
}{
	{"recipient", func(t *compose.Template) *string { return &t.To }},
	{"from_address", func(t *compose.Template) *string { return &t.From }},
	{"reply_to", func(t *compose.Template) *string { return &t.ReplyTo }},
}

// overridden is the template as the event wants it. Its values are named, not
// pasted: there may be Liquid in them, which nobody of the workspace wrote.
func overridden(t compose.Template, e store.TriggerEvent) compose.Template {
	if e.Name == "" {
		return t
	}
	data, _ := store.DecodeObject(e.Data)
	for _, o := range overrides {
		if text, ok := data[o.name].(string); ok && strings.TrimSpace(text) != "" {
			*o.field(&t) = "{{event." + o.name + "}}"
		}
	}
	return t
}

func contentOf(m compose.Message) store.Content {
	c := store.Content{Sender: compose.Written(m.From), ReplyTo: compose.Written(m.ReplyTo), Subject: m.Subject, HTML: m.HTML, Text: m.Text}
	if m.To != nil {
		c.Recipient = m.To.Address
	}
	return c
}

// messageID is the same whenever a delivery is tried again, so that a server
// which has it already can tell.
func messageID(token string, m compose.Message) string {
	_, domain, _ := strings.Cut(m.From.Address, "@")
	return token + "@" + domain
}
