package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// SimulatedJourney is one person's way through a campaign, as it would be.
type SimulatedJourney struct {
	Person    PersonID // zero: nobody
	Who       Person   // as they are now; zero when they are gone. Only as it is read
	Outcome   SimulatedOutcome
	Reason    string // why they left early, or did not come in
	EnteredAt time.Time
	EndedAt   time.Time // zero: they would still wait
	Steps     []SimulatedStep
}

// SimulatedOutcome is how a journey would end.
type SimulatedOutcome string

// How a journey would end.
const (
	WouldFinish SimulatedOutcome = "finished"
	WouldExit   SimulatedOutcome = "exited"
	WouldWait   SimulatedOutcome = "waiting" // a year later, or for something that only others can do
	WouldNot    SimulatedOutcome = "refused" // enter
)

// SimulatedStep is what would happen at one action.
type SimulatedStep struct {
	Action  string        `json:"action"` // its key
	At      int64         `json:"at"`     // unix seconds
	What    SimulatedWhat `json:"what"`
	Path    int           `json:"path,omitempty"`    // the one taken, from 1
	Reason  string        `json:"reason,omitempty"`  // of what does not work, or would not be sent
	To      string        `json:"to,omitempty"`      // of a message
	Subject string        `json:"subject,omitempty"` // … or how it begins
	Until   int64         `json:"until,omitempty"`   // of a wait; zero: nobody knows
}

// SimulatedWhat is what would happen at an action.
type SimulatedWhat string

// What would happen at an action.
const (
	SimDone     SimulatedWhat = "done"
	SimSkipped  SimulatedWhat = "skipped"
	SimWaits    SimulatedWhat = "waits"
	SimSent     SimulatedWhat = "sent"
	SimDrafted  SimulatedWhat = "drafted"
	SimOff      SimulatedWhat = "off"      // the message is switched off
	SimWithheld SimulatedWhat = "withheld" // a rule keeps the message back: unsubscribed, no device
	SimFails    SimulatedWhat = "fails"
)

// Problem says whether the step is something to mend.
func (w SimulatedWhat) Problem() bool { return w == SimWithheld || w == SimFails }

// Message says whether somebody would get a message, at once or when its draft
// is approved.
func (w SimulatedWhat) Message() bool { return w == SimSent || w == SimDrafted }

// Messages is how many they would get.
func (j SimulatedJourney) Messages() int { return j.count(SimulatedWhat.Message) }

// Problems is how many steps would not work.
func (j SimulatedJourney) Problems() int { return j.count(SimulatedWhat.Problem) }

func (j SimulatedJourney) count(is func(SimulatedWhat) bool) (n int) {
	for _, s := range j.Steps {
		if is(s.What) {
			n++
		}
	}
	return n
}

func (tx *Tx) addSimulated(ws WorkspaceID, id JobID, j SimulatedJourney) error {
	_, err := tx.exec(`
		insert into simulated_journeys (workspace_id, job_id, person_id, outcome, reason, messages, problems, entered_at, ended_at, steps)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		ws, id, j.Person, j.Outcome, j.Reason, j.Messages(), j.Problems(), unixOrZero(j.EnteredAt), unixOrZero(j.EndedAt), encode(j.Steps))
	return err
}

func unixOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// SimulatedFilter is which journeys of a simulation are listed.
type SimulatedFilter string

// Which journeys are listed.
const (
	SimulatedAll      SimulatedFilter = ""
	SimulatedMessages SimulatedFilter = "messages" // who would get any
	SimulatedProblems SimulatedFilter = "problems"
	SimulatedRefused  SimulatedFilter = "refused"
)

// SimulatedFilters is every one of them, in the order of a menu.
var SimulatedFilters = []SimulatedFilter{SimulatedAll, SimulatedMessages, SimulatedProblems, SimulatedRefused}

func (f SimulatedFilter) where() string {
	switch f {
	case SimulatedMessages:
		return ` and j.messages > 0`
	case SimulatedProblems:
		return ` and j.problems > 0`
	case SimulatedRefused:
		return ` and j.outcome = 'refused'`
	}
	return ``
}

const simulatedColumns = `j.person_id, j.outcome, j.reason, j.entered_at, j.ended_at, j.steps, `

// Simulated is the journeys of a simulation, the newest people first.
func (s *Store) Simulated(ctx context.Context, ws WorkspaceID, id JobID, f SimulatedFilter, page Page) ([]SimulatedJourney, error) {
	compare, order, from := `<`, ` desc`, beforeOr(page.Before)
	if page.After != 0 {
		compare, order, from = `>`, ``, page.After
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+simulatedColumns+maybePersonColumns+`
		from simulated_journeys j left join people p on p.workspace_id = j.workspace_id and p.person_id = j.person_id
		where j.workspace_id = ? and j.job_id = ?`+f.where()+` and j.person_id `+compare+` ?
		order by j.person_id`+order+`
		limit ?`, ws, id, from, page.Limit)
	all, err := collect(rows, err, scanSimulated)
	if page.After != 0 {
		slices.Reverse(all)
	}
	return all, err
}

// SimulatedOf is one person's journey in a simulation.
func (s *Store) SimulatedOf(ctx context.Context, ws WorkspaceID, id JobID, who PersonID) (SimulatedJourney, error) {
	j, err := scanSimulated(s.read.QueryRowContext(ctx, `
		select `+simulatedColumns+maybePersonColumns+`
		from simulated_journeys j left join people p on p.workspace_id = j.workspace_id and p.person_id = j.person_id
		where j.workspace_id = ? and j.job_id = ? and j.person_id = ?`, ws, id, who).Scan)
	return j, known(err)
}

func scanSimulated(scan func(...any) error) (j SimulatedJourney, err error) {
	var entered, ended int64
	var steps string
	j.Who, err = scanPerson(func(person ...any) error {
		return scan(append([]any{&j.Person, &j.Outcome, &j.Reason, &entered, &ended, &steps}, person...)...)
	})
	if err != nil {
		return j, err
	}
	j.EnteredAt = time.Unix(entered, 0).UTC()
	if ended != 0 {
		j.EndedAt = time.Unix(ended, 0).UTC()
	}
	return j, json.Unmarshal([]byte(steps), &j.Steps)
}

// LastEvent is what somebody's last event of a name brought, if accept takes
// its data; of events that it does not take, an earlier one. At most looked of
// them are tried. False: there is none.
func (s *Store) LastEvent(ctx context.Context, ws WorkspaceID, who PersonID, name string, accept func(TriggerEvent) bool) (TriggerEvent, bool, error) {
	const looked = 20
	rows, err := s.read.QueryContext(ctx, `
		select data, occurred_at from activities
		where workspace_id = ? and type = 'event' and name = ? and person_id = ?
		order by occurred_at desc
		limit ?`, ws, name, who, looked)
	all, err := collect(rows, err, func(scan func(...any) error) (e TriggerEvent, err error) {
		var at int64
		var data string
		err = scan(&data, &at)
		e.Name, e.Timestamp = name, instant(at).Unix()
		if strings.TrimSpace(data) != "" {
			e.Data = json.RawMessage(data)
		}
		return e, err
	})
	for _, e := range all {
		if accept(e) {
			return e, true, err
		}
	}
	return TriggerEvent{}, false, err
}

// LastEntry is when somebody last entered a campaign; zero: never. An entry that
// the filter refused is none.
func (s *Store) LastEntry(ctx context.Context, ws WorkspaceID, id CampaignID, who PersonID) (time.Time, error) {
	return lastEntry(ctx, s.read, ws, id, who)
}
