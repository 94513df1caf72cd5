package store

import (
	"context"
	"slices"
	"strings"

	"github.com/postroom/postroom/store/workflow"
)

// JourneyFilter is which journeys a list shows. Zero values do not filter.
type JourneyFilter struct {
	Campaign CampaignID
	State    JourneyState
	Action   string     // before which they stand; of those under way
	People   []PersonID // not nil: of these only
}

// ListedJourney is a journey with the names that a list shows.
type ListedJourney struct {
	Journey
	CampaignName string
	Person       Person // who they are, without attributes; zero: nobody
}

// Journeys is the workspace's journeys, the newest first.
func (s *Store) Journeys(ctx context.Context, ws WorkspaceID, f JourneyFilter, page Page) ([]ListedJourney, error) {
	if f.People != nil && len(f.People) == 0 {
		return nil, nil
	}
	where, args := f.where(ws)
	order := `desc`
	if page.After != 0 {
		where, order = where+` and j.journey_id > ?`, `asc`
		args = append(args, page.After)
	} else {
		where += ` and j.journey_id < ?`
		args = append(args, beforeOr(page.Before))
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+journeyColumns+`, `+listedJourneyColumns+`
		from journeys j `+listedJourneyJoins+`
		where `+where+`
		order by j.journey_id `+order+`
		limit ?`, append(args, page.Limit)...)
	found, err := collect(rows, err, scanListedJourney)
	if page.After != 0 {
		slices.Reverse(found)
	}
	return found, err
}

// where names the index by what it asks for: each filter has one in the order
// of the list.
func (f JourneyFilter) where(ws WorkspaceID) (where string, args []any) {
	where, args = `j.workspace_id = ?`, []any{ws}
	if f.People != nil {
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(f.People)), ", ")
		where += ` and j.person_id in (` + marks + `)`
		for _, id := range f.People {
			args = append(args, id)
		}
	}
	if f.Campaign != 0 {
		where += ` and j.campaign_id = ?`
		args = append(args, f.Campaign)
	}
	if f.Action != "" {
		return where + ` and j.position = ? and j.due_at is not null`, append(args, f.Action)
	}
	if f.State != "" {
		where += ` and j.state = ?`
		args = append(args, f.State)
	}
	return where, args
}

const (
	listedJourneyColumns = `c.name, coalesce(p.id, ''), coalesce(p.email, '')`
	listedJourneyJoins   = `
		join campaigns c on c.workspace_id = j.workspace_id and c.campaign_id = j.campaign_id
		left join people p on p.workspace_id = j.workspace_id and p.person_id = j.person_id`
)

func scanListedJourney(scan func(...any) error) (l ListedJourney, err error) {
	l.Journey, err = scanJourney(func(dest ...any) error {
		return scan(append(dest, &l.CampaignName, &l.Person.ExternalID, &l.Person.Email)...)
	})
	l.Person.ID = l.PersonID
	return l, err
}

// Journey is the journey with this id, if the workspace has it.
func (s *Store) Journey(ctx context.Context, ws WorkspaceID, id JourneyID) (ListedJourney, error) {
	l, err := scanListedJourney(s.read.QueryRowContext(ctx, `
		select `+journeyColumns+`, `+listedJourneyColumns+`
		from journeys j `+listedJourneyJoins+`
		where j.workspace_id = ? and j.journey_id = ?`, ws, id).Scan)
	return l, known(err)
}

// DeliveriesOn is what was to be sent on a journey, the first first. The plus
// sign keeps SQLite from walking through everybody's, which are in that order
// already.
func (s *Store) DeliveriesOn(ctx context.Context, ws WorkspaceID, id JourneyID) ([]Delivery, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+deliveryColumns+` from deliveries d
		where d.workspace_id = ? and d.journey_id = ?
		order by +d.delivery_id`, ws, id)
	return collect(rows, err, scanDelivery)
}

// MoveJourney lets a teammate take somebody from where they stand to before
// another action of the live version. What they pass on the way does not happen
// to them. What was written of the move is in their trail.
func (s *Store) MoveJourney(ctx context.Context, ws WorkspaceID, id JourneyID, to string, by Actor) (ListedJourney, error) {
	return s.actOnJourney(ctx, ws, id, func(tx *Tx, l ListedJourney) error {
		c, err := campaign(ctx, tx, ws, l.Campaign)
		if err != nil {
			return err
		}
		plan, err := s.plans.get(ctx, tx, ws, live{c.ID, c.Version})
		if err != nil {
			return err
		}
		action, ok := plan.Action(to)
		if !ok {
			return Invalid{"to": "This action is not in the version that runs. Choose another."}
		}
		m := Move{Journey: l.Journey, Trail: Trail{{Action: l.Position, At: tx.now, What: StopMoved, Reason: "By " + by.Name}}, Position: to, DueAt: tx.now, Activated: true}
		if err := tx.moveByHand(ws, m); err != nil {
			return err
		}
		return tx.noted(ws, by, "Moved a person in a campaign", l.Person.Label(), "To “"+action.Title()+"” in “"+l.CampaignName+"”.")
	})
}

// ExitJourney lets a teammate take somebody out of a campaign. What was not sent
// to them yet is not sent.
func (s *Store) ExitJourney(ctx context.Context, ws WorkspaceID, id JourneyID, by Actor) (ListedJourney, error) {
	reason := "Taken out by " + by.Name + "."
	return s.actOnJourney(ctx, ws, id, func(tx *Tx, l ListedJourney) error {
		if err := tx.exit(ws, []Journey{l.Journey}, reason); err != nil {
			return err
		}
		if err := tx.cancelJourney(ws, l.Journey, reason); err != nil {
			return err
		}
		if err := tx.finishStopping(ws); err != nil {
			return err
		}
		return tx.noted(ws, by, "Took a person out of a campaign", l.Person.Label(), "“"+l.CampaignName+"”.")
	})
}

// actOnJourney changes a journey that is under way, as it is now.
func (s *Store) actOnJourney(ctx context.Context, ws WorkspaceID, id JourneyID, act func(*Tx, ListedJourney) error) (l ListedJourney, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		l, err = scanListedJourney(tx.row(`
			select `+journeyColumns+`, `+listedJourneyColumns+`
			from journeys j `+listedJourneyJoins+`
			where j.workspace_id = ? and j.journey_id = ?`, ws, id).Scan)
		if err != nil {
			return err
		}
		if l.State != JourneyActive {
			return Invalid{"journey": "This journey is over."}
		}
		return act(tx, l)
	})
	return l, err
}

// moveByHand is move for where somebody stands already, too: they meet that
// action anew.
func (tx *Tx) moveByHand(ws WorkspaceID, m Move) error {
	if m.Position != m.Journey.Position {
		tx.wake(Journeys, ws, tx.now)
		return tx.move(Workspace{ID: ws}, m)
	}
	_, err := tx.exec(`
		update journeys set waits = ?, watching = 0, arrived_at = ?, due_at = min(due_at - 1, ?), trail = trail || ?
		where workspace_id = ? and journey_id = ?`,
		workflow.Arrived, micros(tx.now), micros(tx.now), m.Trail.String(), ws, m.Journey.ID)
	tx.wake(Journeys, ws, tx.now)
	return err
}
