package engine

import (
	"context"
	"errors"
	"time"

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
	if err = e.runJob(ctx, ws, j); err == nil {
		delete(e.failing, failingJob{ws, j.ID})
		return nil
	}
	if ctx.Err() != nil {
		return err
	}
	return errors.Join(err, e.setBack(ctx, ws, j, err))
}

// jobPatience is how long a job may fail turn after turn before it is given up:
// long enough to make room on a full disk.
const jobPatience = time.Hour

// failingJob names a job that fails.
type failingJob struct {
	ws store.WorkspaceID
	id store.JobID
}

// setBack lets the workspace's other jobs go before one that failed, and gives
// it up when it does nothing else.
func (e *Engine) setBack(ctx context.Context, ws store.WorkspaceID, j store.Job, why error) error {
	key, now := failingJob{ws, j.ID}, e.store.Now()
	if e.failing[key].IsZero() {
		e.failing[key] = now
	}
	if now.Sub(e.failing[key]) < jobPatience {
		return e.store.SetJobBack(ctx, ws, j.ID)
	}
	delete(e.failing, key)
	return e.store.FailJob(ctx, ws, j, "It could not go on for an hour. The last try ended with: "+why.Error())
}

func (e *Engine) runJob(ctx context.Context, ws store.WorkspaceID, j store.Job) error {
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
