package views

import "github.com/postroom/postroom/store"

// Paths of the search for somebody over all workspaces.
const (
	WherePath       = "/where"
	WhereExportPath = "/where/export.json"
	WhereErasePath  = "/where/erase"
)

// WhereForPath is what a search finds.
func WhereForPath(q string) string { return WherePath + query("q", q) }

// WhereAskPath asks before somebody is erased everywhere.
func WhereAskPath(q string) string { return WherePath + query("q", q, "ask", "erase") }

// WhereExportForPath is the file of what a search finds.
func WhereExportForPath(q string) string { return WhereExportPath + query("q", q) }

// Whereabouts is where somebody is.
type Whereabouts struct {
	Q     string
	Found []store.Whereabouts
	Ask   bool
	Wrong store.Invalid
}

// Administered is those whom the member may export and erase.
func (w Whereabouts) Administered() (all []store.Whereabouts) {
	for _, found := range w.Found {
		if found.Role.May(store.RoleAdmin) {
			all = append(all, found)
		}
	}
	return all
}
