package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// hourKey names what a campaign counts by the hour.
type hourKey struct {
	countKey
	Hour int64 // since 1970
}

func hourOf(at time.Time) int64 { return at.Unix() / 3600 }

// mark counts by the hour of at: when the message was made, or when the
// person entered, so that what later comes of them stands beside them.
func (t tallies) mark(ws WorkspaceID, campaign CampaignID, action, metric string, at time.Time, n int) {
	t.hours[hourKey{countKey{ws, campaign, action, metric}, hourOf(at)}] += n
}

// markMessage counts for the message's action and for its campaign.
func (t tallies) markMessage(ws WorkspaceID, d Delivery, metric string) {
	t.mark(ws, d.Campaign, d.Action, metric, d.CreatedAt, 1)
	t.mark(ws, d.Campaign, "", metric, d.CreatedAt, 1)
}

func (tx *Tx) flushHours() error {
	for key, n := range tx.hours {
		_, err := tx.exec(`
			insert into campaign_hours (workspace_id, campaign_id, action_key, hour, metric, n)
			select ?1, ?2, ?3, ?4, ?5, ?6 where exists (select 1 from campaigns where workspace_id = ?1 and campaign_id = ?2)
			on conflict do update set n = n + excluded.n`,
			key.Workspace, key.Campaign, key.Action, key.Hour, key.Metric, n)
		if err != nil {
			return err
		}
	}
	return nil
}

// MessageMetrics is what a series of messages counts, by the names of the
// reference's App API. Uncertain is ours: handed over, but nobody knows.
var MessageMetrics = []string{
	"created", "drafted", "attempted", "sent", "delivered", "deferred", "opened", "clicked", "converted", "unsubscribed",
	"bounced", "spammed", "dropped", "failed", "undeliverable", "uncertain",
}

// AnswerMetrics is how webhooks were answered in the end, by the class of the
// status.
var AnswerMetrics = []string{"2xx", "3xx", "4xx", "5xx"}

// JourneysConverted counts people who met the goal, as converted counts the
// messages that led to it.
const JourneysConverted = "journeys_converted"

// JourneyMetrics is what a series of journeys counts.
var JourneyMetrics = []string{"started", "activated", "messaged", "finished", "exited_early", "never_activated", JourneysConverted}

// Unit is how much time each number of a series covers.
type Unit string

const (
	Hours  Unit = "hours"
	Days   Unit = "days"
	Weeks  Unit = "weeks" // from Monday
	Months Unit = "months"
)

// Most is how many of them a series has at most.
func (u Unit) Most() int {
	return map[Unit]int{Hours: 24, Days: 45, Weeks: 12, Months: 120}[u]
}

// floor is when the unit began in which at is, by at's clock.
func (u Unit) floor(at time.Time) time.Time {
	switch u {
	case Hours:
		return at.Truncate(time.Hour)
	case Weeks:
		return midnight(at).AddDate(0, 0, -(int(at.Weekday())+6)%7)
	case Months:
		return midnight(at).AddDate(0, 0, 1-at.Day())
	}
	return midnight(at)
}

func midnight(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, at.Location())
}

// step is n units later.
func (u Unit) step(at time.Time, n int) time.Time {
	switch u {
	case Hours:
		return at.Add(time.Duration(n) * time.Hour)
	case Weeks:
		return at.AddDate(0, 0, 7*n)
	case Months:
		return at.AddDate(0, n, 0)
	}
	return at.AddDate(0, 0, n)
}

// Steps is the beginnings of the last n units up to now, by now's clock, the
// oldest first.
func (u Unit) Steps(n int, now time.Time) []time.Time {
	return u.Between(u.step(u.floor(now), 1-n), now)
}

// Between is the beginnings of the units that touch the time from start to
// end, by start's clock; at most 1,000.
func (u Unit) Between(start, end time.Time) (all []time.Time) {
	for at := u.floor(start); !at.After(end) && len(all) < 1000; at = u.step(at, 1) {
		all = append(all, at)
	}
	return all
}

// SeriesOf is whose numbers a series has.
type SeriesOf struct {
	Campaign CampaignID
	Action   string        // empty: the whole campaign
	Type     workflow.Type // only messages of this type; empty: of any
	Metrics  []string      // each is in the answer, with zeros at least
	Begins   []time.Time
	Unit     Unit
}

// Series is how often each metric happened in each unit, the oldest first.
func (s *Store) Series(ctx context.Context, ws WorkspaceID, of SeriesOf) (map[string][]int, error) {
	series := map[string][]int{}
	for _, metric := range of.Metrics {
		series[metric] = make([]int, len(of.Begins))
	}
	if len(of.Begins) == 0 {
		return series, nil
	}
	end := of.Unit.step(of.Begins[len(of.Begins)-1], 1)
	query, whose := seriesQuery, any(of.Action)
	if of.Type != "" {
		query, whose = seriesOfTypeQuery, of.Type
	}
	rows, err := s.read.QueryContext(ctx, query, ws, of.Campaign, whose, hourOf(of.Begins[0]), hourOf(end))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var hour int64
		var metric string
		var n int
		if err := rows.Scan(&hour, &metric, &n); err != nil {
			return nil, err
		}
		if list, asked := series[metric]; asked {
			list[unitAt(of.Begins, hour)] += n
		}
	}
	return series, rows.Err()
}

// By the primary key: they read the hours asked for, and no others.
const (
	seriesQuery = `
		select hour, metric, n from campaign_hours
		where workspace_id = ? and campaign_id = ? and action_key = ? and hour >= ? and hour < ?`
	seriesOfTypeQuery = `
		select h.hour, h.metric, h.n
		from campaign_actions a join campaign_hours h on h.workspace_id = a.workspace_id and h.campaign_id = a.campaign_id and h.action_key = a.action_key
		where a.workspace_id = ? and a.campaign_id = ? and a.type = ? and h.hour >= ? and h.hour < ?`
)

// unitAt is the last unit that has begun at the hour.
func unitAt(begins []time.Time, hour int64) int {
	i, exact := slices.BinarySearchFunc(begins, hour, func(at time.Time, hour int64) int { return int(hourOf(at) - hour) })
	if !exact && i > 0 {
		i--
	}
	return i
}

// ParseUnit reads a unit by the names that clients use: days, or daily.
func ParseUnit(text string) (Unit, error) {
	switch text {
	case "hours", "hourly":
		return Hours, nil
	case "days", "daily":
		return Days, nil
	case "weeks", "weekly":
		return Weeks, nil
	case "months", "monthly":
		return Months, nil
	}
	return "", fmt.Errorf("%q is none of hours, days, weeks and months", text)
}
