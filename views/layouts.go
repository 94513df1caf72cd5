package views

import "github.com/postroom/postroom/store"

// LayoutsPath is the layouts of a workspace.
func LayoutsPath(ws store.Workspace) string { return SettingsPath(ws) + "/layouts" }

// NewLayoutPath is the form of a new layout.
func NewLayoutPath(ws store.Workspace) string { return LayoutsPath(ws) + "/new" }

// LayoutPath is one layout. Its name is in the query: it may hold anything.
func LayoutPath(ws store.Workspace, name string) string {
	return LayoutsPath(ws) + "/edit" + query("name", name)
}

// LayoutsPagePath is the layouts whose name contains q, after the one of a
// name.
func LayoutsPagePath(ws store.Workspace, q, after string) string {
	return LayoutsPath(ws) + query("q", q, "after", after)
}

// DeleteLayoutPath asks whether to delete a layout, and does it.
func DeleteLayoutPath(ws store.Workspace, name string) string {
	return LayoutsPath(ws) + "/delete" + query("name", name)
}

// LayoutList is a page of layouts and what chose it.
type LayoutList struct {
	Q       string
	After   string
	Layouts []store.Layout
	Next    string // the name after which the next page begins; empty: there is none
}

// LayoutPage is a layout being edited.
type LayoutPage struct {
	store.Layout
	Was     string // its name before; empty: it is new
	Users   []store.Campaign
	Problem store.Invalid
}

func (p LayoutPage) title() string {
	if p.Was == "" {
		return "New layout"
	}
	return p.Was
}

// nameHint says what a change of the name means.
func (p LayoutPage) nameHint() string {
	switch {
	case p.Was == store.DefaultLayout:
		return "New messages begin with this layout, so it keeps its name."
	case len(p.Users) > 0:
		return "Messages ask for the layout by this name, so it stays while campaigns use it."
	}
	return "Messages ask for the layout by this name."
}

// path is where the form is sent.
func (p LayoutPage) path(ws store.Workspace) string {
	if p.Was == "" {
		return NewLayoutPath(ws)
	}
	return LayoutPath(ws, p.Was)
}
