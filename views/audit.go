package views

import "github.com/postroom/postroom/store"

// AuditPagePath is a page of the audit log.
func AuditPagePath(q string, at At) string {
	return AuditPath + query("q", q, "before", at.before(), "after", at.after())
}

// AuditList is a page of the log and what chose it.
type AuditList struct {
	Q       string
	Entries []store.AuditEntry
	Names   AuditNames // nil where all of it was in one workspace
	Pages   Pages
}

// AuditNames is the names of the workspaces that a page of the log mentions.
type AuditNames map[store.WorkspaceID]string
