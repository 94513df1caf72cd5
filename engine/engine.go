// Package engine is what happens when nobody is looking: it moves people along
// workflows, composes messages and hands them over, builds segments and runs
// imports. All that it knows is in the store; a step is a state in the
// database before the next one begins, so it can stop anywhere.
package engine

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/store"
)

// Mailer hands mail over to a server.
type Mailer interface {
	Send(ctx context.Context, from, to string, raw []byte) channel.Result
}

// Config is what an Engine needs.
type Config struct {
	Store   *store.Store
	Log     *slog.Logger
	BaseURL string           // where messages' links lead; no slash at the end
	Mailer  Mailer           // nil: mail lands in the built-in mailbox
	Webhook *channel.Webhook // hands webhooks over
	Uploads string           // folder of files to import
	Exports string           // folder of files that exports write
	Workers int              // messages under way at once; zero: 32
	Poll    time.Duration    // within which work of other processes is found; zero: a second
}

// Engine does the work that the store says is due.
type Engine struct {
	store   *store.Store
	log     *slog.Logger
	baseURL string
	mailer  Mailer
	webhook *channel.Webhook
	uploads string
	exports string
	workers int
	poll    time.Duration

	backlogs map[store.WorkspaceID][]store.JourneyID // see nextJourneys

	failing map[failingJob]time.Time // since when; of the goroutine that runs jobs alone

	files      importFiles
	importTurn int

	// delivered saves a result; a test lets the disk be full with it.
	delivered func(context.Context, store.WorkspaceID, store.Delivery, store.Result) error
}

// New is an engine ready to run.
func New(c Config) *Engine {
	if c.Workers == 0 {
		c.Workers = 32
	}
	if c.Poll == 0 {
		c.Poll = time.Second
	}
	return &Engine{
		store: c.Store, log: c.Log, baseURL: strings.TrimSuffix(c.BaseURL, "/"),
		mailer: c.Mailer, webhook: c.Webhook, uploads: c.Uploads, exports: c.Exports, workers: c.Workers, poll: c.Poll,
		backlogs: map[store.WorkspaceID][]store.JourneyID{},
		failing:  map[failingJob]time.Time{},
		files:    importFiles{}, importTurn: importTurn,
		delivered: c.Store.Delivered,
	}
}

// UsesMailbox says whether messages land in the built-in mailbox.
func (e *Engine) UsesMailbox() bool { return e.mailer == nil }

// Run works until ctx ends, then lets what was handed over come to its result.
// It must be the only engine on its database: it begins by declaring uncertain
// what another one left handed over.
func (e *Engine) Run(ctx context.Context) error {
	lost, err := e.store.MarkUncertain(ctx)
	if err != nil {
		return err
	}
	if lost > 0 {
		e.log.Warn("messages were handed over when Postroom stopped; they are marked uncertain", "count", lost)
	}
	var wg sync.WaitGroup
	wg.Go(func() { e.deliveries(ctx) })
	wg.Go(func() { e.rounds(ctx, store.Journeys, e.moveJourneys) })
	wg.Go(func() { e.rounds(ctx, store.Segments, e.buildSegments) })
	wg.Go(func() { e.rounds(ctx, store.SegmentClock, e.followClock) })
	wg.Go(func() { e.rounds(ctx, store.Imports, e.runImports) })
	wg.Go(func() { e.rounds(ctx, store.Campaigns, e.workCampaigns) })
	wg.Go(func() { e.rounds(ctx, store.Dates, e.followDates) })
	wg.Go(func() { e.rounds(ctx, store.Schedules, e.store.FollowSchedules) })
	wg.Go(func() { e.rounds(ctx, store.Reentries, e.reenter) })
	wg.Go(func() { e.rounds(ctx, store.Purges, e.purge) })
	wg.Go(func() { e.rounds(ctx, store.Jobs, e.runJobs) })
	wg.Go(func() { e.tidySearch(ctx) })
	wg.Go(func() { e.sweepUploads(ctx) })
	wg.Go(func() { e.sweepExports(ctx) })
	wg.Go(func() { e.rounds(ctx, store.IdentifierChanges, e.checkIdentifiers) })
	wg.Go(func() { e.rounds(ctx, store.Departures, e.settleDepartures) })
	wg.Wait()
	return nil
}

const (
	patience = 5 * time.Second // before a workspace whose turn failed gets another
	round    = 100             // workspaces that are asked about at once
)

// rounds gives each workspace that has work of a kind its turn, over and over.
// A turn is short, so that no workspace waits long for another.
func (e *Engine) rounds(ctx context.Context, kind store.Kind, turn func(context.Context, store.WorkspaceID) error) {
	for ctx.Err() == nil {
		due, next, err := e.store.Turns(ctx, kind, round)
		if err != nil {
			e.troubled(ctx, kind, 0, err)
			sleep(ctx, patience)
			continue
		}
		for _, ws := range due {
			if ctx.Err() != nil {
				return
			}
			e.take(ctx, kind, ws, turn)
		}
		if len(due) == 0 {
			wait(ctx, e.store.Woken(kind), e.pause(next))
		}
	}
}

// take gives one workspace its turn. What goes wrong there stays there.
func (e *Engine) take(ctx context.Context, kind store.Kind, ws store.WorkspaceID, turn func(context.Context, store.WorkspaceID) error) {
	err := e.exists(ctx, kind, ws)
	if err == nil {
		err = turn(ctx, ws)
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	if err == errGone {
		err = e.store.DropTurn(ctx, ws, kind)
	} else {
		e.troubled(ctx, kind, ws, err)
		err = e.store.DelayTurn(ctx, ws, kind, patience)
	}
	if err != nil {
		e.troubled(ctx, kind, ws, err)
		sleep(ctx, patience)
	}
}

func (e *Engine) troubled(ctx context.Context, kind store.Kind, ws store.WorkspaceID, err error) {
	if ctx.Err() == nil {
		e.log.Error("work failed; it is tried again", "kind", kind, "workspace", ws, "err", err)
	}
}

// pause is how long to wait for new work, given when the next is due (zero:
// none is). What is due already but could not be done is looked at again after
// a moment.
func (e *Engine) pause(next time.Time) time.Duration {
	if next.IsZero() {
		return e.poll
	}
	return min(e.poll, max(next.Sub(e.store.Now()), time.Millisecond))
}

// wait returns when there is new work, or after a pause.
func wait(ctx context.Context, woken <-chan struct{}, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C:
	}
}

func sleep(ctx context.Context, d time.Duration) { wait(ctx, nil, d) }
