package store

import (
	"context"
	"encoding/json"

	"github.com/postroom/postroom/store/workflow"
)

// rememberSources keeps what the sources of copied actions say, to compare
// with what they will say later.
func (tx *Tx) rememberSources(ws WorkspaceID, p pack, copied []workflow.Action) error {
	essences := workflow.Essences(p.whole.Actions)
	for a := range workflow.All(copied) {
		if a.Origin == nil {
			continue
		}
		_, err := tx.exec(`insert into action_sources (workspace_id, hash, document) values (?, ?, ?) on conflict do nothing`,
			ws, a.Origin.Hash, encode(essences[a.Origin.Action]))
		if err != nil {
			return err
		}
	}
	return nil
}

// before is what is known of the actions of a campaign that came from the same
// place as a pack.
func (tx *Tx) before(here Workspace, target Campaign, p pack) (workflow.Before, error) {
	b := workflow.Before{Essences: map[string]workflow.Action{}, Home: p.home(here, target)}
	for _, e := range workflow.Essences(p.whole.Actions) {
		b.Essences[e.Hash()] = e
	}
	for a := range workflow.All(target.Draft.Actions) {
		if a.Origin == nil || a.Origin.Hash == "" {
			continue
		}
		if _, have := b.Essences[a.Origin.Hash]; have {
			continue
		}
		was, err := remembered(context.Background(), tx, here.ID, a.Origin.Hash)
		if err != nil {
			return b, err
		}
		if was != nil {
			b.Essences[a.Origin.Hash] = *was
		}
	}
	return b, nil
}

// remembered is what a source said; nil when nobody knows.
func remembered(ctx context.Context, q queryer, ws WorkspaceID, hash string) (*workflow.Action, error) {
	var text string
	err := known(q.QueryRowContext(ctx, `select document from action_sources where workspace_id = ? and hash = ?`, ws, hash).Scan(&text))
	if err != nil {
		return nil, ignoreMissing(err)
	}
	var a workflow.Action
	err = json.Unmarshal([]byte(text), &a)
	return &a, err
}
