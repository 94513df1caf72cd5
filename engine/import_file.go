package engine

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/postroom/postroom/engine/csvfile"
	"github.com/postroom/postroom/store"
)

const (
	batchRows  = 250
	batchBytes = 1 << 20 // of the file, so that long rows take no more memory
	readAhead  = 16      // batches
	openFiles  = 4       // that are read ahead at once
	// batchWait is how long the writer waits for the reader, which is faster
	// unless the machine is busy.
	batchWait = 10 * time.Millisecond
)

// importFile is the file of an import, read and understood ahead of the
// writer, so that both processors work.
type importFile struct {
	id      store.ImportID
	state   store.ImportState
	at      int64 // behind what was handed out
	batches chan readBatch
	stop    context.CancelFunc
	failed  error // why no batch follows
	ended   bool  // the last batch was handed out
}

// readBatch is a batch, or why there is none.
type readBatch struct {
	store.ImportBatch
	err error
}

// importFiles is the files that are read ahead, at most one of a workspace.
// Only the goroutine that runs imports uses it.
type importFiles map[store.WorkspaceID]*importFile

// open is the file of an import at its position.
func (f importFiles) open(ctx context.Context, e *Engine, ws store.WorkspaceID, i store.Import) (*importFile, error) {
	if file, ok := f[ws]; ok && file.id == i.ID && file.state == i.State && file.at == i.At.Offset {
		return file, nil
	}
	f.close(ws)
	for other := range f {
		if len(f) < openFiles {
			break
		}
		f.close(other)
	}
	rules, err := e.store.ImportRules(ctx, ws, i)
	if err != nil {
		return nil, err
	}
	src, err := os.Open(filepath.Join(e.uploads, filepath.Base(i.File)))
	if err != nil {
		return nil, err
	}
	if _, err := src.Seek(i.At.Offset, io.SeekStart); err != nil {
		src.Close()
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	file := &importFile{id: i.ID, state: i.State, at: i.At.Offset, batches: make(chan readBatch, readAhead), stop: stop}
	go file.read(ctx, src, csvfile.NewReader(src, i.Format.Separator[0], csvfile.Position(i.At)), rules)
	f[ws] = file
	return file, nil
}

func (f importFiles) close(ws store.WorkspaceID) {
	if file, ok := f[ws]; ok {
		file.stop()
		delete(f, ws)
	}
}

func (f *importFile) read(ctx context.Context, src io.Closer, r *csvfile.Reader, rules *store.ImportRules) {
	defer src.Close()
	for {
		var b readBatch
		b.ImportBatch, b.err = nextBatch(r, rules)
		select {
		case f.batches <- b:
		case <-ctx.Done():
			return
		}
		if b.Last || b.err != nil {
			return
		}
	}
}

// nextBatch reads the rows that are next.
func nextBatch(r *csvfile.Reader, rules *store.ImportRules) (store.ImportBatch, error) {
	from := r.Position().Offset
	batch := store.ImportBatch{Rules: rules, Rows: make([]store.ImportRow, 0, batchRows)}
	for len(batch.Rows) < batchRows && r.Position().Offset-from < batchBytes {
		rec, err := r.Read()
		if err == io.EOF {
			batch.Last = true
			break
		}
		if err != nil {
			return batch, err
		}
		batch.Rows = append(batch.Rows, rules.Row(rec.Line, rec.Fields, rec.Loose))
	}
	batch.Next = store.ImportPosition(r.Position())
	return batch, nil
}

// wait is the next batch, however long it takes to read.
func (f *importFile) wait(ctx context.Context) (store.ImportBatch, error) {
	if f.failed != nil {
		return store.ImportBatch{}, f.failed
	}
	select {
	case b := <-f.batches:
		return f.take(b), b.err
	case <-ctx.Done():
		return store.ImportBatch{}, ctx.Err()
	}
}

func (f *importFile) take(b readBatch) store.ImportBatch {
	if f.failed = b.err; b.err == nil {
		f.at, f.ended = b.Next.Offset, b.Last
	}
	return b.ImportBatch
}

// more gives batches until there are about so many rows, or none is ready.
func (f *importFile) more(rows, limit int) func() (store.ImportBatch, bool) {
	timer := time.NewTimer(0)
	return func() (store.ImportBatch, bool) {
		if rows >= limit || f.failed != nil {
			return store.ImportBatch{}, false
		}
		timer.Reset(batchWait)
		select {
		case b := <-f.batches:
			rows += len(b.Rows)
			batch := f.take(b)
			return batch, f.failed == nil
		case <-timer.C:
			return store.ImportBatch{}, false
		}
	}
}
