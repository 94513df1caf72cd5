package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/postroom/postroom/store/workflow"
)

// Candidate is a delivery that is due, with all that composing it takes.
type Candidate struct {
	Delivery
	Approved          bool // a person said to send this draft
	Workspace         Workspace
	CampaignName      string
	Action            *workflow.Action      // nil when it is no longer in the workflow
	Subscription      workflow.Subscription // who gets it: the action's or the campaign's
	Gateway           *Gateway              // where it goes, unless by email; nil: nowhere yet
	Devices           []Device              // of the person, the one used last first; of a push message
	Layout            string                // HTML; empty for none
	NoLayout          bool                  // the action names a layout that is not there
	NoTopic           string                // why a topic that is not there holds it back
	Snippets          *SnippetReader        // of the workspace; read when they are named
	Person            Person                // zero once they are deleted
	Event             TriggerEvent
	JourneyAttributes Attributes
	version           int
}

// DueCandidates is the workspace's deliveries that are due, the longest due
// first, without those that the caller has already.
func (s *Store) DueCandidates(ctx context.Context, ws WorkspaceID, without []DeliveryID, limit int) ([]Candidate, error) {
	w, err := s.Workspace(ctx, ws)
	if err != nil {
		return nil, err
	}
	if without == nil {
		without = []DeliveryID{} // null would exclude all
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+deliveryColumns+`, d.approved, c.name, c.version, coalesce(j.event, '{}'), coalesce(j.attributes, '{}'), `+maybePersonColumns+`
		from deliveries d
		join campaigns c on c.workspace_id = d.workspace_id and c.campaign_id = d.campaign_id
		left join journeys j on j.workspace_id = d.workspace_id and j.journey_id = d.journey_id
		left join people p on p.workspace_id = d.workspace_id and p.person_id = d.person_id
		where d.workspace_id = ? and d.due_at <= ? and d.delivery_id not in (select value from json_each(?))
		order by d.due_at, d.delivery_id
		limit ?`, ws, micros(s.now()), encode(without), limit)
	due, err := collect(rows, err, scanCandidate)
	if err != nil {
		return nil, err
	}
	layouts, snippets := map[string]*Layout{}, s.ReadSnippets(ctx, ws)
	topics := sync.OnceValues(func() ([]Topic, error) { return s.Topics(ctx, ws) })
	gateways := sync.OnceValues(func() ([]Gateway, error) { return s.Gateways(ctx, ws) })
	for i := range due {
		due[i].Workspace, due[i].Snippets = w, snippets
		if err := s.addAction(ctx, ws, &due[i], layouts); err != nil {
			return nil, err
		}
		if err := due[i].FindTopic(topics); err != nil {
			return nil, err
		}
		if err := s.addGateway(ctx, ws, &due[i], gateways); err != nil {
			return nil, err
		}
	}
	return due, nil
}

func scanCandidate(scan func(...any) error) (c Candidate, err error) {
	var event, attributes string
	var p Person
	c.Delivery, err = scanDelivery(func(delivery ...any) error {
		p, err = scanPerson(func(person ...any) error {
			return scan(append(append(delivery, &c.Approved, &c.CampaignName, &c.version, &event, &attributes), person...)...)
		})
		return err
	})
	c.Person = p
	if err != nil {
		return c, err
	}
	if c.JourneyAttributes, err = decodeAttributes(attributes); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(event), &c.Event)
}

// addAction finds the message in the live version: a change of it holds for
// everything that is not composed yet.
func (s *Store) addAction(ctx context.Context, ws WorkspaceID, c *Candidate, layouts map[string]*Layout) error {
	plan, err := s.plans.get(ctx, s.read, ws, live{c.Campaign, c.version})
	if err != nil {
		return err
	}
	action, ok := plan.Action(c.Delivery.Action)
	if !ok {
		return nil
	}
	c.Address(*action, plan.Campaign)
	if action.Email == nil || action.Email.Layout == "" {
		return nil
	}
	name := action.Email.Layout
	if layouts[name] == nil {
		layout, err := s.Layout(ctx, ws, name)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		layouts[name] = &layout
	}
	c.Layout, c.NoLayout = layouts[name].HTML, layouts[name].Name == ""
	return nil
}

// Address makes the action the one that this person gets: in their language,
// for who may have it.
func (c *Candidate) Address(a workflow.Action, of workflow.Campaign) {
	c.Subscription = of.Subscription
	if a.Email != nil {
		c.Subscription = cmp.Or(a.Email.Subscription, c.Subscription)
		speaks := AttributeWords(c.Person.Attributes[c.Workspace.LanguageAttribute])
		c.Language = a.Email.LanguageFor(speaks)
		in := a.Email.In(c.Language)
		a.Email = &in
	}
	c.Action, c.ToAll = &a, c.Subscription.ToAll()
}

// addGateway finds where a message goes that is no email.
func (s *Store) addGateway(ctx context.Context, ws WorkspaceID, c *Candidate, gateways func() ([]Gateway, error)) error {
	if c.Channel == EmailChannel || c.Channel == WebhookChannel {
		return nil
	}
	all, err := gateways()
	if err != nil {
		return err
	}
	c.Gateway = gatewayOf(all, c.Channel)
	if c.Channel == PushChannel && c.Person.ID != 0 {
		c.Devices, err = s.Devices(ctx, ws, c.Person.ID)
	}
	return err
}

// Content is what a delivery says, as it was composed.
type Content struct {
	Language  string // of the translation; empty: the message's own
	Sender    string
	Recipient string
	ReplyTo   string
	Subject   string
	HTML      string
	Text      string
}

// HandOver claims a due delivery and keeps what it says, right before it is
// given to a server. False: somebody else has claimed it, or the person
// unsubscribed while it was composed. From here on, until Delivered, a crash
// leaves it uncertain.
func (s *Store) HandOver(ctx context.Context, ws WorkspaceID, d Delivery, content Content) (claimed bool, err error) {
	packed, err := content.pack()
	if err != nil {
		return false, err
	}
	err = s.update(ctx, func(tx *Tx) error {
		claimed, err = tx.claim(ws, d, Handed, packed)
		return err
	})
	return claimed, err
}

// claim takes a due delivery for one try. It asks once more, at the last moment,
// whether the person wants messages: who does not is not written to, unless
// this one is for them, too.
func (tx *Tx) claim(ws WorkspaceID, d Delivery, to DeliveryState, content packedContent) (bool, error) {
	if reason, err := tx.optedOut(ws, d); err != nil || reason != "" {
		if err == nil {
			_, err = tx.step(ws, d, step{to: Undeliverable, reason: reason})
		}
		return false, err
	}
	claimed, err := tx.step(ws, d, step{to: to, attempts: 1, content: &content, ifWanted: !d.ToAll})
	if err != nil || claimed || d.ToAll {
		return claimed, err
	}
	var gone bool
	err = tx.row(`select exists (select 1 from deliveries where workspace_id = ? and delivery_id = ? and `+unwanted+`)`, ws, d.ID).Scan(&gone)
	if err != nil || !gone {
		return false, err
	}
	_, err = tx.step(ws, d, step{to: Undeliverable, reason: UnsubscribedReason})
	return false, err
}

// UnsubscribedReason is why a message is held back from who wants none.
const UnsubscribedReason = "The person is unsubscribed."

// unwanted says of a row of deliveries that it is a message to who wants none.
const unwanted = `channel in ('email', 'sms', 'push') and exists (
	select 1 from people p
	where p.workspace_id = deliveries.workspace_id and p.person_id = deliveries.person_id and p.unsubscribed = 1)`

func (tx *Tx) keepContent(ws WorkspaceID, id DeliveryID, c packedContent) error {
	_, err := tx.exec(`
		insert into delivery_contents (workspace_id, delivery_id, sender, reply_to, body) values (?, ?, ?, ?, ?)
		on conflict do update set sender = excluded.sender, reply_to = excluded.reply_to, body = excluded.body`,
		ws, id, c.Sender, c.ReplyTo, c.body)
	return err
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
	packed, err := content.pack()
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.step(ws, d, step{to: Drafted, content: &packed})
		return err
	})
}

// PutInMailbox delivers a message to the built-in mailbox. It is one
// transaction, so nothing about it can be uncertain.
func (s *Store) PutInMailbox(ctx context.Context, ws WorkspaceID, d Delivery, content Content, raw []byte) error {
	packed, err := content.pack()
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *Tx) error {
		claimed, err := tx.claim(ws, d, Sent, packed)
		if err != nil || !claimed {
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
