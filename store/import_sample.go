package store

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/postroom/postroom/store/identity"
)

// ImportSample is what a row would do, as the check foresees it.
type ImportSample struct {
	Line    int
	Created bool // it is about somebody new
	Who     string
	Changes map[string]Difference
}

// keptOfEach is how many rows of each kind are shown before an import.
const keptOfEach = 10

// sampleCreated keeps what the first rows about new people say.
func (f *foresight) sampleCreated(row ImportRow) {
	if f.created == keptOfEach {
		return
	}
	f.created++
	p := Person{Attributes: Attributes{}, Changed: map[string]int64{}}
	changes := p.set(f.rules.values(row), 0)
	changes = p.setIdentifiers(identity.Decision{SetID: &row.ID, SetEmail: &row.Email}, changes)
	f.samples = append(f.samples, ImportSample{row.Line, true, p.importLabel(), changes})
}

// sampleChanged keeps what the first rows would change that change anything.
func (f *foresight) sampleChanged(row ImportRow, d identity.Decision) error {
	if f.changed == keptOfEach {
		return nil
	}
	p, err := person(f.ctx, f.view, f.w.ID, PersonID(d.Target.Key))
	if err != nil {
		return err
	}
	changes := maps.Clone(p.set(f.rules.values(row), micros(p.UpdatedAt)))
	changes = p.setIdentifiers(d, changes)
	if row.Unsubscribed && !p.Unsubscribed {
		if changes == nil {
			changes = map[string]Difference{}
		}
		changes["unsubscribed"] = Difference{From: false, To: true}
	}
	if len(changes) == 0 {
		return nil
	}
	f.changed++
	f.samples = append(f.samples, ImportSample{row.Line, false, p.Label(), changes})
	return nil
}

// importLabel is what a row calls somebody who has no cio_id yet.
func (p Person) importLabel() string {
	if p.Email != "" {
		return p.Email
	}
	return p.ExternalID
}

func samplesSoFar(ctx context.Context, q queryer, ws WorkspaceID, id ImportID) (created, changed int, err error) {
	err = q.QueryRowContext(ctx, `
		select coalesce(sum(created), 0), coalesce(sum(1 - created), 0) from import_samples
		where workspace_id = ? and import_id = ?`, ws, id).Scan(&created, &changed)
	return created, changed, err
}

func (tx *Tx) keepSample(ws WorkspaceID, id ImportID, s ImportSample) error {
	_, err := tx.exec(`
		insert into import_samples (workspace_id, import_id, line, created, who, changes) values (?, ?, ?, ?, ?, ?)`,
		ws, id, s.Line, s.Created, s.Who, encode(s.Changes))
	return err
}

// ImportSamples is what the check of an import foresees of a few rows of each
// kind.
func (s *Store) ImportSamples(ctx context.Context, ws WorkspaceID, id ImportID) ([]ImportSample, error) {
	rows, err := s.read.QueryContext(ctx, `
		select line, created, who, changes from import_samples
		where workspace_id = ? and import_id = ?
		order by line`, ws, id)
	return collect(rows, err, func(scan func(...any) error) (s ImportSample, err error) {
		var changes string
		if err := scan(&s.Line, &s.Created, &s.Who, &changes); err != nil {
			return s, err
		}
		err = json.Unmarshal([]byte(changes), &s.Changes)
		return s, err
	})
}
