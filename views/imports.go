package views

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// ImportsPath is the workspace's imports.
func ImportsPath(ws store.Workspace) string { return HomePath(ws) + "/imports" }

// ImportsAtPath is a page of them.
func ImportsAtPath(ws store.Workspace, q string, at At) string {
	return ImportsPath(ws) + query("q", q, "before", at.before(), "after", at.after())
}

// NewImportPath is where a file is uploaded.
func NewImportPath(ws store.Workspace) string { return ImportsPath(ws) + "/new" }

// ImportPath is one import, as far as it is.
func ImportPath(ws store.Workspace, id store.ImportID) string {
	return fmt.Sprintf("%s/%d", ImportsPath(ws), id)
}

// ImportColumnsPath is where its columns are matched again.
func ImportColumnsPath(ws store.Workspace, id store.ImportID) string {
	return ImportPath(ws, id) + "?step=columns"
}

// ImportProgressPath is the part of its page that changes while it runs.
func ImportProgressPath(ws store.Workspace, id store.ImportID) string {
	return ImportPath(ws, id) + "/progress"
}

// StartImportPath, and the others, is what can be done with it.
func StartImportPath(ws store.Workspace, id store.ImportID) string {
	return ImportPath(ws, id) + "/start"
}

// PauseImportPath takes a break.
func PauseImportPath(ws store.Workspace, id store.ImportID) string {
	return ImportPath(ws, id) + "/pause"
}

// ResumeImportPath ends the break.
func ResumeImportPath(ws store.Workspace, id store.ImportID) string {
	return ImportPath(ws, id) + "/resume"
}

// StopImportPath ends it for good.
func StopImportPath(ws store.Workspace, id store.ImportID) string {
	return ImportPath(ws, id) + "/stop"
}

// DeleteImportPath forgets it.
func DeleteImportPath(ws store.Workspace, id store.ImportID) string {
	return ImportPath(ws, id) + "/delete"
}

// RejectedRowsPath is the file of the rows that were rejected.
func RejectedRowsPath(ws store.Workspace, id store.ImportID) string {
	return ImportPath(ws, id) + "/rejected.csv"
}

// ImportList is a page of imports.
type ImportList struct {
	Q       string
	Imports []store.Import
	Pages   Pages
}

// ShownRejects is how many rejected rows a page shows.
const ShownRejects = 20

// uploadPath is the address of the upload, with the workspace that its form
// was made for: the body is not read to find it.
func uploadPath(ctx context.Context) string {
	return NewImportPath(here(ctx)) + "?_ws=" + wsID(ctx)
}

// FileSize is a size as people say it.
func FileSize(bytes int64) string {
	switch {
	case bytes < 1000:
		return Count(int(bytes), "byte", "bytes")
	case bytes < 1_000_000:
		return fmt.Sprintf("%d kB", bytes/1000)
	case bytes < 1_000_000_000:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(bytes)/1e6), ".0") + " MB"
	}
	return fmt.Sprintf("%.2f GB", float64(bytes)/1e9)
}

// SafeFileName is a file's name without what a header or a folder could
// stumble over.
func SafeFileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\/:*?<>|%`, r) {
			return '_'
		}
		return r
	}, name)
}

func fileFacts(i store.Import) string {
	facts := []string{FileSize(i.Size), i.Format.Encoding, separatorWord(i.Format.Separator)}
	if i.Total > 0 {
		facts = append([]string{rowCount(i.Total)}, facts...)
	}
	return strings.Join(facts, " · ")
}

func separatorWord(separator string) string {
	return map[string]string{",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}[separator]
}

func rowCount(n int) string { return Count(n, "row", "rows") }

// importWord is an import's state as people read it.
func importWord(i store.Import) string {
	switch i.State {
	case store.Uploaded:
		return "Columns to match"
	case store.Checking:
		return fmt.Sprintf("Checking, %d%%", i.Done())
	case store.Checked:
		return "Checked, not imported yet"
	case store.Importing:
		return fmt.Sprintf("Importing, %d%%", i.Done())
	case store.Paused:
		return fmt.Sprintf("Paused at %d%%", i.Done())
	case store.Stopped:
		return "Stopped"
	case store.Broken:
		return "Failed"
	}
	return "Imported"
}

// importStep is which of the four steps an import is at.
func importStep(i store.Import) int {
	switch i.State {
	case store.Uploaded:
		return 2
	case store.Checking, store.Checked:
		return 3
	case store.ImportDone, store.Stopped:
		return 5
	case store.Broken:
		if i.Total == 0 {
			return 3
		}
	}
	return 4
}

// identifiedBy says what tells people apart, and what becomes of those who are
// known.
func identifiedBy(mode identity.Mode) string {
	by := map[identity.Mode]string{identity.EmailOrID: "id or email", identity.EmailOnly: "email", identity.IDOnly: "id"}[mode]
	return "People are identified by " + by + "; existing people are updated, not duplicated."
}

func matched(i store.Import) string {
	n := 0
	for _, c := range i.Columns {
		if c.To != store.NotImported {
			n++
		}
	}
	return fmt.Sprintf("%d of %s matched.", n, Count(len(i.Columns), "column", "columns"))
}

// target is one choice of where a column goes.
type target struct{ Value, Text string }

func identifierTargets(mode identity.Mode) (all []target) {
	suffix := map[bool]string{true: " (identifier)"}
	all = append(all, target{"email", "email" + suffix[mode.Email()]})
	if mode.ID() {
		all = append(all, target{"id", "id (identifier)"})
	}
	return append(all, target{"unsubscribed", "unsubscribed"})
}

// attributeTargets is the attributes that a column may go to: those of its
// header that are new, and those that the workspace has.
func attributeTargets(header string, chosen store.ImportColumn, known []string) (fresh, old []target) {
	has := map[string]bool{}
	for _, name := range known {
		has[name] = true
		old = append(old, target{"attribute:" + name, name})
	}
	for _, name := range []string{chosen.Name, store.AttributeName(header), strings.TrimSpace(header)} {
		if name != "" && !has[name] {
			has[name] = true
			fresh = append(fresh, target{"attribute:" + name, name})
		}
	}
	return fresh, old
}

func columnValue(c store.ImportColumn) string {
	if c.To == store.ToAttribute {
		return "attribute:" + c.Name
	}
	return string(c.To)
}

// ParseColumn reads what the form says of one column.
func ParseColumn(to, kind string) store.ImportColumn {
	if name, ok := strings.CutPrefix(to, "attribute:"); ok {
		return store.ImportColumn{To: store.ToAttribute, Name: name, Type: store.ImportType(kind)}
	}
	return store.ImportColumn{To: store.ImportTarget(to)}
}

func valuesWord(t store.ImportType) string {
	return map[store.ImportType]string{
		store.TextValues: "text", store.NumberValues: "number", store.YesNoValues: "yes or no", store.DateValues: "date, 2026-11-23",
		store.DayFirstValues: "date, 23/11/2026", store.USDateValues: "date, 11/23/2026",
	}[t]
}

// samplesOf is the first values of a column.
func samplesOf(i store.Import, n int) string {
	var values []string
	for _, record := range i.Format.Samples {
		if n < len(record) && strings.TrimSpace(record[n]) != "" {
			values = append(values, record[n])
		}
	}
	if len(values) == 0 {
		return "—"
	}
	text := []rune(strings.Join(values, ", "))
	if len(text) > 60 {
		return string(text[:60]) + "…"
	}
	return string(text)
}

// pollEvery is how often the page asks how far an import is: often at first,
// less when it takes long.
func pollEvery(running time.Duration) string {
	switch {
	case running < time.Minute:
		return "every 1s"
	case running < 5*time.Minute:
		return "every 2s"
	}
	return "every 5s"
}

// timeLeft is how long it will take, as people say it.
func timeLeft(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < 10*time.Second:
		return "a few seconds left"
	case d < time.Minute:
		return "less than a minute left"
	case d < time.Hour:
		return fmt.Sprintf("about %d min left", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf("about %.1f h left", d.Hours())
}

// paceWords is how fast it goes and when it ends.
func paceWords(i store.Import, now time.Time) string {
	words := []string{fmt.Sprintf("%d%%", i.Done())}
	if i.State == store.Paused {
		return words[0]
	}
	if pace := i.Pace(); pace > 0 {
		words = append(words, Number(pace)+" rows a second")
	}
	if left := timeLeft(i.Left(now)); left != "" {
		words = append(words, left)
	}
	return strings.Join(words, " · ")
}

// quarter is what a screen reader is told: nothing more often than each
// quarter.
func quarter(i store.Import) string {
	if n := i.Done() / 25 * 25; n > 0 {
		return fmt.Sprintf("%d%% done", n)
	}
	return ""
}

func workingTitle(i store.Import) string {
	switch {
	case i.State == store.Checking:
		return "Checking the file"
	case i.State == store.Paused:
		return "Paused after " + Number(i.Rows) + " of " + rowCount(i.Total)
	}
	return "Importing " + rowCount(i.Total)
}

func outcome(i store.Import) string {
	switch i.State {
	case store.Stopped:
		return fmt.Sprintf("Stopped after %s of %s. What was imported stays.", Number(i.Rows), rowCount(i.Total))
	case store.ImportDone:
		return "All rows of the file are done."
	}
	return ""
}

// rowFigure is a count of an import, once there is something to count.
func rowFigure(i store.Import, n int) string {
	if !i.State.Begun() && i.Rows == 0 {
		return "—"
	}
	return Number(n)
}

// rejectTitle heads the rows that were, or would be, rejected.
func rejectTitle(i store.Import) string {
	what := "rows that cannot be imported"
	if i.State.Begun() {
		what = "rejected rows"
	}
	if i.Rejected > ShownRejects {
		return fmt.Sprintf("The first %d of %s %s", ShownRejects, Number(i.Rejected), what)
	}
	return strings.ToUpper(what[:1]) + what[1:]
}

// recordText is a row as one line, and not too long.
func recordText(record []string) string {
	text := []rune(strings.Join(record, ", "))
	if len(text) > 160 {
		return string(text[:160]) + "…"
	}
	return string(text)
}
