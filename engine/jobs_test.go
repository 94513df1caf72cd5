package engine

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

func (w *importing) exporter() *Engine {
	return New(Config{Store: w.store, Log: slog.New(slog.DiscardHandler), Exports: w.files})
}

// exported runs an export to its end, interrupted after every turn, and gives
// the rows of its file.
func (w *importing) exported(n store.NewJob) (store.Job, [][]string) {
	w.Helper()
	ctx := context.Background()
	id, err := w.store.CreateJob(ctx, w.acme.ID, n, w.alice)
	w.must(err)
	for {
		j, err := w.store.NextJob(ctx, w.acme.ID)
		if errors.Is(err, store.ErrNotFound) {
			break
		}
		w.must(err)
		w.must(w.exporter().runJobs(ctx, w.acme.ID))
		w.scribble(j.File) // what a turn wrote that was cut short
	}
	j, err := w.store.Job(ctx, w.acme.ID, id)
	w.must(err)
	return j, w.rows(j)
}

func (w *importing) scribble(name string) {
	w.Helper()
	file, err := os.OpenFile(filepath.Join(w.files, name), os.O_APPEND|os.O_WRONLY, 0o600)
	w.must(err)
	defer file.Close()
	_, err = file.WriteString("half a row")
	w.must(err)
}

// rows is what an export wrote: its first Size bytes.
func (w *importing) rows(j store.Job) [][]string {
	w.Helper()
	file, err := os.Open(filepath.Join(w.files, j.File))
	w.must(err)
	defer file.Close()
	from := io.LimitReader(file, j.Size)
	if j.Parameters.Gzip {
		from, err = gzip.NewReader(from)
		w.must(err)
	}
	rows, err := csv.NewReader(from).ReadAll()
	w.must(err)
	return rows
}

func TestExportsHaveEverybodyOnce(t *testing.T) {
	const people = exportBatch + 7
	w := newImporting(t, identity.EmailOrID)
	w.addMany(people)
	for _, zip := range []bool{false, true} {
		j, rows := w.exported(store.NewJob{Kind: store.ExportJob, Parameters: store.JobParameters{Columns: []string{"id", "note", "n"}, Gzip: zip}})
		if j.State != store.JobDone || j.Found != people || len(rows) != people+1 {
			t.Fatalf("gzip %v: %s, %d found, %d rows", zip, j.State, j.Found, len(rows))
		}
		seen := map[string]bool{}
		for _, row := range rows[1:] {
			if seen[row[0]] || "u"+row[2] != row[0] || row[1] != "'=1+1, \"a\"\nb" {
				t.Fatalf("there is a row %v", row)
			}
			seen[row[0]] = true
		}
	}
}

// addMany adds people, many at a time, so that they share commits.
func (w *importing) addMany(n int) {
	w.Helper()
	var wg sync.WaitGroup
	next := make(chan int)
	for range 64 {
		wg.Go(func() {
			for i := range next {
				_, err := w.store.Identify(context.Background(), w.acme.ID, store.Identify{
					Ref:        identity.Ref{Kind: identity.ID, Value: fmt.Sprintf("u%d", i)},
					Attributes: store.Attributes{"note": "=1+1, \"a\"\nb", "n": fmt.Sprint(i)},
				})
				if err != nil {
					w.Error(err)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

func TestOldExportsAreRemoved(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	w.addMany(3)
	j, _ := w.exported(store.NewJob{Kind: store.ExportJob, Parameters: store.JobParameters{Columns: []string{"id"}}})
	w.must(os.WriteFile(filepath.Join(w.files, "notes.txt"), nil, 0o600))
	w.must(os.WriteFile(filepath.Join(w.files, "stray.csv.gz"), nil, 0o600))
	names := func() (all []string) {
		files, err := os.ReadDir(w.files)
		w.must(err)
		for _, file := range files {
			all = append(all, file.Name())
		}
		return all
	}
	w.must(w.exporter().sweepExportsOnce(context.Background()))
	if got := names(); len(got) != 2 || !slices.Contains(got, j.File) {
		t.Errorf("after a sweep there is %v", got)
	}
	w.store.SetClock(func() time.Time { return time.Now().Add(store.KeepExports + time.Minute) })
	w.must(w.exporter().sweepExportsOnce(context.Background()))
	if got := names(); len(got) != 1 || j.FileStays(w.store.Now()) {
		t.Errorf("after a week there is %v", got)
	}
}

// A job that cannot go on keeps no other waiting, goes on when the cause is
// gone, and is given up when it is not.
func TestJobThatFails(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	w.addMany(2*jobBatch + 50) // more than two turns of a job
	now := time.Now()
	w.store.SetClock(func() time.Time { return now })
	folder := filepath.Join(w.files, "exports")
	w.must(os.WriteFile(folder, nil, 0o600)) // where the folder should be
	e := New(Config{Store: w.store, Log: slog.New(slog.DiscardHandler), Exports: folder})
	ctx := context.Background()
	start := func(n store.NewJob) store.JobID {
		t.Helper()
		id, err := w.store.CreateJob(ctx, w.acme.ID, n, w.alice)
		w.must(err)
		now = now.Add(time.Second)
		return id
	}
	state := func(id store.JobID) store.Job {
		t.Helper()
		j, err := w.store.Job(ctx, w.acme.ID, id)
		w.must(err)
		return j
	}
	export := store.NewJob{Kind: store.ExportJob, Parameters: store.JobParameters{Columns: []string{"id"}}}
	stuck, other := start(export), start(store.NewJob{Kind: store.UnsubscribeJob})
	failures := 0
	for range 8 {
		now = now.Add(time.Second)
		if err := e.runJobs(ctx, w.acme.ID); err != nil {
			failures++
		}
		if state(other).State == store.JobDone {
			break
		}
	}
	if failures != 1 {
		t.Errorf("it failed %d times before the other was done, and each time all wait", failures)
	}
	if got := state(other).State; got != store.JobDone || state(stuck).State != store.JobRunning {
		t.Fatalf("the other job is %s, the one that fails %s", got, state(stuck).State)
	}
	w.must(os.Remove(folder)) // soon enough
	now = now.Add(time.Minute)
	w.must(e.runJobs(ctx, w.acme.ID))
	if got := state(stuck); got.State != store.JobDone || got.Found != 2*jobBatch+50 {
		t.Errorf("%s, %d found", got.State, got.Found)
	}

	w.must(os.RemoveAll(folder))
	w.must(os.WriteFile(folder, nil, 0o600))
	stuck = start(export)
	for range 2 {
		if err := e.runJobs(ctx, w.acme.ID); err == nil {
			t.Error("it went on")
		}
		now = now.Add(jobPatience + time.Second)
	}
	if got := state(stuck); got.State != store.JobFailed || !strings.Contains(got.Problem, "could not go on for an hour") {
		t.Errorf("%s: %s", got.State, got.Problem)
	}
}
