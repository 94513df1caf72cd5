package store

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/postroom/postroom/store/identity"
)

// problem is what is wrong with an event of a file, by the rules of the API.
func (e Event) problem() string {
	switch {
	case e.Name == "":
		return "The row has no name of an event."
	case len(e.Name) > 100:
		return "The name of the event is longer than 100 bytes."
	case strings.ContainsFunc(e.Name, unicode.IsControl):
		return "The name of the event has control characters."
	case len(e.Key) > MaxNameBytes:
		return "The id of the event is longer than 150 bytes."
	}
	return ""
}

// moment is when an event happened: a date as the column has them, or unix
// seconds.
func (t ImportType) moment(cell string) (time.Time, bool) {
	layouts, ok := dateLayouts[t]
	if !ok {
		layouts = dateLayouts[DateValues]
	}
	value := parseDate(cell, layouts)
	if value == nil {
		value = json.Number(cell)
	}
	seconds, err := strconv.ParseInt(string(value.(json.Number)), 10, 64)
	return time.Unix(seconds, 0).UTC(), err == nil && seconds > 0 && seconds < 1<<33
}

// said is the row as an event. It names one person, and changes none of their
// identifiers.
func (r *ImportRules) said(row ImportRow) Event {
	e := row.event
	e.Ref, e.Type, e.Data = r.naming(row).Ref, EventActivity, json.RawMessage(row.attributes)
	return e
}

// event records what somebody did. createdRow: it is recorded; skippedRow: it
// was before, or it is about nobody who is wanted.
func (r *importRun) event(row ImportRow) (outcome, string, error) {
	e := r.rules.said(row)
	who, err := r.tx.identify(r.w, Identify{Ref: e.Ref, Quiet: true, UpdateOnly: r.rules.options.Mode == OnlyExisting})
	if no, ok := errors.AsType[Rejected](err); ok {
		return rejectedRow, sentence(no.Reason), nil
	}
	if err != nil || who.Person == 0 {
		return skippedRow, "", err
	}
	fresh, err := r.tx.record(r.w.ID, who.Person, e)
	if err != nil || !fresh {
		return skippedRow, "", err
	}
	if r.tx.starts(e) {
		err = r.tx.triggerEvent(r.w.ID, who.Person, e)
	}
	return createdRow, "", err
}

// event says what would become of a row of a file of events.
func (f *foresight) event(row ImportRow) (outcome, string, error) {
	e := f.rules.said(row)
	if e.Key != "" {
		var seen bool
		err := f.view.QueryRowContext(f.ctx, `
			select exists (select 1 from activities where workspace_id = ? and dedupe_key = ?)`, f.w.ID, "event "+e.Key).Scan(&seen)
		if err != nil || seen {
			return skippedRow, "", err
		}
	}
	if f.rules.options.Mode != OnlyExisting {
		return createdRow, "", nil
	}
	found, err := findBy(f.w, Identify{Ref: e.Ref}, f.look)
	if err != nil || found == (identity.Found{}) {
		return skippedRow, "", err
	}
	return createdRow, "", nil
}
