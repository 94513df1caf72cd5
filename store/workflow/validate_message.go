package workflow

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
)

// message looks at an action that sends something.
func (v *validator) message(a Action) {
	problem := v.block
	if a.Sending() == Off {
		problem = v.warn // it is skipped, so it may be unfinished
	}
	switch {
	case a.Email != nil:
		v.email(a, problem)
	case a.Webhook != nil:
		v.webhook(a.Webhook)
	case a.Slack != nil:
		v.written(problem, "text", a.Slack.Text, "Write the message.")
		if a.Slack.URL != "" {
			v.url(a.Slack.URL)
		}
	case a.Push != nil:
		v.written(problem, "body", a.Push.Title+a.Push.Body, "Write the message.")
	case a.SMS != nil:
		v.written(problem, "to", a.SMS.To, "Say which number this goes to. Usually that is {{customer.phone}}.")
		v.written(problem, "text", a.SMS.Text, "Write the message.")
	}
}

func (v *validator) written(problem func(field, message string), field, text, message string) {
	if strings.TrimSpace(text) == "" {
		problem(field, message)
	}
}

func (v *validator) email(a Action, problem func(field, message string)) {
	e := a.Email
	if a.Name == "" {
		v.warn("name", "Name this email, so that its figures are easy to find.")
	}
	for _, missing := range []struct{ field, value, message string }{
		{"from", e.From, "Say who this email is from."},
		{"to", e.To, "Say who this email goes to. Usually that is {{customer.email}}."},
		{"subject", e.Subject, "Write a subject."},
		{"body", e.Body, "Write the body."},
	} {
		v.written(problem, missing.field, missing.value, missing.message)
	}
	v.address(problem, "from", e.From)
	v.address(problem, "to", e.To)
	v.address(problem, "reply_to", e.ReplyTo)
	if strings.ContainsAny(e.Subject, "\r\n") {
		problem("subject", "Write the subject in one line.")
	}
	v.unsubscribe(e)
	v.languages(problem, e)
}

func (v *validator) languages(problem func(field, message string), e *Email) {
	var seen []string
	for i, t := range e.Languages {
		field := fmt.Sprintf("languages[%d]", i)
		v.written(problem, field+".subject", t.Subject, "Write the subject in "+quote(t.Language)+".")
		v.written(problem, field+".body", t.Body, "Write the body in "+quote(t.Language)+".")
		if slices.ContainsFunc(seen, func(s string) bool { return strings.EqualFold(s, t.Language) }) {
			v.block(field+".language", quote(t.Language)+" is there twice. Keep one of them.")
		}
		seen = append(seen, t.Language)
	}
}

// address checks one address, unless it is known only after rendering.
func (v *validator) address(problem func(field, message string), field, text string) {
	if strings.TrimSpace(text) == "" || isLiquid(text) {
		return
	}
	if _, err := mail.ParseAddress(text); err != nil {
		problem(field, fmt.Sprintf("%.80q is not an email address. Write one such as hello@acme.example, or Acme <hello@acme.example>.", text))
	}
}

func (v *validator) unsubscribe(e *Email) {
	if strings.TrimSpace(e.Body) == "" || unsubscribes(e.Body, e.Text) {
		return
	}
	message := "The body has no link to unsubscribe. Add {% unsubscribe_url %}."
	if e.Layout != "" {
		message = "The body has no link to unsubscribe. Add {% unsubscribe_url %}, unless its layout has one."
	}
	v.warn("body", message)
}

// methods are the ways in which a webhook may call.
var methods = []string{"POST", "GET", "PUT", "PATCH", "DELETE"}

// Methods is what a webhook's method may be, in the order of a menu.
func Methods() []string { return slices.Clone(methods) }

func badMethod(method string) string {
	return fmt.Sprintf("%.20q is not a method for webhooks. Use one of %s.", method, quoted(methods))
}

func (v *validator) webhook(w *Webhook) {
	if !slices.Contains(methods, w.Method) {
		v.block("method", badMethod(w.Method))
	}
	v.url(w.URL)
	for i, h := range w.Headers {
		v.header(fmt.Sprintf("headers[%d]", i), h)
	}
	for i, kept := range w.Response {
		if strings.TrimSpace(kept.Path) == "" || strings.TrimSpace(kept.Attribute) == "" {
			v.block(fmt.Sprintf("response[%d]", i), "Say which value of the answer is kept, and as what.")
		}
	}
	for _, name := range w.LeftOut {
		v.block(w.fieldOf(name), fmt.Sprintf("A secret was left behind when this was imported: %s. Put it in again and save.", name))
	}
}

// fieldOf is the form field where a secret that was left out belongs.
func (w *Webhook) fieldOf(secret string) string {
	for i, h := range w.Headers {
		if secret == "header "+h.Name {
			return fmt.Sprintf("headers[%d]", i)
		}
	}
	return "url"
}

func (v *validator) url(url string) {
	scheme, rest, _ := strings.Cut(url, "://")
	scheme = strings.ToLower(scheme)
	switch {
	case strings.TrimSpace(url) == "":
		v.block("url", "Write the address to call.")
	case strings.HasPrefix(url, "{{"), strings.HasPrefix(url, "{%"):
		return // known only after rendering
	case scheme != "http" && scheme != "https", rest == "", strings.IndexAny(rest, "/?#") == 0:
		v.block("url", "Write a whole address that begins with https:// or http://.")
	case strings.ContainsAny(url, "\r\n"):
		v.block("url", "Write the address in one line.")
	}
}

func (v *validator) header(field string, h Header) {
	switch {
	case h.Name == "" || strings.ContainsFunc(h.Name, notInToken):
		v.block(field, fmt.Sprintf("%.80q cannot name a header. Use letters, digits and hyphens.", h.Name))
	case strings.ContainsAny(h.Value, "\r\n\x00"):
		v.block(field, "Write the value of "+h.Name+" in one line.")
	}
}

// notInToken tells which characters RFC 9110 does not allow in a header's name.
func notInToken(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}
