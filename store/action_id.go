package store

import (
	"context"

	"github.com/postroom/postroom/store/workflow"
)

// ActionID names an action for programs, which expect a number. The same action
// keeps it for good, also when it is deleted and comes back by undo.
type ActionID int64

// ActionRef is the action that a number names.
type ActionRef struct {
	ID       ActionID
	Campaign CampaignID
	Key      string
	Type     workflow.Type // as it was last
}

// numberActions gives the actions of a draft their numbers, those that have
// none yet.
func (tx *Tx) numberActions(ws WorkspaceID, id CampaignID, draft workflow.Campaign) error {
	type numbered struct {
		Key  string        `json:"key"`
		Type workflow.Type `json:"type"`
	}
	all := []numbered{}
	for a := range workflow.All(draft.Actions) {
		all = append(all, numbered{a.Key, a.Type})
	}
	_, err := tx.exec(`
		insert into campaign_actions (workspace_id, campaign_id, action_key, type)
		select ?, ?, value ->> 'key', value ->> 'type' from json_each(?)
		where true
		order by key
		on conflict (workspace_id, campaign_id, action_key) do update set type = excluded.type where type <> excluded.type`,
		ws, id, encode(all))
	return err
}

// ActionIDs is the numbers of all actions that a campaign has or had, by key.
func (s *Store) ActionIDs(ctx context.Context, ws WorkspaceID, id CampaignID) (map[string]ActionID, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+actionRefColumns+` from campaign_actions where workspace_id = ? and campaign_id = ?`, ws, id)
	all, err := collect(rows, err, scanActionRef)
	ids := map[string]ActionID{}
	for _, ref := range all {
		ids[ref.Key] = ref.ID
	}
	return ids, err
}

// Action is the action that a number names, if the workspace has it.
func (s *Store) Action(ctx context.Context, ws WorkspaceID, id ActionID) (ActionRef, error) {
	ref, err := scanActionRef(s.read.QueryRowContext(ctx, `
		select `+actionRefColumns+` from campaign_actions where workspace_id = ? and action_id = ?`, ws, id).Scan)
	return ref, known(err)
}

const actionRefColumns = `action_id, campaign_id, action_key, type`

func scanActionRef(scan func(...any) error) (ref ActionRef, err error) {
	err = scan(&ref.ID, &ref.Campaign, &ref.Key, &ref.Type)
	return ref, err
}
