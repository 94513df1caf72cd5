package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/mail"
	"slices"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// inLanguage is the message as who speaks this language gets it.
func inLanguage(a workflow.Action, language string) workflow.Action {
	if a.Email != nil && language != "" {
		e := a.Email.In(language)
		a.Email = &e
	}
	return a
}

// translated finds a language of an email.
func translated(e workflow.Email, language string) (i int, ok bool) {
	i = slices.IndexFunc(e.Languages, func(t workflow.Translation) bool { return strings.EqualFold(t.Language, language) })
	return i, i >= 0 && language != ""
}

// fingerprint tells two states of a message's texts in one language apart. How
// it is sent, and what it says in other languages, does not count.
func fingerprint(a workflow.Action, language string) string {
	a = inLanguage(a.WithSending(""), language)
	if a.Email != nil {
		a.Email.Languages, a.Email.Subscription, a.Email.Untracked = nil, "", false
	}
	a.Name, a.Condition, a.Origin = "", nil, nil
	text, err := json.Marshal(a)
	if err != nil {
		return "" // strings always marshal
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// messageForm is the texts of a message as its editor shows them. A language
// that the message has not is none.
func messageForm(a workflow.Action, language string) views.MessageForm {
	f := views.MessageForm{}
	if a.Email != nil {
		if i, ok := translated(*a.Email, language); ok {
			f.Language = a.Email.Languages[i].Language
		}
	}
	f.Revision = fingerprint(a, f.Language)
	a = inLanguage(a, f.Language)
	switch {
	case a.Email != nil:
		e := a.Email
		f.From, f.To, f.ReplyTo, f.Subject, f.Preheader = e.From, e.To, e.ReplyTo, e.Subject, e.Preheader
		f.Body, f.Text, f.Layout = e.Body, e.Text, e.Layout
	case a.SMS != nil:
		f.From, f.To, f.Text = a.SMS.From, a.SMS.To, a.SMS.Text
	case a.Push != nil:
		f.Title, f.Body, f.Link, f.Devices = a.Push.Title, a.Push.Body, a.Push.Link, a.Push.Devices
	case a.Slack != nil:
		f.URL, f.Text = a.Slack.URL, a.Slack.Text
	case a.Webhook != nil:
		f.Method, f.URL, f.Headers, f.Body = a.Webhook.Method, a.Webhook.URL, views.HeaderLines(a.Webhook.Headers), a.Webhook.Body
	}
	return f
}

// typedMessage is what was typed. The texts of another language go with the
// addresses that the message has.
func typedMessage(c echo.Context, a workflow.Action) views.MessageForm {
	line := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	f := messageForm(a, c.FormValue("language"))
	if asked := c.FormValue("language"); badLanguage(asked) == "" {
		f.Language = asked // also one that somebody removed meanwhile: what was typed is kept
	}
	f.Subject, f.Preheader, f.Body, f.Text = line("subject"), line("preheader"), lines(c.FormValue("body")), lines(c.FormValue("text"))
	f.Title, f.Link, f.URL, f.Method, f.Headers = line("title"), line("link"), line("url"), line("method"), lines(c.FormValue("headers"))
	f.Devices = workflow.Devices(line("devices"))
	if f.Language == "" {
		f.From, f.To, f.ReplyTo, f.Layout = line("from"), line("to"), line("reply_to"), c.FormValue("layout")
	}
	f.Revision, f.As, f.Images = c.FormValue("revision"), line("as"), c.FormValue("images") != ""
	return f
}

// lines is text from a browser, which ends lines as mail does, with the ends
// that we keep.
func lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// withForm is the message with what was typed in its editor; what is not typed
// there stays as it was. Of the texts in another language only those change.
func withForm(a workflow.Action, f views.MessageForm) workflow.Action {
	a = a.WithSending(a.Sending()) // a copy, of which nothing is shared
	switch {
	case a.Email != nil:
		withEmail(a.Email, f)
	case a.SMS != nil:
		a.SMS.From, a.SMS.To, a.SMS.Text = f.From, f.To, f.Text
	case a.Push != nil:
		a.Push.Title, a.Push.Body, a.Push.Link = f.Title, f.Body, f.Link
		if f.Devices == workflow.AllDevices || f.Devices == workflow.LastDevice {
			a.Push.Devices = f.Devices
		}
	case a.Slack != nil:
		a.Slack.URL, a.Slack.Text = f.URL, f.Text
	case a.Webhook != nil:
		if slices.Contains(workflow.Methods(), f.Method) {
			a.Webhook.Method = f.Method
		}
		a.Webhook.URL, a.Webhook.Body = f.URL, f.Body
		a.Webhook.Headers, _ = readHeaders(f.Headers)
		a.Webhook.LeftOut = nil // whoever saves has put in again what is needed
	}
	return a
}

func withEmail(e *workflow.Email, f views.MessageForm) {
	if f.Language != "" {
		i, ok := translated(*e, f.Language)
		if !ok {
			i, e.Languages = len(e.Languages), append(e.Languages, workflow.Translation{Language: f.Language})
		}
		t := &e.Languages[i]
		t.Subject, t.Preheader, t.Body, t.Text = f.Subject, f.Preheader, f.Body, f.Text
		return
	}
	e.From, e.To, e.ReplyTo, e.Subject = f.From, f.To, f.ReplyTo, f.Subject
	e.Preheader, e.Body, e.Text, e.Layout = f.Preheader, f.Body, f.Text, f.Layout
}

// checkMessage is what cannot be saved: Liquid that nobody could read, and
// lines that would break out of a header. What is only unfinished may be saved.
func (s *Server) checkMessage(ctx context.Context, ws store.Workspace, a workflow.Action) store.Invalid {
	wrong := store.Invalid{}
	for _, p := range s.engine.CheckAction(ctx, ws, a) {
		if wrong[p.Field] == "" {
			wrong[p.Field] = views.ProblemText(p)
		}
	}
	if a.Email == nil {
		return wrong
	}
	e := a.Email
	for field, text := range map[string]string{"from": e.From, "to": e.To, "reply_to": e.ReplyTo, "subject": e.Subject, "preheader": e.Preheader} {
		if strings.ContainsFunc(text, unicode.IsControl) {
			wrong[field] = "Write this in one line, without control characters."
		}
	}
	for field, text := range map[string]string{"from": e.From, "reply_to": e.ReplyTo} {
		if text == "" || strings.Contains(text, "{") || wrong[field] != "" {
			continue
		}
		if _, err := mail.ParseAddress(text); err != nil {
			wrong[field] = "This is no email address. Write one such as hello@acme.example, or Acme <hello@acme.example>."
		}
	}
	return wrong
}
