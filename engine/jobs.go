package engine

import (
	"context"
	"errors"

	"github.com/postroom/postroom/store"
)

const jobBatch = 200 // people of a job who are read at once

// runJobs brings the workspace's job that waits longest on by one batch. How
// far it is stands in the database alone, so it goes on wherever it was
// stopped.
func (e *Engine) runJobs(ctx context.Context, ws store.WorkspaceID) error {
	j, err := e.store.NextJob(ctx, ws)
	if errors.Is(err, store.ErrNotFound) {
		return e.store.EndTurn(ctx, ws, store.Jobs)
	}
	if err != nil {
		return err
	}
	switch j.Kind {
	case store.ExportJob:
		return e.export(ctx, ws, j)
	case store.SimulateJob:
		return e.simulate(ctx, ws, j)
	}
	batch, err := e.store.ReadJob(ctx, ws, j, jobBatch)
	if err != nil {
		return err
	}
	return e.store.WriteJob(ctx, ws, j, batch)
}
