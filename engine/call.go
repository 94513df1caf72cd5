package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// call is a message ready to be handed to a web address, which is how all go
// but email.
type call struct {
	method, url string
	headers     http.Header
	body        []byte
	content     store.Content // what is shown of it
}

// withheld is why a message cannot reach its person: it is undeliverable, not
// broken.
type withheld string

func (w withheld) Error() string { return string(w) }

// deliverCall composes a message that goes to a web address and hands it over.
func (e *Engine) deliverCall(ctx context.Context, c store.Candidate) error {
	token, _, err := e.links(ctx, c.ID)
	if err != nil {
		return err
	}
	out, err := composeCall(c, token)
	if broken := c.Snippets.Err(); broken != nil {
		return broken
	}
	if no, ok := errors.AsType[withheld](err); ok {
		return e.store.Hold(ctx, c.Workspace.ID, c.Delivery, store.Undeliverable, no.Error())
	}
	if err != nil {
		return e.store.Hold(ctx, c.Workspace.ID, c.Delivery, store.Failed, err.Error())
	}
	if c.Action.Sending() == workflow.Draft && !c.Approved {
		return e.store.KeepDraft(ctx, c.Workspace.ID, c.Delivery, out.content)
	}
	if out.url == "" {
		return e.store.Hold(ctx, c.Workspace.ID, c.Delivery, store.Failed, nowhere(c.Channel))
	}
	out.headers.Set("Idempotency-Key", token)
	return e.handOver(ctx, c, out.content, func(ctx context.Context) channel.Result {
		return e.webhook.Send(ctx, out.method, out.url, out.headers, out.body)
	})
}

// nowhere is why a message of a channel without an address fails.
func nowhere(c store.Channel) string {
	return c.Words() + ": this workspace has no address that takes them. An admin sets one in the settings under Channels."
}

// sends says whether an action still is of the channel that its delivery began
// with.
func sends(a workflow.Action, c store.Channel) bool {
	switch c {
	case store.WebhookChannel:
		return a.Webhook != nil
	case store.SlackChannel:
		return a.Slack != nil
	case store.PushChannel:
		return a.Push != nil
	case store.SMSChannel:
		return a.SMS != nil
	}
	return a.Email != nil
}

// composeCall is the message of any channel but email.
func composeCall(c store.Candidate, token string) (call, error) {
	s := messageScope(c, token)
	switch c.Channel {
	case store.WebhookChannel:
		return composeWebhook(*c.Action.Webhook, s)
	case store.SlackChannel:
		return composeSlack(c, s)
	case store.PushChannel:
		return composePush(c, s, token)
	}
	return composeSMS(c, s, token)
}

func composeWebhook(w workflow.Webhook, s compose.Scope) (call, error) {
	out := call{method: w.Method, headers: http.Header{}}
	address, err := compose.String(w.URL, s)
	if err != nil {
		return out, fmt.Errorf("address: %w", err)
	}
	out.url = strings.TrimSpace(address)
	for _, h := range w.Headers {
		value, err := compose.String(h.Value, s)
		if err != nil {
			return out, fmt.Errorf("header %s: %w", h.Name, err)
		}
		out.headers.Add(h.Name, value)
	}
	body, err := compose.String(w.Body, s)
	if err != nil {
		return out, fmt.Errorf("body: %w", err)
	}
	out.body = []byte(body)
	if len(out.body) > 0 && out.headers.Get("Content-Type") == "" && json.Valid(out.body) {
		out.headers.Set("Content-Type", "application/json")
	}
	out.content = store.Content{Recipient: out.method + " " + withoutSecrets(out.url), Text: body}
	return out, nil
}

// withoutSecrets is an address fit to be shown: passwords often travel in the
// user part or the query.
func withoutSecrets(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	u.User = nil
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	return u.String()
}

// through is a call of the workspace's gateway, of which there may be none.
func through(g *store.Gateway) call {
	out := call{method: http.MethodPost, headers: http.Header{}}
	out.headers.Set("Content-Type", "application/json")
	if g == nil {
		return out
	}
	out.url = g.Address
	for _, h := range g.Headers {
		out.headers.Set(h.Name, h.Value)
	}
	return out
}

// texts renders several pieces of Liquid and names the one that is wrong.
func texts(s compose.Scope, fields ...[2]string) ([]string, error) {
	out := make([]string, len(fields))
	for i, f := range fields {
		text, err := compose.String(f[1], s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f[0], err)
		}
		out[i] = strings.TrimSpace(text)
	}
	return out, nil
}

// composeSlack goes to an incoming webhook, which takes a text. Its address is
// its password, so only the host is shown.
func composeSlack(c store.Candidate, s compose.Scope) (call, error) {
	a := c.Action.Slack
	said, err := texts(s, [2]string{"url", a.URL}, [2]string{"text", a.Text})
	if err != nil {
		return call{}, err
	}
	out := through(c.Gateway)
	if said[0] != "" {
		out = through(&store.Gateway{Address: said[0]})
	}
	if said[1] == "" {
		return out, errors.New("The message is empty. Write something.")
	}
	out.body = encode(map[string]string{"text": said[1]})
	out.content = store.Content{Recipient: store.Gateway{Address: out.url}.Host(), Text: said[1]}
	return out, nil
}

func composePush(c store.Candidate, s compose.Scope, token string) (call, error) {
	a := c.Action.Push
	said, err := texts(s, [2]string{"title", a.Title}, [2]string{"body", a.Body}, [2]string{"link", a.Link})
	if err != nil {
		return call{}, err
	}
	devices := c.Devices
	if len(devices) == 0 {
		return call{}, withheld("The person has no device.")
	}
	if a.Devices == workflow.LastDevice {
		devices = devices[:1]
	}
	p := envelope(c, token)
	p.Title, p.Body, p.Link = said[0], said[1], said[2]
	for _, d := range devices {
		p.Devices = append(p.Devices, postedDevice{d.Token, d.Platform})
	}
	out := through(c.Gateway)
	out.body = encode(p)
	out.content = store.Content{Recipient: deviceCount(len(devices)), Subject: p.Title, Text: strings.TrimSpace(p.Body + "\n\n" + p.Link)}
	return out, nil
}

func deviceCount(n int) string {
	if n == 1 {
		return "1 device"
	}
	return fmt.Sprintf("%d devices", n)
}

func composeSMS(c store.Candidate, s compose.Scope, token string) (call, error) {
	a := c.Action.SMS
	to, err := compose.String(a.To, s)
	if err != nil || strings.TrimSpace(to) == "" {
		return call{}, withheld("There is no number to send this to.")
	}
	said, err := texts(s, [2]string{"from", a.From}, [2]string{"text", a.Text})
	if err != nil {
		return call{}, err
	}
	if said[1] == "" {
		return call{}, errors.New("The message is empty. Write something.")
	}
	p := envelope(c, token)
	p.To, p.From, p.Text = strings.TrimSpace(to), said[0], said[1]
	if p.From == "" && c.Gateway != nil {
		p.From = c.Gateway.Sender
	}
	out := through(c.Gateway)
	out.body = encode(p)
	out.content = store.Content{Recipient: p.To, Sender: p.From, Text: p.Text}
	return out, nil
}

// posted is what a gateway is given, as docs/channels.md tells.
type posted struct {
	DeliveryID string          `json:"delivery_id"`
	Channel    store.Channel   `json:"channel"`
	Workspace  string          `json:"workspace"`
	Campaign   *postedCampaign `json:"campaign,omitempty"`
	Action     string          `json:"action,omitempty"`
	Person     *postedPerson   `json:"person,omitempty"`
	Test       bool            `json:"test,omitempty"`
	To         string          `json:"to,omitempty"`
	From       string          `json:"from,omitempty"`
	Text       string          `json:"text,omitempty"`
	Devices    []postedDevice  `json:"devices,omitempty"`
	Title      string          `json:"title,omitempty"`
	Body       string          `json:"body,omitempty"`
	Link       string          `json:"link,omitempty"`
}

type postedCampaign struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type postedPerson struct {
	CioID string `json:"cio_id"`
	ID    string `json:"id,omitempty"`
	Email string `json:"email,omitempty"`
}

type postedDevice struct {
	Token    string `json:"token"`
	Platform string `json:"platform"`
}

func envelope(c store.Candidate, token string) posted {
	p := posted{DeliveryID: token, Channel: c.Channel, Workspace: c.Workspace.Slug, Action: c.Delivery.Action, Test: c.ID == 0}
	if c.Campaign != 0 {
		p.Campaign = &postedCampaign{int64(c.Campaign), c.CampaignName}
	}
	if c.Person.ID != 0 {
		p.Person = &postedPerson{c.Person.ID.CioID(), c.Person.ExternalID, c.Person.Email}
	}
	return p
}

func encode(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // texts and numbers always marshal
	}
	return text
}
