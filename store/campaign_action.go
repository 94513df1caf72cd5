package store

import (
	"context"
	"fmt"

	"github.com/postroom/postroom/store/workflow"
)

// ChangeAction changes one action of a campaign for a program. Where people
// walk through what the draft shows, the change is published with it, in the
// same transaction; where teammates have changes of their own in the draft, it
// waits there with them, and published is false.
func (s *Store) ChangeAction(ctx context.Context, ws WorkspaceID, id CampaignID, key string, change func(workflow.Action) (workflow.Action, error), by Actor) (c Campaign, published bool, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		if c, err = tx.editable(ws, id); err != nil {
			return err
		}
		was, ok := workflow.Find(c.Draft, key)
		if !ok {
			return ErrNotFound
		}
		published = c.Live() && !c.Unpublished()
		before := c.Revision
		c, err = tx.editDraft(ws, c, "Change "+was.Title(), func(draft workflow.Campaign) (workflow.Campaign, error) {
			a, _ := workflow.Find(draft, key) // of the copy, which may be changed
			a, err := change(a)
			if err != nil {
				return draft, err
			}
			return workflow.Replace(draft, a)
		}, by)
		if err != nil || !published || c.Revision == before {
			return err
		}
		if c, err = tx.publish(ws, c, by); err != nil {
			return err
		}
		return tx.noted(ws, by, "Published a campaign", c.Name, fmt.Sprintf("Version %d.", c.Version))
	})
	return c, published, err
}
