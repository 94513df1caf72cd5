package views

import (
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
)

// DataIndexPath is the attributes that the workspace has seen.
func DataIndexPath(ws store.Workspace) string { return HomePath(ws) + "/data" }

// DataIndexAtPath is a page of the names of a kind.
func DataIndexAtPath(ws store.Workspace, kind store.DataKind, q, after, before string) string {
	return DataIndexPath(ws) + query("kind", kindParam(kind), "q", q, "after", after, "before", before)
}

// DataNamePath is one of them.
func DataNamePath(ws store.Workspace, kind store.DataKind, name string) string {
	return DataIndexPath(ws) + "/name" + query("kind", kindParam(kind), "name", name)
}

// kindParam leaves out the kind with which the index opens.
func kindParam(kind store.DataKind) string {
	if kind == store.EventData {
		return string(kind)
	}
	return ""
}

// DataIndex is a page of names.
type DataIndex struct {
	Kind  store.DataKind
	Q     string
	Names []store.DataName
	Pages Pages
}

// DataNamePage is all that the page of a name shows.
type DataNamePage struct {
	Name     store.DataName
	Examples []string
	Users    store.SegmentUsers
	Wrong    store.Invalid
}

// timesHeading says what the number of times counts.
func timesHeading(kind store.DataKind) string {
	if kind == store.EventData {
		return "Times done"
	}
	return "Times set"
}

func dataTitle(kind store.DataKind) string {
	if kind == store.EventData {
		return "Events"
	}
	return "Attributes"
}

// whoHas is the list of the people who have an attribute, or did an event.
func whoHas(ws store.Workspace, d store.DataName) string {
	return PeopleStatePath(ws, PeopleState{}.With(hasCondition(d)), At{})
}

func hasCondition(d store.DataName) condition.Condition {
	if d.Kind == store.EventData {
		return condition.Condition{Event: &condition.Event{Name: d.Name}}
	}
	return condition.Condition{Attribute: &condition.Attribute{Field: d.Name, Operator: condition.Exists}}
}
