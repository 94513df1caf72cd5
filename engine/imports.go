package engine

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/postroom/postroom/engine/csvfile"
	"github.com/postroom/postroom/store"
)

// What one turn of an import takes at most: few rows enough that live calls of
// all workspaces wait for a fraction of a second, and little memory, however
// long the rows are.
const (
	importBatch = 5000
	importBytes = 8 << 20
)

// runImports brings the workspace's oldest import on by one batch. How far it
// is stands in the database alone, so it goes on wherever it was stopped.
func (e *Engine) runImports(ctx context.Context, ws store.WorkspaceID) error {
	i, err := e.store.NextImport(ctx, ws)
	if errors.Is(err, store.ErrNotFound) {
		return e.store.EndTurn(ctx, ws, store.Imports)
	}
	if err != nil {
		return err
	}
	batch, err := e.readBatch(i)
	var damage *csvfile.Error
	switch {
	case errors.As(err, &damage):
		return e.store.FailImport(ctx, ws, i, damage.Error())
	case errors.Is(err, fs.ErrNotExist):
		return e.store.FailImport(ctx, ws, i, "The file is no longer on the server. Upload it again.")
	case err != nil:
		return err
	}
	if i.State == store.Checking {
		return e.store.CheckRows(ctx, ws, i, batch)
	}
	return e.store.ImportRows(ctx, ws, i, batch)
}

// readBatch reads the rows that are next in the import's file.
func (e *Engine) readBatch(i store.Import) (store.ImportBatch, error) {
	var batch store.ImportBatch
	file, err := os.Open(filepath.Join(e.uploads, filepath.Base(i.File)))
	if err != nil {
		return batch, err
	}
	defer file.Close()
	if _, err := file.Seek(i.At.Offset, io.SeekStart); err != nil {
		return batch, err
	}
	batch.Rows = make([]store.ImportRow, 0, importBatch)
	r := csvfile.NewReader(file, i.Format.Separator[0], csvfile.Position(i.At))
	for len(batch.Rows) < importBatch && r.Position().Offset-i.At.Offset < importBytes {
		rec, err := r.Read()
		if err == io.EOF {
			batch.Last = true
			break
		}
		if err != nil {
			return batch, err
		}
		batch.Rows = append(batch.Rows, i.Row(rec.Line, rec.Fields, rec.Loose))
	}
	batch.Next = store.ImportPosition(r.Position())
	return batch, nil
}
