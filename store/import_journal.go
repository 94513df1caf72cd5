package store

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"
	"maps"
	"time"
)

// UndoWithin is how long after its end an import can be undone.
const UndoWithin = 14 * 24 * time.Hour

// Undoable says whether what the import did can be taken back now.
func (i Import) Undoable(now time.Time) bool {
	over := i.State == ImportDone || i.State == Stopped || i.State == Broken && i.Total > 0
	return over && !i.Options.Events && i.Created+i.Updated > 0 && now.Before(i.FinishedAt.Add(UndoWithin))
}

// personBefore is how somebody was whom an import changed.
type personBefore struct {
	Person  PersonID               `json:"p"`
	Updated int64                  `json:"u"` // when they were changed before, unix microseconds
	Was     map[string]valueBefore `json:"a"`
}

// valueBefore is an attribute or an identifier before and after.
type valueBefore struct {
	Difference
	At *int64 `json:"at,omitempty"` // when it was set before, as people keep it
}

// remember has a call tell the journal what it changes.
func (r *importRun) remember(p Person, in *Identify) {
	changed, updated := maps.Clone(p.Changed), micros(p.UpdatedAt)
	in.changed = func(differs map[string]Difference) {
		if len(differs) == 0 {
			return // but for consent, which is not given back
		}
		b := personBefore{Person: p.ID, Updated: updated, Was: map[string]valueBefore{}}
		for name, d := range differs {
			v := valueBefore{Difference: d}
			if at, ok := changed[name]; ok {
				v.At = &at
			}
			b.Was[name] = v
		}
		r.before = append(r.before, b)
	}
}

// journal writes down what the undo of a batch needs to know. Everybody who
// was created since the batch began was created by it: there is one writer.
func (r *importRun) journal(b ImportBatch) error {
	if len(r.fresh) == 0 && len(r.before) == 0 {
		return nil
	}
	var first, last PersonID
	if len(r.fresh) > 0 {
		first, last = r.fresh[0].id, r.fresh[len(r.fresh)-1].id
	}
	packed, err := packBefore(r.before)
	if err != nil {
		return err
	}
	r.before = r.before[:0]
	_, err = r.tx.exec(`
		insert into import_journal (workspace_id, import_id, position, first_id, last_id, before, at) values (?, ?, ?, ?, ?, ?, ?)`,
		r.w.ID, r.id, b.Next.Offset, first, last, packed, micros(r.tx.now))
	return err
}

func packBefore(all []personBefore) ([]byte, error) {
	packed := new(bytes.Buffer)
	if len(all) == 0 {
		return []byte{}, nil
	}
	w, err := flate.NewWriter(packed, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(w).Encode(all); err != nil {
		return nil, err
	}
	err = w.Close()
	return packed.Bytes(), err
}

func unpackBefore(packed []byte) (all []personBefore, err error) {
	if len(packed) == 0 {
		return nil, nil
	}
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // values are compared with those that people have
	err = d.Decode(&all)
	return all, err
}
