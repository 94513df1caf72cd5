package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// DueDeliveries is the workspace's deliveries that are due, the longest due
// first.
func (s *Store) DueDeliveries(ctx context.Context, ws WorkspaceID, limit int) ([]DeliveryID, error) {
	rows, err := s.read.QueryContext(ctx, `
		select delivery_id from deliveries
		where workspace_id = ? and due_at <= ?
		order by due_at, delivery_id
		limit ?`, ws, micros(s.now()), limit)
	return collect(rows, err, func(scan func(...any) error) (id DeliveryID, err error) {
		err = scan(&id)
		return id, err
	})
}

// Candidate is a delivery that is due, with all that composing it takes.
type Candidate struct {
	Delivery
	Approved     bool // a person said to send this draft
	Workspace    Workspace
	CampaignName string
	Action       *workflow.Action // nil when it is no longer in the workflow
	Layout       string           // HTML; empty for none
	Person       Person           // zero once they are deleted
	Event        TriggerEvent
}

// Candidate reads what a due delivery is made of. ErrNotFound says that it is
// no longer due: somebody took it.
func (s *Store) Candidate(ctx context.Context, ws WorkspaceID, id DeliveryID) (c Candidate, err error) {
	var version int
	var event string
	c.Delivery, err = scanDelivery(func(dest ...any) error {
		return s.read.QueryRowContext(ctx, `
			select `+deliveryColumns+`, d.approved, c.name, c.version, coalesce(j.event, '{}')
			from deliveries d
			join campaigns c on c.workspace_id = d.workspace_id and c.campaign_id = d.campaign_id
			left join journeys j on j.workspace_id = d.workspace_id and j.journey_id = d.journey_id
			where d.workspace_id = ? and d.delivery_id = ? and d.due_at is not null`, ws, id).
			Scan(append(dest, &c.Approved, &c.CampaignName, &version, &event)...)
	})
	if err != nil {
		return c, known(err)
	}
	if err := json.Unmarshal([]byte(event), &c.Event); err != nil {
		return c, err
	}
	if c.Workspace, err = s.Workspace(ctx, ws); err != nil {
		return c, err
	}
	if c.Person, err = s.Person(ctx, ws, c.PersonID); err != nil && !errors.Is(err, ErrNotFound) {
		return c, err
	}
	return c, s.addAction(ctx, ws, &c, version)
}

// addAction finds the message in the live version: a change of it holds for
// everything that is not composed yet.
func (s *Store) addAction(ctx context.Context, ws WorkspaceID, c *Candidate, version int) error {
	plan, err := s.plans.get(ctx, s.read, ws, live{c.Campaign, version})
	if err != nil {
		return err
	}
	action, ok := plan.Action(c.Delivery.Action)
	if !ok {
		return nil
	}
	c.Action = action
	if action.Email == nil || action.Email.Layout == "" {
		return nil
	}
	layout, err := s.Layout(ctx, ws, action.Email.Layout)
	c.Layout = layout.HTML
	if errors.Is(err, ErrNotFound) {
		return Invalid{"layout": "There is no layout named “" + action.Email.Layout + "” in this workspace."}
	}
	return err
}

// Content is what a delivery says, as it was composed.
type Content struct {
	Sender    string
	Recipient string
	ReplyTo   string
	Subject   string
	HTML      string
	Text      string
}

// HandOver claims a due delivery and keeps what it says, right before it is
// given to a server. False: somebody else has claimed it. From here on, until
// Delivered, a crash leaves it uncertain.
func (s *Store) HandOver(ctx context.Context, ws WorkspaceID, d Delivery, content Content) (claimed bool, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		if claimed, err = tx.step(ws, d, step{to: Handed, attempts: 1}); err != nil || !claimed {
			return err
		}
		return tx.keepContent(ws, d.ID, content)
	})
	return claimed, err
}

func (tx *Tx) keepContent(ws WorkspaceID, id DeliveryID, c Content) error {
	err := tx.execOne(`update deliveries set recipient = ?, subject = ? where workspace_id = ? and delivery_id = ?`,
		c.Recipient, c.Subject, ws, id)
	if err != nil {
		return err
	}
	_, err = tx.exec(`
		insert into delivery_contents (workspace_id, delivery_id, sender, reply_to, html, text) values (?, ?, ?, ?, ?, ?)
		on conflict do update set sender = excluded.sender, reply_to = excluded.reply_to, html = excluded.html, text = excluded.text`,
		ws, id, c.Sender, c.ReplyTo, c.HTML, c.Text)
	return err
}

// Result is what came of handing over.
type Result struct {
	State   DeliveryState // Sent, Attempted, Failed or Uncertain
	Reason  string
	RetryAt time.Time // of Attempted
}

// Delivered keeps the result of a delivery that was handed over.
func (s *Store) Delivered(ctx context.Context, ws WorkspaceID, d Delivery, r Result) error {
	d.State = Handed
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.step(ws, d, step{to: r.State, reason: r.Reason, dueAt: r.RetryAt})
		return err
	})
}

// Hold ends a due delivery that is not handed over: Undeliverable when a rule
// holds it back, Failed when it cannot be composed.
func (s *Store) Hold(ctx context.Context, ws WorkspaceID, d Delivery, to DeliveryState, reason string) error {
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.step(ws, d, step{to: to, reason: reason})
		return err
	})
}

// KeepDraft keeps a composed message for a person to send.
func (s *Store) KeepDraft(ctx context.Context, ws WorkspaceID, d Delivery, content Content) error {
	return s.update(ctx, func(tx *Tx) error {
		kept, err := tx.step(ws, d, step{to: Drafted})
		if err != nil || !kept {
			return err
		}
		return tx.keepContent(ws, d.ID, content)
	})
}

// PutInMailbox delivers a message to the built-in mailbox. It is one
// transaction, so nothing about it can be uncertain.
func (s *Store) PutInMailbox(ctx context.Context, ws WorkspaceID, d Delivery, content Content, raw []byte) error {
	return s.update(ctx, func(tx *Tx) error {
		claimed, err := tx.step(ws, d, step{to: Sent, attempts: 1})
		if err != nil || !claimed {
			return err
		}
		if err := tx.keepContent(ws, d.ID, content); err != nil {
			return err
		}
		return tx.putInMailbox(ws, d.ID, content, raw)
	})
}

// MarkUncertain says of every delivery that was handed over when the server
// stopped that nobody knows whether it arrived. Called once, before anything
// is handed over again.
func (s *Store) MarkUncertain(ctx context.Context) (n int, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		rows, err := tx.query(`select workspace_id, ` + deliveryColumns + ` from deliveries d where state = 'handed'`)
		type handed struct {
			ws WorkspaceID
			d  Delivery
		}
		all, err := collect(rows, err, func(scan func(...any) error) (h handed, err error) {
			h.d, err = scanDelivery(func(dest ...any) error { return scan(append([]any{&h.ws}, dest...)...) })
			return h, err
		})
		if err != nil {
			return err
		}
		n = len(all)
		for _, h := range all {
			const reason = "Postroom stopped while this message was handed over, before the answer came. It may have arrived."
			if _, err := tx.step(h.ws, h.d, step{to: Uncertain, reason: reason}); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// PostponeDelivery lets a delivery that could not even be tried wait a little,
// so that it does not stand in the way of the others.
func (s *Store) PostponeDelivery(ctx context.Context, ws WorkspaceID, id DeliveryID) error {
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`
			update deliveries set due_at = ? where workspace_id = ? and delivery_id = ? and due_at is not null`,
			micros(tx.now.Add(later)), ws, id)
		tx.wake(Deliveries, ws, tx.now.Add(later))
		return err
	})
}
