package engine

import (
	"context"

	"github.com/postroom/postroom/store"
)

const (
	segmentBatch = 100_000 // people looked at in one turn
	clockBatch   = 100     // people looked at again in one turn
	enterBatch   = 500     // people let into a campaign in one turn
	dateBatch    = 500     // people whose date is worked out in one turn
	fireBatch    = 100     // people whose date has come, in one turn
	purgeBatch   = 2000    // rows deleted in one turn
	historyBatch = 1000    // activities moved or removed in one turn
	checkBatch   = 300     // people checked in one turn
)

func (e *Engine) buildSegments(ctx context.Context, ws store.WorkspaceID) error {
	return e.store.BuildSegments(ctx, ws, segmentBatch)
}

// followClock moves people whom time alone moves into and out of segments.
func (e *Engine) followClock(ctx context.Context, ws store.WorkspaceID) error {
	return e.store.FollowClock(ctx, ws, clockBatch)
}

// workCampaigns lets people into campaigns that started and takes them out of
// campaigns that were stopped.
func (e *Engine) workCampaigns(ctx context.Context, ws store.WorkspaceID) error {
	works, err := e.store.CampaignWorks(ctx, ws)
	if err != nil {
		return err
	}
	for _, work := range works {
		if err := e.workCampaign(ctx, ws, work); err != nil {
			return err
		}
	}
	return e.store.EndTurn(ctx, ws, store.Campaigns)
}

func (e *Engine) workCampaign(ctx context.Context, ws store.WorkspaceID, work store.CampaignWork) error {
	switch {
	case work.Exiting:
		return e.store.ExitCampaign(ctx, ws, work.ID, enterBatch)
	case work.Entering:
		return e.store.EnterMembers(ctx, ws, work.ID, enterBatch)
	case work.Dates:
		return e.store.WorkOutDates(ctx, ws, work.ID, dateBatch)
	}
	return nil
}

// followDates starts the journeys of people whose date has come.
func (e *Engine) followDates(ctx context.Context, ws store.WorkspaceID) error {
	return e.store.FollowDates(ctx, ws, fireBatch)
}

// reenter lets people enter again whose campaign repeats.
func (e *Engine) reenter(ctx context.Context, ws store.WorkspaceID) error {
	return e.store.Reenter(ctx, ws, enterBatch)
}

// purge removes the contents of a workspace that was deleted a week ago. A
// file that is not removed now, because Postroom is killed in between, is by
// the next sweep.
func (e *Engine) purge(ctx context.Context, ws store.WorkspaceID) error {
	files, err := e.store.Purge(ctx, ws, purgeBatch)
	if err != nil {
		return err
	}
	for _, name := range files {
		e.removeUpload(name)
	}
	return nil
}

// settleDepartures moves or removes the activities of people who were merged
// or deleted.
func (e *Engine) settleDepartures(ctx context.Context, ws store.WorkspaceID) error {
	return e.store.SettleDepartures(ctx, ws, historyBatch)
}

// checkIdentifiers brings a change of what identifies people on.
func (e *Engine) checkIdentifiers(ctx context.Context, ws store.WorkspaceID) error {
	return e.store.WorkOnIdentifiers(ctx, ws, checkBatch)
}
