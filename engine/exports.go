package engine

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/postroom/postroom/store"
)

// exportBatch is how many people, or deliveries, are written to a file in one
// turn. It bounds the memory, however many there are.
const exportBatch = 2000

// export writes the next rows of an export behind what is in its file. What
// a turn wrote that came to nothing is cut off by the next one, so everybody is
// there once.
func (e *Engine) export(ctx context.Context, ws store.WorkspaceID, j store.Job) error {
	if err := os.MkdirAll(e.exports, 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(e.exports, filepath.Base(j.File)), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < j.Size {
		return e.store.FailJob(ctx, ws, j, "Part of the file is no longer on the server. Export again.")
	}
	if err := file.Truncate(j.Size); err != nil {
		return err
	}
	batch, err := e.exportRows(ctx, ws, j)
	if err != nil {
		return err
	}
	size, err := appendRows(file, j, batch.Rows)
	if err != nil {
		return err
	}
	return e.store.Exported(ctx, ws, j, store.JobProgress{Found: len(batch.Rows), Next: batch.Next, Last: batch.Last, Size: size})
}

// exportRows is the rows that are written next.
func (e *Engine) exportRows(ctx context.Context, ws store.WorkspaceID, j store.Job) (store.ExportBatch, error) {
	if j.Parameters.Deliveries != nil {
		return e.store.ReadDeliveries(ctx, ws, j, exportBatch)
	}
	batch, err := e.store.ReadJob(ctx, ws, j, exportBatch)
	rows := make([][]string, len(batch.People))
	for i, p := range batch.People {
		rows[i] = make([]string, len(j.Parameters.Columns))
		for k, column := range j.Parameters.Columns {
			rows[i][k] = p.Cell(column, j.Parameters.Raw)
		}
	}
	return store.ExportBatch{Rows: rows, Next: batch.Next, Last: batch.Last}, err
}

// appendRows writes rows to the end of a file and gives its size. They are on
// disk when it returns. Each part of a compressed file is a gzip member of its
// own; all of them together are a gzip file.
func appendRows(file *os.File, j store.Job, rows [][]string) (int64, error) {
	if _, err := file.Seek(j.Size, io.SeekStart); err != nil {
		return 0, err
	}
	buffer := bufio.NewWriterSize(file, 1<<16)
	var to io.Writer = buffer
	if j.Parameters.Gzip {
		to = gzip.NewWriter(buffer)
	}
	if err := writeRows(to, j, rows); err != nil {
		return 0, err
	}
	if zip, ok := to.(*gzip.Writer); ok {
		if err := zip.Close(); err != nil {
			return 0, err
		}
	}
	if err := buffer.Flush(); err != nil {
		return 0, err
	}
	if err := file.Sync(); err != nil {
		return 0, err
	}
	return file.Seek(0, io.SeekCurrent)
}

func writeRows(to io.Writer, j store.Job, rows [][]string) error {
	w := csv.NewWriter(to)
	if j.Size == 0 {
		w.Write(headerOf(j)) // an error stays until Flush
	}
	w.WriteAll(rows)
	return w.Error()
}

// headerOf is the names of the columns, which people chose, too.
func headerOf(j store.Job) []string {
	header := make([]string, len(j.Parameters.Columns))
	for i, name := range j.Parameters.Columns {
		if header[i] = name; !j.Parameters.Raw && strings.ContainsRune("=+-@", rune(name[0])) {
			header[i] = "'" + name
		}
	}
	return header
}

// sweepExports removes, at the start and from time to time, files of exports
// that are old, cancelled or of workspaces that are gone.
func (e *Engine) sweepExports(ctx context.Context) {
	for e.exports != "" && ctx.Err() == nil {
		if err := e.sweepExportsOnce(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("the folder of exports was not swept; it is tried again", "err", err)
		}
		sleep(ctx, sweepEvery)
	}
}

func (e *Engine) sweepExportsOnce(ctx context.Context) error {
	files, err := os.ReadDir(e.exports)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, file := range files {
		name := file.Name()
		if !file.Type().IsRegular() || !strings.HasSuffix(name, ".csv") && !strings.HasSuffix(name, ".csv.gz") {
			continue // somebody else's
		}
		kept, err := e.store.FileOfExport(ctx, name)
		if err != nil {
			return err
		}
		if kept {
			continue
		}
		if err := os.Remove(filepath.Join(e.exports, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
