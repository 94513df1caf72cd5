package store

import (
	"context"
	"slices"
)

// DueJourney is a journey whose person may go on, with what deciding it takes.
type DueJourney struct {
	Journey
	Person Person // zero: nobody
	Plan   *Plan
}

// DueKeys is the journeys of a workspace that have been due longest, at most
// limit, in the order of their keys. That is the order in which the database
// keeps them: many that are moved one after the other are neighbours, and need a
// page of it once.
func (s *Store) DueKeys(ctx context.Context, ws WorkspaceID, limit int) ([]JourneyID, error) {
	rows, err := s.read.QueryContext(ctx, `
		select journey_id from journeys where workspace_id = ? and due_at <= ? order by due_at, journey_id limit ?`, ws, micros(s.now()), limit)
	ids, err := collect(rows, err, func(scan func(...any) error) (id JourneyID, err error) { return id, scan(&id) })
	slices.Sort(ids)
	return ids, err
}

// DueJourneys is those of the journeys that still are due, in the order of
// their keys.
func (s *Store) DueJourneys(ctx context.Context, ws WorkspaceID, ids []JourneyID) ([]DueJourney, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+journeyColumns+`, c.version, `+maybePersonColumns+`
		from json_each(?) k
		cross join journeys j on j.journey_id = k.value
		join campaigns c on c.workspace_id = j.workspace_id and c.campaign_id = j.campaign_id
		left join people p on p.workspace_id = j.workspace_id and p.person_id = j.person_id
		where j.workspace_id = ? and j.due_at <= ?`, encode(ids), ws, micros(s.now()))
	versions := map[CampaignID]int{}
	due, err := collect(rows, err, func(scan func(...any) error) (d DueJourney, err error) {
		var version int
		var j Journey
		d.Person, err = scanPerson(func(person ...any) error {
			j, err = scanJourney(func(journey ...any) error {
				return scan(append(append(journey, &version), person...)...)
			})
			return err
		})
		j.Version = version
		d.Journey = j
		versions[j.Campaign] = version
		return d, err
	})
	if err != nil {
		return nil, err
	}
	for i := range due {
		due[i].Plan, err = s.plans.get(ctx, s.read, ws, live{due[i].Campaign, versions[due[i].Campaign]})
		if err != nil {
			return nil, err
		}
	}
	return due, nil
}
