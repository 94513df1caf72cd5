package bench

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
)

const (
	segmentPeople  = 1_000_000
	eventsEach     = 5
	eventsASecond  = 1000
	buyers         = `{"and":[{"attribute":{"field":"plan","operator":"eq","value":"pro"}},{"event":{"name":"purchased","at_least":2,"within":"30d"}},{"not":{"segment":{"name":"Trial"}}}]}`
	buyersBaseline = `
		select count(*) from people p
		where p.workspace_id = 1 and p.attributes ->> '$.plan' = 'pro'
		and p.person_id in (
			select person_id from activities
			where workspace_id = 1 and type = 'event' and name = 'purchased' and occurred_at >= ?
			group by person_id having count(*) >= 2)
		and p.person_id not in (select person_id from segment_members where workspace_id = 1 and segment_id = 1)`
)

// BenchmarkSegments builds a segment over a million people and five million
// events while calls go on, beside one query that only counts its members; then
// it lets events arrive and looks how soon each moves its person.
func BenchmarkSegments(b *testing.B) {
	for b.Loop() {
		db, ws, file := crowd(b)
		build(b, db, ws, file)
		arrive(b, db, ws)
	}
}

// crowd is a workspace as years have filled it: written straight into the
// tables, because it is not what is measured.
func crowd(b *testing.B) (*store.Store, store.Workspace, string) {
	file := filepath.Join(b.TempDir(), "bench.db")
	db, err := store.Open(file)
	check(b, err)
	_, ws, err := db.SetUp(context.Background(), store.Setup{
		Account: "Acme", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: store.NewWorkspace{Name: "Acme", Identifiers: identity.EmailOrID},
	})
	check(b, err)
	trial, err := db.CreateSegment(context.Background(), ws.ID, store.NewSegment{Name: "Trial", Manual: true}, store.CommandLine)
	check(b, err)
	check(b, db.Close())
	raw, err := sql.Open("sqlite3", "file:"+file+"?_journal_mode=wal&_synchronous=off&_cache_size=-200000")
	check(b, err)
	now := time.Now().UnixMicro()
	for _, query := range []string{
		`with recursive n (i) as (select 1 union all select i + 1 from n where i < ?2)
		insert into people (workspace_id, id, email, email_key, attributes, created_at, updated_at)
		select ?1, 'usr_' || i, 'person' || i || '@example.com', 'person' || i || '@example.com',
			'{"beta":true,"city":"Accra","company":"Company ' || (i % 5000) || '","first_name":"Ada' || (i % 1000) || '","last_name":"Okafor","plan":"' ||
			case i % 3 when 0 then 'free' when 1 then 'pro' else 'team' end || '","visits":' || (i % 977) || '}', ?3 - 400 * 86400000000, ?3 from n`,
		`with recursive n (i) as (select 0 union all select i + 1 from n where i < ?2 * 5 - 1)
		insert into activities (workspace_id, person_id, type, name, data, occurred_at)
		select ?1, 1 + abs(random()) % ?2, 'event', case abs(random()) % 5 when 0 then 'purchased' when 1 then 'viewed' when 2 then 'searched' when 3 then 'signed_in' else 'shared' end,
			'{"total":' || (i % 100) || '}', ?3 - (abs(random()) % 90) * 86400000000 from n`,
		`insert into segment_members (workspace_id, segment_id, person_id, entered_at) select ?1, 1, person_id, ?3 from people where person_id % 10 = 0 and ?2 > 0`,
		`update workspaces set people = ?2 where workspace_id = ?1 and ?3 > 0`,
		`update segments set people = ?2 / 10 where workspace_id = ?1 and ?3 > 0`,
	} {
		_, err := raw.Exec(query, ws.ID, segmentPeople, now)
		check(b, err)
	}
	check(b, raw.Close())
	onDisk(b, file)
	if db, err = store.Open(file); trial.ID != 1 || err != nil {
		b.Fatal(trial, err)
	}
	b.Cleanup(func() { db.Close() })
	return db, ws, file
}

// onDisk waits until the file is on disk, so that nothing measured does.
func onDisk(b *testing.B, file string) {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	check(b, err)
	check(b, f.Sync())
	check(b, f.Close())
}

func build(b *testing.B, db *store.Store, ws store.Workspace, file string) {
	ctx := context.Background()
	raw, err := sql.Open("sqlite3", "file:"+file+"?mode=ro&_cache_size=-32000")
	check(b, err)
	defer raw.Close()
	count := func() (n int, took time.Duration) {
		start := time.Now()
		check(b, raw.QueryRow(buyersBaseline, time.Now().AddDate(0, 0, -30).UnixMicro()).Scan(&n))
		return n, time.Since(start)
	}
	count() // the file is in the system's cache for both
	n, baseline := count()

	c, err := condition.Parse([]byte(buyers))
	check(b, err)
	g, err := db.CreateSegment(ctx, ws.ID, store.NewSegment{Name: "Buyers", Condition: *c}, store.CommandLine)
	check(b, err)
	slowest, stop := calls(b, db, ws)
	start, cpu := time.Now(), cpuTime()
	for g.Building() {
		check(b, db.BuildSegments(ctx, ws.ID, 100_000))
		g, err = db.Segment(ctx, ws.ID, g.ID)
		check(b, err)
	}
	took, used := time.Since(start), cpuTime()-cpu
	stop()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Printf("segments: %d of %d people, %d events: built in %.2f s (CPU %.2f s) while calls wait at most %v; one query that counts %d of them: %.2f s; ratio %.1f; heap %d MB\n",
		g.People, segmentPeople, segmentPeople*eventsEach, took.Seconds(), used.Seconds(), slowest(), n, baseline.Seconds(), took.Seconds()/baseline.Seconds(), memory.HeapSys>>20)
	b.ReportMetric(took.Seconds(), "build-s")
}

// calls lets somebody identify people, one after the other, and remembers the
// longest wait.
func calls(b *testing.B, db *store.Store, ws store.Workspace) (slowest func() time.Duration, stop func()) {
	var most atomic.Int64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			start := time.Now()
			_, err := db.Identify(context.Background(), ws.ID, store.Identify{Ref: someRef(i), Attributes: store.Attributes{"visits": float64(i)}})
			if err != nil {
				b.Error(err)
				return
			}
			most.Store(max(most.Load(), int64(time.Since(start))))
		}
	}()
	return func() time.Duration { return time.Duration(most.Load()).Round(time.Millisecond) }, func() { close(done); <-ended }
}

func someRef(i int) identity.Ref {
	return identity.Ref{Kind: identity.ID, Value: fmt.Sprintf("usr_%d", 1+i*7919%segmentPeople)}
}

// arrive sends a thousand events a second and measures from each call until
// its answer, which comes when the membership that follows from it is on disk.
func arrive(b *testing.B, db *store.Store, ws store.Workspace) {
	const seconds = 5
	times := make(chan time.Duration, eventsASecond*seconds)
	start := time.Now()
	for i := range eventsASecond * seconds {
		time.Sleep(time.Until(start.Add(time.Duration(i) * time.Second / eventsASecond)))
		go func() {
			began := time.Now()
			if err := db.Track(context.Background(), ws.ID, store.Event{Ref: someRef(i), Type: store.EventActivity, Name: "purchased"}); err != nil {
				b.Error(err)
			}
			times <- time.Since(began)
		}()
	}
	var all []time.Duration
	for range cap(times) {
		all = append(all, <-times)
	}
	rate := float64(len(all)) / time.Since(start).Seconds()
	slices.Sort(all)
	fmt.Printf("segments: %.0f events/s, each with its membership on disk after p50 %v, p99 %v\n", rate,
		all[len(all)/2].Round(10*time.Microsecond), all[len(all)*99/100].Round(10*time.Microsecond))
	b.ReportMetric(all[len(all)*99/100].Seconds()*1e3, "event-p99-ms")
}
