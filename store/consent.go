package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Steps of a delivery that its recipient makes.
const (
	OpenedActivity            ActivityType = "opened_email"
	ClickedActivity           ActivityType = "clicked_email"
	UnsubscribedEmailActivity ActivityType = "unsubscribed_email"
)

// Addressee is who received a delivery, as its links know them. Deliveries,
// people and workspaces go; links in messages stay. What is gone is zero.
type Addressee struct {
	Workspace WorkspaceID
	Name      string // of the workspace
	Delivery  Delivery
	Person    Person
}

// Addressee is whom the token in a message means. It needs no workspace: the
// token is the proof. ErrNotFound says that no message carries this token.
func (s *Store) Addressee(ctx context.Context, token string) (a Addressee, err error) {
	signer, err := s.Signer(ctx)
	if err != nil {
		return a, err
	}
	id, ok := signer.Delivery(token)
	if !ok {
		return a, ErrNotFound
	}
	a.Delivery, err = scanDelivery(func(dest ...any) error {
		return s.read.QueryRowContext(ctx, `
			select `+deliveryColumns+`, w.workspace_id, w.name
			from deliveries d join workspaces w using (workspace_id)
			where d.delivery_id = ?`, id).Scan(append(dest, &a.Workspace, &a.Name)...)
	})
	a.Delivery.ID = id
	if errors.Is(known(err), ErrNotFound) {
		return a, nil
	}
	if err != nil || a.Delivery.PersonID == 0 {
		return a, err
	}
	a.Person, err = s.Person(ctx, a.Workspace, a.Delivery.PersonID)
	if errors.Is(err, ErrNotFound) {
		return a, nil // deleted between the two queries
	}
	return a, err
}

// UnsubscribeByDelivery records that whoever received a delivery wants no more
// messages. Doing it twice, or for somebody who is gone, is fine.
func (s *Store) UnsubscribeByDelivery(ctx context.Context, ws WorkspaceID, d Delivery, how string) error {
	return s.update(ctx, func(tx *Tx) error { return tx.unsubscribeByDelivery(ws, d, how) })
}

func (tx *Tx) unsubscribeByDelivery(ws WorkspaceID, d Delivery, how string) error {
	p, err := person(context.Background(), tx, ws, d.PersonID)
	if errors.Is(err, ErrNotFound) || err == nil && p.Unsubscribed {
		return nil
	}
	if err != nil {
		return err
	}
	tx.countRecipient(ws, d, "unsubscribed")
	return tx.setConsent(ws, p.ID, true, Activity{PersonID: p.ID, DeliveryID: d.ID, Type: UnsubscribedEmailActivity},
		map[string]string{"by": "the person", "how": how})
}

// SubscribeByDelivery records that whoever received a delivery asked for
// messages again: an opt-in by the person themselves.
func (s *Store) SubscribeByDelivery(ctx context.Context, ws WorkspaceID, d Delivery, why string) error {
	err := s.setConsent(ctx, ws, d.PersonID, false, Activity{PersonID: d.PersonID, DeliveryID: d.ID, Type: SubscribedActivity},
		map[string]string{"by": "the person", "why": why})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Engagement is how an open or a click came about.
type Engagement struct {
	Href       string `json:"href,omitempty"`       // of a click
	Proxied    bool   `json:"proxied,omitempty"`    // fetched by a mail service for the person
	Prefetched bool   `json:"prefetched,omitempty"` // fetched before anybody looked
	Synthetic  bool   `json:"synthetic,omitempty"`  // an open that a click tells of
	Machine    bool   `json:"machine,omitempty"`    // a click by a program
}

// Opened records the first open of a delivery, and the first that a machine
// made before anybody looked; that one counts for nothing.
func (s *Store) Opened(ctx context.Context, ws WorkspaceID, d Delivery, e Engagement) error {
	return s.update(ctx, func(tx *Tx) error { return tx.opened(ws, d, e) })
}

func (tx *Tx) opened(ws WorkspaceID, d Delivery, e Engagement) error {
	key := fmt.Sprintf("opened %d", d.ID)
	if e.Prefetched {
		key = fmt.Sprintf("prefetched %d", d.ID)
	}
	fresh, err := tx.note(ws, Activity{PersonID: d.PersonID, DeliveryID: d.ID, Type: OpenedActivity, Data: json.RawMessage(encode(e))}, key)
	if err != nil || !fresh || e.Prefetched {
		return err
	}
	tx.countRecipient(ws, d, "opened")
	_, err = tx.exec(`
		update deliveries set opened_at = ? where workspace_id = ? and delivery_id = ? and opened_at is null`, micros(tx.now), ws, d.ID)
	return err
}

// clicksWithin is the time in which more clicks on the same link are the same
// click: impatience, or a program that follows every link.
const clicksWithin = time.Minute

// Clicked records a click on a link of a delivery. Who clicks has opened.
func (s *Store) Clicked(ctx context.Context, ws WorkspaceID, d Delivery, e Engagement) error {
	return s.update(ctx, func(tx *Tx) error { return tx.clicked(ws, d, e) })
}

func (tx *Tx) clicked(ws WorkspaceID, d Delivery, e Engagement) error {
	var before, same int // clicks by a person: on any link of it, on this one
	err := tx.row(`
		select count(*), count(*) filter (where data ->> '$.href' = ?) from activities
		where workspace_id = ? and delivery_id = ? and type = ? and data ->> '$.machine' is null`, e.Href, ws, d.ID, ClickedActivity).Scan(&before, &same)
	if err != nil {
		return err
	}
	data := encode(e) // a program's click does not hide a person's
	key := fmt.Sprintf("clicked %d %d %x", d.ID, tx.now.Truncate(clicksWithin).Unix(), sha256.Sum256([]byte(data)))
	fresh, err := tx.note(ws, Activity{PersonID: d.PersonID, DeliveryID: d.ID, Type: ClickedActivity, Data: json.RawMessage(data)}, key)
	if err != nil || !fresh || e.Machine {
		return err
	}
	if err := tx.countClick(ws, d, e.Href, same == 0); err != nil {
		return err
	}
	if before == 0 {
		tx.countRecipient(ws, d, "clicked")
		_, err := tx.exec(`
			update deliveries set clicked_at = ? where workspace_id = ? and delivery_id = ? and clicked_at is null`, micros(tx.now), ws, d.ID)
		if err != nil {
			return err
		}
	}
	return tx.opened(ws, d, Engagement{Synthetic: true})
}

// countRecipient counts what the recipient of a message did.
func (tx *Tx) countRecipient(ws WorkspaceID, d Delivery, metric string) {
	tx.count(ws, d.Campaign, d.Action, metric, 1)
	tx.count(ws, d.Campaign, "", metric, 1)
	tx.markMessage(ws, d, metric)
}
