package engine

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// PreviewAction composes a message of any channel as it would reach a person.
// It is as Preview.
func (e *Engine) PreviewAction(ctx context.Context, w store.Workspace, c store.Campaign, a workflow.Action, as store.Person) store.Rendering {
	if a.Email != nil {
		return e.Preview(ctx, w, c, *a.Email, as)
	}
	said, err := compose.PreviewTexts(e.testScope(ctx, w, c, workflow.Email{Subject: a.Title()}, as), pieces(a)...)
	r := store.Rendering{Problems: problemsOf(err), Text: said["text"]}
	switch {
	case a.SMS != nil:
		r.To, r.From = said["to"], said["from"]
	case a.Push != nil:
		r.Subject, r.Text = said["title"], strings.TrimSpace(said["body"]+"\n\n"+said["link"])
		r.To = e.deviceWords(ctx, w, as, a.Push.Devices)
	case a.Slack != nil:
		if said["url"] != "" {
			r.To = store.Gateway{Address: said["url"]}.Host()
		}
	case a.Webhook != nil:
		r.To, r.Text = strings.TrimSpace(a.Webhook.Method+" "+said["url"]), said["body"]
	}
	return r
}

// deviceWords is to how many devices of a person a message goes.
func (e *Engine) deviceWords(ctx context.Context, w store.Workspace, as store.Person, to workflow.Devices) string {
	devices, err := e.store.Devices(ctx, w.ID, as.ID)
	switch {
	case err != nil || len(devices) == 0:
		return "no device yet"
	case to == workflow.LastDevice:
		return deviceCount(1)
	}
	return deviceCount(len(devices))
}

// pieces is the texts of a message that is no email, by the fields of its
// editor.
func pieces(a workflow.Action) []compose.Piece {
	switch {
	case a.SMS != nil:
		return []compose.Piece{{Field: "to", Source: a.SMS.To}, {Field: "from", Source: a.SMS.From}, {Field: "text", Source: a.SMS.Text}}
	case a.Push != nil:
		return []compose.Piece{{Field: "title", Source: a.Push.Title}, {Field: "body", Source: a.Push.Body}, {Field: "link", Source: a.Push.Link}}
	case a.Slack != nil:
		return []compose.Piece{{Field: "url", Source: a.Slack.URL}, {Field: "text", Source: a.Slack.Text}}
	case a.Webhook != nil:
		all := []compose.Piece{{Field: "url", Source: a.Webhook.URL}, {Field: "body", Source: a.Webhook.Body}}
		for _, h := range a.Webhook.Headers {
			all = append(all, compose.Piece{Field: "headers", Source: h.Value})
		}
		return all
	}
	return nil
}

// CheckAction finds what is wrong with a message's Liquid, whoever receives it.
func (e *Engine) CheckAction(ctx context.Context, w store.Workspace, a workflow.Action) (problems []store.RenderProblem) {
	if a.Email != nil {
		return e.Check(ctx, w, *a.Email)
	}
	for _, found := range compose.CheckTexts(pieces(a)...) {
		problems = append(problems, problemOf(found))
	}
	return append(problems, e.missingSnippets(ctx, w, compose.SnippetsOf(pieces(a)...))...)
}

// WantsAction is what a message needs of each person.
func (e *Engine) WantsAction(ctx context.Context, w store.Workspace, a workflow.Action) []store.Wanted {
	if a.Email != nil {
		return e.Wants(ctx, w, *a.Email)
	}
	return append(wantedOf(compose.NeedsOf(pieces(a)...)), e.wantedBySnippets(ctx, w, compose.SnippetsOf(pieces(a)...))...)
}

// TestAction sends a message as a person would get it, at once and marked as a
// test: an email or a text message to an address, a push message to the
// person's devices, the others to where they go anyway. It counts nowhere.
func (e *Engine) TestAction(ctx context.Context, w store.Workspace, c store.Campaign, a workflow.Action, as store.Person, to string) error {
	if a.Email != nil {
		return e.SendTest(ctx, w, c, *a.Email, as, to)
	}
	if w.Sending == store.SendNever {
		return store.Invalid{"to": "This workspace never sends. Change that in its settings to send a test."}
	}
	candidate, err := e.testCandidate(ctx, w, c, a, as, to)
	if err != nil {
		return err
	}
	token := "test-" + randomToken()
	out, err := composeCall(candidate, token)
	if err != nil {
		return store.Invalid{"to": err.Error()}
	}
	if out.url == "" {
		return store.Invalid{"to": nowhere(candidate.Channel)}
	}
	out.headers.Set("Idempotency-Key", token)
	if r := e.webhook.Send(ctx, cmp.Or(out.method, http.MethodPost), out.url, out.headers, out.body); r.Outcome != channel.Sent {
		return store.Invalid{"to": fmt.Sprintf("The test was not taken: %s", r.Message)}
	}
	return nil
}

// testCandidate is the message as if it were due for a person.
func (e *Engine) testCandidate(ctx context.Context, w store.Workspace, c store.Campaign, a workflow.Action, as store.Person, to string) (store.Candidate, error) {
	candidate := store.Candidate{Workspace: w, Snippets: e.store.ReadSnippets(ctx, w.ID), CampaignName: c.Name, Action: &a, Person: as}
	candidate.Delivery.Campaign, candidate.Delivery.Action, candidate.Channel = c.ID, a.Key, store.ChannelOf(a)
	candidate.Event = store.TriggerEvent{Name: c.Draft.Trigger.Event, Timestamp: e.store.Now().Unix()}
	if a.SMS != nil {
		sms := *a.SMS
		sms.To = to
		a.SMS = &sms
	}
	all, err := e.store.Gateways(ctx, w.ID)
	if err != nil {
		return candidate, err
	}
	for i := range all {
		if all[i].Channel == candidate.Channel {
			candidate.Gateway = &all[i]
		}
	}
	if a.Push != nil {
		candidate.Devices, err = e.store.Devices(ctx, w.ID, as.ID)
	}
	return candidate, err
}
