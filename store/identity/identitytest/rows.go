// Package identitytest is the identifier rules as a table of examples, which
// the rules themselves and the API are both held to.
package identitytest

import (
	_ "embed"
	"slices"
	"strings"
)

// Row is one call and what becomes of it.
type Row struct {
	Mode                 string
	EmailByID, AutoMerge bool
	Name                 string
	People               []string // "id=1 email=a@x.com", the oldest first
	Path                 string   // cio_1 is the oldest, cio_99 nobody
	Body                 string   // "id=7 email=" removes the email
	Outcome              string   // create, update, merge, drop, reject
	After                string   // people, separated by ", "
	Fails                string   // "email: Why.; id: Why."
}

//go:embed truth_table.txt
var table string

// Rows is the whole table.
func Rows() (rows []Row) {
	var section []string
	for line := range strings.Lines(table) {
		line = strings.TrimSuffix(strings.ReplaceAll(line, "x*151", strings.Repeat("x", 151)), "\n")
		if head, ok := strings.CutPrefix(line, "# "); ok {
			section = strings.Fields(head)
		}
		cells := strings.Split(line, "\t")
		if len(cells) != 7 {
			continue
		}
		row := Row{Mode: section[0], Name: cells[0], Path: cells[2], Body: cells[3], Outcome: cells[4], After: cells[5], Fails: cells[6]}
		row.EmailByID, row.AutoMerge = slices.Contains(section, "email_by_id"), slices.Contains(section, "auto_merge")
		if cells[1] != "" {
			row.People = strings.Split(cells[1], ", ")
		}
		rows = append(rows, row)
	}
	return rows
}

// Identifiers is the parts of a person or a body: "id=7 email=" gives 7 for id
// and an empty email.
func Identifiers(text string) map[string]string {
	out := map[string]string{}
	for field := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(field, "=")
		out[name] = value
	}
	return out
}
