package store

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"

	"github.com/postroom/postroom/store/workflow"
)

// Hook is a running campaign that a call of its own address starts.
type Hook struct {
	Workspace Workspace
	Campaign  CampaignID
	Trigger   workflow.Trigger // of its live version
	live      live
}

// hookToken is what nobody guesses: 160 bits.
func hookToken() string {
	secret := make([]byte, 20)
	rand.Read(secret)
	return base64.RawURLEncoding.EncodeToString(secret)
}

// addHook gives a campaign an address of its own, if a call of one is to start
// it and it has none.
func (tx *Tx) addHook(ws WorkspaceID, id CampaignID, t workflow.Trigger) error {
	if t.Type != workflow.OnWebhook {
		return nil
	}
	_, err := tx.exec(`update campaigns set hook = ? where workspace_id = ? and campaign_id = ? and hook is null`, hookToken(), ws, id)
	return err
}

// RenewHook gives a campaign another address. The one before leads nowhere
// from now on.
func (s *Store) RenewHook(ctx context.Context, ws WorkspaceID, id CampaignID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		c, err := tx.editable(ws, id)
		if err != nil {
			return err
		}
		if err := tx.execOne(`update campaigns set hook = ? where workspace_id = ? and campaign_id = ?`, hookToken(), ws, id); err != nil {
			return err
		}
		return tx.noted(ws, by, "Renewed a campaign’s webhook", c.Name, "The address before leads nowhere now.")
	})
}

// Hook is the running campaign that an address belongs to.
func (s *Store) Hook(ctx context.Context, token string) (h Hook, err error) {
	var ws WorkspaceID
	err = s.read.QueryRowContext(ctx, `
		select workspace_id, campaign_id, version from campaigns where hook = ? and state = 'running'`, token).Scan(&ws, &h.live.id, &h.live.version)
	if err != nil {
		return h, known(err)
	}
	if h.Workspace, err = s.Workspace(ctx, ws); err != nil {
		return h, err
	}
	plan, err := s.plans.get(ctx, s.read, ws, h.live)
	if err != nil {
		return h, err
	}
	if h.Campaign, h.Trigger = h.live.id, plan.Campaign.Trigger; h.Trigger.Type != workflow.OnWebhook {
		return h, ErrNotFound
	}
	return h, nil
}

// HookCall is a call of a campaign's address.
type HookCall struct {
	Campaign CampaignID
	Data     json.RawMessage // an object
	Person   *Identify       // whose journey it is; nil: nobody's
}

// HookAnswer is what came of it.
type HookAnswer struct {
	Unknown bool // nobody is who it is about
	Entered bool // a journey began
}

// CallHook begins a journey. ErrNotFound: the campaign does not run any more.
func (s *Store) CallHook(ctx context.Context, ws WorkspaceID, call HookCall) (answer HookAnswer, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		l := live{id: call.Campaign}
		err := tx.row(`select version from campaigns where workspace_id = ? and campaign_id = ? and state = 'running'`, ws, l.id).Scan(&l.version)
		if err != nil {
			return err
		}
		plan, err := tx.plan(ws, l)
		if err != nil {
			return err
		}
		var p Person
		if call.Person != nil {
			if p, err = tx.called(ws, *call.Person); err != nil {
				answer.Unknown = err == ErrNotFound
				return ignoreMissing(err)
			}
		}
		answer.Entered, err = tx.enter(ws, l.id, plan, p, TriggerEvent{Timestamp: tx.now.Unix(), Data: call.Data})
		return err
	})
	return answer, err
}

// called is whom a call is about, created if it may be.
func (tx *Tx) called(ws WorkspaceID, in Identify) (Person, error) {
	w, err := tx.workspace(ws)
	if err != nil {
		return Person{}, err
	}
	who, err := tx.identify(w, in)
	if err != nil || who.Person == 0 {
		if err == nil {
			err = ErrNotFound
		}
		return Person{}, err
	}
	return person(context.Background(), tx, ws, who.Person)
}
