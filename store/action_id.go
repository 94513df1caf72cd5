package store

import (
	"cmp"
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
		Key   string        `json:"key"`
		Type  workflow.Type `json:"type"`
		Title string        `json:"title"`
	}
	all := []numbered{}
	for a := range workflow.All(draft.Actions) {
		all = append(all, numbered{a.Key, a.Type, clip(a.Title(), maxActionTitle)})
	}
	_, err := tx.exec(`
		insert into campaign_actions (workspace_id, campaign_id, action_key, type, title)
		select ?, ?, value ->> 'key', value ->> 'type', value ->> 'title' from json_each(?)
		where true
		order by key
		on conflict (workspace_id, campaign_id, action_key) do update set type = excluded.type, title = excluded.title
		where type <> excluded.type or title <> excluded.title`,
		ws, id, encode(all))
	return err
}

// maxActionTitle bounds what is kept of a title, in bytes.
const maxActionTitle = 200

// CampaignMessages is the emails of a campaign, also those that were taken
// out of it: people may have got them.
type CampaignMessages struct {
	ID       CampaignID
	Name     string
	Messages []NamedMessage
}

// NamedMessage is a message as lists name it.
type NamedMessage struct{ Key, Title string }

// maxNamedCampaigns is how many campaigns a choice of messages offers.
const maxNamedCampaigns = 200

// CampaignMessages is the newest campaigns with their emails.
func (s *Store) CampaignMessages(ctx context.Context, ws WorkspaceID) (all []CampaignMessages, err error) {
	type row struct {
		id               CampaignID
		name, key, title string
	}
	rows, err := s.read.QueryContext(ctx, campaignMessages, ws, maxNamedCampaigns)
	found, err := collect(rows, err, func(scan func(...any) error) (r row, err error) {
		err = scan(&r.id, &r.name, &r.key, &r.title)
		return r, err
	})
	for _, r := range found {
		if n := len(all); n == 0 || all[n-1].ID != r.id {
			all = append(all, CampaignMessages{ID: r.id, Name: r.name})
		}
		last := &all[len(all)-1]
		last.Messages = append(last.Messages, NamedMessage{r.key, cmp.Or(r.title, r.key)})
	}
	return all, err
}

const campaignMessages = `
	select c.campaign_id, c.name, a.action_key, a.title
	from (select workspace_id, campaign_id, name from campaigns where workspace_id = ? and state <> 'archived' order by campaign_id desc limit ?) c
	join campaign_actions a on a.workspace_id = c.workspace_id and a.campaign_id = c.campaign_id
	where a.type = 'email' -- conditions count what is told of emails
	order by c.campaign_id desc, a.action_id`

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
