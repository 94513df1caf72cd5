package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// BenchmarkExport writes 1,000,000 people with all their columns to a file and
// changes them with a job, and says what memory the process takes meanwhile.
func BenchmarkExport(b *testing.B) {
	for b.Loop() {
		for _, n := range []int{100_000, 1_000_000} {
			exportTime(b, n)
		}
	}
}

func exportTime(b *testing.B, n int) {
	db, ws := fullStore(b, n)
	defer db.Close()
	folder := b.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- engine.New(engine.Config{Store: db, Log: quiet(), Exports: folder}).Run(ctx)
	}()
	columns, err := db.ExportColumns(ctx, ws.ID)
	check(b, err)
	for _, job := range []store.NewJob{
		{Kind: store.ExportJob, Parameters: store.JobParameters{Columns: columns}},
		{Kind: store.ExportJob, Parameters: store.JobParameters{Columns: columns, Gzip: true}},
		{Kind: store.AttributeJob, Parameters: store.JobParameters{Attribute: "seen", Value: true}},
	} {
		start, before := time.Now(), rss(b)
		id, err := db.CreateJob(ctx, ws.ID, job, store.CommandLine)
		check(b, err)
		done, peak := awaitJob(b, db, ws, id)
		spent := time.Since(start)
		fmt.Printf("job: %-13s gzip %-5v of %7d people: %7.0f a second, %4d MB written, memory %d MB before, at most %d MB\n",
			job.Kind, job.Parameters.Gzip, done.Found, float64(done.Found)/spent.Seconds(), done.Size>>20, before, peak)
	}
	stop()
	check(b, <-ended)
}

// fullStore is a store with people that was just opened: what adding them left
// in memory is gone.
func fullStore(b *testing.B, n int) (*store.Store, store.Workspace) {
	path := filepath.Join(b.TempDir(), "bench.db")
	db, err := store.Open(path)
	check(b, err)
	_, ws, err := db.SetUp(context.Background(), store.Setup{
		Account: "Acme", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: store.NewWorkspace{Name: "Acme", Identifiers: identity.EmailOrID},
	})
	check(b, err)
	addPeople(b, db, ws, n)
	check(b, db.Close())
	debug.FreeOSMemory()
	db, err = store.Open(path)
	check(b, err)
	return db, ws
}

// awaitJob is the job when it is done, and the most memory seen meanwhile.
func awaitJob(b *testing.B, db *store.Store, ws store.Workspace, id store.JobID) (store.Job, int) {
	for peak := 0; ; time.Sleep(20 * time.Millisecond) {
		peak = max(peak, rss(b))
		j, err := db.Job(context.Background(), ws.ID, id)
		check(b, err)
		if j.State != store.JobRunning {
			if j.State != store.JobDone {
				b.Error(errors.New(j.Problem))
			}
			return j, peak
		}
	}
}

// rss is the memory of this process in megabytes.
func rss(b *testing.B) int {
	text, err := os.ReadFile(filepath.Join("/proc", "self", "status"))
	check(b, err)
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	check(b, err)
	return kb >> 10
}
