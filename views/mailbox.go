package views

import (
	"fmt"

	"github.com/postroom/postroom/store"
)

// MailboxPath is where messages land while no mail server is set.
func MailboxPath(ws store.Workspace) string { return HomePath(ws) + "/mailbox" }

// MailPath is one message of it.
func MailPath(ws store.Workspace, id store.MailID) string {
	return fmt.Sprintf("%s/%d", MailboxPath(ws), id)
}

// MailBodyPath is its HTML, as a document of its own that may only open links.
func MailBodyPath(ws store.Workspace, id store.MailID) string {
	return MailPath(ws, id) + "/body"
}

// EmptyMailboxPath throws all of it away.
func EmptyMailboxPath(ws store.Workspace) string { return MailboxPath(ws) + "/empty" }

// MailPage is one message taken apart.
type MailPage struct {
	store.Mail
	Parts    store.MailParts
	Readable bool   // it could be taken apart
	View     string // "text", "source", or the HTML
	Images   bool
}

// view is what can be shown of it.
func (m MailPage) view() string {
	switch {
	case !m.Readable || m.View == "source":
		return "source"
	case m.View == "text" || m.Parts.HTML == "":
		return "text"
	}
	return "html"
}

// MailPagePath is a part of the mailbox, or of what a search finds in it.
func MailPagePath(ws store.Workspace, q string, at At) string {
	return MailboxPath(ws) + query("q", q, "before", at.before(), "after", at.after())
}

// MailList is a page of the mailbox and what chose it.
type MailList struct {
	Q     string
	Mails []store.Mail
	Live  bool // messages still land here
	Pages Pages
}
