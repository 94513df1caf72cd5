// Package compose turns a template and a person into a message, and a message
// into the bytes that go out. It reads and writes nothing: what it knows of
// the person comes as a Scope, and every mistake comes back as a FieldError
// that names the field, the line and what to do.
package compose

import (
	"maps"
	"net/mail"
	"strings"
)

// Template is a message as its author wrote it. Every field may hold Liquid.
type Template struct {
	From      string // one address, with or without a name
	To        string // one address; nearly always {{customer.email}}
	ReplyTo   string // optional
	Subject   string
	Preheader string // optional: what an inbox shows after the subject
	Body      string // HTML
	Text      string // optional: made from the HTML when blank
	Layout    string // optional: HTML with {{content}} once
}

// Scope is what a template can name: customer, event, trigger, journey,
// campaign {id, name, type}, message {id, name, type}, delivery_id and snippets
// (which is a Snippets).
// Message.subject and content are filled in by Email.
type Scope map[string]any

// Links is what the sender adds to a message. The zero value is inert: it
// leaves links as they are, adds no pixel, and unsubscribing leads nowhere,
// which is what a preview wants.
type Links struct {
	UnsubscribeURL string                   // the page behind {% unsubscribe_url %}
	PreferencesURL string                   // the page behind {% manage_subscription_preferences_url %}; else the one above
	OneClickURL    string                   // the List-Unsubscribe header (RFC 8058)
	ViewURL        string                   // the page behind {% view_in_browser_url %}
	OpenURL        string                   // the pixel; empty for none
	ClickURL       func(href string) string // where a link leads instead; nil for no change
}

// Message is one message to one person, ready for Build.
type Message struct {
	From, To        *mail.Address
	ReplyTo         *mail.Address // nil for none
	Subject         string
	HTML            string // empty for a message of text alone
	Text            string
	ListUnsubscribe string // the one-click address, without its brackets
}

// Email composes a message, or fails with Errors: those of every field, so
// that an editor can show them all at once.
func Email(t Template, s Scope, l Links) (Message, error) {
	c := newComposer(s, l)
	m := c.message(t)
	if len(c.errors) > 0 {
		return Message{}, c.errors
	}
	return m, nil
}

// message is what could be composed, and in c.errors what could not.
func (c *composer) message(t Template) Message {
	m := Message{ListUnsubscribe: c.links.OneClickURL}
	m.From = c.sender(t.From)
	m.To = c.recipient(t.To)
	m.ReplyTo = c.replyTo(t.ReplyTo)
	m.Subject = c.subject(t.Subject)
	preheader := strings.Join(strings.Fields(c.render("preheader", t.Preheader, false)), " ")
	html := c.html(t)
	m.Text = c.plain(t.Text)
	if m.Text == "" {
		m.Text = textOf(html)
	}
	if strings.TrimSpace(html) != "" {
		m.HTML = decorate(html, preheader, c.links)
	}
	return m
}

// Preview composes what Email would, with links that lead nowhere: nothing in
// it tracks or unsubscribes. Where a value is missing the place is marked, and
// with the Errors comes all that could be composed. How to show foreign HTML
// safely is the caller's business.
func Preview(t Template, s Scope) (Message, error) {
	c := newComposer(s, Links{})
	c.marks = true
	m := c.message(t)
	if len(c.errors) == 0 {
		return m, nil
	}
	m.HTML = highlight(m.HTML)
	return m, c.errors
}

// String renders one piece of Liquid that is no message: the address or body
// of a webhook, the value of an attribute. It escapes nothing. A mistake is a
// *FieldError without a Field.
func String(template string, s Scope) (string, error) {
	c := newComposer(s, Links{})
	out := c.render("", template, false)
	if len(c.errors) > 0 {
		return "", c.errors[0]
	}
	return out, nil
}

// Check is what is wrong with a template whoever gets it: what can be known
// without a person, for saving a draft.
func Check(t Template) []*FieldError {
	var found []*FieldError
	for _, f := range t.fields() {
		_, wrong := parse(f.source)
		found = append(found, inField(f.name, wrong)...)
	}
	if p := checkLayout(t.Layout); p != nil {
		found = append(found, p.in("layout"))
	}
	return found
}

func inField(field string, problems []*problem) []*FieldError {
	found := make([]*FieldError, len(problems))
	for i, p := range problems {
		found[i] = p.in(field)
	}
	return found
}

type field struct{ name, source string }

// fields is every field in the order of the editor.
func (t Template) fields() []field {
	return []field{
		{"from", t.From}, {"to", t.To}, {"reply_to", t.ReplyTo}, {"subject", t.Subject},
		{"preheader", t.Preheader}, {"body", t.Body}, {"text", t.Text}, {"layout", t.Layout},
	}
}

// composer renders one message's fields and gathers what is wrong with them.
type composer struct {
	vars   map[string]any
	links  Links
	marks  bool // a missing value leaves a mark, and the rest is rendered
	errors Errors
}

func newComposer(s Scope, l Links) *composer {
	vars := maps.Clone(map[string]any(s))
	if vars == nil {
		vars = map[string]any{}
	}
	return &composer{vars: vars, links: l}
}

// render is one field's text. HTML says what {% unsubscribe %} looks like.
func (c *composer) render(field, source string, html bool) string {
	if source == "" {
		return ""
	}
	t, wrong := parse(source)
	out := ""
	if len(wrong) == 0 {
		w := way{links: c.links, html: html, marks: c.marks}
		out, wrong = w.render(t, c.vars)
	}
	c.errors = append(c.errors, inField(field, wrong)...)
	return out
}

func (c *composer) fail(field, message string) {
	c.errors = append(c.errors, &FieldError{Field: field, Line: 1, Column: 1, Message: message})
}

// line is a field that must fit on one line.
func (c *composer) line(field, source string) string {
	out := strings.ToValidUTF8(c.render(field, source, false), "\uFFFD")
	out = strings.TrimSpace(strings.ReplaceAll(out, "\t", " "))
	if hasControl(out) {
		c.fail(field, "The "+label(field)+" has a line break or a control character in it. Look at the values that it uses, and take them out.")
		return ""
	}
	return out
}

// subject renders the subject and lets the body name it as message.subject.
func (c *composer) subject(source string) string {
	before := len(c.errors)
	subject := c.line("subject", source)
	if subject == "" && len(c.errors) == before {
		c.fail("subject", "The subject is empty. Write one.")
	}
	message, _ := c.vars["message"].(map[string]any)
	message = maps.Clone(message)
	if message == nil {
		message = map[string]any{}
	}
	message["subject"] = subject
	c.vars["message"] = message
	return subject
}

// html is the body in its layout.
func (c *composer) html(t Template) string {
	if strings.TrimSpace(t.Body) == "" && strings.TrimSpace(t.Text) == "" {
		c.fail("body", "The message is empty. Write something.")
	}
	before := len(c.errors)
	body := strings.ToValidUTF8(c.render("body", t.Body, true), "\uFFFD")
	if strings.TrimSpace(t.Layout) == "" || strings.TrimSpace(t.Body) == "" {
		return body
	}
	if p := checkLayout(t.Layout); p != nil {
		c.errors = append(c.errors, p.in("layout"))
	}
	unreadable := body == "" && len(c.errors) > before
	c.vars["content"] = body
	html := strings.ToValidUTF8(c.render("layout", t.Layout, true), "\uFFFD")
	if unreadable {
		return "" // the layout was rendered for its own mistakes; alone it is no message
	}
	return html
}

// plain is the text part as its author wrote it.
func (c *composer) plain(source string) string {
	return strings.TrimSpace(strings.ToValidUTF8(c.render("text", source, false), "\uFFFD"))
}

// checkLayout holds a layout to its one {{content}}.
func checkLayout(layout string) *problem {
	t, wrong := parse(layout)
	if len(wrong) > 0 || strings.TrimSpace(layout) == "" {
		return nil // said by whoever parses the field itself
	}
	switch n := uses(t, "content"); n {
	case 1:
		return nil
	case 0:
		return &problem{message: "The layout does not say where the message goes. Write {{content}} once."}
	default:
		return &problem{message: "The layout has {{content}} more than once. Keep one."}
	}
}
