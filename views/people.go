package views

import (
	"slices"
	"strings"

	"github.com/postroom/postroom/store"
)

// PeoplePath is the workspace's people.
func PeoplePath(ws store.Workspace) string { return HomePath(ws) + "/people" }

// PeopleListPath is the part of the page that lists people.
func PeopleListPath(ws store.Workspace) string { return PeoplePath(ws) + "/list" }

// NewPersonPath is the form of a new person.
func NewPersonPath(ws store.Workspace) string { return PeoplePath(ws) + "/new" }

// PersonPath is the page of one person.
func PersonPath(ws store.Workspace, id store.PersonID) string {
	return PeoplePath(ws) + "/" + id.CioID()
}

// PersonAtPath is their page with a part of their time line.
func PersonAtPath(ws store.Workspace, id store.PersonID, filter string, at At) string {
	return PersonPath(ws, id) + query("show", filter, "before", at.before(), "after", at.after())
}

// EditPersonPath is the form of one person.
func EditPersonPath(ws store.Workspace, id store.PersonID) string {
	return PersonPath(ws, id) + "/edit"
}

// DeletePersonPath deletes a person.
func DeletePersonPath(ws store.Workspace, id store.PersonID) string {
	return PersonPath(ws, id) + "/delete"
}

// SubscribePersonPath records an opt-in.
func SubscribePersonPath(ws store.Workspace, id store.PersonID) string {
	return PersonPath(ws, id) + "/subscribe"
}

// UnsubscribePersonPath takes consent away.
func UnsubscribePersonPath(ws store.Workspace, id store.PersonID) string {
	return PersonPath(ws, id) + "/unsubscribe"
}

// PeopleList is a page of people.
type PeopleList struct {
	State    PeopleState
	Short    bool // the search is too short to look inside words
	People   []store.Person
	Pages    Pages
	Searched int      // people looked at, when that was not all; else zero
	Columns  []string // that it shows
	Compact  bool
	Views    []store.View
	Broken   string // why the filter of the address cannot be read
	Ask      string // what is asked over the list: filter, columns, segment, view
	Filter   FilterForm
	Editing  store.ViewID // the view that is asked about; zero: a new one
	Name     string       // of a view or a segment, as typed
	Shared   bool
	Wrong    store.Invalid
}

// FilterForm is one more filter, as typed.
type FilterForm struct {
	Kind                   string // attribute, segment, event
	Field, Operator, Value string
	Segment, In            string
	Event, Did, Times      string
	Within                 string
	Attributes, Events     []string // that there are
	Segments               []string
}

// found is how many people were found, as far as is known.
func (l PeopleList) found() string {
	if l.Pages.Only() {
		return "Found " + People(len(l.People)) + "."
	}
	return "Found more than " + People(len(l.People)) + "."
}

// view is the view that the list began with, if it is still there.
func (l PeopleList) view() (store.View, bool) {
	i := slices.IndexFunc(l.Views, func(v store.View) bool { return v.ID == l.State.View })
	if i < 0 {
		return store.View{}, false
	}
	return l.Views[i], true
}

// changed says whether the list is not as its view was saved.
func (l PeopleList) changed(v store.View) bool {
	return PeopleStatePath(store.Workspace{}, l.State, At{}) != PeopleStatePath(store.Workspace{}, viewState(v), At{})
}

// PersonPage is all that a person's page shows.
type PersonPage struct {
	Person     store.Person
	Activities []store.Activity
	Pages      Pages  // of the activities
	Filter     string // of the activities
	Segments   []store.Segment
	Journeys   []store.PersonJourney
	Topics     PersonTopics
	Ask        string // what is asked before it is done: the last part of its path
	Why        string // they asked to be subscribed, as typed
	EventName  string // as typed
	EventData  string
	Wrong      store.Invalid // with Why
}

// second is the identifier under a person's label in a list.
func second(p store.Person) string {
	switch {
	case p.Email != "" && p.ExternalID != "":
		return p.ExternalID
	case p.Email == "" && p.ExternalID != "":
		return "no email"
	case p.Email == "":
		return "no email, no id"
	}
	return ""
}

// PersonForm is what the form of a person held.
type PersonForm struct {
	ID, Email  string
	Rows       []AttributeRow
	Attributes string // a JSON object
	Was        string // attributes when the form was made, as JSON
}

// AttributeRow is one attribute in the form.
type AttributeRow struct{ Name, Value string }

// idHint says what the id is for in this workspace.
func idHint(ws store.Workspace) string {
	switch {
	case !ws.Identifiers.ID():
		return "People in this workspace are identified by email only."
	case !ws.Identifiers.Email():
		return "What your own system calls them. Everybody here needs one."
	}
	return "What your own system calls them. An id or an email is enough."
}

// emailHint says the same of the email.
func emailHint(ws store.Workspace) string {
	switch {
	case !ws.Identifiers.Email():
		return "Several people may share one. It does not identify anybody here."
	case !ws.Identifiers.ID():
		return "It identifies them: nobody else here can have it."
	}
	return "Nobody else in this workspace can have it."
}

// longName is a text cut for a title; the whole stands elsewhere on the page.
func longName(text string) string {
	if runes := []rune(text); len(runes) > 120 {
		return strings.TrimSpace(string(runes[:119])) + "…"
	}
	return text
}

// foldFrom is the length of an address that may not fit on a phone.
const foldFrom = 24

// beforeAt is what stands before the @ of a long address, where it breaks
// rather than in the middle of a word; nothing of what fits.
func beforeAt(p store.Person) string {
	label := longName(p.Label())
	if at := strings.LastIndexByte(label, '@'); at > 0 && len(label) > foldFrom {
		return label[:at]
	}
	return ""
}

// fromAt is the rest.
func fromAt(p store.Person) string {
	return strings.TrimPrefix(longName(p.Label()), beforeAt(p))
}
