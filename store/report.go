package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Report is what somebody else says became of a delivery: a mail service, an
// app on a phone, a page of the sender's own.
type Report struct {
	Metric    Metric
	Recipient string
	Reason    string
	Href      string    // of a click
	At        time.Time // zero: now
}

// Metric is what became of a delivery after it was sent, in the reference
// product's words.
type Metric string

const (
	DeliveredMetric    Metric = "delivered"
	OpenedMetric       Metric = "opened"
	ClickedMetric      Metric = "clicked"
	ConvertedMetric    Metric = "converted"
	BouncedMetric      Metric = "bounced"
	DeferredMetric     Metric = "deferred"
	DroppedMetric      Metric = "dropped"
	SpammedMetric      Metric = "spammed"
	UnsubscribedMetric Metric = "unsubscribed"
)

// Reported keeps a report. The first one of a kind counts for a delivery;
// clicks count as they do on its links. Whoever calls a message spam, or is
// said to have unsubscribed, gets no more. An unknown metric is ErrNotFound.
func (s *Store) Reported(ctx context.Context, ws WorkspaceID, d Delivery, r Report) error {
	switch r.Metric {
	case OpenedMetric:
		return s.Opened(ctx, ws, d, Engagement{})
	case ClickedMetric:
		return s.Clicked(ctx, ws, d, Engagement{Href: r.Href})
	case UnsubscribedMetric:
		return s.UnsubscribeByDelivery(ctx, ws, d, "Reported by a program.")
	case SpammedMetric:
		if err := s.noteReport(ctx, ws, d, r); err != nil {
			return err
		}
		return s.UnsubscribeByDelivery(ctx, ws, d, "Called a message spam.")
	case DeliveredMetric, ConvertedMetric, BouncedMetric, DeferredMetric, DroppedMetric:
		return s.noteReport(ctx, ws, d, r)
	}
	return ErrNotFound
}

// reportData is what an activity tells of a report.
type reportData struct {
	Recipient string `json:"recipient,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

func (s *Store) noteReport(ctx context.Context, ws WorkspaceID, d Delivery, r Report) error {
	return s.update(ctx, func(tx *Tx) error {
		a := Activity{
			PersonID: d.PersonID, DeliveryID: d.ID, Type: stepActivity(DeliveryState(r.Metric), d.Channel),
			Data: json.RawMessage(encode(reportData{r.Recipient, r.Reason})), OccurredAt: cmp.Or(r.At, tx.now),
		}
		fresh, err := tx.note(ws, a, fmt.Sprintf("%s %d", r.Metric, d.ID))
		if fresh {
			tx.countRecipient(ws, d, string(r.Metric))
		}
		return err
	})
}
