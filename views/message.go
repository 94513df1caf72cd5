package views

import (
	"fmt"
	"net/url"
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
	From, To, ReplyTo, Subject, Preheader, Body, Text, Layout string
	Revision                                                  string // of the message, when it was loaded
	As                                                        string // whom the preview is for
	Images                                                    bool   // in the preview
}

// Message is the editor of an email.
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
	TestTo   string
	TestFail string // why a test was not sent
}

// MessagePreview is a message as one person would get it.
type MessagePreview struct {
	store.Rendering
	As     store.Person
	Sample bool   // nobody was there to be shown
	Nobody string // what was typed, when nobody is named like that
	Token  string // of its HTML; empty when it is too large to be kept
	Images bool
}

// problems is what is wrong with a field: in what was saved, else in the
// preview.
func (m Message) problems(field string) []string {
	if text := m.Wrong[field]; text != "" {
		return []string{text}
	}
	return m.Preview.problemsIn(field)
}

func (p MessagePreview) problemsIn(field string) []string {
	var found []string
	for _, problem := range p.Problems {
		if problem.Field == field {
			found = append(found, ProblemText(problem))
		}
	}
	return found
}

// ProblemText is a problem with its line, where the field has several.
func ProblemText(p store.RenderProblem) string {
	if p.Line > 0 && (p.Field == "body" || p.Field == "text") {
		return fmt.Sprintf("Line %d: %s", p.Line, p.Message)
	}
	return p.Message
}

// messageFields is the fields whose problems stand beside them.
var messageFields = []string{"from", "to", "reply_to", "subject", "preheader", "layout", "body", "text"}

// elsewhere is the problems that no field of the form shows.
func (p MessagePreview) elsewhere() []string { return p.problemsIn("") }

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
