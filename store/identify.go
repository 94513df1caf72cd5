package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// Identify is a call that creates or updates a person: the Track API's, an
// import's or a workflow's.
type Identify struct {
	Ref          identity.Ref // how the call names the person
	Body         identity.Body
	Attributes   Attributes // without identifiers and reserved names; null removes
	Unsubscribed *bool      // nil: not said
	UpdateOnly   bool       // never create
	At           time.Time  // orders changes of one attribute; zero: now
	Quiet        bool       // write no attribute_change, as imports
	Source       string     // who takes consent away, as its activity says; empty: API

	changed func(map[string]Difference) // is told what the call changes; nil: nobody
}

// Identified is what came of an Identify.
type Identified struct {
	Person  PersonID // zero: nobody, the call was dropped
	Created bool
	Failed  []identity.Failure // identifiers that were not applied
}

// Rejected is a call that breaks a rule which the caller must know at once.
type Rejected struct{ Reason string }

func (e Rejected) Error() string { return e.Reason }

// Identify creates or updates a person, by the rules of package identity.
func (s *Store) Identify(ctx context.Context, ws WorkspaceID, in Identify) (out Identified, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		out, err = tx.identify(w, in)
		return err
	})
	return out, err
}

// workspace is the workspace as it is in this transaction.
func (tx *Tx) workspace(ws WorkspaceID) (Workspace, error) {
	w, err := workspace(context.Background(), tx, ws)
	if err == ErrNotFound {
		err = ErrNoWorkspace
	}
	return w, err
}

func (w Workspace) policy() identity.Policy {
	return identity.Policy{Mode: w.Identifiers, EmailByID: w.EmailByID, AutoMerge: w.AutoMerge}
}

func (tx *Tx) identify(w Workspace, in Identify) (Identified, error) {
	found, people, err := find(context.Background(), tx, w, in)
	if err != nil {
		return Identified{}, err
	}
	d := identity.Decide(w.policy(), identity.Request{Path: in.Ref, Body: in.Body, UpdateOnly: in.UpdateOnly}, found)
	if barred, err := tx.barred(w, d); err != nil || barred.drops(in.Ref, d) {
		return Identified{}, err
	} else {
		d = barred.leaveOut(d)
	}
	switch d.Outcome {
	case identity.Reject:
		return Identified{}, Rejected{d.Reason}
	case identity.Drop:
		return Identified{Failed: d.Failures}, tx.noteFailures(w.ID, 0, d.Failures, in.Source)
	case identity.Create:
		p, err := tx.createPerson(w, in, d)
		if err != nil {
			return Identified{}, err
		}
		return tx.identified(w.ID, Identified{Person: p.ID, Created: true, Failed: d.Failures}, in)
	}
	p := people[PersonID(d.Target.Key)]
	if d.Outcome == identity.Merge {
		if p, err = tx.merge(w, p, people[PersonID(d.Secondary.Key)], APICalls); err != nil {
			return Identified{}, err
		}
	}
	if err := tx.changePerson(w, p, in, d); err != nil {
		return Identified{}, err
	}
	return tx.identified(w.ID, Identified{Person: p.ID, Failed: d.Failures}, in)
}

// identified does what follows once it is known who somebody is.
func (tx *Tx) identified(ws WorkspaceID, out Identified, in Identify) (Identified, error) {
	if err := tx.noteFailures(ws, out.Person, out.Failed, in.Source); err != nil {
		return out, err
	}
	return out, tx.adopt(ws, out.Person, in.Attributes)
}

// emailKey is what keeps an email unique: null where it does not identify.
func (w Workspace) emailKey(email string) any {
	if !w.Identifiers.Email() {
		return nil
	}
	key, err := identity.EmailKey(email)
	if err != nil {
		return nil
	}
	return orNull(key)
}

// createPerson adds somebody; ErrTaken, and nothing changed, when one of the
// identifiers belongs to somebody already.
func (tx *Tx) createPerson(w Workspace, in Identify, d identity.Decision) (Person, error) {
	p := Person{Attributes: Attributes{}, Changed: map[string]int64{}, CreatedAt: tx.now, UpdatedAt: tx.now}
	if d.SetID != nil {
		p.ExternalID = *d.SetID
	}
	if d.SetEmail != nil {
		p.Email = strings.TrimSpace(*d.SetEmail)
	}
	in.Attributes = withPreferences(nil, in.Attributes, in.Source)
	for name, value := range in.Attributes {
		if value == nil || value == "" {
			continue
		}
		p.Attributes[name] = value
		if !in.At.IsZero() { // else it was set when the person was created
			p.Changed[name] = in.At.Unix()
		}
	}
	p.Unsubscribed = in.Unsubscribed != nil && *in.Unsubscribed
	if err := p.checkSize(in.Attributes); err != nil {
		return p, err
	}
	key, err := tx.insert(`
		insert into people (workspace_id, id, email, email_key, unsubscribed, attributes, changed, created_at, updated_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing`,
		w.ID, orNull(p.ExternalID), orNull(p.Email), w.emailKey(p.Email), p.Unsubscribed, encode(p.Attributes), encode(p.Changed), micros(tx.now), micros(tx.now))
	if err != nil {
		return p, err
	}
	p.ID = PersonID(key)
	if p.Unsubscribed {
		if err := tx.noteUnsubscribed(w.ID, p.ID, in.Source); err != nil {
			return p, err
		}
	}
	if err := tx.recheck(w, p); err != nil {
		return p, err
	}
	tx.countUsage(w.ID, usageDelta{people: 1})
	tx.sawAttributes(w.ID, maps.Keys(p.Attributes))
	tx.index(w.ID, p)
	return p, tx.resegmentAfter(w.ID, p, touch{everything: true, quiet: in.Quiet, born: true})
}

// changePerson applies a call to somebody who exists.
func (tx *Tx) changePerson(w Workspace, p Person, in Identify, d identity.Decision) error {
	at := in.At
	if at.IsZero() {
		at = tx.now
	}
	in.Attributes = withPreferences(p.Attributes, in.Attributes, in.Source)
	before, text := p, searchText(p)
	differs := p.set(in.Attributes, at.Unix())
	if err := p.checkSize(in.Attributes); err != nil {
		return err
	}
	tx.sawAttributes(w.ID, maps.Keys(differs))
	named := len(differs)
	if differs = p.setIdentifiers(d, differs); len(differs) > named {
		if err := tx.solveProblems(w.ID, p); err != nil {
			return err
		}
	}
	if in.Unsubscribed != nil {
		if err := tx.consent(w.ID, &p, *in.Unsubscribed, in.Source); err != nil {
			return err
		}
	}
	if len(differs) == 0 && p.Unsubscribed == before.Unsubscribed {
		return nil
	}
	if in.changed != nil {
		in.changed(differs)
	}
	if err := tx.savePerson(w, p); err != nil {
		return err
	}
	if !in.Quiet && len(differs) > 0 {
		if err := tx.noteData(w.ID, Activity{PersonID: p.ID, Type: AttributeChange}, differs); err != nil {
			return err
		}
	}
	if searchText(p) != text {
		tx.reindex(w.ID, p)
	}
	changed := slices.Collect(maps.Keys(differs))
	if p.Unsubscribed != before.Unsubscribed {
		changed = append(changed, "unsubscribed")
	}
	return tx.resegmentAfter(w.ID, p, touch{attributes: changed, quiet: in.Quiet})
}

// setIdentifiers takes over what the rules decided.
func (p *Person) setIdentifiers(d identity.Decision, differs map[string]Difference) map[string]Difference {
	put := func(name string, field *string, to *string) {
		if to == nil || *to == *field {
			return
		}
		if differs == nil {
			differs = map[string]Difference{}
		}
		differs[name] = Difference{From: *field, To: *to}
		*field = *to
	}
	put("id", &p.ExternalID, d.SetID)
	put("email", &p.Email, d.SetEmail)
	return differs
}

func (tx *Tx) savePerson(w Workspace, p Person) error {
	err := tx.execOne(`
		update people set id = ?, email = ?, email_key = ?, unsubscribed = ?, attributes = ?, changed = ?, updated_at = ?
		where workspace_id = ? and person_id = ?`,
		orNull(p.ExternalID), orNull(p.Email), w.emailKey(p.Email), p.Unsubscribed, encode(p.Attributes), encode(p.Changed), micros(tx.now), w.ID, p.ID)
	if err != nil {
		return err
	}
	return tx.recheck(w, p)
}

// consent keeps what a call says of "unsubscribed". A call can take consent
// away, never give it back: that needs a recorded opt-in (Subscribe).
func (tx *Tx) consent(ws WorkspaceID, p *Person, unsubscribed bool, source string) error {
	switch {
	case unsubscribed == p.Unsubscribed:
		return nil
	case unsubscribed:
		p.Unsubscribed = true
		return tx.noteUnsubscribed(ws, p.ID, source)
	}
	return tx.noteData(ws, Activity{PersonID: p.ID, Type: FailedAttributeChange}, map[string]failure{
		"unsubscribed": {Reason: "Only a recorded opt-in subscribes somebody again.", Value: "false"},
	})
}

// noteUnsubscribed tells the time line that a call took consent away.
func (tx *Tx) noteUnsubscribed(ws WorkspaceID, id PersonID, source string) error {
	return tx.noteData(ws, Activity{PersonID: id, Type: UnsubscribedActivity}, map[string]string{"by": cmp.Or(source, "API")})
}

// checkSize holds what a call sets to the limits.
func (p Person) checkSize(set Attributes) error {
	if len(p.Attributes) > MaxAttributes {
		return Rejected{fmt.Sprintf("a person cannot have more than %d attributes", MaxAttributes)}
	}
	wrong := ""
	for name, value := range set {
		if err := CheckAttribute(name, value); err != nil && (wrong == "" || err.Error() < wrong) {
			wrong = err.Error() // the same one each time
		}
	}
	if wrong != "" {
		return Rejected{wrong}
	}
	return nil
}

// failure is how an activity tells why an attribute was not changed.
type failure struct {
	Reason string `json:"reason"`
	Value  string `json:"value"`
}

// noteFailures tells the time line and the data problems which identifiers
// were not applied.
func (tx *Tx) noteFailures(ws WorkspaceID, id PersonID, failures []identity.Failure, source string) error {
	if len(failures) == 0 {
		return nil
	}
	data := map[string]failure{}
	for _, f := range failures {
		data[f.Attribute] = failure{Reason: f.Reason, Value: f.Value}
		if err := tx.noteProblem(ws, id, f, source); err != nil {
			return err
		}
	}
	names := slices.Sorted(maps.Keys(data))
	return tx.noteData(ws, Activity{PersonID: id, Type: FailedAttributeChange, Name: strings.Join(names, ", ")}, data)
}
