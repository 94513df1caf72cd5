package views

import (
	"context"
	"fmt"
	"strings"

	"github.com/postroom/postroom/store"
)

// ImportsPath is the workspace's imports.
func ImportsPath(ws store.Workspace) string { return HomePath(ws) + "/imports" }

// ImportsAtPath is a page of them.
func ImportsAtPath(ws store.Workspace, q string, at At) string {
	return ImportsPath(ws) + query("q", q, "before", at.before(), "after", at.after())
}

// NewImportPath is where a file is uploaded.
func NewImportPath(ws store.Workspace) string { return ImportsPath(ws) + "/new" }

// NewEventsPath is where a file of events is uploaded.
func NewEventsPath(ws store.Workspace) string { return NewImportPath(ws) + "?kind=events" }

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

// UndoImportPath takes back what it did.
func UndoImportPath(ws store.Workspace, id store.ImportID) string {
	return ImportPath(ws, id) + "/undo"
}

// KeptPeoplePath is the file of those whom an undo left as they are.
func KeptPeoplePath(ws store.Workspace, id store.ImportID) string {
	return ImportPath(ws, id) + "/kept.csv"
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

// ImportDetails is what a page shows of an import beside its figures.
type ImportDetails struct {
	Rejects []store.ImportReject
	Samples []store.ImportSample // of a check
	Kept    []store.KeptPerson   // by an undo
	Ask     string               // what is about to be done: stop, undo, delete, or nothing
}

// ShownRejects is how many rejected rows a page shows, and how many people whom
// an undo left.
const ShownRejects = 20

// uploadPath is the address of the upload, with the workspace that its form
// was made for: the body is not read to find it.
func uploadPath(ctx context.Context, events bool) string {
	if events {
		return NewEventsPath(here(ctx)) + "&_ws=" + wsID(ctx)
	}
	return NewImportPath(here(ctx)) + "?_ws=" + wsID(ctx)
}

// importTitle is what a file is uploaded for.
func importTitle(events bool) string {
	if events {
		return "Import events"
	}
	return "Import people"
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
	if i.Waits {
		return "Waits for another import"
	}
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
	case store.Undoing:
		return fmt.Sprintf("Undoing, %d%%", i.Done())
	case store.Undone:
		return "Undone"
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
	case store.ImportDone, store.Stopped, store.Undoing, store.Undone:
		return 5
	case store.Broken:
		if i.Total == 0 {
			return 3
		}
	}
	return 4
}
