package bench

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

const (
	// Who waits, is parted by an attribute and waits again.
	waitingRoom = `{"postroom":1,"campaign":{"name":"Waiting room","trigger":{"type":"event","event":"joined"},"exit":"never","frequency":"every","actions":[
		{"key":"pause","type":"delay","duration":"1d"},
		{"key":"split","type":"branch","paths":[
			{"name":"Pro","when":{"attribute":{"field":"plan","operator":"eq","value":"pro"}},"actions":[{"key":"long","type":"delay","duration":"60d"}]},
			{"name":"Others","actions":[{"key":"short","type":"delay","duration":"30d"}]}]}]}}`

	receipt = `{"postroom":1,"campaign":{"name":"Receipt","trigger":{"type":"event","event":"bought"},"exit":"never","frequency":"every","actions":[
		{"key":"mail","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Thanks","body":"<p>Thanks</p>"}]}}`
)

var waitingPeople = flag.Int("waiting", 1_000_000, "people who wait in BenchmarkJourneys")

// BenchmarkJourneys lets a million people wait in a delay, looks what that
// costs, then lets all of them be due at once: each is read, asked by a branch
// and moved to another delay. Beside it a bare loop moves as many rows, a
// thousand in each transaction. Meanwhile another workspace sends a message now
// and then.
func BenchmarkJourneys(b *testing.B) {
	for b.Loop() {
		file, ws := waitingCrowd(b)
		bare := moveBare(b, file)
		db, err := store.Open(file)
		check(b, err)
		idle, perSecond, slowest := moveAll(b, db, ws)
		check(b, db.Close())
		b.ReportMetric(idle, "idle-cpu-ms/s")
		b.ReportMetric(perSecond, "people/s")
		b.ReportMetric(bare, "bare-rows/s")
		b.ReportMetric(perSecond/bare, "ratio")
		b.ReportMetric(slowest.Seconds(), "slowest-message-s")
		fmt.Printf("journeys: %d people wait for %.1f ms of CPU a second; due, %.0f a second go on; a bare update loop moves %.0f rows/s; ratio %.2f; another workspace's message took %s at most\n",
			*waitingPeople, idle, perSecond, bare, perSecond/bare, slowest.Round(time.Millisecond))
	}
}

// waitingCrowd is written straight into the tables: it is not what is measured.
func waitingCrowd(b *testing.B) (file string, ws store.Workspace) {
	b.Helper()
	ctx := context.Background()
	file = filepath.Join(b.TempDir(), "bench.db")
	db, err := store.Open(file)
	check(b, err)
	_, ws, err = db.SetUp(ctx, store.Setup{
		Account: "Acme", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: store.NewWorkspace{Name: "Acme", Identifiers: identity.EmailOrID},
	})
	check(b, err)
	c := startCampaign(b, db, ws, waitingRoom)
	check(b, db.Close())
	raw, err := sql.Open("sqlite3", "file:"+file+"?_journal_mode=wal&_synchronous=off&_cache_size=-400000")
	check(b, err)
	defer raw.Close()
	now := time.Now()
	for _, query := range []string{
		`with recursive n (i) as (select 1 union all select i + 1 from n where i < ?3)
		insert into people (workspace_id, id, email, email_key, attributes, created_at, updated_at)
		select ?1, 'usr_' || i, 'person' || i || '@example.com', 'person' || i || '@example.com',
			json_object('first_name', 'Ada' || i, 'plan', case i % 3 when 0 then 'pro' else 'free' end, 'city', 'Accra'), ?4 - i, ?4 - i
		from n`,
		`insert into journeys (workspace_id, campaign_id, person_id, state, position, waits, arrived_at, due_at, entered_at, activated_at)
		select workspace_id, ?2, person_id, 'active', 'pause', 1, ?4, ?4 + 86400000000 - abs(random()) % 1000000, ?4, ?4 from people where workspace_id = ?1`,
		`insert into campaign_counts (workspace_id, campaign_id, action_key, metric, n) values (?1, ?2, '', 'active', ?3), (?1, ?2, 'pause', 'waiting', ?3)`,
		`insert or replace into turns (kind, workspace_id, due_at) values ('journeys', ?1, ?4 + 86400000000 - 1000000)`,
	} {
		_, err := raw.Exec(query, ws.ID, c.ID, *waitingPeople, now.UnixMicro())
		check(b, err)
	}
	_, err = raw.Exec(`analyze`)
	check(b, err)
	_, err = raw.Exec(`pragma wal_checkpoint(truncate)`)
	check(b, err)
	return file, ws
}

func startCampaign(b *testing.B, db *store.Store, ws store.Workspace, text string) store.Campaign {
	b.Helper()
	doc, err := workflow.Parse([]byte(text))
	check(b, err)
	c, err := db.ImportCampaign(context.Background(), ws.ID, doc, store.CommandLine)
	check(b, err)
	_, err = db.StartCampaign(context.Background(), ws.ID, c.ID, false, store.CommandLine)
	check(b, err)
	return c
}

// moveBare is the least that moving takes: due rows are updated by their index,
// with full synchronisation as the store has.
func moveBare(b *testing.B, file string) float64 {
	b.Helper()
	twin := file + ".bare"
	check(b, copyFile(file, twin))
	raw, err := sql.Open("sqlite3", "file:"+twin+"?_journal_mode=wal&_synchronous=full&_cache_size=-32000&_txlock=immediate")
	check(b, err)
	defer os.Remove(twin)
	defer raw.Close()
	raw.SetMaxOpenConns(1)
	due := time.Now().Add(48 * time.Hour).UnixMicro()
	start, moved := time.Now(), int64(0)
	for moved < int64(*waitingPeople) {
		result, err := raw.Exec(`
			update journeys set position = 'short', arrived_at = ?1, due_at = ?1 + 2592000000000 where journey_id in (
				select journey_id from journeys where workspace_id = 1 and due_at <= ?1 order by due_at limit 1000)`, due)
		check(b, err)
		n, _ := result.RowsAffected()
		moved += n
	}
	return float64(moved) / time.Since(start).Seconds()
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer out.Close()
	_, err = io.Copy(out, in)
	return err
}

func moveAll(b *testing.B, db *store.Store, ws store.Workspace) (idle, perSecond float64, slowest time.Duration) {
	ctx := context.Background()
	var ahead time.Duration
	db.SetClock(func() time.Time { return time.Now().Add(ahead) })
	other, err := db.CreateWorkspace(ctx, store.NewWorkspace{Name: "Other", Identifiers: identity.EmailOrID}, store.CommandLine)
	check(b, err)
	small := startCampaign(b, db, other, receipt)
	_, err = db.Identify(ctx, other.ID, store.Identify{Ref: identity.Ref{Kind: identity.Email, Value: "ada@x.test"}})
	check(b, err)

	run := func(work func()) {
		running, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		worker := engine.New(engine.Config{Store: db, Log: quiet(), BaseURL: "https://post.test"})
		go func() { done <- worker.Run(running) }()
		work()
		stop()
		check(b, <-done)
	}
	run(func() {
		time.Sleep(time.Second)
		before := cpuTime()
		time.Sleep(5 * time.Second)
		idle = float64((cpuTime() - before).Milliseconds()) / 5
	})
	ahead = 25 * time.Hour
	run(func() {
		start := time.Now()
		var took []time.Duration
		for moved(b, db, ws) < *waitingPeople {
			began := time.Now()
			check(b, db.Track(ctx, other.ID, store.Event{Ref: identity.Ref{Kind: identity.Email, Value: "ada@x.test"}, Type: store.EventActivity, Name: "bought"}))
			for sent(b, db, other, small) <= len(took) {
				time.Sleep(5 * time.Millisecond)
			}
			took = append(took, time.Since(began))
			time.Sleep(500 * time.Millisecond)
		}
		perSecond = float64(*waitingPeople) / time.Since(start).Seconds()
		slowest = slices.Max(took)
	})
	return idle, perSecond, slowest
}

func moved(b *testing.B, db *store.Store, ws store.Workspace) int {
	counts, err := db.CampaignCounts(context.Background(), ws.ID, 1)
	check(b, err)
	return counts["long"]["waiting"] + counts["short"]["waiting"]
}

func sent(b *testing.B, db *store.Store, ws store.Workspace, c store.Campaign) int {
	counts, err := db.CampaignCounts(context.Background(), ws.ID, c.ID)
	check(b, err)
	return counts[""]["sent"]
}
