package views

import (
	"strconv"

	"github.com/postroom/postroom/store"
)

// AuditPagePath is the audit log before an entry; zero: from the newest.
func AuditPagePath(before int64) string { return AuditPath + query("before", beforeText(before)) }

func beforeText(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// AuditNames is the names of the workspaces that a page of the log mentions.
type AuditNames map[store.WorkspaceID]string
