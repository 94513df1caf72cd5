package store

import (
	"context"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// DeliveryID names a delivery within the database.
type DeliveryID int64

// Delivery is one message to one person: a row of the ledger. It exists
// before anything is handed over, and there is one for each action that a
// journey reaches.
type Delivery struct {
	ID                                       DeliveryID
	Campaign                                 CampaignID   // zero: of a newsletter
	Journey                                  JourneyID    // zero: of a newsletter
	Newsletter                               NewsletterID // zero: of a campaign
	Action                                   string       // of a newsletter: its variant
	PersonID                                 PersonID     // zero once the person is deleted
	Personless                               bool         // it never was about anybody
	ToAll                                    bool         // also to who has unsubscribed; only where a candidate is read
	Topic                                    *Topic       // to whose subscribers it goes; only where a candidate is read
	Channel                                  Channel
	State                                    DeliveryState
	Recipient                                string
	Subject                                  string
	Language                                 string // of the translation; empty: the message's own
	Reason                                   string // why it is not sent
	Attempts                                 int
	DueAt                                    time.Time // zero when nothing is to be done
	CreatedAt                                time.Time
	UpdatedAt                                time.Time
	SentAt, OpenedAt, ClickedAt, ConvertedAt time.Time // zero: not yet; opened and clicked by a person
}

// Channel is the way a message goes.
type Channel string

const (
	EmailChannel   Channel = "email"
	WebhookChannel Channel = "webhook"
	SlackChannel   Channel = "slack"
	PushChannel    Channel = "push"
	SMSChannel     Channel = "sms"
)

// ChannelOf is the way that an action's message goes.
func ChannelOf(a workflow.Action) Channel {
	switch a.Type {
	case workflow.TypeWebhook:
		return WebhookChannel
	case workflow.TypeSlack:
		return SlackChannel
	case workflow.TypePush:
		return PushChannel
	case workflow.TypeSMS:
		return SMSChannel
	}
	return EmailChannel
}

// DeliveryState is how a delivery stands. Every candidate is in one of them,
// so their sum is the number of candidates, always.
type DeliveryState string

const (
	Queued        DeliveryState = "queued"        // a candidate, not composed yet
	Drafted       DeliveryState = "drafted"       // composed and held for a person to send
	Attempted     DeliveryState = "attempted"     // refused for now, tried again later
	Handed        DeliveryState = "handed"        // given to the server, whose answer is awaited
	Sent          DeliveryState = "sent"          // the server took it
	Uncertain     DeliveryState = "uncertain"     // handed over, but the answer was lost
	Failed        DeliveryState = "failed"        // refused for good, or it could not be composed
	Undeliverable DeliveryState = "undeliverable" // held back: sending off, unsubscribed, cancelled
)

// DeliveryStates is all states, in the order in which a message passes them.
var DeliveryStates = []DeliveryState{Queued, Drafted, Attempted, Handed, Sent, Uncertain, Failed, Undeliverable}

// queue makes a candidate of a message that a journey reached. Reaching it
// twice makes one.
func (tx *Tx) queue(ws WorkspaceID, j Journey, a workflow.Action) error {
	if a.Sending() == workflow.Off {
		return nil
	}
	n, err := tx.exec(`
		insert into deliveries (workspace_id, campaign_id, journey_id, action_key, person_id, personless, channel, state, due_at, created_at, updated_at)
		values (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?)
		on conflict do nothing`,
		ws, j.Campaign, j.ID, a.Key, orZero(j.PersonID), j.PersonID == 0, ChannelOf(a), micros(tx.now), micros(tx.now), micros(tx.now))
	if err != nil || n == 0 {
		return err
	}
	tx.count(ws, j.Campaign, a.Key, "candidates", 1)
	tx.count(ws, j.Campaign, "", "candidates", 1)
	made := Delivery{Campaign: j.Campaign, Action: a.Key, CreatedAt: tx.now}
	tx.countState(ws, made, Queued, 1)
	tx.markMessage(ws, made, "created")
	tx.wake(Deliveries, ws, tx.now)
	return nil
}

func (tx *Tx) countState(ws WorkspaceID, d Delivery, state DeliveryState, n int) {
	tx.count(ws, d.Campaign, d.Action, string(state), n)
	tx.count(ws, d.Campaign, "", string(state), n)
}

// step is a change of a delivery: the state it reaches and why.
type step struct {
	to       DeliveryState
	reason   string
	dueAt    time.Time // zero: nothing is to be done
	attempts int       // to add
	content  *packedContent
	ifWanted bool // only while the person wants messages
}

// step moves a delivery from the state in which the caller saw it. False: it
// is no longer in that state.
func (tx *Tx) step(ws WorkspaceID, d Delivery, st step) (bool, error) {
	var due any
	if !st.dueAt.IsZero() {
		due = micros(st.dueAt)
		tx.wake(Deliveries, ws, st.dueAt)
	}
	var recipient, subject, language any
	if st.content != nil {
		recipient, subject, language = st.content.Recipient, st.content.Subject, st.content.Language
	}
	n, err := tx.exec(`
		update deliveries set state = ?, reason = ?, due_at = ?, attempts = attempts + ?, updated_at = ?,
			recipient = coalesce(?, recipient), subject = coalesce(?, subject), language = coalesce(?, language), sent_at = coalesce(?, sent_at)
		where workspace_id = ? and delivery_id = ? and state = ? and not (? and `+unwanted+`)`,
		st.to, st.reason, due, st.attempts, micros(tx.now), recipient, subject, language, timeIf(st.to == Sent, tx.now), ws, d.ID, d.State, st.ifWanted)
	if err != nil || n == 0 {
		return false, err
	}
	if st.content != nil {
		if err := tx.keepContent(ws, d.ID, *st.content); err != nil {
			return false, err
		}
	}
	if err := tx.letOn(ws, d, st); err != nil {
		return false, err
	}
	tx.countState(ws, d, d.State, -1)
	tx.countState(ws, d, st.to, 1)
	if st.to == Sent {
		tx.countSent(ws, d.Channel)
	}
	if st.to == Handed || st.to == Queued {
		return true, nil // told by what follows
	}
	kind := stepActivity(st.to, d.Channel)
	if err := tx.markFirst(ws, d, kind, st.to); err != nil {
		return true, err
	}
	return true, tx.noteData(ws, Activity{PersonID: d.PersonID, DeliveryID: d.ID, Type: kind}, stepData{st.reason})
}

// markFirst counts a state that a message has not been in before: trying it
// again makes no second message.
func (tx *Tx) markFirst(ws WorkspaceID, d Delivery, kind ActivityType, state DeliveryState) error {
	var before bool
	err := tx.row(`
		select exists (select 1 from activities where workspace_id = ? and delivery_id = ? and type = ?)`, ws, d.ID, kind).Scan(&before)
	if err == nil && !before {
		tx.markMessage(ws, d, string(state))
	}
	return err
}

type stepData struct {
	Reason string `json:"reason,omitempty"`
}

// stepActivity is what the time line calls a step: sent_email, failed_action.
func stepActivity(state DeliveryState, channel Channel) ActivityType {
	if channel == WebhookChannel {
		return ActivityType(string(state) + "_action")
	}
	return ActivityType(string(state) + "_" + string(channel))
}

func (tx *Tx) countSent(ws WorkspaceID, channel Channel) {
	if channel == EmailChannel {
		tx.countUsage(ws, usageDelta{emails: 1})
		return
	}
	tx.countUsage(ws, usageDelta{webhooks: 1}) // every other channel calls a web address
}

// cancelDeliveries holds back what was not yet sent to a person.
func (tx *Tx) cancelDeliveries(ws WorkspaceID, who PersonID, reason string) error {
	rows, err := tx.query(`
		select `+deliveryColumns+` from deliveries d
		where workspace_id = ? and person_id = ? and state in ('queued', 'drafted', 'attempted')`, ws, who)
	unsent, err := collect(rows, err, scanDelivery)
	if err != nil {
		return err
	}
	for _, d := range unsent {
		if _, err := tx.step(ws, d, step{to: Undeliverable, reason: reason}); err != nil {
			return err
		}
	}
	return nil
}

// cancelUnsent holds back what a campaign has not sent yet, at most limit of
// it, and says whether some may be left.
func (tx *Tx) cancelUnsent(ws WorkspaceID, id CampaignID, reason string, limit int) (left bool, err error) {
	for _, state := range []DeliveryState{Queued, Drafted, Attempted} {
		rows, err := tx.query(`
			select `+deliveryColumns+` from deliveries d
			where workspace_id = ? and campaign_id = ? and state = ?
			limit ?`, ws, id, state, limit)
		unsent, err := collect(rows, err, scanDelivery)
		if err != nil {
			return false, err
		}
		for _, d := range unsent {
			if _, err := tx.step(ws, d, step{to: Undeliverable, reason: reason}); err != nil {
				return false, err
			}
		}
		left = left || len(unsent) == limit
	}
	return left, nil
}

const deliveryColumns = `d.delivery_id, coalesce(d.campaign_id, 0), coalesce(d.journey_id, 0), coalesce(d.newsletter_id, 0), d.action_key,
	coalesce(d.person_id, 0), d.personless, d.channel, d.state, d.recipient, d.subject, d.language, d.reason, d.attempts, coalesce(d.due_at, 0), d.created_at, d.updated_at,
	coalesce(d.sent_at, 0), coalesce(d.opened_at, 0), coalesce(d.clicked_at, 0), coalesce(d.converted_at, 0)`

func scanDelivery(scan func(...any) error) (d Delivery, err error) {
	var due, created, updated, sent, opened, clicked, converted int64
	err = scan(&d.ID, &d.Campaign, &d.Journey, &d.Newsletter, &d.Action,
		&d.PersonID, &d.Personless, &d.Channel, &d.State, &d.Recipient, &d.Subject, &d.Language, &d.Reason, &d.Attempts, &due, &created, &updated,
		&sent, &opened, &clicked, &converted)
	d.DueAt, d.CreatedAt, d.UpdatedAt = instant(due), instant(created), instant(updated)
	d.SentAt, d.OpenedAt, d.ClickedAt, d.ConvertedAt = instant(sent), instant(opened), instant(clicked), instant(converted)
	return d, err
}

// DeliveriesOf is what was to be sent to a person, the latest first.
func (s *Store) DeliveriesOf(ctx context.Context, ws WorkspaceID, id PersonID, limit int) ([]Delivery, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+deliveryColumns+` from deliveries d
		where d.workspace_id = ? and d.person_id = ?
		order by d.delivery_id desc
		limit ?`, ws, id, limit)
	return collect(rows, err, scanDelivery)
}
