package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/postroom/postroom/store/identity"
)

// ImportRow is a row of a file, understood, with all that can be made of it
// without the database, so that the writer has little left to do.
type ImportRow struct {
	Line         int
	Record       []string // as it was in the file
	ID, Email    string
	Unsubscribed bool
	Reason       string // why it is rejected; empty: nothing found so far

	event Event // of a file of events; without its data

	emailKey   string
	attributes string    // as people keep them
	filled     columnSet // the columns that they come from
	search     string    // what a new person is found by
}

// columnSet is columns of a file, by their places.
type columnSet [2]uint64

// MaxImportColumns is how many columns a file may have: the reference
// product's limit.
const MaxImportColumns = 100

func (s *columnSet) add(n int)     { s[n/64] |= 1 << (n % 64) }
func (s columnSet) has(n int) bool { return s[n/64]&(1<<(n%64)) != 0 }

// ImportRules is what the rows of an import mean in its workspace. Any number
// of goroutines may use them.
type ImportRules struct {
	columns []ImportColumn
	options ImportOptions
	policy  identity.Policy
	sorted  []int    // places of the attributes' columns, in the order of their names
	keys    [][]byte // `"name":` of each column that is an attribute
}

// ImportRules is the rules of an import, as its workspace is now.
func (s *Store) ImportRules(ctx context.Context, ws WorkspaceID, i Import) (*ImportRules, error) {
	w, err := workspace(ctx, s.read, ws)
	if err != nil {
		return nil, err
	}
	return newImportRules(w, i), nil
}

func newImportRules(w Workspace, i Import) *ImportRules {
	r := &ImportRules{columns: i.Columns, options: i.Options, policy: w.policy(), keys: make([][]byte, len(i.Columns))}
	for n, c := range i.Columns {
		if c.To == ToAttribute {
			r.sorted = append(r.sorted, n)
			r.keys[n] = []byte(encode(c.Name) + ":")
		}
	}
	slices.SortFunc(r.sorted, func(a, b int) int { return strings.Compare(i.Columns[a].Name, i.Columns[b].Name) })
	return r
}

// Row understands one row. loose says that the reader was not sure of its
// values.
func (r *ImportRules) Row(line int, record []string, loose bool) ImportRow {
	row := ImportRow{Line: line, Record: record}
	switch {
	case len(record) != len(r.columns):
		row.Reason = fmt.Sprintf("The row has %d values, but the file has %d columns. A quote or a separator is missing or too many.", len(record), len(r.columns))
		return row
	case loose:
		row.Reason = "There is text behind a closing quote. Write a quote within a value twice."
		return row
	}
	for n, c := range r.columns {
		row.take(c, strings.TrimSpace(record[n]))
	}
	r.encode(&row)
	row.reject(r.check(&row))
	if r.options.Events {
		row.reject(row.event.problem())
		return row
	}
	if row.Reason == "" {
		row.search = r.searchText(row)
	}
	return row
}

// take reads a cell that is no attribute. Empty ones say nothing.
func (row *ImportRow) take(c ImportColumn, cell string) {
	switch {
	case cell == "":
	case c.To == ToID:
		row.ID = cell
	case c.To == ToEmail:
		row.Email = cell
	case c.To == ToUnsubscribed:
		value := parseYesNo(cell)
		row.Unsubscribed = value == true
		if value == nil {
			row.reject(YesNoValues.wrong("unsubscribed", cell))
		}
	case c.To == ToEvent:
		row.event.Name = cell
	case c.To == ToEventID:
		row.event.Key = cell
	case c.To == ToTime:
		var ok bool
		if row.event.At, ok = c.Type.moment(cell); !ok {
			row.reject(DateValues.wrong("timestamp", cell))
		}
	}
}

// encode writes the attributes as a person keeps them, without those that the
// row has no value for.
func (r *ImportRules) encode(row *ImportRow) {
	text := make([]byte, 1, 256)
	text[0] = '{'
	for _, n := range r.sorted {
		cell := strings.TrimSpace(row.Record[n])
		if cell == "" {
			continue
		}
		c := r.columns[n]
		value := c.Type.parse(cell)
		if value == nil {
			row.reject(c.Type.wrong(c.Name, cell))
			return
		}
		if len(cell) > MaxValueBytes {
			row.reject(fmt.Sprintf("%s: the value has %d bytes; at most %d are kept.", c.Name, len(cell), MaxValueBytes))
			return
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = appendValue(append(text, r.keys[n]...), value)
		row.filled.add(n)
	}
	row.attributes = string(append(text, '}'))
	if strings.Contains(row.attributes, `"`+preferences+`.`) {
		set, err := decodeAttributes(row.attributes)
		if err != nil {
			row.reject(err.Error())
			return
		}
		row.attributes = encode(withPreferences(nil, set, "Import"))
	}
}

// appendValue writes a value as encode does, which most of them need not be
// asked for.
func appendValue(text []byte, value any) []byte {
	switch v := value.(type) {
	case json.Number:
		return append(text, v...)
	case string:
		if isPlain(v) {
			return append(append(append(text, '"'), v...), '"')
		}
	}
	return append(text, encode(value)...)
}

// isPlain says whether JSON writes a text as it is.
func isPlain(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

// values is the attributes that a row sets; nil removes one.
func (r *ImportRules) values(row ImportRow) Attributes {
	values := make(Attributes, len(r.sorted))
	for _, n := range r.sorted {
		switch {
		case row.filled.has(n):
			values[r.columns[n].Name] = r.columns[n].Type.parse(strings.TrimSpace(row.Record[n]))
		case r.options.Clear:
			values[r.columns[n].Name] = nil
		}
	}
	return values
}

// names is the attributes that the given columns are.
func (r *ImportRules) names(filled columnSet) map[string]bool {
	names := map[string]bool{}
	for _, n := range r.sorted {
		if filled.has(n) {
			names[r.columns[n].Name] = true
		}
	}
	return names
}

// searchText is what somebody whom the row creates is found by.
func (r *ImportRules) searchText(row ImportRow) string {
	p := Person{ExternalID: row.ID, Email: row.Email, Attributes: Attributes{}}
	for _, n := range r.sorted {
		switch name := r.columns[n].Name; name {
		case "name", "first_name", "last_name":
			if row.filled.has(n) {
				p.Attributes[name] = r.columns[n].Type.parse(strings.TrimSpace(row.Record[n]))
			}
		}
	}
	return searchText(p)
}

// reject keeps the first reason.
func (row *ImportRow) reject(reason string) {
	if row.Reason == "" {
		row.Reason = reason
	}
}

// check is what is wrong with the row whoever it is about, by the rules of
// the person's form.
func (r *ImportRules) check(row *ImportRow) string {
	if row.Reason != "" {
		return row.Reason
	}
	if r.options.By == identity.ID && row.ID == "" {
		return "The row has no id, and this import matches people by id."
	}
	if r.options.By == identity.Email && row.Email == "" {
		return "The row has no email, and this import matches people by email."
	}
	wrong := identity.DecideForm(r.policy, nil, identity.Person{ID: row.ID, Email: row.Email}, identity.Found{})
	if wrong["id"] != "" {
		return wrong["id"]
	}
	if wrong["email"] == "" && row.Email != "" && r.policy.Mode.Email() {
		row.emailKey, _ = identity.EmailKey(row.Email) // the form has checked it
	}
	return wrong["email"]
}

// call is the row as a call: it names the person by the id if it has one,
// else by the email, unless the import says by which.
func (r *ImportRules) call(row ImportRow) Identify {
	in := r.naming(row)
	in.Attributes = r.values(row)
	return in
}

// naming is the call without attributes.
func (r *ImportRules) naming(row ImportRow) Identify {
	in := Identify{Quiet: true, Source: "Import"}
	if row.Unsubscribed {
		in.Unsubscribed = &row.Unsubscribed
	}
	if row.ID == "" || row.Email != "" && r.options.By == identity.Email {
		in.Ref = identity.Ref{Kind: identity.Email, Value: row.Email}
		if row.ID != "" {
			in.Body.ID = &row.ID
		}
		return in
	}
	in.Ref = identity.Ref{Kind: identity.ID, Value: row.ID}
	if row.Email != "" {
		in.Body.Email = &row.Email
	}
	return in
}
