package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postroom/postroom/store/identity"
)

// PersonForm is what the dashboard's form says of a person. Unlike a call, it
// can change every identifier, and tells every clash to whoever typed it.
type PersonForm struct {
	ID         string
	Email      string
	Attributes Attributes
	Was        Attributes // that the form was filled with; nil: all that the person has
}

// changes is what the form does to a person's attributes. One that nobody
// touched in the form stays as it is, whatever became of it meanwhile.
func (f PersonForm) changes(p Person) Attributes {
	was := f.Was
	if was == nil {
		was = p.Attributes
	}
	changes := Attributes{}
	for name := range was {
		if _, kept := f.Attributes[name]; !kept {
			changes[name] = nil
		}
	}
	for name, value := range f.Attributes {
		if before, had := was[name]; !had || !same(before, value) {
			changes[name] = value
		}
	}
	return changes
}

// AddPerson adds a person from the form.
func (s *Store) AddPerson(ctx context.Context, ws WorkspaceID, form PersonForm, by Actor) (p Person, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		if err := tx.checkForm(w, nil, &form); err != nil {
			return err
		}
		d := identity.Decision{SetID: &form.ID, SetEmail: &form.Email}
		if err := tx.refuseBarred(w, d); err != nil {
			return err
		}
		p, err = tx.createPerson(w, Identify{Attributes: form.Attributes}, d)
		if err != nil {
			return asInvalid(err, "attributes")
		}
		return tx.noted(ws, by, "Added a person", p.Label(), "")
	})
	return p, err
}

// EditPerson changes a person to what the form says.
func (s *Store) EditPerson(ctx context.Context, ws WorkspaceID, id PersonID, form PersonForm, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		p, err := person(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if err := tx.checkForm(w, &p, &form); err != nil {
			return err
		}
		d := identity.Decision{SetID: &form.ID, SetEmail: &form.Email}
		if err := tx.refuseBarred(w, d); err != nil {
			return err
		}
		err = tx.changePerson(w, p, Identify{Attributes: form.changes(p)}, d)
		if err != nil {
			return asInvalid(err, "attributes")
		}
		return tx.noted(ws, by, "Changed a person", p.Label(), "")
	})
}

// SetAttribute sets one attribute of a person; nothing and null remove it.
func (s *Store) SetAttribute(ctx context.Context, ws WorkspaceID, id PersonID, name string, value any, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		p, err := person(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if slices.Contains(notAttributes, name) {
			return Invalid{"name": fmt.Sprintf("“%s” is not set here. Choose another name.", name)}
		}
		if err := tx.changePerson(w, p, Identify{Attributes: Attributes{name: value}}, identity.Decision{}); err != nil {
			return asInvalid(err, "value")
		}
		return tx.noted(ws, by, "Changed a person", p.Label(), "")
	})
}

// asInvalid puts a broken limit beside the field that can mend it.
func asInvalid(err error, field string) error {
	if rejected, ok := err.(Rejected); ok {
		return Invalid{field: strings.ToUpper(rejected.Reason[:1]) + rejected.Reason[1:] + "."}
	}
	return err
}

func (tx *Tx) checkForm(w Workspace, current *Person, form *PersonForm) error {
	if current == nil || form.ID != current.ExternalID {
		form.ID = strings.TrimSpace(form.ID)
	}
	form.Email = strings.TrimSpace(form.Email)
	found, _, err := find(context.Background(), tx, w, Identify{
		Ref:  identity.Ref{Kind: identity.CioID}, // nobody: a form names by its fields
		Body: identity.Body{ID: &form.ID, Email: &form.Email},
	})
	if err != nil {
		return err
	}
	var now *identity.Person
	if current != nil {
		now = current.identity()
	}
	wrong := Invalid(identity.DecideForm(w.policy(), now, identity.Person{ID: form.ID, Email: form.Email}, found))
	for _, name := range slices.Sorted(maps.Keys(form.Attributes)) {
		if slices.Contains(notAttributes, name) {
			wrong["attributes"] = fmt.Sprintf("“%s” is not set here. Leave it out of the attributes.", name)
		}
	}
	return wrong.orNil()
}

// notAttributes is names that calls understand in their own way: a form has
// fields and buttons for what they stand for.
var notAttributes = []string{"id", "email", "cio_id", "unsubscribed", "_timestamp", "_update"}

// DeletePerson removes a person and their history. What was sent to them
// stays in the ledger, without them.
func (s *Store) DeletePerson(ctx context.Context, ws WorkspaceID, id PersonID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		p, err := person(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if err := tx.deletePerson(ws, p); err != nil {
			return err
		}
		return tx.noted(ws, by, "Deleted a person", p.Label(), "")
	})
}

// DeletePersonBy removes whom an identifier names; nobody is fine, too.
func (s *Store) DeletePersonBy(ctx context.Context, ws WorkspaceID, ref identity.Ref) error {
	return s.update(ctx, func(tx *Tx) error { return tx.deletePersonBy(ws, ref) })
}

func (tx *Tx) deletePersonBy(ws WorkspaceID, ref identity.Ref) error {
	p, err := personBy(context.Background(), tx, ws, ref)
	if err == ErrNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.deletePerson(ws, p)
}

func (tx *Tx) deletePerson(ws WorkspaceID, p Person) error {
	if err := tx.leaveEverything(ws, p.ID); err != nil {
		return err
	}
	if err := tx.depart(ws, p.ID, 0); err != nil {
		return err
	}
	return tx.removePerson(ws, p.ID)
}

// leaveEverything keeps the counters and the ledger true when a person goes.
func (tx *Tx) leaveEverything(ws WorkspaceID, id PersonID) error {
	if err := tx.exitJourneys(ws, id, "The person was deleted."); err != nil {
		return err
	}
	if err := tx.cancelDeliveries(ws, id, "The person was deleted."); err != nil {
		return err
	}
	// What is cancelled may still move them between segments.
	if err := tx.leaveSegments(ws, id); err != nil {
		return err
	}
	if _, err := tx.exec(`delete from simulated_journeys where workspace_id = ? and person_id = ?`, ws, id); err != nil {
		return err
	}
	_, err := tx.exec(`update deliveries set person_id = null where workspace_id = ? and person_id = ?`, ws, id)
	return err
}

// Subscribe records an opt-in: the only thing that turns consent on again.
func (s *Store) Subscribe(ctx context.Context, ws WorkspaceID, id PersonID, why string, by Actor) error {
	if why = strings.TrimSpace(why); why == "" {
		return Invalid{"why": "Write down how they asked for it."}
	}
	return s.setConsent(ctx, ws, id, false, Activity{PersonID: id, Type: SubscribedActivity}, map[string]string{"by": by.Name, "why": why})
}

// Unsubscribe records that a person wants no more messages.
func (s *Store) Unsubscribe(ctx context.Context, ws WorkspaceID, id PersonID, by Actor) error {
	return s.setConsent(ctx, ws, id, true, Activity{PersonID: id, Type: UnsubscribedActivity}, map[string]string{"by": by.Name})
}

func (s *Store) setConsent(ctx context.Context, ws WorkspaceID, id PersonID, unsubscribed bool, a Activity, data map[string]string) error {
	return s.update(ctx, func(tx *Tx) error {
		if _, err := person(ctx, tx, ws, id); err != nil {
			return err
		}
		return tx.setConsent(ws, id, unsubscribed, a, data)
	})
}

func (tx *Tx) setConsent(ws WorkspaceID, id PersonID, unsubscribed bool, a Activity, data map[string]string) error {
	n, err := tx.exec(`
		update people set unsubscribed = ?, updated_at = ?
		where workspace_id = ? and person_id = ? and unsubscribed <> ?`, unsubscribed, micros(tx.now), ws, id, unsubscribed)
	if err != nil || n == 0 {
		return err
	}
	if err := tx.noteData(ws, a, data); err != nil {
		return err
	}
	p, err := person(context.Background(), tx, ws, id)
	if err != nil {
		return err
	}
	return tx.resegment(ws, p)
}
