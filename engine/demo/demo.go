// Package demo makes the account that development, screenshots and browser
// tests use: several workspaces with people, and campaigns that really ran
// over the past two weeks, into the built-in mailbox.
package demo

import (
	"context"
	"embed"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

//go:embed campaigns/*.json
var documents embed.FS

// Email and Password are the demo owner's.
const (
	Email    = "rosa@northwind.example"
	Password = "a postroom for everyone"
)

// workspaces is what the demo account has; share is of the people.
var workspaces = []struct {
	store.NewWorkspace
	share     float64
	campaigns []string
}{
	{store.NewWorkspace{Name: "Northwind", Color: "moss", Identifiers: identity.EmailOrID, Sending: store.SendNormal}, .50, []string{"trial", "digest"}},
	{store.NewWorkspace{Name: "Fieldnotes", Color: "iris", Identifiers: identity.EmailOnly, Sending: store.SendNormal}, .22, []string{"welcome", "lapsed"}},
	{store.NewWorkspace{Name: "Halcyon Coffee", Color: "tomato", Identifiers: identity.EmailOrID, Sending: store.SendNormal}, .12, []string{"welcome"}},
	{store.NewWorkspace{Name: "Northwind UK", Color: "sea", Identifiers: identity.IDOnly, Sending: store.SendNormal}, .10, []string{"trial"}},
	{store.NewWorkspace{Name: "Northwind sandbox", Color: "ochre", Identifiers: identity.EmailOrID, Sending: store.SendTest, TestAddress: Email}, .02, []string{"trial"}},
	{store.NewWorkspace{Name: "Orbit (archive)", Color: "slate", Identifiers: identity.IDOnly, Sending: store.SendNever}, .04, nil},
}

// demo is one filling under way. Its clock runs through the past two weeks.
type demo struct {
	db      *store.Store
	random  *rand.Rand
	at      atomic.Int64 // unix microseconds
	by      store.Actor
	start   time.Time // the first midnight
	end     time.Time
	moments []moment
	readers []readers
}

// Fill makes the demo account with some thousand people in all. hash is that
// of Password. The database must be fresh: ErrSetUp otherwise.
func Fill(ctx context.Context, db *store.Store, hash string, people int) error {
	d := &demo{db: db, random: rand.New(rand.NewPCG(1, 2)), end: time.Now()} // the same account every time
	d.start = d.end.AddDate(0, 0, -days).Truncate(24 * time.Hour)
	d.at.Store(d.start.UnixMicro())
	db.SetClock(func() time.Time { return time.UnixMicro(d.at.Load()) })
	defer db.SetClock(time.Now)

	owner, first, err := db.SetUp(ctx, store.Setup{Account: "Northwind Ltd", Name: "Rosa Amado", Email: Email, PasswordHash: hash, Workspace: workspaces[0].NewWorkspace})
	if err != nil {
		return err
	}
	d.by = store.By(owner)
	running, stop := context.WithCancel(ctx)
	defer stop()
	worker := engine.New(engine.Config{Store: db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), BaseURL: "http://127.0.0.1:8080", Poll: 2 * time.Millisecond})
	done := make(chan error, 1)
	go func() { done <- worker.Run(running) }()

	if err := d.rooms(ctx, first, people); err != nil {
		return err
	}
	if err := d.play(ctx); err != nil {
		return err
	}
	if err := d.simulate(ctx, first.ID); err != nil {
		return err
	}
	stop()
	return <-done
}

// rooms makes the workspaces with what runs in them, and plans who comes and
// what they do.
func (d *demo) rooms(ctx context.Context, first store.Workspace, people int) (err error) {
	for i, w := range workspaces {
		ws := first
		if i > 0 {
			if ws, err = d.db.CreateWorkspace(ctx, w.NewWorkspace, d.by); err != nil {
				return err
			}
		}
		if err := d.room(ctx, ws, w.campaigns); err != nil {
			return fmt.Errorf("%s: %w", w.Name, err)
		}
		d.readers = append(d.readers, readers{ws: ws.ID})
		d.plan(ws, int(w.share*float64(people)))
	}
	return nil
}

func (d *demo) room(ctx context.Context, ws store.Workspace, campaigns []string) error {
	for _, t := range []store.Topic{
		{Name: "Product news", Description: "What is new, about once a month", Subscribed: true},
		{Name: "Offers", Description: "When something costs less", Subscribed: true},
	} {
		if _, err := d.db.CreateTopic(ctx, ws.ID, t, d.by); err != nil {
			return err
		}
	}
	if err := d.segments(ctx, ws); err != nil {
		return err
	}
	if err := d.settle(ctx); err != nil {
		return err
	}
	for _, name := range campaigns {
		if err := d.campaign(ctx, ws, name); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) segments(ctx context.Context, ws store.Workspace) error {
	for name, text := range map[string]string{
		"Paying": `{"or":[{"attribute":{"field":"plan","operator":"eq","value":"team"}},{"attribute":{"field":"plan","operator":"eq","value":"pro"}}]}`,
		"Trial":  `{"attribute":{"field":"plan","operator":"eq","value":"trial"}}`,
		"Lapsed": `{"attribute":{"field":"lapsed","operator":"is_true"}}`,
	} {
		c, err := condition.Parse([]byte(text))
		if err != nil {
			return err
		}
		if _, err := d.db.CreateSegment(ctx, ws.ID, store.NewSegment{Name: name, Condition: *c}, d.by); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) campaign(ctx context.Context, ws store.Workspace, name string) error {
	text, err := documents.ReadFile("campaigns/" + name + ".json")
	if err != nil {
		return err
	}
	doc, err := workflow.Parse(text)
	if err != nil {
		return err
	}
	c, err := d.db.ImportCampaign(ctx, ws.ID, doc, d.by)
	if err != nil {
		return err
	}
	_, err = d.db.StartCampaign(ctx, ws.ID, c.ID, true, d.by)
	return err
}

// simulate leaves a simulation of the first campaign behind.
func (d *demo) simulate(ctx context.Context, ws store.WorkspaceID) error {
	all, err := d.db.CampaignsByID(ctx, ws, store.Page{Before: 2, Limit: 1})
	if err != nil || len(all) == 0 {
		return err
	}
	c := all[0]
	likely, err := store.LikelyPeople(c.Draft.Trigger)
	if err != nil {
		return err
	}
	n := store.NewSimulation{Campaign: c.ID, Query: likely, Most: 100, Expected: store.PeopleCount{People: 100}, Again: true}
	if _, err := d.db.CreateSimulation(ctx, ws, n, d.by); err != nil {
		return err
	}
	return d.settle(ctx)
}

// settle waits until nothing is due at the demo's time.
func (d *demo) settle(ctx context.Context) error {
	for ctx.Err() == nil {
		busy, err := d.db.Busy(ctx)
		if err != nil || !busy {
			return err
		}
		time.Sleep(2 * time.Millisecond)
	}
	return ctx.Err()
}
