package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// NewJob is what the form of a job asks for.
type NewJob struct {
	Kind       JobKind
	Chosen     []PersonID  // or:
	Query      PeopleQuery // all whom it names
	Parameters JobParameters
	Expected   PeopleCount // as whoever starts it was shown; for chosen people it is their number

	origin   string     // the journey's step that starts it, once; empty: somebody does
	campaign CampaignID // of which it is a run
}

// MaxChosen is how many people can be chosen one by one.
const MaxChosen = 1000

// CreateJob begins a job. It is about the people who are there now.
func (s *Store) CreateJob(ctx context.Context, ws WorkspaceID, n NewJob, by Actor) (id JobID, err error) {
	if err := n.check(); err != nil {
		return 0, err
	}
	err = s.update(ctx, func(tx *Tx) error {
		title, err := tx.jobTitle(ws, n)
		if err != nil {
			return err
		}
		id, err = tx.createJob(ws, n, title, by)
		if err != nil {
			return err
		}
		tx.wake(Jobs, ws, tx.now)
		return tx.noted(ws, by, "Started a job", title, n.Expected.words()+".")
	})
	return id, err
}

func (n *NewJob) check() error {
	wrong := Invalid{}
	switch {
	case !slices.Contains(JobKinds, n.Kind):
		wrong["do"] = "Choose what to do with these people."
	case len(n.Chosen) > MaxChosen:
		wrong["person"] = fmt.Sprintf("Choose at most %d people one by one, or all that match.", MaxChosen)
	}
	if n.Kind == AttributeJob {
		n.checkAttribute(wrong)
	}
	if n.Kind == ExportJob && len(n.Parameters.Columns) == 0 {
		wrong["columns"] = "Choose at least one column."
	}
	slices.Sort(n.Chosen)
	if n.Chosen = slices.Compact(n.Chosen); len(n.Chosen) > 0 {
		n.Query, n.Expected = PeopleQuery{}, PeopleCount{len(n.Chosen), true}
	}
	return wrong.orNil()
}

func (n *NewJob) checkAttribute(wrong Invalid) {
	n.Parameters.Attribute = strings.TrimSpace(n.Parameters.Attribute)
	switch name := n.Parameters.Attribute; {
	case name == "":
		wrong["attribute"] = "Name the attribute."
	case slices.Contains(notAttributes, name):
		wrong["attribute"] = fmt.Sprintf("“%s” is not set for many people at once.", name)
	default:
		if err := CheckAttribute(name, n.Parameters.Value); err != nil {
			wrong["attribute"] = sentence(err.Error())
		}
	}
}

// createJob adds a job; ErrTaken when its origin started it before.
func (tx *Tx) createJob(ws WorkspaceID, n NewJob, title string, by Actor) (id JobID, err error) {
	var first, last PersonID
	err = tx.row(`
		select coalesce((select min(person_id) from people where workspace_id = ?1), 1) - 1, coalesce((select max(person_id) from people where workspace_id = ?1), 0)`,
		ws).Scan(&first, &last)
	if err != nil {
		return 0, err
	}
	file := ""
	if n.Kind == ExportJob {
		file = newExportFile(n.Parameters.Gzip)
	}
	err = tx.row(`
		insert into jobs (workspace_id, kind, state, title, title_key, chosen, q, condition, parameters, expected, exact, first_id, position, up_to_id, file,
			actor, member_id, origin, campaign_id, created_at, updated_at)
		values (?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing
		returning job_id`,
		ws, n.Kind, title, nameKey(title), encode(n.Chosen), n.Query.Q, encode(n.Query.Filter), encode(n.Parameters), n.Expected.People, n.Expected.Exact,
		first, first, last, file, by.Name, orZero(by.ID), orNull(n.origin), orZero(n.campaign), micros(tx.now), micros(tx.now)).Scan(&id)
	if known(err) == ErrNotFound {
		err = ErrTaken
	}
	return id, err
}

// jobTitle says what a job does, and refuses a segment that cannot be changed
// by hand.
func (tx *Tx) jobTitle(ws WorkspaceID, n NewJob) (string, error) {
	switch n.Kind {
	case AddJob, RemoveJob:
		g, err := segment(context.Background(), tx, ws, n.Parameters.Segment)
		if err == ErrNotFound || err == nil && !g.Manual {
			return "", Invalid{"segment": "Choose a manual segment: the others keep themselves."}
		}
		if n.Kind == AddJob {
			return "Add to segment “" + g.Name + "”", err
		}
		return "Remove from segment “" + g.Name + "”", err
	case AttributeJob:
		if v := n.Parameters.Value; v != nil && v != "" {
			return "Set " + n.Parameters.Attribute + " to “" + clipRunes(AttributeWords(v), 60) + "”", nil
		}
		return "Remove the attribute " + n.Parameters.Attribute, nil
	case UnsubscribeJob:
		return "Unsubscribe", nil
	case DeleteJob:
		return "Delete", nil
	case SuppressJob:
		return "Delete and suppress", nil
	}
	return "Export", nil
}

// words is the number as the audit tells it.
func (c PeopleCount) words() string {
	if c.Exact {
		return fmt.Sprintf("%d people", c.People)
	}
	return fmt.Sprintf("At least %d people", c.People)
}

// countTime is how long people are counted before a job.
const countTime = time.Second

// CountJob is how many people a job would be about, as far as can be counted
// in a moment.
func (s *Store) CountJob(ctx context.Context, ws WorkspaceID, q PeopleQuery) (PeopleCount, error) {
	return s.CountPeople(ctx, ws, q, countTime)
}
