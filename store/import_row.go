package store

import (
	"fmt"
	"strings"

	"github.com/postroom/postroom/store/identity"
)

// ImportRow is a row of a file, understood.
type ImportRow struct {
	Line         int
	Record       []string // as it was in the file
	ID, Email    string
	Unsubscribed bool
	Attributes   Attributes
	Reason       string // why it is rejected; empty: nothing found so far
}

// Row understands one row by the columns of the import. loose says that the
// reader was not sure of its values. Empty cells say nothing.
func (i Import) Row(line int, record []string, loose bool) ImportRow {
	row := ImportRow{Line: line, Record: record}
	switch {
	case len(record) != len(i.Columns):
		row.Reason = fmt.Sprintf("The row has %d values, but the file has %d columns. A quote or a separator is missing or too many.", len(record), len(i.Columns))
		return row
	case loose:
		row.Reason = "There is text behind a closing quote. Write a quote within a value twice."
		return row
	}
	row.Attributes = make(Attributes, len(record))
	for n, c := range i.Columns {
		if cell := strings.TrimSpace(record[n]); cell != "" && c.To != NotImported {
			row.take(c, cell)
		}
	}
	return row
}

func (row *ImportRow) take(c ImportColumn, cell string) {
	switch c.To {
	case ToID:
		row.ID = cell
	case ToEmail:
		row.Email = cell
	case ToUnsubscribed:
		value := parseYesNo(cell)
		row.Unsubscribed = value == true
		row.reject(value == nil, YesNoValues.wrong("unsubscribed", cell))
	default:
		value := c.Type.parse(cell)
		if value == nil {
			row.reject(true, c.Type.wrong(c.Name, cell))
			return
		}
		if len(cell) > MaxValueBytes {
			row.reject(true, fmt.Sprintf("%s: the value has %d bytes; at most %d are kept.", c.Name, len(cell), MaxValueBytes))
			return
		}
		row.Attributes[c.Name] = value
	}
}

// reject keeps the first reason.
func (row *ImportRow) reject(is bool, reason string) {
	if is && row.Reason == "" {
		row.Reason = reason
	}
}

// check is what is wrong with the row whoever it is about, by the rules of
// the person's form.
func (row ImportRow) check(p identity.Policy) string {
	if row.Reason != "" {
		return row.Reason
	}
	wrong := identity.DecideForm(p, nil, identity.Person{ID: row.ID, Email: row.Email}, identity.Found{})
	if wrong["id"] != "" {
		return wrong["id"]
	}
	return wrong["email"]
}

// call is the row as a call: it names the person by the id if it has one,
// else by the email.
func (row ImportRow) call() Identify {
	in := Identify{Attributes: row.Attributes, Quiet: true, Source: "Import"}
	if row.Unsubscribed {
		in.Unsubscribed = &row.Unsubscribed
	}
	in.Ref = identity.Ref{Kind: identity.Email, Value: row.Email}
	if row.ID != "" {
		in.Ref = identity.Ref{Kind: identity.ID, Value: row.ID}
		if row.Email != "" {
			in.Body.Email = &row.Email
		}
	}
	return in
}

// clash says why a row does not go together with whom its identifiers belong
// to. The API would apply the rest of such a call; a row is mended by whoever
// has the file, so all of it waits for them.
func (row ImportRow) clash(d identity.Decision, f identity.Found) string {
	if d.Outcome == identity.Reject || d.Outcome == identity.Drop {
		return sentence(d.Reason)
	}
	if len(d.Failures) == 0 {
		return ""
	}
	target := d.Target
	switch owner := f.ByEmail; {
	case owner != nil && target != nil && owner.Key != target.Key:
		return fmt.Sprintf("The id “%s” and the email “%s” belong to two different people.", row.ID, row.Email)
	case owner != nil && f.ByPath == nil:
		return fmt.Sprintf("The person with the email “%s” has another id, “%s”. An import does not change it.", row.Email, owner.ID)
	case target != nil && target.Email != "":
		return fmt.Sprintf("The person with the id “%s” has another email, “%s”. An import does not change it.", row.ID, target.Email)
	}
	return sentence(d.Failures[0].Reason)
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}
