package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// workOut works out the dates of a campaign that started, some people at a
// time.
func (r *campaignRoom) workOut(id CampaignID, limit int) {
	r.Helper()
	for {
		works, err := r.CampaignWorks(r.ctx, r.ws)
		r.must(err)
		if !slices.ContainsFunc(works, func(w CampaignWork) bool { return w.ID == id && w.Dates }) {
			return
		}
		r.must(r.WorkOutDates(r.ctx, r.ws, id, limit))
	}
}

// until lets the clock run to a time as the engine would, turn by turn.
func (r *campaignRoom) until(at time.Time) {
	r.Helper()
	for range 1000 {
		var next int64
		r.must(r.read.QueryRow(`select coalesce(min(due_at), 0) from date_dues where due_at is not null`).Scan(&next))
		if next == 0 || instant(next).After(at) {
			break
		}
		if instant(next).After(r.at) {
			r.at = instant(next)
		}
		r.must(r.FollowDates(r.ctx, r.ws, 10))
	}
	r.at = at
}

// dated is when the journeys of a campaign began, as day and hour.
func (r *campaignRoom) dated(id CampaignID) (all []string) {
	r.Helper()
	for _, j := range r.journeys(id) {
		all = append(all, fmt.Sprintf("%d %s", j.PersonID, j.EnteredAt.Format("2006-01-02 15:04")))
	}
	return all
}

func day(text string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return at
}

const birthday = `"frequency":"every","trigger":{"type":"date","attribute":"birthday","at":"09:00","zone":"UTC","person_zone":true,"repeat":"yearly"}`

func TestDatesStartJourneysOnTheirDay(t *testing.T) {
	r := newCampaignRoom(t)
	for n, when := range []string{"1990-11-24", "1990-12-24", "2001-02-29", ""} {
		r.is(fmt.Sprint("p", n), Attributes{"birthday": when, "timezone": []any{"Asia/Tokyo", nil, nil, nil}[n]})
	}
	c := r.campaignWith("Birthday", birthday)
	r.workOut(c.ID, 3)
	r.is("late", Attributes{"birthday": "1980-11-23"}) // today at nine, which is over
	r.is("soon", Attributes{"birthday": "1980-11-25"})
	r.until(day("2026-11-26 00:00"))
	if got := r.dated(c.ID); !slices.Equal(got, []string{"1 2026-11-24 00:00", "6 2026-11-25 09:00"}) {
		t.Errorf("entered %v", got)
	}
	r.until(day("2028-01-01 00:00"))
	if got := r.dated(c.ID); !slices.Equal(got[2:], []string{"2 2026-12-24 09:00", "5 2027-11-23 09:00", "1 2027-11-24 00:00", "6 2027-11-25 09:00", "2 2027-12-24 09:00"}) {
		t.Errorf("entered %v", got)
	}
}

func TestDatesFollowWhatPeopleAre(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.campaignWith("Trial ends", `"frequency":"every","trigger":{"type":"date","attribute":"trial.ends","at":"09:00","zone":"UTC","before":"2d"}`)
	r.workOut(c.ID, 100)
	r.is("ada", Attributes{"trial": map[string]any{"ends": "2026-12-10"}})
	r.is("bob", Attributes{"trial": map[string]any{"ends": "2026-12-10"}})
	r.is("eve", nil)
	r.is("bob", Attributes{"trial": map[string]any{"ends": "2026-12-20"}})
	r.is("eve", Attributes{"trial": map[string]any{"ends": day("2026-12-05 23:00").Unix()}})
	r.is("ada", Attributes{"plan": "pro"})
	r.until(day("2026-12-09 00:00"))
	r.is("ada", Attributes{"trial": map[string]any{"ends": "2026-12-15"}}) // given more time
	r.is("bob", Attributes{"trial": nil})
	r.until(day("2027-12-09 00:00"))
	if got := r.dated(c.ID); !slices.Equal(got, []string{"3 2026-12-03 09:00", "1 2026-12-08 09:00", "1 2026-12-13 09:00"}) {
		t.Errorf("entered %v", got)
	}
}

// A day comes once for a person, whatever zone they travel to meanwhile, and
// whoever became a part of them.
func TestADayComesOnce(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.campaignWith("Birthday", birthday)
	r.workOut(c.ID, 100)
	r.is("ada", Attributes{"birthday": "1990-11-24", "timezone": "Asia/Tokyo"})
	r.is("twin", Attributes{"birthday": "1990-11-24", "timezone": "UTC"})
	r.until(day("2026-11-24 01:00"))
	r.is("ada", Attributes{"timezone": "America/New_York"})
	r.must(r.Merge(r.ctx, r.ws, identity.Ref{Kind: identity.ID, Value: "twin"}, identity.Ref{Kind: identity.ID, Value: "ada"}, r.by))
	r.until(day("2026-11-26 00:00"))
	if got := r.dated(c.ID); !slices.Equal(got, []string{"2 2026-11-24 00:00"}) {
		t.Errorf("entered %v", got)
	}
	r.until(day("2027-11-26 00:00"))
	if got := len(r.journeys(c.ID)); got != 2 {
		t.Errorf("%d journeys after a year", got)
	}
}

// While the server is off, what is less than a day late is made up for, and
// what is older is passed over.
func TestMissedDates(t *testing.T) {
	for back, want := range map[string][]string{
		"2026-11-25 08:59": {"1 2026-11-25 08:59", "1 2026-12-24 09:00"},
		"2026-11-25 09:01": {"1 2026-12-24 09:00"},
		"2027-12-24 14:00": {"1 2027-12-24 14:00", "1 2028-01-24 09:00"},
	} {
		r := newCampaignRoom(t)
		c := r.campaignWith("Monthly", `"frequency":"every","trigger":{"type":"date","attribute":"since","at":"09:00","zone":"UTC","repeat":"monthly"}`)
		r.workOut(c.ID, 100)
		r.is("ada", Attributes{"since": "2020-05-24"})
		r.at = day(back)
		r.until(r.at.Add(35 * 24 * time.Hour))
		if got := r.dated(c.ID); !slices.Equal(got, want) {
			t.Errorf("off until %s: entered %v, want %v", back, got, want)
		}
	}
}

func TestStoppedAndChangedDates(t *testing.T) {
	r := newCampaignRoom(t)
	r.is("ada", Attributes{"birthday": "1990-11-24", "named": "1990-12-24"})
	c := r.campaignWith("Birthday", birthday)
	r.workOut(c.ID, 100)
	_, err := r.EditDraft(r.ctx, r.ws, c.ID, AnyRevision, "Trigger", func(c workflow.Campaign) (workflow.Campaign, error) {
		c.Trigger.Date.Attribute = "named"
		return c, nil
	}, r.by)
	r.must(err)
	_, err = r.PublishCampaign(r.ctx, r.ws, c.ID, r.by)
	r.must(err)
	r.until(day("2026-11-25 00:00")) // the old day, which is not worked out anew yet
	r.workOut(c.ID, 100)
	r.until(day("2027-01-01 00:00"))
	if got := r.dated(c.ID); !slices.Equal(got, []string{"1 2026-12-24 09:00"}) {
		t.Errorf("entered %v", got)
	}
	_, err = r.StopCampaign(r.ctx, r.ws, c.ID, true, r.by)
	r.must(err)
	r.until(day("2028-01-01 00:00"))
	if n := len(r.journeys(c.ID)); n != 1 {
		t.Errorf("%d journeys of a stopped campaign", n)
	}
	var rows int
	r.must(r.read.QueryRow(`select count(*) from date_dues`).Scan(&rows))
	if rows != 0 {
		t.Errorf("%d rows are left", rows)
	}
}

func TestDateQueriesUseIndexes(t *testing.T) {
	r := newCampaignRoom(t)
	r.searches(datesDue, 3)
	r.searches(turnQueries[Dates], 1)
	r.searches(peopleAfter, 3)
	r.searches(`select fired from date_dues where workspace_id = ? and campaign_id = ? and person_id = ?`, 3)
}

func TestDatesOfManyPeopleAreWorkedOut(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 100,000 people")
	}
	r := newCampaignRoom(t)
	const many = 100_000
	r.must(r.update(r.ctx, func(tx *Tx) error {
		_, err := tx.exec(`
		with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
		insert into people (workspace_id, id, attributes, created_at, updated_at)
		select ?, 'p' || i, json_object('birthday', date('1980-01-01', i || ' days'), 'timezone', 'Europe/Berlin', 'plan', 'pro'), 0, 0 from n`, many, r.ws)
		return err
	}))
	c := r.campaignWith("Birthday", birthday)
	began := time.Now()
	turns := 0
	for {
		works, err := r.CampaignWorks(r.ctx, r.ws)
		r.must(err)
		if len(works) == 0 {
			break
		}
		r.must(r.WorkOutDates(r.ctx, r.ws, c.ID, 500))
		turns++
	}
	took := time.Since(began)
	var rows int
	r.must(r.read.QueryRow(`select count(*) from date_dues where due_at is not null`).Scan(&rows))
	if rows != many {
		t.Errorf("%d rows", rows)
	}
	t.Logf("%d people in %s, %d turns of %s", many, took, turns, took/time.Duration(turns))
}

// Whom an import brings has dates, too.
func TestImportedPeopleHaveDates(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.campaignWith("Birthday", birthday)
	r.workOut(c.ID, 100)
	r.must(r.update(r.ctx, func(tx *Tx) error {
		w, err := tx.workspace(r.ws)
		if err != nil {
			return err
		}
		rules := newImportRules(w, Import{Columns: []ImportColumn{{To: ToID}, {To: ToAttribute, Name: "birthday"}}})
		run := importRun{tx: tx, w: w, rules: rules}
		_, _, err = run.insert(rules.Row(1, []string{"ada", "1990-11-24"}, false))
		return err
	}))
	r.until(day("2026-11-25 00:00"))
	if got := r.dated(c.ID); !slices.Equal(got, []string{"1 2026-11-24 09:00"}) {
		t.Errorf("entered %v", got)
	}
}
