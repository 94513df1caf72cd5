package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// work runs a job to its end, a few people at a time.
func (w *world) work(ws Workspace, id JobID) Job {
	w.Helper()
	for range 1000 {
		j, err := w.NextJob(w.ctx, ws.ID)
		if err == ErrNotFound {
			j, err = w.Job(w.ctx, ws.ID, id)
			w.must(err)
			return j
		}
		w.must(err)
		batch, err := w.ReadJob(w.ctx, ws.ID, j, 7)
		w.must(err)
		w.must(w.WriteJob(w.ctx, ws.ID, j, batch))
		w.must(w.WriteJob(w.ctx, ws.ID, j, batch)) // as after a restart in between: nothing is done twice
	}
	w.Fatal("the job does not end")
	return Job{}
}

func (w *world) start(n NewJob) JobID {
	w.Helper()
	id, err := w.CreateJob(w.ctx, w.acme.ID, n, w.me)
	w.must(err)
	return id
}

func TestJobsChangeWhoMatches(t *testing.T) {
	bought := `{"event": {"name": "bought"}}`
	for name, test := range map[string]struct {
		job            NewJob
		filter         string
		found, changed int
		left           string // a query that must give want
		want           int
	}{
		"unsubscribe":          {NewJob{Kind: UnsubscribeJob}, bought, 35, 35, `select count(*) from people where unsubscribed = 1`, 35},
		"add to a segment":     {NewJob{Kind: AddJob}, bought, 35, 35, `select people from segments where name = 'By hand'`, 35},
		"remove from one":      {NewJob{Kind: RemoveJob}, bought, 35, 0, `select people from segments where name = 'By hand'`, 0},
		"set an attribute":     {NewJob{Kind: AttributeJob, Parameters: JobParameters{Attribute: "plan", Value: "Pro"}}, ``, 140, 93, `select count(*) from people where attributes ->> 'plan' = 'Pro'`, 140},
		"remove an attribute":  {NewJob{Kind: AttributeJob, Parameters: JobParameters{Attribute: "plan"}}, ``, 140, 140, `select count(*) from people where attributes ->> 'plan' is not null`, 0},
		"delete":               {NewJob{Kind: DeleteJob}, bought, 35, 35, `select count(*) from people`, 105},
		"delete and suppress":  {NewJob{Kind: SuppressJob}, `{"attribute": {"field": "n", "operator": "lt", "value": 10}}`, 10, 10, `select suppressed from workspaces limit 1`, 10 + 8 + 9},
		"a search":             {NewJob{Kind: UnsubscribeJob, Query: PeopleQuery{Q: "p01"}}, ``, 8, 8, `select count(*) from people where unsubscribed = 1`, 8},
		"those who are chosen": {NewJob{Kind: DeleteJob, Chosen: []PersonID{9, 3, 3, 99999}}, ``, 2, 2, `select count(*) from people`, 138},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, identity.EmailOrID)
			w.furnishPeople()
			g, err := w.CreateSegment(w.ctx, w.acme.ID, NewSegment{Name: "By hand", Manual: true}, w.me)
			w.must(err)
			test.job.Parameters.Segment, test.job.Query.Filter = g.ID, w.filter(test.filter)
			j := w.work(w.acme, w.start(test.job))
			if j.State != JobDone || j.Found != test.found || j.Changed != test.changed || j.Refused != 0 {
				t.Errorf("%s: %d found, %d changed, %d refused; want %d and %d", j.State, j.Found, j.Changed, j.Refused, test.found, test.changed)
			}
			if got := w.number(test.left); got != test.want {
				t.Errorf("%d left, want %d", got, test.want)
			}
			w.people(w.acme)
			if problems, err := w.CheckIntegrity(w.ctx); err != nil || len(problems) > 0 {
				t.Error(problems, err)
			}
			if n := w.number(`select count(*) from audit where action in ('Started a job', 'Finished a job')`); n != 2 {
				t.Errorf("the audit has %d entries of it", n)
			}
		})
	}
}

func TestJobsLeaveNewPeopleAlone(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	old := w.add(w.acme, "old", "", `{}`)
	id := w.start(NewJob{Kind: UnsubscribeJob})
	fresh := w.add(w.acme, "fresh", "", `{}`)
	w.work(w.acme, id)
	for p, want := range map[PersonID]bool{old.ID: true, fresh.ID: false} {
		if p, err := w.Person(w.ctx, w.acme.ID, p); err != nil || p.Unsubscribed != want {
			t.Errorf("%s: unsubscribed is %v, %v", p.Label(), p.Unsubscribed, err)
		}
	}
}

func TestCancelledJobsStop(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.furnishPeople()
	id := w.start(NewJob{Kind: UnsubscribeJob})
	j, err := w.NextJob(w.ctx, w.acme.ID)
	w.must(err)
	batch, err := w.ReadJob(w.ctx, w.acme.ID, j, 7)
	w.must(err)
	w.must(w.WriteJob(w.ctx, w.acme.ID, j, batch))
	j, err = w.NextJob(w.ctx, w.acme.ID)
	w.must(err)
	batch, err = w.ReadJob(w.ctx, w.acme.ID, j, 7)
	w.must(err)
	w.must(w.CancelJob(w.ctx, w.acme.ID, id, w.me))
	w.must(w.WriteJob(w.ctx, w.acme.ID, j, batch))
	if n := w.number(`select count(*) from people where unsubscribed = 1`); n != 7 {
		t.Errorf("%d are unsubscribed, want 7", n)
	}
	if err := w.CancelJob(w.ctx, w.acme.ID, id, w.me); !errors.Is(err, ErrChanged) {
		t.Error("cancelled twice:", err)
	}
	if due, _, _ := w.Turns(w.ctx, Jobs, 10); len(due) > 0 {
		t.Error("a cancelled job still has its turn")
	}
}

// Two jobs of a workspace go on side by side, so that a short one need not wait
// for a long one.
func TestJobsTakeTurns(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.furnishPeople()
	long, short := w.start(NewJob{Kind: UnsubscribeJob}), w.start(NewJob{Kind: DeleteJob, Chosen: []PersonID{2}})
	for range 2 {
		w.time = w.time.Add(time.Second)
		j, err := w.NextJob(w.ctx, w.acme.ID)
		w.must(err)
		batch, err := w.ReadJob(w.ctx, w.acme.ID, j, 7)
		w.must(err)
		w.must(w.WriteJob(w.ctx, w.acme.ID, j, batch))
	}
	for id, want := range map[JobID]JobState{long: JobRunning, short: JobDone} {
		if j, err := w.Job(w.ctx, w.acme.ID, id); err != nil || j.State != want {
			t.Errorf("%s is %s, %v", j.Title, j.State, err)
		}
	}
}

func TestJobsAreRefusedInWords(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	g, err := w.CreateSegment(w.ctx, w.acme.ID, NewSegment{Name: "Kept", Condition: w.condition(`{"attribute": {"field": "plan", "operator": "exists"}}`)}, w.me)
	w.must(err)
	for field, n := range map[string]NewJob{
		"do":        {Kind: "forget"},
		"segment":   {Kind: AddJob, Parameters: JobParameters{Segment: g.ID}},
		"attribute": {Kind: AttributeJob, Parameters: JobParameters{Attribute: "email", Value: "x"}},
		"columns":   {Kind: ExportJob},
		"person":    {Kind: DeleteJob, Chosen: make([]PersonID, MaxChosen+1)},
	} {
		var wrong Invalid
		if _, err := w.CreateJob(w.ctx, w.acme.ID, n, w.me); !errors.As(err, &wrong) || wrong[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestCellsDisarmFormulas(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "plain": "plain", "=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "+1+cmd": "'+1+cmd", "-5": "-5", "+46": "+46", "-1,5": "-1,5",
		"-2+3": "'-2+3", "\t=1": "'\t=1", "a=1": "a=1", "-": "'-",
	} {
		p := Person{Attributes: Attributes{"v": value}}
		if got := p.Cell("v", false); got != want {
			t.Errorf("%q becomes %q, want %q", value, got, want)
		}
		if got := p.Cell("v", true); got != value {
			t.Errorf("%q becomes %q in a raw file", value, got)
		}
	}
}

func TestNoJobReadsEverything(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.furnishPeople()
	w.noScan(w.spied(func() {
		id := w.start(NewJob{Kind: UnsubscribeJob, Query: PeopleQuery{Filter: w.filter(fmt.Sprintf(`{"event": {"name": %q}}`, "bought"))}})
		w.work(w.acme, id)
		for _, page := range []Page{{Limit: 5}, {Before: 5, Limit: 5}, {After: 1, Limit: 5}} {
			_, err := w.Jobs(w.ctx, w.acme.ID, "a", page)
			w.must(err)
			_, err = w.Exports(w.ctx, w.acme.ID, page)
			w.must(err)
		}
	}))
}
