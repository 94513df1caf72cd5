package views

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// MessageLanguagePath is the editor of a message with the texts in a language
// (empty: for everybody else) and the preview for a person.
func MessageLanguagePath(ws store.Workspace, campaign store.CampaignID, key, language, as string) string {
	q := url.Values{}
	for name, value := range map[string]string{"language": language, "as": as} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return MessagePath(ws, campaign, key)
	}
	return MessagePath(ws, campaign, key) + "?" + q.Encode()
}

// MessageLanguagesPath adds a language.
func MessageLanguagesPath(ws store.Workspace, campaign store.CampaignID, key string) string {
	return MessagePath(ws, campaign, key) + "/languages"
}

// messageFields is the fields of a message whose problems stand beside them.
func messageFields(kind workflow.Type, language string) []string {
	switch kind {
	case workflow.TypeSMS:
		return []string{"to", "from", "text"}
	case workflow.TypePush:
		return []string{"title", "body", "link"}
	case workflow.TypeSlack:
		return []string{"text", "url"}
	case workflow.TypeWebhook:
		return []string{"url", "headers", "body"}
	}
	if language != "" {
		return []string{"subject", "preheader", "body", "text"}
	}
	return []string{"from", "to", "reply_to", "subject", "preheader", "layout", "body", "text"}
}

// hint is what stands below a field when nothing is wrong with it.
func (p MessagePreview) hint(field string) string {
	switch {
	case field == "subject":
		return p.subjectHint()
	case field == "text" && p.Kind == workflow.TypeSMS:
		return p.textHint()
	case field == "text" && p.Kind == workflow.TypeEmail:
		return "Made from the body when this is empty."
	case field == "link":
		return "What a tap opens."
	case field == "url" && p.Kind == workflow.TypeSlack:
		return "Empty: the workspace’s own."
	case field == "headers":
		return "One in each line, as Name: value."
	}
	return ""
}

// textHint says how long a text message is for the person of the preview, and
// in how many parts it travels.
func (p MessagePreview) textHint() string {
	if p.Text == "" || len(p.problemsIn("text")) > 0 {
		return "" // the marks of missing values would be counted
	}
	words := "As " + p.who() + ": " + Count(utf8.RuneCountInString(p.Text), "character", "characters")
	return words + ", " + Count(smsParts(p.Text), "part", "parts")
}

// gsm is the characters of GSM 03.38, in which a text message holds 160; those
// of gsmExtra count twice. With any other one it holds 70.
const (
	gsm      = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtra = "^{}\\[~]|€"
)

// smsParts is in how many parts a text message travels.
func smsParts(text string) int {
	n, single, several := 0, 160, 153
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsm, r):
			n++
		case strings.ContainsRune(gsmExtra, r):
			n += 2
		default:
			n, single, several = len(utf16.Encode([]rune(text))), 70, 67
			return parts(n, single, several)
		}
	}
	return parts(n, single, several)
}

func parts(n, single, several int) int {
	if n <= single {
		return 1
	}
	return (n + several - 1) / several
}

// nowhereYet is what a preview says that does not know where it goes.
func nowhereYet(kind workflow.Type) string {
	switch kind {
	case workflow.TypeSlack:
		return "To the workspace’s channel"
	case workflow.TypeWebhook:
		return "No address yet"
	}
	return "No number yet"
}

// markedPart is a piece of a preview; Mark: a value that is missing.
type markedPart struct {
	Text string
	Mark bool
}

// markedParts takes a text apart at the marks of missing values, ⟦like this⟧.
func markedParts(text string) (all []markedPart) {
	for text != "" {
		before, rest, found := strings.Cut(text, "⟦")
		inside, after, closed := strings.Cut(rest, "⟧")
		if !found || !closed {
			return append(all, markedPart{Text: text})
		}
		if before != "" {
			all = append(all, markedPart{Text: before})
		}
		all = append(all, markedPart{"⟦" + inside + "⟧", true})
		text = after
	}
	return all
}

// subscriptionKind is which choice says who gets an email.
func subscriptionKind(f ActionForm) string {
	s := f.Action.Email.Subscription
	if _, ok := s.Topic(); ok || f.Wrong["topic"] != "" {
		return "topic"
	}
	return string(s)
}

// testIntro says what a test does.
func (m Message) testIntro() string {
	switch {
	case m.Action.Push != nil:
		return "It goes to the devices of the person in the preview, as it was last saved. It counts nowhere."
	case m.Action.Slack != nil, m.Action.Webhook != nil:
		return fmt.Sprintf("It goes where the %s message goes anyway, as it was last saved and with what is known of the person in the preview. It counts nowhere.", m.Action.Type.Words())
	case m.Action.SMS != nil:
		return "The message goes out as it was last saved, with what is known of the person in the preview. It counts nowhere."
	}
	return "The message goes out as it was last saved, with what is known of the person in the preview. It counts nowhere, and its links are not tracked."
}

// testType is the kind of field that says to where a test goes; empty: none is
// needed.
func (m Message) testType() string {
	switch {
	case m.Action.Email != nil:
		return "email"
	case m.Action.SMS != nil:
		return "tel"
	}
	return ""
}
