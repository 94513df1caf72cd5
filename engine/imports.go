package engine

import (
	"context"
	"errors"
	"io/fs"

	"github.com/postroom/postroom/engine/csvfile"
	"github.com/postroom/postroom/store"
)

const (
	importTurn = 50_000 // rows of one import before other workspaces get their turn
	checkTurn  = 10_000
)

// runImports brings the workspace's oldest import on. How far it is stands in
// the database alone, so it goes on wherever it was stopped; the file is read
// ahead, but that is only to save time.
func (e *Engine) runImports(ctx context.Context, ws store.WorkspaceID) error {
	i, err := e.store.NextImport(ctx, ws)
	if errors.Is(err, store.ErrNotFound) {
		e.files.close(ws)
		return e.store.EndTurn(ctx, ws, store.Imports)
	}
	if err != nil {
		return err
	}
	if i.State == store.Undoing {
		return e.store.UndoRows(ctx, ws, i)
	}
	moved, err := e.runImport(ctx, ws, i)
	if !moved {
		e.files.close(ws) // what was read ahead does not follow what is done
	}
	var damage *csvfile.Error
	switch {
	case errors.As(err, &damage):
		return e.store.FailImport(ctx, ws, i, damage.Error())
	case errors.Is(err, fs.ErrNotExist):
		return e.store.FailImport(ctx, ws, i, "The file is no longer on the server. Upload it again.")
	}
	return err
}

// runImport takes one turn of an import.
func (e *Engine) runImport(ctx context.Context, ws store.WorkspaceID, i store.Import) (moved bool, err error) {
	file, err := e.files.open(ctx, e, ws, i)
	if err != nil {
		return false, err
	}
	first, err := file.wait(ctx)
	if err != nil {
		return false, err
	}
	if i.State == store.Checking {
		moved, err = e.store.CheckRows(ctx, ws, i, first, file.more(len(first.Rows), checkTurn))
	} else {
		moved, err = e.store.ImportRows(ctx, ws, i, first, file.more(len(first.Rows), e.importTurn))
	}
	if first.Last || file.ended {
		e.files.close(ws)
	}
	return moved, err
}
