package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// JobID names a job of its workspace.
type JobID int64

// JobKind is what a job does to each of its people.
type JobKind string

const (
	AddJob         JobKind = "add_to_segment"
	RemoveJob      JobKind = "remove_from_segment"
	AttributeJob   JobKind = "set_attribute"
	UnsubscribeJob JobKind = "unsubscribe"
	DeleteJob      JobKind = "delete"
	SuppressJob    JobKind = "suppress"
	ExportJob      JobKind = "export"
	BatchJob       JobKind = "batch_update" // a campaign's
	RunJob         JobKind = "broadcast"    // lets people into a broadcast
)

// JobKinds is every kind that people start, in the order in which they are
// offered them.
var JobKinds = []JobKind{AddJob, RemoveJob, AttributeJob, UnsubscribeJob, ExportJob, SuppressJob, DeleteJob}

// Needs is the least role that may start such a job. What cannot be undone and
// what carries people's data away is for admins.
func (k JobKind) Needs() WorkspaceRole {
	switch k {
	case DeleteJob, SuppressJob, ExportJob:
		return RoleAdmin
	}
	return RoleAuthor
}

// JobState is how far a job is.
type JobState string

const (
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobCancelled JobState = "cancelled" // what was done stays
	JobFailed    JobState = "failed"    // see Problem
)

// Job is work on many people, one after the other, which the engine does in
// turns. It is about the people who were there when it began.
type Job struct {
	ID         JobID
	Kind       JobKind
	State      JobState
	Title      string // what it does, as people read it
	Chosen     []PersonID
	Query      PeopleQuery // unless people were chosen
	Parameters JobParameters
	Expected   PeopleCount // counted before it began
	Found      int         // people so far
	Changed    int         // … for whom it made a difference
	Refused    int         // … whom a limit kept from being changed
	First      PersonID
	At         PersonID // everybody up to here is done
	UpTo       PersonID
	File       string // of an export, within the folder of exports; empty: deleted, or none
	Size       int64  // bytes of it
	Problem    string
	Actor      string // who began it
	MemberID   MemberID
	Campaign   CampaignID // of which it is a run; zero: of none
	CreatedAt  time.Time
	UpdatedAt  time.Time
	FinishedAt time.Time
}

// JobParameters is what a kind of job needs to know.
type JobParameters struct {
	Segment   SegmentID `json:"segment,omitempty"`
	Attribute string    `json:"attribute,omitempty"`
	Value     any       `json:"value,omitempty"`   // of the attribute; nil or empty removes it
	Columns   []string  `json:"columns,omitempty"` // of an export
	Gzip      bool      `json:"gzip,omitempty"`
	Raw       bool      `json:"raw,omitempty"`  // an export for programs: formulas are not disarmed
	Most      int       `json:"most,omitempty"` // people after whom it ends; zero: all

	Deliveries *DeliveryExport `json:"deliveries,omitempty"` // an export of these; the job's numbers of people are theirs

	// Of a batch update:
	Set   Attributes      `json:"set,omitempty"`
	Event string          `json:"event,omitempty"` // that each of them does; empty: none
	Data  json.RawMessage `json:"data,omitempty"`  // of it
	Chain int             `json:"chain,omitempty"` // see TriggerEvent

	// Of a run of a broadcast, besides Data, which everybody's journey begins with:
	Each    map[PersonID]json.RawMessage `json:"each,omitempty"`     // data of some of them, over it
	Missing []string                     `json:"missing,omitempty"`  // who was named and is nobody, a sentence each
	PerHour int                          `json:"per_hour,omitempty"` // how many people at most
	InZones bool                         `json:"in_zones,omitempty"` // begins at the time of CreatedAt by each person's clocks
}

// Done is the part that is done, in hundredths. It goes by keys, which are
// handed out in order, and so is about right.
func (j Job) Done() int {
	switch {
	case j.State == JobDone, j.UpTo <= j.First:
		return 100
	case len(j.Chosen) > 0:
		return 100 * j.Found / len(j.Chosen)
	case j.Parameters.Most > 0 && 100*j.Found/j.Parameters.Most > int(100*(j.At-j.First)/(j.UpTo-j.First)):
		return min(100*j.Found/j.Parameters.Most, 99)
	}
	return int(min(100*(j.At-j.First)/(j.UpTo-j.First), 99))
}

// Jobs is the workspace's jobs, the newest first. q is searched in what they
// do.
func (s *Store) Jobs(ctx context.Context, ws WorkspaceID, q string, page Page) ([]Job, error) {
	return s.jobs(ctx, ws, `instr(title_key, ?4) > 0`, nameKey(q), page)
}

// Exports is the jobs that are exports, the newest first.
func (s *Store) Exports(ctx context.Context, ws WorkspaceID, page Page) ([]Job, error) {
	return s.jobs(ctx, ws, `kind = ?4`, string(ExportJob), page)
}

func (s *Store) jobs(ctx context.Context, ws WorkspaceID, which, value string, page Page) ([]Job, error) {
	compare, order, from := `<`, ` desc`, beforeOr(page.Before)
	if page.After != 0 {
		compare, order, from = `>`, ``, page.After
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+jobColumns+` from jobs
		where workspace_id = ?1 and job_id `+compare+` ?2 and `+which+`
		order by job_id`+order+`
		limit ?3`, ws, from, page.Limit, value)
	all, err := collect(rows, err, scanJob)
	if page.After != 0 {
		slices.Reverse(all)
	}
	return all, err
}

// Job is the job with this id, if the workspace has it. Whom it is about is
// said with the names of segments, as people read it.
func (s *Store) Job(ctx context.Context, ws WorkspaceID, id JobID) (Job, error) {
	j, err := job(ctx, s.read, ws, id)
	if err != nil || j.Query.Filter == nil {
		return j, err
	}
	named := []Segment{{Condition: *j.Query.Filter}}
	err = s.nameSegments(ctx, ws, named)
	j.Query.Filter = &named[0].Condition
	return j, err
}

func job(ctx context.Context, q queryer, ws WorkspaceID, id JobID) (Job, error) {
	j, err := scanJob(q.QueryRowContext(ctx, `select `+jobColumns+` from jobs where workspace_id = ? and job_id = ?`, ws, id).Scan)
	return j, known(err)
}

// CancelJob ends a job that runs. What was done stays.
func (s *Store) CancelJob(ctx context.Context, ws WorkspaceID, id JobID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		j, err := job(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if j.State != JobRunning {
			return ErrChanged
		}
		if err := tx.endJob(ws, j, JobCancelled, ""); err != nil {
			return err
		}
		return tx.noted(ws, by, "Cancelled a job", j.Title, j.outcome())
	})
}

// jobRest is for how long other jobs of the workspace go before one that
// failed: a turn that fails delays all of them.
const jobRest = time.Minute

// SetJobBack lets the other jobs of the workspace go first for a while.
func (s *Store) SetJobBack(ctx context.Context, ws WorkspaceID, id JobID) error {
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`update jobs set updated_at = ? where workspace_id = ? and job_id = ? and state = 'running'`, micros(tx.now.Add(jobRest)), ws, id)
		return err
	})
}

// FailJob ends a job that cannot go on. The reason is for whoever began it.
func (s *Store) FailJob(ctx context.Context, ws WorkspaceID, j Job, reason string) error {
	return s.update(ctx, func(tx *Tx) error {
		if err := ignoreMissing(tx.endJob(ws, j, JobFailed, reason)); err != nil {
			return err
		}
		return tx.endTurn(ws, Jobs)
	})
}

// endJob ends a job that runs; ErrNotFound when it does not any more.
func (tx *Tx) endJob(ws WorkspaceID, j Job, state JobState, problem string) error {
	return tx.execOne(`
		update jobs set state = ?, problem = ?, updated_at = ?, finished_at = ?
		where workspace_id = ? and job_id = ? and state = 'running'`, state, problem, micros(tx.now), micros(tx.now), ws, j.ID)
}

// outcome is what a job did, for the audit.
func (j Job) outcome() string {
	if j.Parameters.Deliveries != nil {
		return fmt.Sprintf("%d deliveries written.", j.Found)
	}
	if j.Kind == ExportJob {
		return fmt.Sprintf("%d people written.", j.Found)
	}
	if j.Kind == SimulateJob {
		return fmt.Sprintf("%d people simulated, %d would get a message.", j.Found, j.Changed)
	}
	return fmt.Sprintf("%d people found, %d changed.", j.Found, j.Changed)
}

const jobColumns = `job_id, kind, state, title, chosen, q, condition, parameters, expected, exact, found, changed, refused,
	first_id, position, up_to_id, file, size, problem, actor, coalesce(member_id, 0), coalesce(campaign_id, 0), created_at, updated_at, coalesce(finished_at, 0)`

func scanJob(scan func(...any) error) (j Job, err error) {
	var chosen, condition, parameters string
	var created, updated, finished int64
	err = scan(&j.ID, &j.Kind, &j.State, &j.Title, &chosen, &j.Query.Q, &condition, &parameters, &j.Expected.People, &j.Expected.Exact,
		&j.Found, &j.Changed, &j.Refused, &j.First, &j.At, &j.UpTo, &j.File, &j.Size, &j.Problem, &j.Actor, &j.MemberID, &j.Campaign, &created, &updated, &finished)
	if err != nil {
		return j, err
	}
	j.CreatedAt, j.UpdatedAt, j.FinishedAt = instant(created), instant(updated), instant(finished)
	if err := json.Unmarshal([]byte(chosen), &j.Chosen); err != nil {
		return j, err
	}
	if err := json.Unmarshal([]byte(condition), &j.Query.Filter); err != nil {
		return j, err
	}
	d := json.NewDecoder(strings.NewReader(parameters))
	d.UseNumber() // a number stays as it was written
	return j, d.Decode(&j.Parameters)
}
