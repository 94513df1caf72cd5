package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// Report is what somebody else says became of a delivery: a mail service, an
// app on a phone, a page of the sender's own.
//
// The first one of a kind counts for a delivery; clicks count as they do on its
// links. Whoever calls a message spam, or is said to have unsubscribed, gets no
// more.
type Report struct {
	Delivery  Delivery
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

func (r Report) do(tx *Tx, ws WorkspaceID) error {
	d := r.Delivery
	switch r.Metric {
	case OpenedMetric:
		return tx.opened(ws, d, Engagement{})
	case ClickedMetric:
		return tx.clicked(ws, d, Engagement{Href: r.Href})
	case UnsubscribedMetric:
		return tx.unsubscribeByDelivery(ws, d, "Reported by a program.")
	case SpammedMetric:
		if err := tx.noteReport(ws, r); err != nil {
			return err
		}
		return tx.unsubscribeByDelivery(ws, d, "Called a message spam.")
	case ConvertedMetric:
		return tx.convert(ws, d, r.At, json.RawMessage(encode(reportData{r.Recipient, r.Reason})))
	case DeliveredMetric, BouncedMetric, DeferredMetric, DroppedMetric:
		return tx.noteReport(ws, r)
	}
	return Rejected{fmt.Sprintf("“%s” is not a metric of a delivery", r.Metric)}
}

// reportData is what an activity tells of a report.
type reportData struct {
	Recipient string `json:"recipient,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

func (tx *Tx) noteReport(ws WorkspaceID, r Report) error {
	d := r.Delivery
	a := Activity{
		PersonID: d.PersonID, DeliveryID: d.ID, Type: stepActivity(DeliveryState(r.Metric), d.Channel),
		Data: json.RawMessage(encode(reportData{r.Recipient, r.Reason})), OccurredAt: r.At,
	}
	fresh, err := tx.note(ws, a, fmt.Sprintf("%s %d", r.Metric, d.ID))
	if fresh {
		tx.countRecipient(ws, d, string(r.Metric))
	}
	return err
}
