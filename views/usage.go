package views

import (
	"fmt"

	"github.com/postroom/postroom/store"
)

// UsageReport is what a page of the usage of all workspaces shows.
type UsageReport struct {
	Period  store.Period
	Periods []store.Period
	Rows    []store.Usage // of this page
	Total   store.Usage   // of all workspaces
	Count   int           // of all workspaces
	Most    int           // people in the largest workspace
	Q       string        // part of the names of those that are shown
	Later   bool          // this is not the first page
	Next    store.WorkspaceID
}

// UsagePagePath is the usage of a month by workspaces whose name contains q,
// after one of them; zero: from the largest.
func UsagePagePath(period store.Period, q string, after store.WorkspaceID) string {
	return UsagePath + query("period", fmt.Sprint(int(period)), "q", q, "after", keyText(int64(after)))
}

// searchable says whether there are so many workspaces that one is looked for.
func (r UsageReport) searchable() bool { return r.Count > 10 || r.Q != "" }

// UsageFilePath is the same of all workspaces, as a file.
func UsageFilePath(period store.Period) string {
	return UsagePath + ".csv" + query("period", fmt.Sprint(int(period)))
}

// periodTitle is a month by name.
func periodTitle(p store.Period) string { return p.Start().Format("January 2006") }

// span is the days of the month, or those that have passed.
func (r UsageReport) span(p Page) string {
	last := r.Period.End().AddDate(0, 0, -1)
	if r.Period == store.PeriodOf(p.Now) {
		last = p.Now.UTC()
	}
	return fmt.Sprintf("All workspaces, 1 to %s", Day(last))
}

// share is a part of a whole in percent.
func share(part, whole int) string {
	switch {
	case whole == 0 || part == 0:
		return "0%"
	case part*200 < whole:
		return "< 1%"
	}
	return fmt.Sprintf("%d%%", (part*200+whole)/(2*whole))
}
