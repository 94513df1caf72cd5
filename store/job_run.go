package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/postroom/postroom/store/identity"
)

const (
	jobSearch = 100 * time.Millisecond // in which a turn looks for people
	jobWrite  = 15 * time.Millisecond  // after which a transaction takes no more of them
)

// NextJob is the workspace's job whose turn it is, ErrNotFound: none runs.
func (s *Store) NextJob(ctx context.Context, ws WorkspaceID) (Job, error) {
	j, err := scanJob(s.read.QueryRowContext(ctx, `
		select `+jobColumns+` from jobs where workspace_id = ? and state = 'running' order by updated_at, job_id limit 1`, ws).Scan)
	return j, known(err)
}

// JobBatch is people of a job who follow each other.
type JobBatch struct {
	People []Person
	Next   PersonID // everybody up to here was looked at
	Last   bool     // there are no more
}

// ReadJob is the people of a job who are next, at most limit.
func (s *Store) ReadJob(ctx context.Context, ws WorkspaceID, j Job, limit int) (b JobBatch, err error) {
	if len(j.Chosen) > 0 {
		return s.readChosen(ctx, ws, j, limit)
	}
	if most := j.Parameters.Most; most > 0 {
		limit = min(limit, most-j.Found)
	}
	way, err := s.way(ctx, ws, PeopleQuery{Q: j.Query.Q, Filter: j.Query.Filter}, Page{})
	if err != nil {
		return b, err
	}
	way.upwards(j.At)
	if b.People, err = s.walk(ctx, way, limit, time.Now().Add(jobSearch)); err != nil {
		return b, err
	}
	if b.Next, b.Last = way.at, way.over; len(b.People) == limit {
		b.Next, b.Last = b.People[limit-1].ID, false
	}
	for len(b.People) > 0 && b.People[len(b.People)-1].ID > j.UpTo {
		b.People, b.Last = b.People[:len(b.People)-1], true
	}
	b.Last = b.Last || b.Next >= j.UpTo || j.Parameters.Most > 0 && j.Found+len(b.People) >= j.Parameters.Most
	return b, nil
}

// readChosen passes over those who are gone.
func (s *Store) readChosen(ctx context.Context, ws WorkspaceID, j Job, limit int) (b JobBatch, err error) {
	left := j.Chosen[upperBound(j.Chosen, j.At):]
	some := left[:min(len(left), limit)]
	for _, id := range some {
		p, err := s.Person(ctx, ws, id)
		if ignoreMissing(err) != nil {
			return b, err
		}
		if err == nil {
			b.People = append(b.People, p)
		}
		b.Next = id
	}
	b.Last = len(some) == len(left)
	return b, nil
}

func upperBound(ids []PersonID, than PersonID) int {
	i, found := slices.BinarySearch(ids, than)
	if found {
		i++
	}
	return i
}

// upwards walks from a person to the newer ones.
func (w *way) upwards(from PersonID) {
	w.back, w.place = true, int64(from)
	w.lanes[0].desc = false
}

// WriteJob does to a batch what the job is for, in transactions that are short
// enough for others. Each moves the job behind what it did, so that nobody is
// done twice or left out, whenever the program stops. It ends early when the
// job was cancelled.
func (s *Store) WriteJob(ctx context.Context, ws WorkspaceID, j Job, b JobBatch) error {
	for more := true; more; {
		err := s.update(ctx, func(tx *Tx) (err error) {
			more, err = tx.writeJob(ws, &j, &b)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) writeJob(ws WorkspaceID, j *Job, b *JobBatch) (more bool, err error) {
	if runs, err := tx.jobRuns(ws, *j); err != nil || !runs {
		return false, errors.Join(err, tx.endTurn(ws, Jobs))
	}
	w, err := tx.workspace(ws)
	if err != nil {
		return false, err
	}
	var done JobProgress
	rest := b.People
	for start := time.Now(); len(rest) > 0 && time.Since(start) < jobWrite; rest = rest[1:] {
		now := *j
		now.Found += done.Found
		changed, err := tx.doJob(w, now, rest[0].ID)
		if err := done.count(changed, err); err != nil {
			return false, err
		}
		done.Next = rest[0].ID
	}
	if len(rest) == 0 {
		done.Next, done.Last = b.Next, b.Last
	}
	if err := tx.advanceJob(ws, *j, done); err != nil {
		return false, err
	}
	j.At, j.Found, b.People = done.Next, j.Found+done.Found, rest
	return len(rest) > 0, tx.endTurn(ws, Jobs)
}

// JobProgress is what became of the people of a part of a job.
type JobProgress struct {
	Found, Changed, Refused int
	Next                    PersonID // everybody up to here is done
	Last                    bool     // so is the job
	Size                    int64    // bytes of an export's file
}

// count takes the result for one person. Somebody whom a limit keeps from being
// changed stops nothing.
func (p *JobProgress) count(changed bool, err error) error {
	var no Rejected
	switch {
	case errors.As(err, &no):
		p.Refused++
	case err == ErrNotFound: // deleted meanwhile
		return nil
	case err != nil:
		return err
	case changed:
		p.Changed++
	}
	p.Found++
	return nil
}

// jobRuns says whether the job still is where it was read.
func (tx *Tx) jobRuns(ws WorkspaceID, j Job) (runs bool, err error) {
	err = tx.row(`
		select exists (select 1 from jobs where workspace_id = ? and job_id = ? and state = 'running' and position = ?)`, ws, j.ID, j.At).Scan(&runs)
	return runs, err
}

func (tx *Tx) advanceJob(ws WorkspaceID, j Job, p JobProgress) error {
	err := tx.execOne(`
		update jobs set position = max(position, ?), found = found + ?, changed = changed + ?, refused = refused + ?, size = max(size, ?), updated_at = ?
		where workspace_id = ? and job_id = ?`, p.Next, p.Found, p.Changed, p.Refused, p.Size, micros(tx.now), ws, j.ID)
	if err != nil || !p.Last {
		return err
	}
	if j, err = job(context.Background(), tx, ws, j.ID); err != nil {
		return err
	}
	if err := tx.endJob(ws, j, JobDone, ""); err != nil {
		return err
	}
	switch j.Kind {
	case BatchJob:
		return nil // nobody began it, and there may be one for each journey
	case RunJob:
		return tx.finishRun(ws, j)
	}
	return tx.noted(ws, Actor{ID: j.MemberID, Name: j.Actor}, "Finished a job", j.Title, j.outcome())
}

// doJob does to one person what the job is for.
func (tx *Tx) doJob(w Workspace, j Job, id PersonID) (changed bool, err error) {
	p, err := person(context.Background(), tx, w.ID, id)
	if err != nil {
		return false, err
	}
	by := Actor{ID: j.MemberID, Name: j.Actor}
	switch j.Kind {
	case AddJob, RemoveJob:
		g, err := segment(context.Background(), tx, w.ID, j.Parameters.Segment)
		if err != nil {
			return false, ignoreMissing(err) // deleted meanwhile: nobody is in it
		}
		return tx.setMemberByHand(w.ID, g, id, j.Kind == AddJob)
	case AttributeJob:
		before := p.Attributes[j.Parameters.Attribute]
		in := Identify{Attributes: Attributes{j.Parameters.Attribute: j.Parameters.Value}, Source: j.Actor}
		return !same(before, j.Parameters.Value), tx.changePerson(w, p, in, identity.Decision{})
	case UnsubscribeJob:
		a := Activity{PersonID: id, Type: UnsubscribedActivity}
		return !p.Unsubscribed, tx.setConsent(w.ID, id, true, a, map[string]string{"by": j.Actor})
	case SuppressJob:
		if err := tx.suppress(w, p.refs(w), by); err != nil {
			return false, err
		}
		return true, tx.erase(w.ID, p)
	case DeleteJob:
		return true, tx.deletePerson(w.ID, p)
	case RunJob:
		return tx.enterRun(w.ID, j, p)
	case BatchJob:
		return tx.changeOfBatch(w, p, j.Parameters)
	}
	return false, nil
}
