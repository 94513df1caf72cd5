package engine

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/postroom/postroom/store"
)

// deliveryBatch is how many messages a workspace may put into the queue in one
// turn: few, so that a big send does not keep another workspace's message
// waiting.
const deliveryBatch = 64

// dispatch gives workers what is due. Which deliveries they have is known here
// alone; that each is handed over once is held in the database.
type dispatch struct {
	engine   *Engine
	errands  chan store.Candidate
	mu       sync.Mutex
	underway map[store.WorkspaceID]map[store.DeliveryID]bool
	finished chan struct{} // rings when a worker is done
}

// deliveries makes all deliveries until ctx ends. Those that were begun are
// brought to their result.
func (e *Engine) deliveries(ctx context.Context) {
	d := &dispatch{engine: e, errands: make(chan store.Candidate, e.workers), underway: map[store.WorkspaceID]map[store.DeliveryID]bool{}, finished: make(chan struct{}, 1)}
	var wg sync.WaitGroup
	for range e.workers {
		wg.Go(func() { d.work(ctx) })
	}
	d.run(ctx)
	close(d.errands)
	wg.Wait()
}

func (d *dispatch) run(ctx context.Context) {
	for ctx.Err() == nil {
		due, next, err := d.engine.store.Turns(ctx, store.Deliveries, round)
		if err != nil {
			d.engine.troubled(ctx, store.Deliveries, 0, err)
			sleep(ctx, patience)
			continue
		}
		given := 0
		for _, ws := range due {
			d.engine.take(ctx, store.Deliveries, ws, func(ctx context.Context, ws store.WorkspaceID) error {
				n, err := d.turn(ctx, ws)
				given += n
				return err
			})
		}
		if given == 0 {
			d.wait(ctx, next)
		}
	}
}

// wait returns when there may be more to give out.
func (d *dispatch) wait(ctx context.Context, next time.Time) {
	timer := time.NewTimer(d.engine.pause(next))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-d.engine.store.Woken(store.Deliveries):
	case <-d.finished:
	case <-timer.C:
	}
}

// turn gives out some of a workspace's messages and says how many.
func (d *dispatch) turn(ctx context.Context, ws store.WorkspaceID) (int, error) {
	due, err := d.engine.store.DueCandidates(ctx, ws, d.begun(ws), deliveryBatch)
	if err != nil {
		return 0, err
	}
	for given, c := range due {
		d.begin(ws, c.ID)
		select {
		case d.errands <- c:
		case <-ctx.Done():
			return given, nil
		}
	}
	return len(due), d.engine.store.EndTurn(ctx, ws, store.Deliveries)
}

// begun is the workspace's deliveries that are under way.
func (d *dispatch) begun(ws store.WorkspaceID) []store.DeliveryID {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.AppendSeq([]store.DeliveryID{}, maps.Keys(d.underway[ws]))
}

func (d *dispatch) begin(ws store.WorkspaceID, id store.DeliveryID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.underway[ws] == nil {
		d.underway[ws] = map[store.DeliveryID]bool{}
	}
	d.underway[ws][id] = true
}

func (d *dispatch) end(ws store.WorkspaceID, id store.DeliveryID) {
	d.mu.Lock()
	delete(d.underway[ws], id)
	if len(d.underway[ws]) == 0 {
		delete(d.underway, ws)
	}
	d.mu.Unlock()
	select {
	case d.finished <- struct{}{}:
	default:
	}
}

// work makes deliveries one after the other. When ctx ends, those still in the
// queue stay queued in the database.
func (d *dispatch) work(ctx context.Context) {
	for c := range d.errands {
		if ctx.Err() == nil {
			d.deliver(ctx, c)
		}
		d.end(c.Workspace.ID, c.ID)
	}
}

func (d *dispatch) deliver(ctx context.Context, c store.Candidate) {
	err := d.engine.deliver(ctx, c)
	if err == nil || ctx.Err() != nil {
		return
	}
	ws := c.Workspace.ID
	d.engine.log.Error("delivery failed inside Postroom; it is tried again", "workspace", ws, "delivery", c.ID, "err", err)
	if err := d.engine.store.PostponeDelivery(ctx, ws, c.ID); err != nil {
		d.engine.troubled(ctx, store.Deliveries, ws, err)
		sleep(ctx, patience)
	}
}
