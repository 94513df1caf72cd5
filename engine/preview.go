package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// Preview composes an email as it would reach a person. Problems are found by
// field and line; what could be composed is there all the same, with a mark
// wherever a value is missing.
func (e *Engine) Preview(ctx context.Context, w store.Workspace, c store.Campaign, m workflow.Email, as store.Person) store.Rendering {
	t, problem := e.templateOf(ctx, w, m)
	message, err := compose.Preview(t, e.testScope(ctx, w, c, m, as))
	content := contentOf(message)
	return store.Rendering{
		From: content.Sender, To: content.Recipient, ReplyTo: content.ReplyTo, Subject: content.Subject,
		HTML: content.HTML, Text: content.Text, Problems: append(problem, problemsOf(err)...),
	}
}

// Check finds what is wrong with an email's Liquid, whoever receives it.
func (e *Engine) Check(ctx context.Context, w store.Workspace, m workflow.Email) []store.RenderProblem {
	t, problems := e.templateOf(ctx, w, m)
	for _, found := range compose.Check(t) {
		problems = append(problems, problemOf(found))
	}
	return append(problems, e.missingSnippets(ctx, w, compose.SnippetsIn(t))...)
}

// Wants is what an email needs of each person, because it prints it without a
// fallback.
func (e *Engine) Wants(ctx context.Context, w store.Workspace, m workflow.Email) []store.Wanted {
	t, _ := e.templateOf(ctx, w, m)
	return append(wantedOf(compose.Needs(t)), e.wantedBySnippets(ctx, w, compose.SnippetsIn(t))...)
}

// wantedOf is those of the needs that are about the person.
func wantedOf(needs []compose.FieldUse) (wanted []store.Wanted) {
	for _, need := range needs {
		if path := need.Path(); len(path) > 1 && path[0] == "customer" {
			wanted = append(wanted, store.Wanted{Name: need.Name, Path: path[1:]})
		}
	}
	return wanted
}

// SendTest composes as for Preview and sends it to an address, at once. It
// counts nowhere, and its links lead nowhere.
func (e *Engine) SendTest(ctx context.Context, w store.Workspace, c store.Campaign, m workflow.Email, as store.Person, to string) error {
	if w.Sending == store.SendNever {
		return store.Invalid{"to": "This workspace never sends. Change that in its settings to send a test."}
	}
	t, problems := e.templateOf(ctx, w, m)
	if len(problems) > 0 {
		return store.Invalid{"to": problems[0].Message}
	}
	t.To = to
	if w.Sending == store.SendTest {
		t.To = w.TestAddress
	}
	message, err := compose.Preview(t, e.testScope(ctx, w, c, m, as))
	if err != nil {
		return store.Invalid{"to": err.Error()}
	}
	message.Subject = "[Test] " + message.Subject
	raw, err := compose.Build(message, compose.Headers{MessageID: messageID("test-"+randomToken(), message), Date: e.store.Now()})
	if err != nil {
		return store.Invalid{"to": err.Error()}
	}
	if e.mailer == nil {
		return e.store.PutTest(ctx, w.ID, contentOf(message), raw)
	}
	if r := e.mailer.Send(ctx, message.From.Address, message.To.Address, raw); r.Outcome != channel.Sent {
		return store.Invalid{"to": fmt.Sprintf("The mail server did not take the test: %s", r.Message)}
	}
	return nil
}

// templateOf is the template with its layout; a layout that is missing is a
// problem of its own.
func (e *Engine) templateOf(ctx context.Context, w store.Workspace, m workflow.Email) (compose.Template, []store.RenderProblem) {
	if m.Layout == "" {
		return template(m, ""), nil
	}
	layout, err := e.store.Layout(ctx, w.ID, m.Layout)
	if errors.Is(err, store.ErrNotFound) {
		return template(m, ""), []store.RenderProblem{{Field: "layout", Message: fmt.Sprintf("There is no layout named “%s” in this workspace. Choose another one.", m.Layout)}}
	}
	if err != nil {
		return template(m, ""), []store.RenderProblem{{Field: "layout", Message: err.Error()}}
	}
	return template(m, layout.HTML), nil
}

// testScope is what Liquid sees in a preview: the person, and an event without
// data.
func (e *Engine) testScope(ctx context.Context, w store.Workspace, c store.Campaign, m workflow.Email, as store.Person) compose.Scope {
	s := scope(as, store.TriggerEvent{Name: c.Draft.Trigger.Event, Timestamp: e.store.Now().Unix()}, nil)
	s["campaign"] = map[string]any{"id": int64(c.ID), "name": c.Name, "type": "behavioral"}
	s["message"] = map[string]any{"id": "", "name": m.Subject, "type": "email_action"}
	s["delivery_id"], s["snippets"] = "preview", compose.Snippets(e.store.ReadSnippets(ctx, w.ID).Text)
	return s
}

func problemOf(e *compose.FieldError) store.RenderProblem {
	return store.RenderProblem{Field: e.Field, Line: e.Line, Column: e.Column, Excerpt: e.Excerpt, Message: e.Message}
}

func problemsOf(err error) []store.RenderProblem {
	var several compose.Errors
	if !errors.As(err, &several) {
		if err == nil {
			return nil
		}
		return []store.RenderProblem{{Message: err.Error()}}
	}
	var problems []store.RenderProblem
	for _, found := range several {
		problems = append(problems, problemOf(found))
	}
	return problems
}

func randomToken() string {
	b := make([]byte, 8)
	rand.Read(b)
	return hex.EncodeToString(b)
}
