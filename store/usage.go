package store

import (
	"context"
	"time"
)

// Period is a calendar month in UTC, as yyyymm.
type Period int

// PeriodOf is the month of a time.
func PeriodOf(t time.Time) Period {
	t = t.UTC()
	return Period(t.Year()*100 + int(t.Month()))
}

// Start is the first instant of the month.
func (p Period) Start() time.Time {
	return time.Date(int(p)/100, time.Month(int(p)%100), 1, 0, 0, 0, 0, time.UTC)
}

// End is the first instant after the month.
func (p Period) End() time.Time { return p.Start().AddDate(0, 1, 0) }

// Usage is what a workspace used in a period. A person in two workspaces
// counts twice, and one who was deleted during the period still counts.
type Usage struct {
	Workspace Workspace
	People    int // the most held at one time
	Emails    int
	Webhooks  int
	Events    int
	SentAt    time.Time // the last message; zero: none
}

// Messages is what is billed beside people.
func (u Usage) Messages() int { return u.Emails + u.Webhooks }

// Usages is what every workspace used in a period, those deleted since
// included, the one with most people first; and the sum over all of them.
func (s *Store) Usages(ctx context.Context, period Period) ([]Usage, Usage, error) {
	rows, err := s.read.QueryContext(ctx, usageQuery+`
		where w.created_at < ? and (w.deleted_at is null or w.deleted_at >= ?)
		order by most desc, w.workspace_id`, period, period, micros(period.End()), micros(period.Start()))
	all, err := collect(rows, err, scanUsage)
	var total Usage
	for _, u := range all {
		total.add(u)
	}
	return all, total, err
}

func (u *Usage) add(other Usage) {
	u.People += other.People
	u.Emails += other.Emails
	u.Webhooks += other.Webhooks
	u.Events += other.Events
	if other.SentAt.After(u.SentAt) {
		u.SentAt = other.SentAt
	}
}

// Usage is what one workspace used in a period.
func (s *Store) Usage(ctx context.Context, ws WorkspaceID, period Period) (Usage, error) {
	u, err := scanUsage(s.read.QueryRowContext(ctx, usageQuery+`where w.workspace_id = ?`, period, period, ws).Scan)
	return u, known(err)
}

// A month in which a workspace wrote nothing has no row: its people are those
// of the last month that has one.
const usageQuery = `
	select ` + prefixedWorkspaceColumns + `,
		coalesce(u.people_peak, (
			select p.people from usage p
			where p.workspace_id = w.workspace_id and p.period < ?
			order by p.period desc limit 1), 0) as most,
		coalesce(u.emails, 0), coalesce(u.webhooks, 0), coalesce(u.events, 0), coalesce(u.sent_at, 0)
	from workspaces w left join usage u on u.workspace_id = w.workspace_id and u.period = ?
	`

func scanUsage(scan func(...any) error) (u Usage, err error) {
	var created, deleted, sent int64
	w := &u.Workspace
	err = scan(&w.ID, &w.Slug, &w.Name, &w.Color, &w.Identifiers, &w.Next, &w.EmailByID, &w.AutoMerge, &w.Sending, &w.TestAddress, &w.LanguageAttribute, &w.People, &w.Suppressed, &created, &deleted,
		&u.People, &u.Emails, &u.Webhooks, &u.Events, &sent)
	w.CreatedAt, w.DeletedAt, u.SentAt = instant(created), instant(deleted), instant(sent)
	return u, err
}

// Periods is the months since the account began, the latest first.
func (s *Store) Periods(ctx context.Context) ([]Period, error) {
	var created int64
	if err := s.read.QueryRowContext(ctx, `select created_at from account`).Scan(&created); err != nil {
		return nil, known(err)
	}
	var all []Period
	first := PeriodOf(instant(created)).Start()
	for at := PeriodOf(s.now()).Start(); !at.Before(first); at = at.AddDate(0, -1, 0) {
		all = append(all, PeriodOf(at))
	}
	return all, nil
}
