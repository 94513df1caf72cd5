package views

import (
	"maps"
	"slices"

	"github.com/postroom/postroom/store"
)

// MergePath looks for the person whom another one is merged with.
func MergePath(ws store.Workspace, id store.PersonID) string { return PersonPath(ws, id) + "/merge" }

// MergeWithPath is what merging two people would do.
func MergeWithPath(ws store.Workspace, stays, goes store.PersonID) string {
	return MergePath(ws, stays) + query("with", goes.CioID())
}

// MergeSearch is the search for the other person.
type MergeSearch struct {
	Person store.Person
	Q      string
	Found  []store.Person
}

// mergeRow is one value of two people and what becomes of it.
type mergeRow struct {
	Name               string
	Stays, Goes, After string
	FromOther          bool
}

// mergeRows is the two people value by value.
func mergeRows(m store.MergePreview) []mergeRow {
	row := func(name, stays, goes, after string) mergeRow {
		return mergeRow{name, stays, goes, after, after != stays}
	}
	rows := []mergeRow{
		row("email", m.Stays.Email, m.Goes.Email, m.Person.Email),
		row("id", m.Stays.ExternalID, m.Goes.ExternalID, m.Person.ExternalID),
		row("cio_id", m.Stays.ID.CioID(), m.Goes.ID.CioID(), m.Person.ID.CioID()),
		row("subscribed", consentWords(m.Stays), consentWords(m.Goes), consentWords(m.Person)),
	}
	names := maps.Clone(m.Stays.Attributes)
	maps.Copy(names, m.Goes.Attributes)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		rows = append(rows, row(name, store.AttributeWords(m.Stays.Attributes[name]), store.AttributeWords(m.Goes.Attributes[name]), store.AttributeWords(m.Person.Attributes[name])))
	}
	return rows
}

func consentWords(p store.Person) string {
	if p.Unsubscribed {
		return "unsubscribed"
	}
	return "subscribed"
}

// belongingRows is what both have, and what the one who stays has then.
func belongingRows(m store.MergePreview) []mergeRow {
	return []mergeRow{
		belongingRow("Activities", m.Has.Activities, m.Brings.Activities),
		belongingRow("Deliveries", m.Has.Deliveries, m.Brings.Deliveries),
		belongingRow("Journeys", m.Has.Journeys, m.Brings.Journeys),
	}
}

func belongingRow(name string, has, brings int) mergeRow {
	return mergeRow{name, many(has), many(brings), many(has + brings), brings > 0}
}

// many is a count that ends somewhere.
func many(n int) string {
	if n >= store.ManyBelongings {
		return Number(store.ManyBelongings) + " or more"
	}
	return Number(n)
}

// clipName is a name for a button.
func clipName(text string) string {
	if runes := []rune(text); len(runes) > 28 {
		return string(runes[:27]) + "…"
	}
	return text
}
