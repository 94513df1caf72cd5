package views

import "github.com/postroom/postroom/store"

// SnippetsPath is the snippets of a workspace.
func SnippetsPath(ws store.Workspace) string { return SettingsPath(ws) + "/snippets" }

// NewSnippetPath is the form of a new snippet.
func NewSnippetPath(ws store.Workspace) string { return SnippetsPath(ws) + "/new" }

// CheckSnippetPath says what is wrong with a snippet while it is typed.
func CheckSnippetPath(ws store.Workspace) string { return SnippetsPath(ws) + "/check" }

// SnippetPath is one snippet.
func SnippetPath(ws store.Workspace, name string) string {
	return SnippetsPath(ws) + "/edit" + query("name", name)
}

// SnippetsPagePath is the snippets whose name contains q, after the one of a
// name.
func SnippetsPagePath(ws store.Workspace, q, after string) string {
	return SnippetsPath(ws) + query("q", q, "after", after)
}

// DeleteSnippetPath asks whether to delete a snippet, and does it.
func DeleteSnippetPath(ws store.Workspace, name string) string {
	return SnippetsPath(ws) + "/delete" + query("name", name)
}

// SnippetList is a page of snippets and what chose it.
type SnippetList struct {
	Q        string
	After    string
	Snippets []store.Snippet
	Next     string // the name after which the next page begins; empty: there is none
}

// SnippetPage is a snippet being edited.
type SnippetPage struct {
	store.Snippet
	Was      string // its name before; empty: it is new
	Users    store.SnippetUsers
	Problem  store.Invalid
	Mistakes []store.RenderProblem
}

func (p SnippetPage) title() string {
	if p.Was == "" {
		return "New snippet"
	}
	return p.Was
}

// nameHint says how messages name it, and what a change of the name means.
func (p SnippetPage) nameHint() string {
	if p.Users.Any() {
		return "Messages ask for it by this name, so it stays while something uses it."
	}
	return "Messages write {{ snippets.name }} for it, or {{ snippets['the name'] }} when there are spaces in it."
}

// path is where the form is sent.
func (p SnippetPage) path(ws store.Workspace) string {
	if p.Was == "" {
		return NewSnippetPath(ws)
	}
	return SnippetPath(ws, p.Was)
}

// written is how messages name a snippet.
func written(name string) string {
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-' {
			return "{{ snippets['" + name + "'] }}"
		}
	}
	return "{{ snippets." + name + " }}"
}

// usePath leads to an action that uses something.
func usePath(ws store.Workspace, u store.ActionUse) string {
	if u.Message {
		return MessagePath(ws, u.Campaign.ID, u.Key)
	}
	return CampaignPath(ws, u.Campaign.ID)
}
