package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/postroom/postroom/store/identity"
)

// ImportTarget is what a column of an import is.
type ImportTarget string

const (
	NotImported    ImportTarget = ""
	ToID           ImportTarget = "id"
	ToEmail        ImportTarget = "email"
	ToUnsubscribed ImportTarget = "unsubscribed" // can take consent away, never give it
	ToAttribute    ImportTarget = "attribute"    // or, of events, to their data
	ToEvent        ImportTarget = "event"        // the event's name
	ToTime         ImportTarget = "timestamp"    // when it happened; without one, now
	ToEventID      ImportTarget = "event_id"     // a repeated one is left out
)

// ImportColumn is where one column of a file goes.
type ImportColumn struct {
	To   ImportTarget `json:"to,omitempty"`
	Name string       `json:"name,omitempty"` // of the attribute
	Type ImportType   `json:"type,omitempty"` // of its values
}

// Names of the columns that a file of rejected rows has in addition. When it
// is mended and uploaded again, they are left out.
const (
	RejectedLine    = "Rejected line"
	RejectedBecause = "Rejected because"
)

// headers is what columns are called that are more than an attribute.
var headers = map[string]ImportTarget{
	"email": ToEmail, "e_mail": ToEmail, "email_address": ToEmail, "e_mail_address": ToEmail, "mail": ToEmail,
	"id": ToID, "user_id": ToID, "userid": ToID, "customer_id": ToID, "external_id": ToID, "person_id": ToID,
	"unsubscribed": ToUnsubscribed, "opted_out": ToUnsubscribed, "unsubscribe": ToUnsubscribed,
	"cio_id": NotImported,
}

// eventHeaders is the same for files of events.
var eventHeaders = map[string]ImportTarget{
	"event": ToEvent, "event_name": ToEvent, "name": ToEvent,
	"timestamp": ToTime, "time": ToTime, "date": ToTime, "created_at": ToTime, "occurred_at": ToTime,
	"event_id": ToEventID, "unsubscribed": NotImported, "opted_out": NotImported, "unsubscribe": NotImported,
}

// GuessColumns is where the columns of a file of people, or of events, seem to
// go. known is the attributes that the workspace has.
func GuessColumns(mode identity.Mode, f ImportFormat, events bool, known []string) []ImportColumn {
	columns := make([]ImportColumn, len(f.Header))
	taken := map[ImportColumn]bool{}
	for i, header := range f.Header {
		c := guessColumn(mode, header, events, known)
		if key := (ImportColumn{To: c.To, Name: c.Name}); c.To != NotImported && !taken[key] {
			taken[key] = true
			if c.To == ToAttribute || c.To == ToTime {
				c.Type = guessType(f.Samples, i)
			}
			columns[i] = c
		}
	}
	return columns
}

func guessColumn(mode identity.Mode, header string, events bool, known []string) ImportColumn {
	name := AttributeName(header)
	to, special := headers[name]
	if event, ok := eventHeaders[name]; ok && events {
		to, special = event, true
	}
	switch {
	case header == RejectedLine, header == RejectedBecause, header == "":
		return ImportColumn{}
	case special && (to != ToID || mode.ID()):
		return ImportColumn{To: to}
	case slices.Contains(known, header), strings.HasPrefix(header, preferences+"."): // that is one choice in an object
		return ImportColumn{To: ToAttribute, Name: header}
	case reservedName(name):
		return ImportColumn{}
	}
	return ImportColumn{To: ToAttribute, Name: name}
}

// AttributeName is a column's header as the name of an attribute.
func AttributeName(header string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(header)) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.Trim(clip(b.String(), MaxNameBytes), "_")
}

// reservedName says whether a name is no attribute's: it identifies, or it is
// ours.
func reservedName(name string) bool {
	switch name {
	case "", "id", "email", "cio_id", "unsubscribed":
		return true
	}
	return false
}

// checkColumns says, for each column ("column-3", from 0), what is wrong with
// where it goes; "columns" is about them all, "mode" and "by" about the options.
func checkColumns(mode identity.Mode, f ImportFormat, columns []ImportColumn, o ImportOptions) error {
	wrong := Invalid{}
	if len(columns) != len(f.Header) || len(columns) > MaxImportColumns {
		return Invalid{"columns": "The columns do not fit the file. Reload the page and match them again."}
	}
	goes := map[ImportColumn]int{}
	for i, c := range columns {
		field := fmt.Sprintf("column-%d", i)
		if c.To == NotImported {
			continue
		}
		key := ImportColumn{To: c.To, Name: c.Name}
		if other, ok := goes[key]; ok {
			wrong[field] = fmt.Sprintf("“%s” already goes there. Choose another place, or do not import one of the two.", f.Header[other])
			continue
		}
		goes[key] = i
		if problem := c.check(mode, o.Events); problem != "" {
			wrong[field] = problem
		}
	}
	if problem := missingIdentifier(mode, goes); problem != "" {
		wrong["columns"] = problem
	} else if _, named := goes[ImportColumn{To: ToEvent}]; o.Events && !named {
		wrong["columns"] = "Choose the column that has the name of the event."
	}
	maps.Copy(wrong, o.check(mode, goes))
	return wrong.orNil()
}

func (c ImportColumn) check(mode identity.Mode, events bool) string {
	switch c.To {
	case ToEvent, ToTime, ToEventID:
		if !events {
			return "Choose where this column goes."
		}
		return ""
	case ToID:
		if !mode.ID() {
			return "People in this workspace are identified by email only, so there is no id. Choose another place."
		}
		return ""
	case ToUnsubscribed:
		if events {
			return "Events do not unsubscribe anybody. Choose another place."
		}
		return ""
	case ToEmail:
		return ""
	case ToAttribute:
	default:
		return "Choose where this column goes."
	}
	if reservedName(c.Name) && !events {
		return "Choose another attribute: this name is not free."
	}
	if !slices.Contains(ImportTypes, c.Type) {
		return "Choose what the values are."
	}
	if err := CheckAttribute(c.Name, nil); err != nil {
		return "Choose another attribute: " + err.Error() + "."
	}
	return ""
}

func missingIdentifier(mode identity.Mode, goes map[ImportColumn]int) string {
	_, id := goes[ImportColumn{To: ToID}]
	_, email := goes[ImportColumn{To: ToEmail}]
	switch {
	case mode == identity.EmailOnly && !email:
		return "People in this workspace are identified by email. Choose the column that has it."
	case mode == identity.IDOnly && !id && email:
		return "People in this workspace are identified by id, so an email alone is not enough. Choose the column that has the id."
	case mode == identity.IDOnly && !id:
		return "People in this workspace are identified by id. Choose the column that has it."
	case !id && !email:
		return "People in this workspace are identified by email or id. Choose the column that has one of them."
	}
	return ""
}
