package views

import "github.com/postroom/postroom/store"

// SettingsPath is the settings of a workspace.
func SettingsPath(ws store.Workspace) string { return HomePath(ws) + "/settings" }

// IdentifiersPath is where it is set how calls may change identifiers.
func IdentifiersPath(ws store.Workspace) string { return SettingsPath(ws) + "/identifiers" }

// DeleteWorkspacePath asks whether to delete a workspace, and does it.
func DeleteWorkspacePath(ws store.Workspace) string { return SettingsPath(ws) + "/delete" }

// HistoryPath is who changed what in a workspace.
func HistoryPath(ws store.Workspace, before int64) string {
	return SettingsPath(ws) + "/history" + query("before", beforeText(before))
}

// LayoutsPath is the layouts of a workspace.
func LayoutsPath(ws store.Workspace) string { return SettingsPath(ws) + "/layouts" }

// NewLayoutPath is the form of a new layout.
func NewLayoutPath(ws store.Workspace) string { return LayoutsPath(ws) + "/new" }

// LayoutPath is one layout. Its name is in the query: it may hold anything.
func LayoutPath(ws store.Workspace, name string) string {
	return LayoutsPath(ws) + "/edit" + query("name", name)
}
