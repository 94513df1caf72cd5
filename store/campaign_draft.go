package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/postroom/postroom/store/workflow"
)

// keptRevisions is how many changes of a draft can be undone.
const keptRevisions = 100

// AnyRevision is the base of an edit that may follow any other.
const AnyRevision = -1

// EditDraft changes a campaign's draft as one change that can be undone; label
// names it, as in “Move Welcome”. base is the revision that the editor saw
// (AnyRevision: whatever it is): when it is another one by now, the answer is
// ErrChanged. What edit refuses, with a *workflow.Error, is refused.
func (s *Store) EditDraft(ctx context.Context, ws WorkspaceID, id CampaignID, base int, label string, edit func(workflow.Campaign) (workflow.Campaign, error), by Actor) (c Campaign, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		c, err = tx.editable(ws, id)
		if err != nil {
			return err
		}
		if base != AnyRevision && base != c.Revision {
			return ErrChanged
		}
		c, err = tx.editDraft(ws, c, label, edit, by)
		return err
	})
	return c, err
}

// editable is the campaign, unless nobody may change it now.
func (tx *Tx) editable(ws WorkspaceID, id CampaignID) (Campaign, error) {
	c, err := campaign(context.Background(), tx, ws, id)
	if err == nil && c.State == CampaignArchived {
		err = Invalid{"campaign": "This campaign is archived. Take it out of the archive to change it."}
	}
	return c, err
}

// editDraft writes what edit makes of the draft. An edit that changes nothing
// leaves no trace.
func (tx *Tx) editDraft(ws WorkspaceID, c Campaign, label string, edit func(workflow.Campaign) (workflow.Campaign, error), by Actor) (Campaign, error) {
	draft, err := edit(c.Draft.Clone())
	if err != nil {
		return c, err
	}
	if draft, err = withSegmentIDs(context.Background(), tx, ws, draft); err != nil {
		return c, err
	}
	draft.Name = c.Name
	text := encode(draft)
	if text == encode(c.Draft) {
		return c, nil
	}
	var last int
	err = tx.row(`select coalesce(max(revision), 0) from campaign_revisions where workspace_id = ? and campaign_id = ?`, ws, c.ID).Scan(&last)
	if err != nil {
		return c, err
	}
	if err := tx.cutRevisions(ws, c, last+1-keptRevisions); err != nil {
		return c, err
	}
	// A number is never used twice, so that an editor who saw what was undone
	// meanwhile is told.
	if err := tx.addRevision(ws, c.ID, last+1, label, text, by); err != nil {
		return c, err
	}
	c.Draft = draft
	if err := tx.addHook(ws, c.ID, draft.Trigger); err != nil {
		return c, err
	}
	return tx.setDraft(ws, c, last+1, text)
}

// cutRevisions drops what could be redone, and what is too old to be undone.
func (tx *Tx) cutRevisions(ws WorkspaceID, c Campaign, oldest int) error {
	_, err := tx.exec(`
		delete from campaign_revisions where workspace_id = ? and campaign_id = ? and (revision > ? or revision < ?)`,
		ws, c.ID, c.Revision, oldest)
	return err
}

func (tx *Tx) addRevision(ws WorkspaceID, id CampaignID, revision int, label, text string, by Actor) error {
	_, err := tx.exec(`
		insert into campaign_revisions (workspace_id, campaign_id, revision, label, document, member_id, at)
		values (?, ?, ?, ?, ?, ?, ?)`, ws, id, revision, label, text, orZero(by.ID), micros(tx.now))
	return err
}

func (tx *Tx) setDraft(ws WorkspaceID, c Campaign, revision int, text string) (Campaign, error) {
	c.Revision, c.UpdatedAt = revision, tx.now
	if err := tx.numberActions(ws, c.ID, c.Draft); err != nil {
		return c, err
	}
	actions, titles := searched(c.Draft)
	return c, tx.execOne(`
		update campaigns set draft = ?, kind = ?, actions = ?, titles = ?, revision = ?, updated_at = ? where workspace_id = ? and campaign_id = ?`,
		text, kindOf(c.Draft), actions, titles, revision, micros(tx.now), ws, c.ID)
}

const (
	revisionBefore = `
		select revision, label, document from campaign_revisions
		where workspace_id = ? and campaign_id = ? and revision < ? order by revision desc limit 1`
	revisionAfter = `
		select revision, label, document from campaign_revisions
		where workspace_id = ? and campaign_id = ? and revision > ? order by revision limit 1`
)

// Undo takes the last change of a draft back. ErrNotFound: there is none.
func (s *Store) Undo(ctx context.Context, ws WorkspaceID, id CampaignID, by Actor) (Campaign, error) {
	return s.goTo(ctx, ws, id, func(c Campaign) (string, []any) { return revisionBefore, []any{ws, id, c.Revision} })
}

// Redo makes the change again that was undone last. ErrNotFound: there is none.
func (s *Store) Redo(ctx context.Context, ws WorkspaceID, id CampaignID, by Actor) (Campaign, error) {
	return s.goTo(ctx, ws, id, func(c Campaign) (string, []any) { return revisionAfter, []any{ws, id, c.Revision} })
}

// goTo makes the draft what a query for one revision finds.
func (s *Store) goTo(ctx context.Context, ws WorkspaceID, id CampaignID, find func(Campaign) (string, []any)) (c Campaign, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		if c, err = tx.editable(ws, id); err != nil {
			return err
		}
		var revision int
		var label, text string
		query, args := find(c)
		if err := tx.row(query, args...).Scan(&revision, &label, &text); err != nil {
			return err
		}
		c.Draft = workflow.Campaign{}
		if err := json.Unmarshal([]byte(text), &c.Draft); err != nil {
			return err
		}
		if _, err := tx.setDraft(ws, c, revision, text); err != nil {
			return err
		}
		c, err = campaign(ctx, tx, ws, id)
		return err
	})
	return c, err
}

// History names the changes of a draft that can be undone and done again.
type History struct {
	Undo, Redo string // labels; empty: nothing to undo, or to redo
}

// History is what Undo and Redo would do.
func (s *Store) History(ctx context.Context, ws WorkspaceID, id CampaignID) (h History, err error) {
	c, err := campaign(ctx, s.read, ws, id)
	if err != nil {
		return h, err
	}
	var skip any
	err = s.read.QueryRowContext(ctx, revisionBefore, ws, id, c.Revision).Scan(&skip, &skip, &skip)
	if err == nil {
		err = s.read.QueryRowContext(ctx, `
			select label from campaign_revisions where workspace_id = ? and campaign_id = ? and revision = ?`, ws, id, c.Revision).Scan(&h.Undo)
	}
	if err = known(err); err != nil && !errors.Is(err, ErrNotFound) {
		return h, err
	}
	err = known(s.read.QueryRowContext(ctx, revisionAfter, ws, id, c.Revision).Scan(&skip, &h.Redo, &skip))
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return h, err
}
