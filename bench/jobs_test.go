package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
)

// BenchmarkFilters asks for pages of filtered lists with 1,000 and with
// 1,000,000 people. Those of segments and events are led by an index; that of an
// attribute looks at everybody, in bounded time.
func BenchmarkFilters(b *testing.B) {
	for b.Loop() {
		for _, n := range []int{1_000, 1_000_000} {
			filterTimes(b, n)
		}
	}
}

// filters is what is asked for. The segment has a hundredth of all people; a
// tenth bought something.
var filters = []struct{ name, text string }{
	{"everybody, by email", ``},
	{"attribute, a third", `{"attribute": {"field": "plan", "operator": "eq", "value": "pro"}}`},
	{"attribute, 1 in 1,000", `{"attribute": {"field": "first_name", "operator": "eq", "value": "ada7"}}`},
	{"attribute, nobody", `{"attribute": {"field": "plan", "operator": "eq", "value": "none"}}`},
	{"segment", `{"segment": {"name": "Few"}}`},
	{"segment and attribute", `{"and": [{"segment": {"name": "Few"}}, {"attribute": {"field": "plan", "operator": "eq", "value": "pro"}}]}`},
	{"event", `{"event": {"name": "bought", "within": "30d"}}`},
}

func filterTimes(b *testing.B, n int) {
	db, ws := newStore(b)
	addPeople(b, db, ws, n)
	ctx := context.Background()
	for i := 0; i < n; i += 10 {
		check(b, db.Track(ctx, ws.ID, store.Event{Ref: identity.Ref{Kind: identity.ID, Value: fmt.Sprintf("usr_%07d", i)}, Type: store.EventActivity, Name: "bought", Data: []byte(`{}`)}))
		if i >= 50_000 && n > 50_000 {
			break
		}
	}
	few, err := db.CreateSegment(ctx, ws.ID, store.NewSegment{Name: "Few", Manual: true}, store.CommandLine)
	check(b, err)
	var ids []store.PersonID
	for i := 1; i <= n; i += 100 { // keys are handed out from one on
		ids = append(ids, store.PersonID(i))
	}
	_, err = db.AddToSegment(ctx, ws.ID, few.ID, ids, store.CommandLine)
	check(b, err)
	for _, f := range filters {
		p50, p99, searched := pageTimes(b, db, ws, f.text, n)
		fmt.Printf("filter: %-22s at %9d: p50 %7.2f ms p99 %7.2f ms, pages cut short: %d of 200\n", f.name, n, ms(p50), ms(p99), searched)
	}
}

func pageTimes(b *testing.B, db *store.Store, ws store.Workspace, text string, n int) (p50, p99 time.Duration, short int) {
	q := store.PeopleQuery{Sort: store.ByEmail}
	if text != "" {
		c, err := condition.Parse([]byte(text))
		check(b, err)
		q = store.PeopleQuery{Filter: c}
	}
	var all []time.Duration
	for i := range 200 {
		start := time.Now()
		page, err := db.FindPeople(context.Background(), ws.ID, q, store.Page{Before: int64(1 + i*7919%n), Limit: 50})
		check(b, err)
		all = append(all, time.Since(start))
		if page.Searched > 0 {
			short++
		}
	}
	slices.Sort(all)
	return all[100], all[198], short
}

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
