package store

import (
	"context"
	"slices"
	"strconv"
)

// difference is what a build has to write about one person.
type difference struct {
	match
	was bool
}

// differences merges who matches with who is a member, both by key, and leaves
// out whom nothing is to be written about.
func differences(all []match, members []PersonID) []difference {
	var out []difference
	for len(all) > 0 || len(members) > 0 {
		var d difference
		if len(members) == 0 || len(all) > 0 && all[0].person <= members[0] {
			d.match, all = all[0], all[1:]
		} else {
			d.match = match{members[0], false, never}
		}
		if len(members) > 0 && members[0] == d.person {
			d.was, members = true, members[1:]
		}
		if d.is != d.was || d.until != never {
			out = append(out, d)
		}
	}
	return out
}

// writeRange writes what a range came to, bit by bit. It stops when the
// segment is not as it was: then it is built anew.
func (s *Store) writeRange(ctx context.Context, ws WorkspaceID, g Segment, r span, all []difference) error {
	for {
		var n int
		err := s.update(ctx, func(tx *Tx) (err error) {
			if tx.w.builds[g.ID] == nil {
				return nil
			}
			n, err = tx.writePart(ws, g, r, all)
			return err
		})
		if err != nil || n == 0 || n == len(all)+1 {
			return err
		}
		r.from, all = all[n-1].person, all[n:]
	}
}

// writePart writes the first differences and says how many, one more than
// there are when the range is done.
func (tx *Tx) writePart(ws WorkspaceID, g Segment, r span, all []difference) (n int, err error) {
	entering, err := tx.campaignsFor(ws, segmentEnter, strconv.FormatInt(int64(g.ID), 10))
	if err != nil {
		return 0, err
	}
	leaving, err := tx.campaignsFor(ws, segmentLeave, strconv.FormatInt(int64(g.ID), 10))
	if err != nil {
		return 0, err
	}
	goals, err := tx.hasGoal(ws, g.ID)
	if err != nil {
		return 0, err
	}
	most := buildRows
	if len(entering)+len(leaving) > 0 || goals {
		most = buildWaiters
	}
	n, to := len(all)+1, r.to
	if len(all) > most {
		n, to = most, all[most-1].person
	}
	part := all[:min(n, len(all))]
	if err := tx.writeDifferences(ws, g.ID, tx.w.builds[g.ID], part); err != nil {
		return 0, err
	}
	if goals {
		if err := tx.goalsBuilt(ws, g.ID, part, tx.w.builds[g.ID]); err != nil {
			return 0, err
		}
	}
	if err := tx.startBuilt(ws, part, entering, leaving, tx.w.builds[g.ID]); err != nil {
		return 0, err
	}
	if err := tx.catchUp(ws, g, span{r.from, to}); err != nil {
		return 0, err
	}
	if n > len(all) {
		delete(tx.w.builds, g.ID)
	}
	return n, tx.builtTo(ws, g, to)
}

// writeDifferences writes memberships and when to look again, except of those
// who changed since they were read.
func (tx *Tx) writeDifferences(ws WorkspaceID, id SegmentID, changed map[PersonID]bool, part []difference) error {
	var enter, leave []PersonID
	var clock [][2]int64
	for _, d := range part {
		switch {
		case changed[d.person]:
			continue
		case d.is && !d.was:
			enter = append(enter, d.person)
		case d.was && !d.is:
			leave = append(leave, d.person)
		}
		if d.until != never {
			clock = append(clock, [2]int64{int64(d.person), d.until})
		}
	}
	entered, err := tx.exec(`
		insert into segment_members (workspace_id, segment_id, person_id, entered_at)
		select ?1, ?2, p.person_id, ?3 from json_each(?4) j cross join people p
		where p.workspace_id = ?1 and p.person_id = j.value
		on conflict do nothing`, ws, id, micros(tx.now), encode(enter))
	if err != nil {
		return err
	}
	left, err := tx.exec(`
		delete from segment_members
		where workspace_id = ? and segment_id = ? and person_id in (select value from json_each(?))`, ws, id, encode(leave))
	if err != nil {
		return err
	}
	if err := tx.execOne(`update segments set people = people + ? where workspace_id = ? and segment_id = ?`, entered-left, ws, id); err != nil {
		return err
	}
	if err := tx.stirAll(ws, append(enter, leave...)); err != nil {
		return err
	}
	return tx.lookAgainAll(ws, id, clock)
}

func (tx *Tx) lookAgainAll(ws WorkspaceID, id SegmentID, clock [][2]int64) error {
	if len(clock) == 0 {
		return nil
	}
	_, err := tx.exec(`
		insert into segment_clock (workspace_id, segment_id, person_id, due_at)
		select ?1, ?2, p.person_id, j.value ->> 1 from json_each(?3) j cross join people p
		where p.workspace_id = ?1 and p.person_id = j.value ->> 0
		on conflict do update set due_at = excluded.due_at where excluded.due_at < due_at`, ws, id, encode(clock))
	first := slices.MinFunc(clock, func(a, b [2]int64) int { return int(a[1] - b[1]) })
	tx.wake(SegmentClock, ws, instant(first[1]))
	return err
}

// hasGoal says whether a campaign wants people to enter or leave the segment.
func (tx *Tx) hasGoal(ws WorkspaceID, g SegmentID) (has bool, err error) {
	err = tx.row(`
		select exists (select 1 from triggers where workspace_id = ? and kind in ('goal_enter', 'goal_leave') and name = ?)`,
		ws, strconv.FormatInt(int64(g), 10)).Scan(&has)
	return has, err
}

// goalsBuilt follows people whom a build moved to what campaigns want of them.
func (tx *Tx) goalsBuilt(ws WorkspaceID, g SegmentID, part []difference, changed map[PersonID]bool) error {
	for _, d := range part {
		if d.is == d.was || changed[d.person] {
			continue
		}
		if err := tx.crossedGoal(ws, g, d.person, d.is); err != nil {
			return err
		}
	}
	return nil
}

// startBuilt lets people into the campaigns that wait for the segment.
func (tx *Tx) startBuilt(ws WorkspaceID, part []difference, entering, leaving []live, changed map[PersonID]bool) error {
	for _, d := range part {
		waiting := leaving
		if d.is {
			waiting = entering
		}
		if len(waiting) == 0 || d.is == d.was || changed[d.person] {
			continue
		}
		p, err := person(context.Background(), tx, ws, d.person)
		if err == nil {
			err = tx.start(ws, waiting, p, TriggerEvent{})
		}
		if ignoreMissing(err) != nil {
			return err
		}
	}
	return nil
}

// catchUp asks again about those of a range who changed since it was read.
func (tx *Tx) catchUp(ws WorkspaceID, g Segment, r span) error {
	for id := range tx.w.builds[g.ID] {
		if id <= r.from || id > r.to {
			continue
		}
		p, err := person(context.Background(), tx, ws, id)
		if err != nil {
			if ignoreMissing(err) != nil {
				return err
			}
			continue
		}
		was, err := tx.segmentsOf(ws, id)
		if err != nil {
			return err
		}
		moved, err := tx.place(ws, g, p, was[g.ID], g.Condition.Moves())
		if err == nil && moved {
			err = tx.crossed(ws, g, p, !was[g.ID], false)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
