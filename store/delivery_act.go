package store

import (
	"context"
	"fmt"
)

// What people do with deliveries. None of it reaches anybody by itself: it
// puts a delivery back into the queue, where every gate is passed again.

// ApproveDraft sends a draft. It is composed again, from what the campaign and
// the person are now. ErrChanged says that it is no draft any more.
func (s *Store) ApproveDraft(ctx context.Context, ws WorkspaceID, id DeliveryID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		d, err := tx.delivery(ws, id)
		if err != nil {
			return err
		}
		if d.State != Drafted {
			return ErrChanged
		}
		if err := tx.requeue(ws, d); err != nil {
			return err
		}
		return tx.noted(ws, by, "Sent a draft", d.label(), "")
	})
}

// SendAgain gives a delivery that was not sent, or perhaps not, another try.
// Whoever is unsubscribed or gone gets nothing.
func (s *Store) SendAgain(ctx context.Context, ws WorkspaceID, id DeliveryID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		d, err := tx.delivery(ws, id)
		if err != nil {
			return err
		}
		if !d.State.MayRepeat() {
			return ErrChanged
		}
		if err := tx.mayReceive(ws, d); err != nil {
			return err
		}
		if err := tx.requeue(ws, d); err != nil {
			return err
		}
		return tx.noted(ws, by, "Sent a message again", d.label(), fmt.Sprintf("It was %s. %s", d.State, d.Reason))
	})
}

// MayRepeat says whether a delivery in this state can be sent again.
func (s DeliveryState) MayRepeat() bool {
	return s == Failed || s == Undeliverable || s == Uncertain
}

// mayReceive tells at once what the gates would say later.
func (tx *Tx) mayReceive(ws WorkspaceID, d Delivery) error {
	if d.Personless {
		return nil
	}
	if d.PersonID == 0 {
		return Invalid{"state": "The person was deleted, so there is nobody to send this to."}
	}
	p, err := person(context.Background(), tx, ws, d.PersonID)
	if err != nil {
		return err
	}
	if !d.Channel.ToPeople() {
		return nil
	}
	to, err := tx.takers(ws, d)
	if err != nil || to.ToAll() {
		return err
	}
	if p.Unsubscribed {
		return Invalid{"state": "The person is unsubscribed, so this stays unsent. Only they can ask for messages again."}
	}
	t, err := tx.topicOf(ws, d)
	if err == nil && t != nil && !p.Wants(*t) {
		return Invalid{"state": fmt.Sprintf("The person is not subscribed to the topic “%s”, so this stays unsent.", t.Name)}
	}
	return err
}

// Discard takes a draft out. It stays in the ledger as undeliverable.
func (s *Store) Discard(ctx context.Context, ws WorkspaceID, id DeliveryID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		d, err := tx.delivery(ws, id)
		if err != nil {
			return err
		}
		if d.State != Drafted {
			return ErrChanged
		}
		if _, err := tx.step(ws, d, step{to: Undeliverable, reason: fmt.Sprintf("%s discarded this draft.", by.Name)}); err != nil {
			return err
		}
		return tx.noted(ws, by, "Discarded a draft", d.label(), "")
	})
}

// LastDraft is the newest draft of a campaign, zero when there is none. Those
// up to it are what somebody sees when they decide to send all.
func (s *Store) LastDraft(ctx context.Context, ws WorkspaceID, campaign CampaignID) (id DeliveryID, err error) {
	err = s.read.QueryRowContext(ctx, `
		select coalesce(max(delivery_id), 0) from deliveries
		where workspace_id = ? and campaign_id = ? and state = 'drafted'`, ws, campaign).Scan(&id)
	return id, err
}

// ApproveDrafts sends drafts of a campaign, those up to last, at most limit,
// and says how many. Less than limit means that none is left.
func (s *Store) ApproveDrafts(ctx context.Context, ws WorkspaceID, campaign CampaignID, last DeliveryID, limit int, by Actor) (n int, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		rows, err := tx.query(`
			select `+deliveryColumns+` from deliveries d
			where workspace_id = ? and campaign_id = ? and state = 'drafted' and delivery_id <= ?
			order by delivery_id
			limit ?`, ws, campaign, last, limit)
		drafts, err := collect(rows, err, scanDelivery)
		if err != nil {
			return err
		}
		for _, d := range drafts {
			if err := tx.requeue(ws, d); err != nil {
				return err
			}
		}
		if n = len(drafts); n == 0 {
			return nil
		}
		c, err := scanCampaign(tx.row(`select `+campaignColumns+` from campaigns where workspace_id = ? and campaign_id = ?`, ws, campaign).Scan)
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Sent drafts", c.Name, fmt.Sprintf("%d of them.", n))
	})
	return n, err
}

// requeue makes a delivery due now, as one that a person said to send, with
// all its tries before it.
func (tx *Tx) requeue(ws WorkspaceID, d Delivery) error {
	moved, err := tx.step(ws, d, step{to: Queued, dueAt: tx.now, attempts: -d.Attempts})
	if err != nil {
		return err
	}
	if !moved {
		return ErrChanged
	}
	return tx.execOne(`update deliveries set approved = 1 where workspace_id = ? and delivery_id = ?`, ws, d.ID)
}

func (tx *Tx) delivery(ws WorkspaceID, id DeliveryID) (Delivery, error) {
	return scanDelivery(tx.row(`
		select `+deliveryColumns+` from deliveries d where workspace_id = ? and delivery_id = ?`, ws, id).Scan)
}

// label is the best word for a delivery: whom it is to.
func (d Delivery) label() string {
	if d.Recipient != "" {
		return d.Recipient
	}
	return fmt.Sprintf("Delivery %d", d.ID)
}
