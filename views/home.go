package views

import "github.com/postroom/postroom/store"

// HomeFacts is what the home of a workspace shows.
type HomeFacts struct {
	store.Overview
	Live       []store.CampaignNumbers
	Activities []store.Activity
	Mailbox    bool // no email server is set
}

// homeStep is one thing to do in a new workspace.
type homeStep struct {
	Title, Fact string
	Done        bool
	Path        string // where to do it; empty: nowhere, or not theirs to do
}

// steps are taken from facts, not from what somebody ticked.
func (f HomeFacts) steps(p Page) []homeStep {
	all := []homeStep{
		{"Create the workspace", p.Workspace.Identifiers.Words() + " identifies people", true, ""},
		{"Add people", "By hand, from a file or from your app", p.Workspace.People > 0, p.sectionFor("people")},
		{"Create an API key", "Your app needs one to send people and events", f.Keys > 0, p.sectionFor("credentials")},
		{"Send events from your app", "They start campaigns", f.Events, p.sectionFor("credentials")},
		{"Start a first campaign", "Or import the actions of another workspace's", f.Started, p.sectionFor("campaigns")},
		{"Connect an email server", "Until then messages land in the built-in mailbox", !f.Mailbox, p.sectionFor("mailbox")},
	}
	if p.Workspace.People > 0 {
		all[1].Fact = People(p.Workspace.People)
	}
	if f.Keys > 0 {
		all[2].Fact = Count(f.Keys, "key", "keys") + " in force"
	}
	return all
}

// sectionFor is a section's page, if the member may go there.
func (p Page) sectionFor(name string) string {
	s, ok := SectionNamed(name)
	if !ok || !p.Role.May(s.Needs) {
		return ""
	}
	return SectionPath(p.Workspace, s)
}

func stepsDone(steps []homeStep) (n int) {
	for _, s := range steps {
		if s.Done {
			n++
		}
	}
	return n
}
