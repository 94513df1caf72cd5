package store

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// anonymousFor is how long an anonymous event waits for its person.
const anonymousFor = 30 * 24 * time.Hour

// adopt gives a person the events that were recorded under the anonymous_id
// which a call names, and starts what waits for the recent ones.
func (tx *Tx) adopt(ws WorkspaceID, who PersonID, attributes Attributes) error {
	anonymous := AttributeWords(attributes["anonymous_id"])
	if anonymous == "" {
		return nil
	}
	rows, err := tx.query(`
		update activities set person_id = ?
		where workspace_id = ? and anonymous_id = ? and person_id is null and occurred_at > ?
		returning type, name, data, occurred_at`, who, ws, anonymous, micros(tx.now.Add(-anonymousFor)))
	events, err := collect(rows, err, scanEvent)
	if err != nil {
		return err
	}
	slices.SortFunc(events, func(a, b Event) int { return cmp.Compare(micros(a.At), micros(b.At)) })
	for _, e := range events {
		if err := tx.resegmentDone(ws, Activity{PersonID: who, Type: e.Type, Name: e.Name, Data: e.Data, OccurredAt: e.At}); err != nil {
			return err
		}
		if !tx.starts(e) {
			continue
		}
		if err := tx.triggerEvent(ws, who, e); err != nil {
			return err
		}
	}
	return nil
}

// starts says whether an event may start a journey.
func (tx *Tx) starts(e Event) bool {
	return e.Type == EventActivity && (e.At.IsZero() || tx.now.Sub(e.At) <= triggersWithin)
}

func scanEvent(scan func(...any) error) (e Event, err error) {
	var data string
	var at int64
	err = scan(&e.Type, &e.Name, &data, &at)
	e.Data, e.At = json.RawMessage(data), instant(at)
	return e, err
}
