package store

import (
	"context"
	"maps"
	"slices"

	"github.com/postroom/postroom/store/identity"
)

// Merged is what two people become.
type Merged struct {
	Person Person   // who stays, as they are then
	Gained []string // what they have from the other: attributes and identifiers, by name
	Lost   []string // what of the other is left out, because theirs differs or there is no room
}

// combine works out what becomes of two people. Whoever stays wins where both
// have a value. Consent never widens: who is unsubscribed on either side stays so.
func combine(primary, secondary Person) Merged {
	m := Merged{Person: primary}
	p := &m.Person
	p.Attributes, p.Changed = maps.Clone(primary.Attributes), maps.Clone(primary.Changed)
	m.identifier("email", &p.Email, secondary.Email)
	m.identifier("id", &p.ExternalID, secondary.ExternalID)
	for _, name := range slices.Sorted(maps.Keys(secondary.Attributes)) {
		m.attribute(name, secondary)
	}
	p.Unsubscribed = primary.Unsubscribed || secondary.Unsubscribed
	return m
}

func (m *Merged) identifier(name string, mine *string, theirs string) {
	switch {
	case theirs == "" || theirs == *mine:
	case *mine == "":
		*mine = theirs
		m.Gained = append(m.Gained, name)
	default:
		m.Lost = append(m.Lost, name)
	}
}

func (m *Merged) attribute(name string, from Person) {
	p := &m.Person
	mine, had := p.Attributes[name]
	theirs := from.Attributes[name]
	switch {
	case had && name == preferences:
		p.Attributes[name] = narrower(mine, theirs)
	case had && same(mine, theirs):
	case had || len(p.Attributes) >= MaxAttributes:
		m.Lost = append(m.Lost, name)
	default:
		p.Attributes[name] = theirs
		p.Changed[name] = from.lastSet(name)
		m.Gained = append(m.Gained, name)
	}
}

// lastSet is when an attribute was last set, in unix seconds.
func (p Person) lastSet(name string) int64 {
	if at, ok := p.Changed[name]; ok {
		return at
	}
	return p.CreatedAt.Unix()
}

// narrower is the subscription preferences of two people in one. A topic that
// one of them turned off is off; one that only the second knows is added.
func narrower(mine, theirs any) any {
	a, ok := mine.(map[string]any)
	b, also := theirs.(map[string]any)
	if !ok || !also {
		return mine
	}
	out := maps.Clone(a)
	for name, theirs := range b {
		mine, had := a[name]
		switch {
		case !had || theirs == false:
			out[name] = theirs
		default:
			out[name] = narrower(mine, theirs)
		}
	}
	return out
}

// Merge makes secondary a part of primary, for good: primary gains the
// attributes and identifiers that it lacks, the activities, deliveries and
// journeys. Later calls by the cio_id of secondary are dropped. ErrNotFound
// when there is one of them only; Rejected when both are the same person.
func (s *Store) Merge(ctx context.Context, ws WorkspaceID, primary, secondary identity.Ref, by Actor) error {
	return s.update(ctx, func(tx *Tx) error { return tx.mergeBy(ws, primary, secondary, by) })
}

func (tx *Tx) mergeBy(ws WorkspaceID, primary, secondary identity.Ref, by Actor) error {
	w, err := tx.workspace(ws)
	if err != nil {
		return err
	}
	p, err := personBy(context.Background(), tx, ws, primary)
	if err != nil {
		return err
	}
	other, err := personBy(context.Background(), tx, ws, secondary)
	if err != nil {
		return err
	}
	if p.ID == other.ID {
		return Rejected{"primary and secondary are the same person"}
	}
	if p, err = tx.merge(w, p, other, by); err != nil || by == APICalls {
		return err
	}
	return tx.noted(ws, by, "Merged two people", p.Label(), other.Label()+mergedDetail)
}

// mergedDetail follows the name of the second person in the audit.
const mergedDetail = " became a part of them."

// merge is Merge for two people who are known. The second one's row goes before
// the first one's is saved, because an identifier is one person's at a time.
func (tx *Tx) merge(w Workspace, primary, secondary Person, by Actor) (Person, error) {
	m := combine(primary, secondary)
	byHand, err := tx.manualSegmentsOf(w.ID, secondary.ID)
	if err != nil {
		return m.Person, err
	}
	if err := tx.handOver(w.ID, secondary.ID, primary.ID); err != nil {
		return m.Person, err
	}
	if err := tx.removePerson(w.ID, secondary.ID); err != nil {
		return m.Person, err
	}
	if err := tx.savePerson(w, m.Person); err != nil {
		return m.Person, err
	}
	if m.Person.Unsubscribed && !primary.Unsubscribed {
		if err := tx.noteUnsubscribed(w.ID, primary.ID, "Merge"); err != nil {
			return m.Person, err
		}
	}
	tx.reindex(w.ID, m.Person)
	err = tx.noteData(w.ID, Activity{PersonID: primary.ID, Type: MergedActivity}, mergeData{
		ID: secondary.ExternalID, Email: secondary.Email, CioID: secondary.ID.CioID(), By: by.Name, Gained: m.Gained, Lost: m.Lost,
	})
	if err != nil {
		return m.Person, err
	}
	if err := tx.joinSegments(w.ID, primary.ID, byHand); err != nil {
		return m.Person, err
	}
	return m.Person, tx.resegment(w.ID, m.Person)
}

// mergeData is how an activity tells who became a part of the person.
type mergeData struct {
	ID     string   `json:"id,omitempty"`
	Email  string   `json:"email,omitempty"`
	CioID  string   `json:"cio_id"`
	By     string   `json:"by"`
	Gained []string `json:"gained,omitempty"`
	Lost   []string `json:"lost,omitempty"`
}

// removePerson removes somebody whose history is taken care of.
func (tx *Tx) removePerson(ws WorkspaceID, id PersonID) error {
	tx.unindex(id)
	tx.countUsage(ws, usageDelta{people: -1})
	if err := tx.settleConflicts(ws, id); err != nil {
		return err
	}
	return tx.execOne(`delete from people where workspace_id = ? and person_id = ?`, ws, id)
}
