package engine

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
)

// fullDisk lets an engine save no result while it says so, and counts the
// tries.
type fullDisk struct {
	full  atomic.Bool
	tries atomic.Int64
}

func (d *fullDisk) under(e *Engine) *Engine {
	save := e.delivered
	e.delivered = func(ctx context.Context, ws store.WorkspaceID, delivery store.Delivery, r store.Result) error {
		d.tries.Add(1)
		if d.full.Load() && r.State != store.Uncertain {
			return store.ErrFull
		}
		return save(ctx, ws, delivery, r)
	}
	return e
}

// handedOver is a house whose server has taken a message, which cannot be
// saved.
func handedOver(t *testing.T) (*house, *fullDisk, store.Campaign) {
	t.Helper()
	h, disk := newHouse(t, smtptest.Options{}), &fullDisk{}
	disk.full.Store(true)
	h.start(disk.under(h.engine(h.mailer)))
	c := h.campaign(h.ws, "bought", hello)
	h.person(h.ws, "ada@x.test", nil)
	h.event(h.ws, "ada@x.test", "bought", `{"item":"a lamp"}`)
	h.until("tried to save twice", func() bool { return disk.tries.Load() >= 2 })
	if s := h.states(h.ws, c); s["handed"] != 1 || h.smtp.Count() != 1 {
		t.Fatalf("while the disk is full: %v, received %d", s, h.smtp.Count())
	}
	return h, disk, c
}

func TestAnswerIsSavedWhenTheDiskHasRoomAgain(t *testing.T) {
	h, disk, c := handedOver(t)
	disk.full.Store(false)
	h.until("saved", func() bool { return h.states(h.ws, c)["sent"] == 1 })
	h.stop()
	if h.smtp.Count() != 1 {
		t.Errorf("received %d times", h.smtp.Count())
	}
	h.whole()
}

func TestAnswerThatIsNeverSavedIsUncertain(t *testing.T) {
	h, _, c := handedOver(t)
	h.clock.advance(saveUntil + time.Minute)
	h.until("given up", func() bool { return h.states(h.ws, c)["uncertain"] == 1 })
	h.stop()
	h.whole()
}

func TestAnswerIsUncertainAfterAStopBeforeItWasSaved(t *testing.T) {
	h, _, c := handedOver(t)
	h.restart()
	h.until("found", func() bool { return h.states(h.ws, c)["uncertain"] == 1 })
	h.stop()
	if h.smtp.Count() != 1 {
		t.Errorf("received %d times", h.smtp.Count())
	}
	h.whole()
}
