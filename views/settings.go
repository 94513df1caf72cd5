package views

import "github.com/postroom/postroom/store"

// SettingsPath is the settings of a workspace.
func SettingsPath(ws store.Workspace) string { return HomePath(ws) + "/settings" }

// DeleteWorkspacePath asks whether to delete a workspace, and does it.
func DeleteWorkspacePath(ws store.Workspace) string { return SettingsPath(ws) + "/delete" }

// HistoryPath is who changed what in a workspace.
func HistoryPath(ws store.Workspace) string { return SettingsPath(ws) + "/history" }

// HistoryPagePath is a page of that.
func HistoryPagePath(ws store.Workspace, q string, at At) string {
	return HistoryPath(ws) + query("q", q, "before", at.before(), "after", at.after())
}
