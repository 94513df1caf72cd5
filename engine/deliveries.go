package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/postroom/postroom/store"
)

// deliveryBatch is how many messages a workspace may put into the queue in one
// turn: few, so that a big send does not keep another workspace's message
// waiting.
const deliveryBatch = 64

// errand is one delivery to be made.
type errand struct {
	ws store.WorkspaceID
	id store.DeliveryID
}

// dispatch gives workers what is due. Which deliveries they have is known here
// alone; that each is handed over once is held in the database.
type dispatch struct {
	engine   *Engine
	errands  chan errand
	mu       sync.Mutex
	underway map[store.WorkspaceID]map[store.DeliveryID]bool
	finished chan struct{} // rings when a worker is done
}

// deliveries makes all deliveries until ctx ends. Those that were begun are
// brought to their result.
func (e *Engine) deliveries(ctx context.Context) {
	d := &dispatch{engine: e, errands: make(chan errand, e.workers), underway: map[store.WorkspaceID]map[store.DeliveryID]bool{}, finished: make(chan struct{}, 1)}
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
	due, err := d.engine.store.DueDeliveries(ctx, ws, deliveryBatch+d.count(ws))
	if err != nil {
		return 0, err
	}
	given := 0
	for _, id := range due {
		if !d.begin(ws, id) {
			continue
		}
		select {
		case d.errands <- errand{ws, id}:
			given++
		case <-ctx.Done():
			return given, nil
		}
	}
	return given, d.engine.store.EndTurn(ctx, ws, store.Deliveries)
}

func (d *dispatch) count(ws store.WorkspaceID) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.underway[ws])
}

// begin notes that a delivery is under way; false: it was already.
func (d *dispatch) begin(ws store.WorkspaceID, id store.DeliveryID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.underway[ws][id] {
		return false
	}
	if d.underway[ws] == nil {
		d.underway[ws] = map[store.DeliveryID]bool{}
	}
	d.underway[ws][id] = true
	return true
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
	for errand := range d.errands {
		if ctx.Err() == nil {
			d.deliver(ctx, errand)
		}
		d.end(errand.ws, errand.id)
	}
}

func (d *dispatch) deliver(ctx context.Context, at errand) {
	err := d.engine.deliver(ctx, at.ws, at.id)
	if err == nil || errors.Is(err, store.ErrNotFound) || ctx.Err() != nil {
		return
	}
	d.engine.log.Error("delivery failed inside Postroom; it is tried again", "workspace", at.ws, "delivery", at.id, "err", err)
	if err := d.engine.store.PostponeDelivery(ctx, at.ws, at.id); err != nil {
		d.engine.troubled(ctx, store.Deliveries, at.ws, err)
		sleep(ctx, patience)
	}
}
