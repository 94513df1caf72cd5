package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// JourneyID names a journey.
type JourneyID int64

// Journey is one person's run through a workflow.
type Journey struct {
	ID          JourneyID
	Campaign    CampaignID
	PersonID    PersonID // zero: a webhook that is about nobody
	State       JourneyState
	Position    string // key of the action they stand before; empty when over
	Waits       workflow.Waits
	Watching    bool // what happens to the person may end the wait
	ArrivedAt   time.Time
	DueAt       time.Time // zero when over; workflow.Forever when time alone brings nothing
	Event       TriggerEvent
	Attributes  Attributes // of the journey itself
	trail       string     // where they have been, as the database keeps it
	Version     int        // of the workflow, where a plan is decided by; else zero
	Reason      string     // why it ended early
	EnteredAt   time.Time
	ActivatedAt time.Time // when the filter let them in; zero: not yet, or never
	MessagedAt  time.Time // when they first met an action that is no wait; zero: not yet
	ConvertedAt time.Time // when they met the goal; zero: not yet
	EndedAt     time.Time // zero unless over
}

// Trail is where they have been.
func (j Journey) Trail() Trail { return parseTrail(j.trail) }

// Stand is where the person is, as the workflow asks.
func (j Journey) Stand() workflow.Stand {
	return workflow.Stand{At: j.Position, Since: j.ArrivedAt, Waits: j.Waits, Seed: uint64(j.ID)}
}

// JourneyState is how a journey stands.
type JourneyState string

const (
	JourneyActive   JourneyState = "active"
	JourneyFinished JourneyState = "finished"
	JourneyExited   JourneyState = "exited" // before the end of the workflow
)

// Move is how far a journey goes in one turn. Everything in it is written in
// one transaction, or nothing is.
type Move struct {
	Journey   Journey // as it was read: where it stood guards against a second move
	Effects   []Effect
	Trail     Trail  // what happened on the way
	Position  string // where the person stands now; empty: nowhere, it is over
	Waits     workflow.Waits
	Watch     bool         // what happens to the person may end the wait
	DueAt     time.Time    // when to look again
	Set       Attributes   // of the journey: those that changed
	Activated bool         // the filter let them in, if nothing had yet
	Ended     JourneyState // set when it is over
	Reason    string       // why, when exited
}

// MoveJourneys writes moves and gives the workspace its next turn.
func (s *Store) MoveJourneys(ctx context.Context, ws WorkspaceID, moves []Move) error {
	return s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		live := liveVersions{tx: tx, ws: ws}
		for _, m := range moves {
			// What was decided by a version that is no longer live is decided
			// anew: the place it leads to may be gone.
			now, err := live.of(m.Journey.Campaign)
			if err != nil {
				return err
			}
			if m.Journey.Version != 0 && now != m.Journey.Version {
				continue
			}
			if err := tx.move(w, m); err != nil {
				return err
			}
		}
		if err := tx.finishStopping(ws); err != nil {
			return err
		}
		return tx.endTurn(ws, Journeys)
	})
}

// liveVersions is the live version of campaigns, each asked for once.
type liveVersions struct {
	tx    *Tx
	ws    WorkspaceID
	known map[CampaignID]int
}

func (l *liveVersions) of(id CampaignID) (version int, err error) {
	if version, ok := l.known[id]; ok {
		return version, nil
	}
	err = l.tx.row(`select version from campaigns where workspace_id = ? and campaign_id = ?`, l.ws, id).Scan(&version)
	if l.known == nil {
		l.known = map[CampaignID]int{}
	}
	l.known[id] = version
	return version, ignoreMissing(known(err))
}

// move refuses quietly when the journey was moved or stirred since it was
// read: what happened then was not seen.
func (tx *Tx) move(w Workspace, m Move) error {
	j := m.Journey
	text := m.Trail.String()
	set := tx.moveSet(m, text)
	n, err := tx.exec(`
		update journeys set `+set.text()+`
		where workspace_id = ? and journey_id = ? and state = 'active' and position = ? and arrived_at = ? and due_at = ? and person_id is ?`,
		append(set.values, w.ID, j.ID, j.Position, micros(j.ArrivedAt), micros(j.DueAt), orZero(j.PersonID))...)
	if err != nil || n == 0 {
		return err // somebody moved it meanwhile
	}
	tx.countMove(w.ID, m)
	return tx.performAll(w, m, text)
}

// moveSet is the columns that a move changes, and no others: a column that is
// written as it was costs a place in each of its indexes.
func (tx *Tx) moveSet(m Move, trail string) (set setList) {
	j := m.Journey
	set.add(`position = ?`, m.Position)
	set.add(`waits = ?`, m.Waits)
	if m.Position != j.Position {
		set.add(`arrived_at = ?`, micros(tx.now))
	}
	if m.Ended == "" {
		set.add(`due_at = ?`, micros(m.DueAt))
	} else {
		set.add(`due_at = ?`, nil)
		set.add(`state = ?`, m.Ended)
		set.add(`reason = ?`, m.Reason)
		set.add(`ended_at = ?`, micros(tx.now))
	}
	if watching := m.Watch && m.Ended == ""; watching != j.Watching {
		set.add(`watching = ?`, watching)
	}
	if trail != "" {
		set.add(`trail = trail || ?`, trail)
	}
	if len(m.Set) > 0 {
		set.add(`attributes = ?`, encode(j.Attributes.with(m.Set)))
	}
	if m.Activated && j.ActivatedAt.IsZero() {
		set.add(`activated_at = ?`, micros(tx.now))
	}
	if m.meetsAction() && j.MessagedAt.IsZero() {
		set.add(`messaged_at = ?`, micros(tx.now))
	}
	return set
}

// setList is the columns that an update sets.
type setList struct {
	parts  []string
	values []any
}

func (s *setList) add(part string, value any) {
	s.parts, s.values = append(s.parts, part), append(s.values, value)
}

func (s setList) text() string { return strings.Join(s.parts, `, `) }

// timeIf is a time for the database, or null.
func timeIf(is bool, t time.Time) any {
	if !is {
		return nil
	}
	return micros(t)
}

// meetsAction says whether an action that is no wait is among the effects.
func (m Move) meetsAction() bool {
	return slices.ContainsFunc(m.Effects, func(e Effect) bool {
		return !e.Skipped && !e.Action.IsWait()
	})
}

func (tx *Tx) countMove(ws WorkspaceID, m Move) {
	j := m.Journey
	if m.Activated && j.ActivatedAt.IsZero() {
		tx.countAdmitted(ws, j.Campaign, j.EnteredAt)
	}
	if m.meetsAction() && j.MessagedAt.IsZero() {
		tx.countJourney(ws, j.Campaign, "messaged", j.EnteredAt, 1)
	}
	tx.count(ws, j.Campaign, j.Position, "waiting", -1)
	if m.Ended == "" {
		tx.count(ws, j.Campaign, m.Position, "waiting", 1)
		return
	}
	tx.count(ws, j.Campaign, "", "active", -1)
	tx.countOver(ws, j, m.Ended, m.Activated || !j.ActivatedAt.IsZero())
}

// PostponeJourney lets a journey that could not be decided wait a little, so
// that it does not stand in the way of the others.
func (s *Store) PostponeJourney(ctx context.Context, ws WorkspaceID, id JourneyID) error {
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`
			update journeys set due_at = ? where workspace_id = ? and journey_id = ? and due_at is not null`,
			micros(tx.now.Add(later)), ws, id)
		return err
	})
}

// exitJourneys ends a person's journeys.
func (tx *Tx) exitJourneys(ws WorkspaceID, id PersonID, reason string) error {
	rows, err := tx.query(`
		select `+journeyColumns+` from journeys j where workspace_id = ? and person_id = ? and state = 'active'`, ws, id)
	active, err := collect(rows, err, scanJourney)
	if err != nil {
		return err
	}
	if err := tx.exit(ws, active, reason); err != nil {
		return err
	}
	return tx.finishStopping(ws)
}

func (tx *Tx) exit(ws WorkspaceID, active []Journey, reason string) error {
	w := Workspace{ID: ws}
	for _, j := range active {
		if err := tx.move(w, Move{Journey: j, Ended: JourneyExited, Reason: reason}); err != nil {
			return err
		}
	}
	return nil
}

// ExitCampaign takes people out of a campaign that was stopped, at most limit
// of them. What was not sent to them yet is not sent.
func (s *Store) ExitCampaign(ctx context.Context, ws WorkspaceID, id CampaignID, limit int) error {
	const reason = "The campaign was stopped."
	return s.update(ctx, func(tx *Tx) error {
		rows, err := tx.query(`
			select `+journeyColumns+` from journeys j
			where workspace_id = ? and campaign_id = ? and due_at is not null
			limit ?`, ws, id, limit)
		active, err := collect(rows, err, scanJourney)
		if err != nil {
			return err
		}
		if err := tx.exit(ws, active, reason); err != nil {
			return err
		}
		left, err := tx.cancelUnsent(ws, id, reason, limit)
		if err != nil || len(active) == limit || left {
			return err
		}
		return tx.execOne(`update campaigns set exiting = 0 where workspace_id = ? and campaign_id = ?`, ws, id)
	})
}

// PersonJourney is a journey of one person, as their page tells it.
type PersonJourney struct {
	Journey
	Name string // of the campaign
}

// JourneysOf is a person's journeys, the latest first. The plus sign keeps
// SQLite from walking through everybody's, which are in that order already.
func (s *Store) JourneysOf(ctx context.Context, ws WorkspaceID, id PersonID, limit int) ([]PersonJourney, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+journeyColumns+`, c.name
		from journeys j join campaigns c on c.workspace_id = j.workspace_id and c.campaign_id = j.campaign_id
		where j.workspace_id = ? and j.person_id = ?
		order by +j.journey_id desc
		limit ?`, ws, id, limit)
	return collect(rows, err, func(scan func(...any) error) (j PersonJourney, err error) {
		j.Journey, err = scanJourney(func(dest ...any) error { return scan(append(dest, &j.Name)...) })
		return j, err
	})
}

const journeyColumns = `j.journey_id, j.campaign_id, coalesce(j.person_id, 0), j.state, j.position, j.waits, j.watching, j.arrived_at, coalesce(j.due_at, 0),
	j.event, j.attributes, j.trail, j.reason, j.entered_at, coalesce(j.activated_at, 0), coalesce(j.messaged_at, 0), coalesce(j.converted_at, 0), coalesce(j.ended_at, 0)`

func scanJourney(scan func(...any) error) (j Journey, err error) {
	var arrived, due, entered, activated, messaged, converted, ended int64
	var event, attributes, trail string
	err = scan(&j.ID, &j.Campaign, &j.PersonID, &j.State, &j.Position, &j.Waits, &j.Watching, &arrived, &due,
		&event, &attributes, &trail, &j.Reason, &entered, &activated, &messaged, &converted, &ended)
	if err != nil {
		return j, err
	}
	j.ArrivedAt, j.DueAt, j.EnteredAt, j.EndedAt = instant(arrived), instant(due), instant(entered), instant(ended)
	j.ActivatedAt, j.MessagedAt, j.ConvertedAt = instant(activated), instant(messaged), instant(converted)
	j.trail = trail
	if j.Attributes, err = decodeAttributes(attributes); err != nil {
		return j, err
	}
	err = json.Unmarshal([]byte(event), &j.Event)
	return j, err
}
