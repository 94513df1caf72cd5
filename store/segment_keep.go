package store

import (
	"context"
	"errors"
	"strconv"
	"time"
)

// resegment moves a person into and out of segments, whatever changed.
func (tx *Tx) resegment(ws WorkspaceID, p Person) error {
	return tx.resegmentAfter(ws, p, touch{everything: true})
}

// resegmentAfter moves a person into and out of the segments that a change
// can touch, and stirs their journeys.
func (tx *Tx) resegmentAfter(ws WorkspaceID, p Person, t touch) error {
	if err := tx.redate(ws, p, t); err != nil {
		return err
	}
	if !t.born {
		if err := tx.stir(ws, p.ID); err != nil {
			return err
		}
	}
	set, err := tx.segmentsFor(ws)
	if err != nil || len(set.all) == 0 {
		return err
	}
	return tx.keep(ws, set, p, set.touched(t), t.quiet)
}

// resegmentDone is resegmentAfter for what somebody did, who is read only if
// any segment asks for it.
func (tx *Tx) resegmentDone(ws WorkspaceID, a Activity) error {
	if a.PersonID == 0 || metricOf(a.Type) == "" && a.Type != EventActivity && a.Type != PageActivity && a.Type != ScreenActivity {
		return nil
	}
	if err := tx.stirBy(ws, a); err != nil {
		return err
	}
	set, err := tx.segmentsFor(ws)
	if err != nil || len(set.all) == 0 {
		return err
	}
	marks := set.touched(touch{activity: a, aside: tx.now.Sub(a.OccurredAt) > time.Minute})
	if !anyMarked(marks) {
		return nil
	}
	p, err := tx.actor(ws, a)
	if err != nil {
		return ignoreMissing(err)
	}
	return tx.keep(ws, set, p, marks, false)
}

// actor is whom an activity is about. The person of a delivery may have become
// a part of somebody else since it was read.
func (tx *Tx) actor(ws WorkspaceID, a Activity) (Person, error) {
	who := a.PersonID
	if a.DeliveryID != 0 {
		err := tx.row(`select coalesce(person_id, 0) from deliveries where workspace_id = ? and delivery_id = ?`, ws, a.DeliveryID).Scan(&who)
		if err != nil {
			return Person{}, known(err)
		}
	}
	return person(context.Background(), tx, ws, who)
}

func ignoreMissing(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func anyMarked(marks []bool) bool {
	for _, marked := range marks {
		if marked {
			return true
		}
	}
	return false
}

// keep asks the marked segments about a person, in the order in which they
// depend on each other.
func (tx *Tx) keep(ws WorkspaceID, set *segmentIndex, p Person, marks []bool, quiet bool) error {
	if !anyMarked(marks) {
		return nil
	}
	was, err := tx.segmentsOf(ws, p.ID)
	if err != nil {
		return err
	}
	for i, g := range set.all {
		if !marks[i] {
			continue
		}
		if g.Building() && p.ID > g.BuiltTo {
			tx.w.builds.touch(g.ID, p.ID) // the build comes to them
			continue
		}
		moved, err := tx.place(ws, g, p, was[g.ID], set.moves[i])
		if err != nil {
			return err
		}
		if !moved {
			continue
		}
		for _, asker := range set.askers[g.ID] {
			marks[asker] = true
		}
		if err := tx.crossed(ws, g, p, !was[g.ID], quiet); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) segmentsOf(ws WorkspaceID, id PersonID) (map[SegmentID]bool, error) {
	rows, err := tx.query(`select segment_id from segment_members where workspace_id = ? and person_id = ?`, ws, id)
	ids, err := collect(rows, err, func(scan func(...any) error) (id SegmentID, err error) {
		err = scan(&id)
		return id, err
	})
	in := make(map[SegmentID]bool, len(ids))
	for _, id := range ids {
		in[id] = true
	}
	return in, err
}

// place makes membership of one segment right for one person, and says whether
// it was wrong.
func (tx *Tx) place(ws WorkspaceID, g Segment, p Person, was, moves bool) (moved bool, err error) {
	subject := tx.subject(ws, p, TriggerEvent{})
	is, until := g.Condition.Follow(subject, tx.now)
	if subject.Err != nil {
		return false, subject.Err
	}
	if moves && !until.IsZero() {
		if err := tx.lookAgain(ws, g.ID, p.ID, until); err != nil {
			return false, err
		}
	}
	if is == was {
		return false, nil
	}
	return true, tx.setMember(ws, g.ID, p.ID, is)
}

// setMember moves a person who is not where they should be.
func (tx *Tx) setMember(ws WorkspaceID, g SegmentID, p PersonID, is bool) error {
	if err := tx.stir(ws, p); err != nil {
		return err
	}
	if is {
		if err := tx.execOne(`
			insert into segment_members (workspace_id, segment_id, person_id, entered_at) values (?, ?, ?, ?)`, ws, g, p, micros(tx.now)); err != nil {
			return err
		}
		return tx.execOne(`update segments set people = people + 1 where workspace_id = ? and segment_id = ?`, ws, g)
	}
	if err := tx.execOne(`delete from segment_members where workspace_id = ? and segment_id = ? and person_id = ?`, ws, g, p); err != nil {
		return err
	}
	return tx.execOne(`update segments set people = people - 1 where workspace_id = ? and segment_id = ?`, ws, g)
}

// segmentStep is how the time line tells which segment somebody entered or left.
type segmentStep struct {
	Segment SegmentID `json:"segment_id"`
}

// crossed tells the time line and starts the campaigns that wait for it.
func (tx *Tx) crossed(ws WorkspaceID, g Segment, p Person, entered, quiet bool) error {
	kind, trigger := LeftSegmentActivity, segmentLeave
	if entered {
		kind, trigger = EnteredSegmentActivity, segmentEnter
	}
	if !quiet {
		if err := tx.noteData(ws, Activity{PersonID: p.ID, Type: kind, Name: g.Name}, segmentStep{g.ID}); err != nil {
			return err
		}
	}
	if err := tx.crossedGoal(ws, g.ID, p.ID, entered); err != nil {
		return err
	}
	return tx.trigger(ws, trigger, strconv.FormatInt(int64(g.ID), 10), p, TriggerEvent{})
}
