package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// MetGoal is why a journey ends that was to lead to something.
const MetGoal = "Met the goal."

// sameMoment is by how much the clocks that tell of a message and of a goal may
// differ: programs give whole seconds.
const sameMoment = time.Second

// reachGoal follows something that may be the goal of campaigns which a person
// has been in. Also one that was stopped: what it sent may lead there later.
func (tx *Tx) reachGoal(ws WorkspaceID, kind, name string, who PersonID, at time.Time) error {
	wanting, err := tx.goals(ws, kind, name)
	if err != nil {
		return err
	}
	for _, l := range wanting {
		plan, err := tx.plan(ws, l)
		if err != nil {
			return err
		}
		if plan.Campaign.Goal == nil {
			continue
		}
		if err := tx.attribute(ws, l.id, plan, who, at); err != nil {
			return err
		}
		if !plan.Campaign.Exit.AtGoal() {
			continue
		}
		if err := tx.leaveAtGoal(ws, l.id, who, at); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) goals(ws WorkspaceID, kind, name string) ([]live, error) {
	rows, err := tx.query(`
		select c.campaign_id, c.version from triggers t join campaigns c using (workspace_id, campaign_id)
		where t.workspace_id = ? and t.kind = ? and t.name = ?`, ws, kind, name)
	return collect(rows, err, scanLive)
}

// crossedGoal is reachGoal for who entered or left a segment.
func (tx *Tx) crossedGoal(ws WorkspaceID, g SegmentID, who PersonID, entered bool) error {
	kind := goalLeave
	if entered {
		kind = goalEnter
	}
	return tx.reachGoal(ws, kind, strconv.FormatInt(int64(g), 10), who, tx.now)
}

// leaveAtGoal takes somebody out of a campaign, wherever they are, and holds
// back what was not sent to them yet. It is enough that they did it while they
// were inside: whether a message led them to it is asked for the figures only.
func (tx *Tx) leaveAtGoal(ws WorkspaceID, id CampaignID, who PersonID, at time.Time) error {
	rows, err := tx.query(`
		select `+journeyColumns+` from journeys j
		where workspace_id = ? and person_id = ? and campaign_id = ? and state = 'active' and entered_at <= ?`,
		ws, who, id, micros(at.Add(sameMoment)))
	active, err := collect(rows, err, scanJourney)
	if err != nil || len(active) == 0 {
		return err
	}
	if err := tx.exit(ws, active, MetGoal); err != nil {
		return err
	}
	for _, j := range active {
		if err := tx.cancelJourney(ws, j, MetGoal); err != nil {
			return err
		}
	}
	return tx.finishStopping(ws)
}

// messagesBefore is the last messages of a campaign to a person of which
// something happened before the goal, by the moment from which it counts.
var messagesBefore = map[workflow.Moment]string{
	workflow.SinceSent:    lastMessages("sent_at"),
	workflow.SinceOpened:  lastMessages("opened_at"),
	workflow.SinceClicked: lastMessages("clicked_at"),
}

func lastMessages(moment string) string {
	return `
		select ` + deliveryColumns + ` from deliveries d
		where d.workspace_id = ? and d.person_id = ? and d.campaign_id = ? and d.sent_at is not null and d.` + moment + ` <= ?
		order by d.` + moment + ` desc
		limit 50`
}

// attribute gives the goal to the last message before it, and to the journey
// that sent it, if it came soon enough. A journey is converted once.
func (tx *Tx) attribute(ws WorkspaceID, id CampaignID, plan *Plan, who PersonID, at time.Time) error {
	goal := plan.Campaign.Goal
	rows, err := tx.query(messagesBefore[goal.From()], ws, who, id, micros(at.Add(sameMoment)))
	sent, err := collect(rows, err, scanDelivery)
	if err != nil {
		return err
	}
	for _, d := range sent {
		if !countsForGoal(plan, d) {
			continue
		}
		if at.Sub(d.moment(goal.From())) > goal.Window() {
			return nil
		}
		return tx.convertJourney(ws, d, at)
	}
	return nil
}

// countsForGoal says whether a delivery is a message to the person. A webhook
// is only when its action says so.
func countsForGoal(plan *Plan, d Delivery) bool {
	switch d.Channel {
	case SlackChannel: // it goes to a team
		return false
	case WebhookChannel:
		a, ok := plan.Action(d.Action)
		return ok && a.Webhook != nil && a.Webhook.Converts
	}
	return true
}

// moment is when something happened to a message.
func (d Delivery) moment(m workflow.Moment) time.Time {
	switch m {
	case workflow.SinceOpened:
		return d.OpenedAt
	case workflow.SinceClicked:
		return d.ClickedAt
	}
	return d.SentAt
}

func (tx *Tx) convertJourney(ws WorkspaceID, d Delivery, at time.Time) error {
	var before bool
	err := tx.row(`
		select exists (select 1 from journeys where workspace_id = ? and journey_id = ? and converted_at is not null)`, ws, d.Journey).Scan(&before)
	if err != nil || before {
		return err
	}
	return tx.convert(ws, d, at, nil)
}

// convert notes that a message led to the goal, once.
func (tx *Tx) convert(ws WorkspaceID, d Delivery, at time.Time, data json.RawMessage) error {
	fresh, err := tx.note(ws, Activity{
		PersonID: d.PersonID, DeliveryID: d.ID, Type: stepActivity(DeliveryState(ConvertedMetric), d.Channel), Data: data, OccurredAt: at,
	}, fmt.Sprintf("%s %d", ConvertedMetric, d.ID))
	if err != nil || !fresh {
		return err
	}
	if at.IsZero() {
		at = tx.now
	}
	if _, err := tx.exec(`update deliveries set converted_at = ? where workspace_id = ? and delivery_id = ?`, micros(at), ws, d.ID); err != nil {
		return err
	}
	if d.Journey == 0 {
		tx.countRecipient(ws, d, string(ConvertedMetric))
		return nil
	}
	tx.count(ws, d.Campaign, d.Action, string(ConvertedMetric), 1)
	tx.markMessage(ws, d, string(ConvertedMetric))
	var entered int64
	err = known(tx.row(`
		update journeys set converted_at = ? where workspace_id = ? and journey_id = ? and converted_at is null
		returning entered_at`, micros(at), ws, d.Journey).Scan(&entered))
	if err != nil {
		return ignoreMissing(err)
	}
	tx.count(ws, d.Campaign, "", string(ConvertedMetric), 1)
	tx.mark(ws, d.Campaign, "", JourneysConverted, instant(entered), 1)
	return nil
}
