package views

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// MessagePath is the editor of an email of a campaign.
func MessagePath(ws store.Workspace, campaign store.CampaignID, key string) string {
	return fmt.Sprintf("%s/campaigns/%d/messages/%s", HomePath(ws), campaign, url.PathEscape(key))
}

// MessagePreviewPath is what is typed there, as a person would get it.
func MessagePreviewPath(ws store.Workspace, campaign store.CampaignID, key string) string {
	return MessagePath(ws, campaign, key) + "/preview"
}

// MessageAsPath is the editor with the preview for a person, as they were
// named.
func MessageAsPath(ws store.Workspace, campaign store.CampaignID, key, as string) string {
	return MessagePath(ws, campaign, key) + query("as", as)
}

// MessageLackPath is to whom what is typed would not be sent.
func MessageLackPath(ws store.Workspace, campaign store.CampaignID, key string) string {
	return MessagePath(ws, campaign, key) + "/lack"
}

// MessageTestPath sends it to an address as a test.
func MessageTestPath(ws store.Workspace, campaign store.CampaignID, key string) string {
	return MessagePath(ws, campaign, key) + "/test"
}

// MessagePeoplePath is the people to see a preview as, as options of a choice.
func MessagePeoplePath(ws store.Workspace, campaign store.CampaignID, key string) string {
	return MessagePath(ws, campaign, key) + "/people"
}

// PreviewPath is the HTML of a preview, as a document of its own that may do
// nothing.
func PreviewPath(ws store.Workspace, token string) string {
	return HomePath(ws) + "/previews/" + token
}

// MessageForm is what the editor's form held.
type MessageForm struct {
	Language                                                  string // of the texts; empty: those of everybody else
	From, To, ReplyTo, Subject, Preheader, Body, Text, Layout string
	Title, Link                                               string           // of a push message
	Devices                                                   workflow.Devices // of a push message
	Method, URL, Headers                                      string           // of a webhook; Slack has a URL, too
	Revision                                                  string           // of the message, when it was loaded
	As                                                        string           // whom the preview is for
	Images                                                    bool             // in the preview
}

// Message is the editor of a message.
type Message struct {
	Campaign store.Campaign
	Action   workflow.Action
	Form     MessageForm
	Wrong    store.Invalid // by field
	Changed  bool          // somebody saved the message meanwhile
	Senders  []string
	Layouts  []string
	People   []store.Person
	Preview  MessagePreview
	Lack     store.Lack
	TestTo   string
	TestFail string // why a test was not sent

	NewLanguage, LanguageFail string // what was typed for one, and why it was not added
}

// MessagePreview is a message as one person would get it.
type MessagePreview struct {
	store.Rendering
	As     store.Person
	Sample bool   // nobody was there to be shown
	Nobody string // what was typed, when nobody is named like that
	Token  string // of its HTML; empty when it is too large to be kept
	Images bool

	Kind     workflow.Type
	Language string
}

// problems is what is wrong with a field: all that the preview found, and what
// kept it from being saved.
func (m Message) problems(field string) []store.RenderProblem {
	found := m.Preview.problemsIn(field)
	text := m.Wrong[field]
	if text == "" || slices.ContainsFunc(found, func(p store.RenderProblem) bool { return ProblemText(p) == text }) {
		return found
	}
	return append([]store.RenderProblem{{Field: field, Message: text}}, found...)
}

func (p MessagePreview) problemsIn(field string) []store.RenderProblem {
	var found []store.RenderProblem
	for _, problem := range p.Problems {
		if problem.Field == field {
			found = append(found, problem)
		}
	}
	return found
}

// ProblemText is a problem with its line, where the field has several.
func ProblemText(p store.RenderProblem) string {
	if p.Line > 0 && hasLines(p.Field) {
		return fmt.Sprintf("Line %d: %s", p.Line, p.Message)
	}
	return p.Message
}

func hasLines(field string) bool { return field == "body" || field == "text" }

// placeText is where in its field a problem is.
func placeText(p store.RenderProblem) string {
	if hasLines(p.Field) || p.Field == "layout" || p.Field == "value" {
		return fmt.Sprintf("Line %d, column %d", p.Line, p.Column)
	}
	return fmt.Sprintf("Column %d", p.Column)
}

// lackText says what will happen to those who lack a value.
func lackText(l store.Lack, one store.Lacking) string {
	words := "Would not be sent to " + People(one.People)
	if !l.All {
		words = fmt.Sprintf("Would not be sent to at least %s, of the newest %s", People(one.People), Number(l.Looked))
	}
	if one.People == 1 {
		return words + " who lacks"
	}
	return words + " who lack"
}

// elsewhere is the problems that no field of the form shows.
func (p MessagePreview) elsewhere() (found []store.RenderProblem) {
	shown := messageFields(p.Kind, p.Language)
	for _, problem := range p.Problems {
		if !slices.Contains(shown, problem.Field) {
			found = append(found, problem)
		}
	}
	return found
}

// subjectHint says how long the subject is for the person of the preview.
func (p MessagePreview) subjectHint() string {
	if p.Subject == "" || len(p.problemsIn("subject")) > 0 {
		return "" // the marks of missing values would be counted
	}
	return "As " + p.who() + ": " + Count(utf8.RuneCountInString(p.Subject), "character", "characters")
}

// who is the person of the preview.
func (p MessagePreview) who() string {
	if name := p.As.Name(); name != "" {
		return name
	}
	return p.As.Label()
}

// PersonValue is what names the person, and nobody else, in the choice of whom
// the preview is for. Where an email address identifies nobody, several people
// may share it.
func PersonValue(ws store.Workspace, p store.Person) string {
	switch {
	case ws.Identifiers.Email():
		return p.Label()
	case p.ExternalID != "":
		return p.ExternalID
	}
	return p.ID.CioID()
}

// personTitle is what stands beside it.
func personTitle(ws store.Workspace, p store.Person) string {
	if name := p.Name(); name != "" || ws.Identifiers.Email() {
		return name
	}
	return p.Email
}

// sendingTag is what happens when somebody reaches the message.
func sendingTag(s workflow.Sending) (icon, tag, words string) {
	switch s {
	case workflow.Automatic:
		return "send", "ok", "Sends automatically"
	case workflow.Draft:
		return "edit", "info", "Draft"
	}
	return "pause", "line", "Off"
}

// hasLayout says whether the choice of layouts lists this one.
func (m Message) hasLayout() bool {
	for _, name := range m.Layouts {
		if strings.EqualFold(name, m.Form.Layout) {
			return true
		}
	}
	return m.Form.Layout == ""
}
