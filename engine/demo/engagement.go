package demo

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/postroom/postroom/store"
)

// Of a hundred messages, so many are opened, and of those so many clicked.
const (
	opens  = 46
	clicks = 22
)

// readers opens what arrived in a workspace since it was looked at last.
type readers struct {
	ws   store.WorkspaceID
	last store.DeliveryID
}

// read plans who opens the messages that were sent since, who clicks a link in
// them, and when. What one does follows from the delivery's number.
func (d *demo) read(ctx context.Context) error {
	for i := range d.readers {
		r := &d.readers[i]
		arrived, err := d.db.Deliveries(ctx, r.ws, store.DeliveryFilter{}, store.Page{After: int64(r.last), Limit: 1000})
		if err != nil {
			return err
		}
		for _, l := range arrived {
			r.last = max(r.last, l.ID)
			if l.State == store.Sent && l.Channel == store.EmailChannel {
				d.readOne(r.ws, l.Delivery)
			}
		}
	}
	slices.SortStableFunc(d.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	return nil
}

func (d *demo) readOne(ws store.WorkspaceID, l store.Delivery) {
	chance := rand.New(rand.NewPCG(7, uint64(l.ID)))
	if chance.IntN(100) >= opens {
		return
	}
	at := time.UnixMicro(d.at.Load()).Add(time.Duration(5+chance.IntN(600)) * time.Minute)
	d.plans(at, func(ctx context.Context) error { return d.db.Opened(ctx, ws, l, store.Engagement{}) })
	if chance.IntN(100) < clicks {
		href := []string{"https://app.example.com/start", "https://docs.example.com/first-steps", "https://app.example.com/plans"}[chance.IntN(3)]
		d.plans(at.Add(time.Duration(1+chance.IntN(9))*time.Minute), func(ctx context.Context) error {
			return d.db.Clicked(ctx, ws, l, store.Engagement{Href: href})
		})
	}
}
