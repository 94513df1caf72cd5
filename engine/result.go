package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/store"
)

// result says what a server's answer means for a delivery.
func (e *Engine) result(d store.Delivery, r channel.Result) store.Result {
	switch r.Outcome {
	case channel.Sent:
		return store.Result{State: store.Sent}
	case channel.Uncertain:
		return store.Result{State: store.Uncertain, Reason: r.Message}
	case channel.Permanent:
		return store.Result{State: store.Failed, Reason: r.Message}
	}
	pause, again := channel.Backoff(d.Attempts+1, uint64(d.ID))
	if !again {
		return store.Result{State: store.Failed, Reason: fmt.Sprintf("Given up after %d tries. The last answer: %s", d.Attempts+1, r.Message)}
	}
	return store.Result{State: store.Attempted, Reason: r.Message, RetryAt: e.store.Now().Add(max(pause, r.RetryAfter))}
}

const (
	saveSoon  = 100 * time.Millisecond // before an answer that was not saved is tried again, at first
	saveLater = 5 * time.Second        // … at most
	saveUntil = time.Hour              // after which its delivery is uncertain
)

// keepResult saves what came of a delivery. Its server has answered, so when
// that cannot be saved, on a full disk for example, the answer is kept in
// memory and tried again. The worker waits with it: what else it would hand
// over could not be saved either. When Postroom stops meanwhile, the next start
// declares the delivery uncertain.
func (e *Engine) keepResult(ctx context.Context, c store.Candidate, r store.Result) error {
	since, pause := e.store.Now(), saveSoon
	for {
		err := e.delivered(context.WithoutCancel(ctx), c.Workspace.ID, c.Delivery, r)
		if err == nil || ctx.Err() != nil || errors.Is(err, store.ErrNotFound) {
			return err
		}
		if pause == saveSoon {
			e.log.Error("the answer of a server was not saved; it is tried again", "workspace", c.Workspace.ID, "delivery", c.ID, "answer", r.State, "err", err)
		}
		if e.store.Now().Sub(since) > saveUntil && r.State != store.Uncertain {
			r = store.Result{State: store.Uncertain, Reason: fmt.Sprintf("The server's answer could not be saved for %d minutes. The message may have arrived.", int(saveUntil.Minutes()))}
		}
		sleep(ctx, pause)
		pause = min(2*pause, saveLater)
	}
}
