package views

import (
	"strconv"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// ProblemsPath is the identifiers that calls asked for and were not given.
func ProblemsPath(ws store.Workspace) string { return HomePath(ws) + "/problems" }

// ProblemsAtPath is a page of them.
func ProblemsAtPath(ws store.Workspace, q string, dismissed bool, at At) string {
	show := ""
	if dismissed {
		show = "dismissed"
	}
	return ProblemsPath(ws) + query("q", q, "show", show, "before", at.before(), "after", at.after())
}

// TakeIdentifierPath gives the person the identifier.
func TakeIdentifierPath(ws store.Workspace, id store.ProblemID) string {
	return ProblemsPath(ws) + "/" + strconv.FormatInt(int64(id), 10) + "/take"
}

// DismissProblemPath takes a problem off the list.
func DismissProblemPath(ws store.Workspace, id store.ProblemID) string {
	return ProblemsPath(ws) + "/" + strconv.FormatInt(int64(id), 10) + "/dismiss"
}

// ReopenProblemPath puts it back.
func ReopenProblemPath(ws store.Workspace, id store.ProblemID) string {
	return ProblemsPath(ws) + "/" + strconv.FormatInt(int64(id), 10) + "/reopen"
}

// ProblemList is a page of data problems.
type ProblemList struct {
	Q         string
	Dismissed bool
	Problems  []store.DataProblem
	Pages     Pages
	Ask       *store.DataProblem // whose identifier is about to change hands
	Wrong     store.Invalid
}

// advice is what happened, for who is to solve it.
func advice(p store.DataProblem) string {
	switch p.Cause {
	case identity.Taken:
		if p.Owner.ID == 0 {
			return "It belonged to somebody who is gone. Set it here, or dismiss this."
		}
		return "It belongs to another person. If both are the same, merge them."
	case identity.Set:
		return "The person has another one, which only a call by cio_id may change."
	case identity.Last:
		return "The call removed the only identifier of the person, so it was kept."
	case identity.NotHere:
		return "People in this workspace have no ids."
	case identity.Assigned:
		return "A cio_id is given by Postroom and never changes."
	}
	return p.Reason
}

// mayTake says whether the value can be set by hand.
func mayTake(p store.DataProblem) bool {
	return p.Cause == identity.Taken || p.Cause == identity.Set
}

// takeWords says what setting it does to whom.
func takeWords(p store.DataProblem) string {
	kept := "has none now"
	if p.Kept() != "" {
		kept = "has “" + p.Kept() + "” now, which is replaced"
	}
	text := p.Person.Label() + " " + kept + "."
	if p.Owner.ID != 0 {
		text += " " + p.Owner.Label() + " loses it."
	}
	return text + " Both changes are in their time lines."
}

// kindTitle is an identifier at the beginning of a line.
func kindTitle(kind identity.Kind) string {
	switch kind {
	case identity.Email:
		return "Email"
	case identity.ID:
		return "Id"
	}
	return "cio_id"
}
