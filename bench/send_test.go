package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

const messages = 20_000

const letter = `{"postroom":1,"campaign":{"name":"To everyone",
	"trigger":{"type":"segment","segment":{"name":"Everyone"},"when":"enter"},"exit":"never","frequency":"once",
	"actions":[{"key":"m","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}",
	"subject":"Hello {{customer.first_name}}","layout":"Default",
	"body":"<h1>Hello {{customer.first_name}}</h1>{% for i in (1..20) %}<p>Row {{i}}: {{customer.plan | upcase}} for {{customer.first_name}}, <a href=\"https://acme.test/{{i}}\">read on</a></p>{% endfor %}"}]}}`

// BenchmarkSend is a campaign to 20,000 people: from its start until the last
// message is in the ledger as sent, through a real SMTP server in this
// process. Beside it a bare loop of as many connections sends the same bytes.
func BenchmarkSend(b *testing.B) {
	for b.Loop() {
		whole, sample := sendCampaign(b)
		bare := sendBare(b, sample)
		b.ReportMetric(whole, "messages/s")
		b.ReportMetric(bare, "bare-messages/s")
		b.ReportMetric(whole/bare, "ratio")
		fmt.Printf("send: %.0f messages/s end to end; a bare loop sends the same %d bytes %.0f times/s; ratio %.2f\n", whole, len(sample), bare, whole/bare)
	}
}

func sendCampaign(b *testing.B) (perSecond float64, sample []byte) {
	ctx := context.Background()
	db, ws := newStore(b)
	everyone, err := condition.Parse([]byte(`{"attribute":{"field":"email","operator":"exists"}}`))
	check(b, err)
	_, err = db.CreateSegment(ctx, ws.ID, store.NewSegment{Name: "Everyone", Condition: *everyone}, store.CommandLine)
	check(b, err)
	check(b, db.BuildSegments(ctx, ws.ID, 10))
	addPeople(b, db, ws, messages)

	var last atomic.Pointer[[]byte]
	server := smtptest.Start(b, smtptest.Options{})
	mailer, err := channel.NewSMTP(server.URL(), channel.Options{Connections: 16})
	check(b, err)
	defer mailer.Close()
	doc, err := workflow.Parse([]byte(letter))
	check(b, err)
	c, err := db.ImportCampaign(ctx, ws.ID, doc, store.CommandLine)
	check(b, err)
	worker := engine.New(engine.Config{Store: db, Log: quiet(), BaseURL: "https://post.test", Mailer: mailer})
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- worker.Run(running) }()

	start := time.Now()
	_, err = db.StartCampaign(ctx, ws.ID, c.ID, true, store.CommandLine)
	check(b, err)
	for {
		counts, err := db.CampaignCounts(ctx, ws.ID, c.ID)
		check(b, err)
		if counts[""]["sent"] == messages {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	took := time.Since(start)
	stop()
	check(b, <-done)
	last.Store(&server.Messages()[0].Raw)
	return messages / took.Seconds(), *last.Load()
}

func sendBare(b *testing.B, sample []byte) float64 {
	server := smtptest.Start(b, smtptest.Options{})
	mailer, err := channel.NewSMTP(server.URL(), channel.Options{Connections: 16})
	check(b, err)
	defer mailer.Close()
	var wg sync.WaitGroup
	start := time.Now()
	for range 16 {
		wg.Go(func() {
			for range messages / 16 {
				if r := mailer.Send(context.Background(), "hi@acme.test", "ada@x.test", sample); r.Outcome != channel.Sent {
					b.Error(r.Message)
					return
				}
			}
		})
	}
	wg.Wait()
	return messages / time.Since(start).Seconds()
}

func newStore(b *testing.B) (*store.Store, store.Workspace) {
	b.Helper()
	db, err := store.Open(filepath.Join(b.TempDir(), "bench.db"))
	check(b, err)
	b.Cleanup(func() { db.Close() })
	_, ws, err := db.SetUp(context.Background(), store.Setup{
		Account: "Acme", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: store.NewWorkspace{Name: "Acme", Identifiers: identity.EmailOrID},
	})
	check(b, err)
	return db, ws
}

// addPeople adds n people, as many at a time as share a commit.
func addPeople(b *testing.B, db *store.Store, ws store.Workspace, n int) {
	b.Helper()
	const together = 256
	var wg sync.WaitGroup
	for begin := range together {
		wg.Go(func() {
			for i := begin; i < n; i += together {
				if _, err := db.Identify(context.Background(), ws.ID, somebody(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func somebody(i int) store.Identify {
	email := fmt.Sprintf("person%d@%s.example", i, []string{"north", "south", "east", "west"}[i%4])
	return store.Identify{
		Ref: identity.Ref{Kind: identity.ID, Value: fmt.Sprintf("usr_%07d", i)}, Body: identity.Body{Email: &email},
		Attributes: store.Attributes{"first_name": fmt.Sprintf("Ada%d", i%1000), "last_name": "Okafor", "plan": []string{"free", "pro", "team"}[i%3], "city": "Accra"},
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
