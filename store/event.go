package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// Event is something that a person did.
type Event struct {
	Ref  identity.Ref // nobody when empty: an anonymous event
	Type ActivityType // event, page or screen
	Name string
	Data json.RawMessage // an object
	Key  string          // the caller's id of this event; a repeated one is ignored
	// Anonymous names somebody who is not known yet. Who is identified with the
	// same anonymous_id is given the event.
	Anonymous string
	At        time.Time // zero: now
}

// triggersWithin is how old an event may be and still start a journey.
const triggersWithin = 72 * time.Hour

// Track records an event. Whoever it names by id or email is created when the
// workspace does not know them; an unknown cio_id names nobody.
func (s *Store) Track(ctx context.Context, ws WorkspaceID, e Event) error {
	return s.update(ctx, func(tx *Tx) error { return tx.track(ws, e) })
}

func (tx *Tx) track(ws WorkspaceID, e Event) error {
	if e.Ref == (identity.Ref{}) {
		_, err := tx.record(ws, 0, e)
		return err
	}
	w, err := tx.workspace(ws)
	if err != nil {
		return err
	}
	who, err := tx.identify(w, Identify{Ref: e.Ref})
	if err != nil || who.Person == 0 {
		return err
	}
	return tx.happened(ws, who.Person, e)
}

// happened records what somebody did, and starts what waits for it.
func (tx *Tx) happened(ws WorkspaceID, who PersonID, e Event) error {
	fresh, err := tx.record(ws, who, e)
	if err != nil || !fresh || !tx.starts(e) {
		return err
	}
	return tx.triggerEvent(ws, who, e)
}

// record keeps an event, unless it was kept before.
func (tx *Tx) record(ws WorkspaceID, who PersonID, e Event) (fresh bool, err error) {
	key := ""
	if e.Key != "" {
		key = "event " + e.Key
	}
	fresh, err = tx.note(ws, Activity{PersonID: who, Type: e.Type, Name: e.Name, Data: e.Data, OccurredAt: e.At, anonymous: e.Anonymous}, key)
	if fresh {
		tx.countUsage(ws, usageDelta{events: 1})
		tx.sawEvent(ws, e.Name)
	}
	return fresh, err
}
