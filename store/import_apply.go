package store

import (
	"context"
	"errors"
	"maps"
	"strings"

	"github.com/postroom/postroom/store/identity"
)

// importPolicy is the workspace's policy without merges: who has the file is
// asked about each.
func (w Workspace) importPolicy() identity.Policy {
	p := w.policy()
	p.AutoMerge = false
	return p
}

// importRun is a transaction of an import.
type importRun struct {
	tx      *Tx
	w       Workspace
	id      ImportID
	rules   *ImportRules
	result  importResult
	known   bool           // the last row was about somebody who is here
	fresh   []freshPerson  // of this batch, to be made findable
	filled  columnSet      // of those
	updated []PersonID     // of this batch
	before  []personBefore // how those of them were who changed

	deferred bool // the search index is not merged for now
}

// freshPerson is somebody who was created and is not in the search index yet.
type freshPerson struct {
	id   PersonID
	text string
}

// suppressedReason is why a row about somebody who must not come back is
// rejected.
const suppressedReason = "Somebody with this id or email was suppressed. Free the identifier before you import it."

func (r *importRun) apply(b ImportBatch) error {
	for _, row := range b.Rows {
		o, reason, err := r.row(row)
		if err != nil {
			return err
		}
		r.result.count(row, o, reason)
	}
	r.result.passed(b)
	if err := r.journal(b); err != nil {
		return err
	}
	return r.finish()
}

// finish writes what is written once for a batch. The search index takes rows
// fastest in their order, and without others in between.
func (r *importRun) finish() error {
	mark, people := searchMark(r.w.ID)+"\n", r.updated
	if len(r.fresh) > 0 {
		r.tx.w.searchWrites.Add(1)
	}
	for _, p := range r.fresh {
		people = append(people, p.id)
		if _, err := r.tx.exec(`insert into people_search (rowid, body) values (?, ?)`, p.id, mark+p.text); err != nil {
			return err
		}
	}
	r.tx.countUsage(r.w.ID, usageDelta{people: len(r.fresh)})
	r.tx.sawAttributes(r.w.ID, maps.Keys(r.rules.names(r.filled)))
	r.fresh, r.updated, r.filled = r.fresh[:0], r.updated[:0], columnSet{}
	return r.gather(people)
}

// row creates or updates whom a row is about. reason is why it was rejected;
// then it changed nothing.
func (r *importRun) row(row ImportRow) (outcome, string, error) {
	if row.Reason != "" {
		return rejectedRow, row.Reason, nil
	}
	if b, err := r.tx.barred(r.w, identity.Decision{SetID: &row.ID, SetEmail: &row.Email}); err != nil || b.id || b.email {
		return rejectedRow, suppressedReason, err
	}
	if r.rules.options.Events {
		return r.event(row)
	}
	mode := r.rules.options.Mode
	if mode != OnlyExisting && (mode == OnlyNew || !r.known) {
		return r.insert(row)
	}
	o, reason, err := r.existing(row)
	if r.known = o != skippedRow; r.known || err != nil || mode == OnlyExisting {
		return o, reason, err
	}
	return r.insert(row)
}

// insert creates somebody without a look before: the unique indexes tell
// fastest who is here, and most rows of a big file are new people.
func (r *importRun) insert(row ImportRow) (outcome, string, error) {
	at := micros(r.tx.now)
	key, err := r.tx.insert(`
		insert into people (workspace_id, id, email, email_key, unsubscribed, attributes, changed, created_at, updated_at)
		values (?, ?, ?, ?, ?, ?, '{}', ?, ?)
		on conflict do nothing`,
		r.w.ID, orNull(row.ID), orNull(row.Email), orNull(row.emailKey), row.Unsubscribed, row.attributes, at, at)
	if err == ErrTaken {
		if r.known = true; r.rules.options.Mode == OnlyNew {
			return skippedRow, "", nil
		}
		return r.existing(row)
	}
	if err != nil {
		return rejectedRow, "", err
	}
	id := PersonID(key)
	r.fresh = append(r.fresh, freshPerson{id, row.search})
	for n := range r.filled {
		r.filled[n] |= row.filled[n]
	}
	if row.Unsubscribed {
		if err := r.tx.noteUnsubscribed(r.w.ID, id, "Import"); err != nil {
			return createdRow, "", err
		}
	}
	return createdRow, "", r.place(id, row)
}

// place puts somebody new into segments, and notes when their dates come.
func (r *importRun) place(id PersonID, row ImportRow) error {
	set, err := r.tx.segmentsFor(r.w.ID)
	if err != nil {
		return err
	}
	dates, err := r.tx.datesOf(r.w.ID)
	if err != nil || len(set.all) == 0 && len(dates) == 0 {
		return err
	}
	p := Person{
		ID: id, ExternalID: row.ID, Email: row.Email, Unsubscribed: row.Unsubscribed,
		Attributes: withPreferences(nil, r.rules.values(row), "Import"), Changed: map[string]int64{}, CreatedAt: r.tx.now, UpdatedAt: r.tx.now,
	}
	maps.DeleteFunc(p.Attributes, func(_ string, value any) bool { return value == nil })
	if err := r.tx.redate(r.w.ID, p, touch{everything: true}); err != nil {
		return err
	}
	return r.tx.keep(r.w.ID, set, p, set.touched(touch{everything: true}), true)
}

// existing updates whom a row names; skippedRow when it names nobody.
func (r *importRun) existing(row ImportRow) (outcome, string, error) {
	if same, err := r.saysNothingNew(row); err != nil || same {
		return updatedRow, "", err
	}
	in := r.rules.call(row)
	found, people, err := find(context.Background(), r.tx, r.w, in)
	if err != nil {
		return rejectedRow, "", err
	}
	d := identity.Decide(r.w.importPolicy(), identity.Request{Path: in.Ref, Body: in.Body}, found)
	if d.Outcome == identity.Create {
		return skippedRow, "", nil
	}
	if reason := row.clash(d, found); reason != "" {
		return rejectedRow, reason, nil
	}
	p := people[PersonID(d.Target.Key)]
	r.remember(p, &in)
	err = r.tx.changePerson(r.w, p, in, d)
	if no, ok := errors.AsType[Rejected](err); ok {
		return rejectedRow, sentence(no.Reason), nil
	}
	r.updated = append(r.updated, p.ID)
	return updatedRow, "", err
}

// saysNothingNew tells, with one look and without decoding, that somebody is
// already as their row says. In a file that comes every night most are.
func (r *importRun) saysNothingNew(row ImportRow) (bool, error) {
	if r.rules.options.Clear {
		return false, nil
	}
	const columns = `select person_id, coalesce(id, ''), coalesce(email, ''), unsubscribed, attributes from people where workspace_id = ? and `
	query, value := columns+`id = ?`, row.ID
	if row.ID == "" {
		query, value = columns+`email_key = ?`, row.emailKey
	}
	var who PersonID
	var id, email, attributes string
	var unsubscribed bool
	err := r.tx.row(query, r.w.ID, value).Scan(&who, &id, &email, &unsubscribed, &attributes)
	if err != nil {
		return false, ignoreMissing(known(err))
	}
	if row.ID != "" && row.ID != id || row.Email != "" && row.Email != email ||
		row.Unsubscribed && !unsubscribed || !holds(attributes, row.attributes) {
		return false, nil
	}
	r.updated = append(r.updated, who)
	return true, nil
}

// holds says whether a JSON object, as encode writes it, has all members of a
// flat one. It may say no where one would have to decode them.
func holds(object, part string) bool {
	if object == part {
		return true
	}
	if strings.ContainsAny(object[1:], "{[") {
		return false
	}
	for member := range members(part) {
		at := strings.Index(object, member)
		if at < 1 || object[at-1] != '{' && object[at-1] != ',' {
			return false
		}
		if end := object[at+len(member)]; end != ',' && end != '}' {
			return false
		}
	}
	return true
}

// members is each "name":value of a flat JSON object.
func members(object string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		quoted, from := false, 1
		for i := 1; i < len(object); i++ {
			switch c := object[i]; {
			case c == '\\':
				i++
			case c == '"':
				quoted = !quoted
			case !quoted && (c == ',' || c == '}'):
				if i > from && !yield(object[from:i]) {
					return
				}
				from = i + 1
			}
		}
	}
}
