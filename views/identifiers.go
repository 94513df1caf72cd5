package views

import (
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// IdentifiersPath is how people are identified, and what calls may do about it.
func IdentifiersPath(ws store.Workspace) string { return SettingsPath(ws) + "/identifiers" }

// CheckIdentifiersPath begins to check whether everybody fits another way.
func CheckIdentifiersPath(ws store.Workspace) string { return IdentifiersPath(ws) + "/check" }

// CancelIdentifiersPath gives a change up.
func CancelIdentifiersPath(ws store.Workspace) string { return IdentifiersPath(ws) + "/cancel" }

// ApplyIdentifiersPath asks before a change is applied, and applies it.
func ApplyIdentifiersPath(ws store.Workspace) string { return IdentifiersPath(ws) + "/apply" }

// IdentifierProgressPath is how far a check is.
func IdentifierProgressPath(ws store.Workspace) string { return IdentifiersPath(ws) + "/progress" }

// ConflictsFilePath is everybody who stands in the way, as a file.
func ConflictsFilePath(ws store.Workspace) string { return IdentifiersPath(ws) + "/conflicts.csv" }

// ConflictsAfterPath is the next page of them.
func ConflictsAfterPath(ws store.Workspace, c store.IdentifierConflict) string {
	return IdentifiersPath(ws) + query("problem", string(c.Problem), "value", c.Value, "person", c.Person.ID.CioID())
}

// IdentifiersPage is how people are identified and how a change stands.
type IdentifiersPage struct {
	Change    *store.IdentifierChange // nil: none is under way
	Count     int                     // how many stand in the way
	Conflicts []store.IdentifierConflict
	After     store.IdentifierConflict // the last one of the page before
	More      bool
	Chosen    string // as it was sent
	Ask       bool
	Wrong     store.Invalid
}

// conflictWords is what is wrong with somebody.
func conflictWords(c store.IdentifierConflict) string {
	switch c.Problem {
	case store.DuplicateEmail:
		return Count(c.Sharing, "person has", "people have") + " this email"
	case store.InvalidEmail:
		return "This is no email address"
	case store.MissingEmail:
		return "They have no email"
	case store.MissingID:
		return "They have no id"
	}
	return "This id is too long, or has characters that no id has"
}

// conflictCount is how many stand in the way, as far as they are counted.
func conflictCount(n int) string {
	if n >= store.ManyConflicts {
		return Number(store.ManyConflicts) + " or more people stand"
	}
	return Count(n, "person stands", "people stand")
}

// changeEffects is what a change brings.
func changeEffects(from, to identity.Mode) []string {
	var all []string
	switch {
	case to.Email() && !from.Email():
		all = append(all, "Every email address belongs to one person. A call that names an email names that person, and one that asks for somebody else's is a data problem.")
		if to.ID() {
			all = append(all, "People can be added by email alone. They have no id then: customer_id can be null in what webhooks and the API tell.")
		}
	case !to.Email() && from.Email():
		all = append(all, "Email becomes an attribute like others: several people may share one, and nobody can be added by email alone. What looks like an email in a path is an id.")
	}
	switch {
	case !to.ID() && from.ID():
		all = append(all, "Ids stay with the people who have one, but name nobody: calls by id are refused. New people get none.")
	case to.ID() && !from.ID():
		all = append(all, "People can have an id, and calls can name them by it.")
	}
	return append(all, "Suppressing somebody suppresses each of their identifiers of then. A merge keeps the identifiers of who stays.")
}
