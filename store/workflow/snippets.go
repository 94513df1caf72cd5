package workflow

import (
	"slices"
	"strings"
)

// SnippetsIn is the snippets that a text names, each once.
func SnippetsIn(text string) (names []string) {
	if !strings.Contains(text, "snippets") {
		return nil
	}
	for _, m := range (template{source: text}).mentions() {
		if m.kind == NeedsSnippet && !slices.Contains(names, m.name) {
			names = append(names, m.name)
		}
	}
	return names
}

// Mistake is the first thing in a text that no engine of Liquid could read;
// empty when there is none.
func Mistake(text string) string { return template{source: text}.mistake() }

// Snippets is the snippets that the action's texts name, each once.
func (a Action) Snippets() (names []string) {
	for _, t := range a.texts() {
		names = appendNew(names, SnippetsIn(t.source)...)
	}
	return names
}

// MapSnippets is the actions with other names where their messages name
// snippets. Nothing but messages knows snippets.
func MapSnippets(actions []Action, rename func(name string) string) []Action {
	out := cloneActions(actions)
	for a := range All(out) {
		for _, text := range a.messageTexts() {
			*text = RenameSnippet(*text, rename)
		}
	}
	return out
}

// messageTexts is the texts of a message that may hold Liquid, to be changed.
func (a *Action) messageTexts() (all []*string) {
	switch {
	case a.Email != nil:
		e := a.Email
		all = []*string{&e.From, &e.To, &e.ReplyTo, &e.Subject, &e.Preheader, &e.Body, &e.Text}
		for i := range e.Languages {
			t := &e.Languages[i]
			all = append(all, &t.Subject, &t.Preheader, &t.Body, &t.Text)
		}
	case a.Webhook != nil:
		all = []*string{&a.Webhook.URL, &a.Webhook.Body}
		for i := range a.Webhook.Headers {
			all = append(all, &a.Webhook.Headers[i].Value)
		}
	case a.Slack != nil:
		all = []*string{&a.Slack.URL, &a.Slack.Text}
	case a.Push != nil:
		all = []*string{&a.Push.Title, &a.Push.Body, &a.Push.Link}
	case a.SMS != nil:
		all = []*string{&a.SMS.From, &a.SMS.To, &a.SMS.Text}
	}
	return all
}

// RenameSnippet is the text with another name wherever it names a snippet.
func RenameSnippet(text string, rename func(name string) string) string {
	if !strings.Contains(text, "snippets") {
		return text
	}
	uses := template{source: text}.uses()
	for _, u := range slices.Backward(uses) {
		kind, name := need(u)
		if kind != NeedsSnippet {
			continue
		}
		to := rename(name)
		from := written(text[u.At():], name)
		if to != name && from != "" {
			text = text[:u.At()] + "snippets['" + to + "']" + text[u.At()+len(from):]
		}
	}
	return text
}

// written is the beginning of a text that names a snippet: snippets.name or
// snippets['name'].
func written(text, name string) string {
	rest, ok := strings.CutPrefix(text, "snippets")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, " \t\r\n")
	after, dotted := strings.CutPrefix(rest, ".")
	if dotted {
		after, ok = strings.CutPrefix(strings.TrimLeft(after, " \t\r\n"), name)
	} else if after, ok = strings.CutPrefix(rest, "["); ok {
		after = strings.TrimLeft(after, " \t\r\n")
		if len(after) < len(name)+2 || after[1:1+len(name)] != name {
			return ""
		}
		_, after, ok = strings.Cut(after[2+len(name):], "]")
	}
	if !ok {
		return ""
	}
	return text[:len(text)-len(after)]
}
