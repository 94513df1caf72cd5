package views

import (
	"slices"

	"github.com/postroom/postroom/store"
)

// Paths are built in this package and nowhere else; web's
// TestEveryPathHasARoute holds them to the router. Each resource's own file
// builds its paths; these are the frame's.

const (
	SetupPath        = "/setup"
	SignInPath       = "/sign-in"
	SignOutPath      = "/sign-out"
	SwitchPath       = "/switch"
	SwitcherMenuPath = "/switch/menu"
	WorkspacesPath   = "/account/workspaces"
	NewWorkspacePath = "/account/workspaces/new"
	UsagePath        = "/account/usage"
	TeamPath         = "/account/team"
	AuditPath        = "/account/audit"
	ProfilePath      = "/profile"
	IconPath         = "/favicon.svg" // where there is no workspace
)

// Section is a part of a workspace that the menu leads to.
type Section struct {
	Name  string // in the address; empty for home
	Title string
	Icon  string
	Key   string // behind "g", to go there
	Group string // in the menu
	Needs store.WorkspaceRole
}

// Sections is the workspace's menu, in order.
var Sections = []Section{
	{"", "Home", "home", "h", "", store.RoleViewer},
	{"people", "People", "people", "p", "", store.RoleViewer},
	{"segments", "Segments", "segment", "s", "", store.RoleViewer},
	{"campaigns", "Campaigns", "campaign", "c", "Messages", store.RoleViewer},
	{"broadcasts", "Broadcasts", "broadcast", "b", "Messages", store.RoleViewer},
	{"deliveries", "Deliveries", "send", "d", "Messages", store.RoleViewer},
	{"mailbox", "Mailbox", "mail", "m", "Messages", store.RoleViewer},
	{"activity", "Activity", "pulse", "a", "Data", store.RoleViewer},
	{"problems", "Data problems", "warn", "o", "Data", store.RoleViewer},
	{"data", "Attributes and events", "tag", "e", "Data", store.RoleViewer},
	{"imports", "Imports", "upload", "i", "Data", store.RoleAdmin},
	{"jobs", "Jobs", "stack", "j", "Data", store.RoleViewer},
	{"credentials", "API credentials", "key", "k", "Data", store.RoleAdmin},
	{"settings", "Workspace settings", "gear", "t", "End", store.RoleAdmin},
}

// SectionNamed is the section with this name.
func SectionNamed(name string) (Section, bool) {
	i := slices.IndexFunc(Sections, func(s Section) bool { return s.Name == name })
	if i < 0 {
		return Section{}, false
	}
	return Sections[i], true
}

// HomePath is where a workspace begins.
func HomePath(ws store.Workspace) string { return "/w/" + ws.Slug }

// SectionPath is where a section of a workspace begins.
func SectionPath(ws store.Workspace, s Section) string {
	if s.Name == "" {
		return HomePath(ws)
	}
	return HomePath(ws) + "/" + s.Name
}

// FaviconPath is the workspace's stamp, for the browser's tab. It changes with
// the colour, so that a browser may keep what it got.
func FaviconPath(ws store.Workspace) string {
	return HomePath(ws) + "/favicon.svg" + query("color", ws.Color)
}
