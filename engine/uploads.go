package engine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	sweepEvery = 6 * time.Hour
	// strayAfter is the age at which a file that belongs to no import is left
	// over: no upload takes as long.
	strayAfter = 24 * time.Hour
)

// sweepUploads removes, at the start and from time to time, files of uploads
// that broke off. They hold people's data, so they do not stay.
func (e *Engine) sweepUploads(ctx context.Context) {
	for e.uploads != "" && ctx.Err() == nil {
		if err := e.sweep(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("the folder of uploads was not swept; it is tried again", "err", err)
		}
		sleep(ctx, sweepEvery)
	}
}

func (e *Engine) sweep(ctx context.Context) error {
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = e.store.ForgetJournals(ctx); err != nil {
			return err
		}
	}
	files, err := os.ReadDir(e.uploads)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, file := range files {
		stray, err := e.stray(ctx, file)
		if err != nil {
			return err
		}
		if stray {
			e.removeUpload(file.Name())
		}
	}
	return nil
}

// stray says whether a file is left over. Only files as uploads are named are
// looked at, so that nothing goes that somebody else put there.
func (e *Engine) stray(ctx context.Context, file fs.DirEntry) (bool, error) {
	if !file.Type().IsRegular() || filepath.Ext(file.Name()) != ".csv" {
		return false, nil
	}
	info, err := file.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // deleted meanwhile, with its import
	}
	if err != nil || e.store.Now().Sub(info.ModTime()) < strayAfter {
		return false, err
	}
	known, err := e.store.FileOfImport(ctx, file.Name())
	return !known, err
}

// removeUpload removes a file that no import has any more.
func (e *Engine) removeUpload(name string) {
	err := os.Remove(filepath.Join(e.uploads, filepath.Base(name)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		e.log.Error("an uploaded file was not removed; it is tried again", "file", name, "err", err)
	}
}
