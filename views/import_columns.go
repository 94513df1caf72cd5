package views

import (
	"fmt"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

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

func emptyCells(o store.ImportOptions) string {
	if o.Clear {
		return "clear"
	}
	return "ignore"
}

// target is one choice of where a column goes.
type target struct{ Value, Text string }

// columnsNeeded is what the file must have.
func columnsNeeded(i store.Import, mode identity.Mode) string {
	if i.Options.Events {
		return "An event needs a name and somebody who did it; the columns without another place are its data."
	}
	return identifiedBy(mode)
}

func attributeGroup(i store.Import, fresh bool) string {
	switch {
	case i.Options.Events:
		return "Data of the event"
	case fresh:
		return "New attribute"
	}
	return "Attributes"
}

func identifierTargets(mode identity.Mode, events bool) (all []target) {
	suffix := map[bool]string{true: " (identifier)"}
	all = append(all, target{"email", "email" + suffix[mode.Email()]})
	if mode.ID() {
		all = append(all, target{"id", "id (identifier)"})
	}
	if events {
		return append(all, target{"event", "name of the event"}, target{"timestamp", "time of the event"}, target{"event_id", "id of the event"})
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
	if store.ImportTarget(to) == store.ToTime {
		return store.ImportColumn{To: store.ToTime, Type: store.ImportType(kind)}
	}
	return store.ImportColumn{To: store.ImportTarget(to)}
}

// AttributeTarget is the choice of an attribute by its name.
func AttributeTarget(name string) string { return "attribute:" + name }

// foundIn is what the first rows hold in a column.
func foundIn(i store.Import, n int) string {
	if n >= len(i.Format.Found) || i.Format.Found[n].Filled == 0 {
		return "empty"
	}
	f := i.Format.Found[n]
	words, _, _ := strings.Cut(valuesWord(f.Type), ",")
	if f.Filled == f.Rows {
		return words + ", in every row"
	}
	return fmt.Sprintf("%s, in %d of %d rows", words, f.Filled, f.Rows)
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
