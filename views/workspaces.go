package views

import (
	"fmt"
	"net/url"

	"github.com/postroom/postroom/store"
)

// WorkspaceForm is what the form of a workspace held.
type WorkspaceForm struct {
	Name, Color, Identifiers, Sending, TestAddress string
}

// WorkspaceRow is a workspace in the account's list, and the member's role in
// it.
type WorkspaceRow struct {
	store.Workspace
	Role store.WorkspaceRole
}

// WorkspaceList is one page of the account's workspaces.
type WorkspaceList struct {
	Q       string
	After   string // name key after which this page begins
	Next    string // the same of the next page; empty: there is none
	Rows    []WorkspaceRow
	Deleted []store.Workspace // can be restored
}

// None says that there is nothing at all, not even behind the search.
func (l WorkspaceList) None() bool { return len(l.Rows) == 0 && l.Q == "" && l.After == "" }

// WorkspacesPagePath is a page of the list of workspaces.
func WorkspacesPagePath(q, after string) string {
	return WorkspacesPath + query("q", q, "after", after)
}

// RestoreWorkspacePath brings a deleted workspace back.
func RestoreWorkspacePath(ws store.Workspace) string {
	return fmt.Sprintf("/account/workspaces/%d/restore", ws.ID)
}

// query is a query string of the pairs of name and value that are not empty.
func query(pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}
