package store

import (
	"context"
	"slices"
	"strconv"

	"github.com/postroom/postroom/store/condition"
)

// A segment is built in ranges of people, in the order of their keys. Who
// belongs into it is read beside the writer, which then writes a few thousand
// rows at a time, so that calls go on. Who changes meanwhile and lies beyond
// what is built is remembered, and asked again when their range is written:
// so no change is lost, whatever the reader saw. A build tells no time line.

const (
	buildRows    = 4000 // memberships that one transaction writes
	buildWaiters = 200  // of these, when campaigns wait for them
)

// builds is, for each segment with a range under way, the people beyond what
// is built who changed since the range began. Only the writer uses it. What is
// forgotten, by a restart or because the segment changed, is read again.
type builds map[SegmentID]map[PersonID]bool

func (b builds) touch(g SegmentID, p PersonID) {
	if b[g] != nil {
		b[g][p] = true
	}
}

// BuildSegments brings each of the workspace's unbuilt segments on by at most
// limit people, and removes what is left of deleted ones.
func (s *Store) BuildSegments(ctx context.Context, ws WorkspaceID, limit int) error {
	all, err := segments(ctx, s.read, ws)
	if err != nil {
		return err
	}
	for _, g := range indexSegments(all).all {
		if !g.Building() || waits(all, g) {
			continue
		}
		if err := s.buildRange(ctx, ws, g, limit); err != nil {
			return err
		}
	}
	if err := s.removeSegments(ctx, ws); err != nil {
		return err
	}
	return s.EndTurn(ctx, ws, Segments)
}

// waits says whether a segment asks for another one that is not built.
func waits(all []Segment, g Segment) bool {
	for _, id := range g.Condition.Uses().SegmentIDs {
		if slices.ContainsFunc(all, func(other Segment) bool { return int64(other.ID) == id && other.Building() }) {
			return true
		}
	}
	return false
}

// buildRange builds the next limit people of a segment.
func (s *Store) buildRange(ctx context.Context, ws WorkspaceID, g Segment, limit int) error {
	span, err := s.beginRange(ctx, ws, g, limit)
	if err != nil || span.to == 0 {
		return err
	}
	found, err := s.inRange(ctx, ws, &g.Condition, span)
	if err != nil {
		return err
	}
	members, err := s.membersIn(ctx, ws, g.ID, span)
	if err != nil {
		return err
	}
	return s.writeRange(ctx, ws, g, span, differences(found, members))
}

// span is people whose keys are greater than from and at most to.
type span struct{ from, to PersonID }

// beginRange says how far the next range goes, and from when on its people's
// changes are remembered. An empty one ends the build.
func (s *Store) beginRange(ctx context.Context, ws WorkspaceID, g Segment, limit int) (r span, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		tx.w.builds[g.ID] = map[PersonID]bool{}
		r = span{from: g.BuiltTo}
		err := tx.row(`
			select coalesce(max(person_id), 0) from (
				select person_id from people where workspace_id = ? and person_id > ? order by person_id limit ?)`, ws, g.BuiltTo, limit).Scan(&r.to)
		if err != nil || r.to != 0 {
			return err
		}
		delete(tx.w.builds, g.ID)
		return tx.builtTo(ws, g, g.BuiltTo)
	})
	return r, err
}

// builtTo notes how far a segment is built, and when nobody is left beyond.
func (tx *Tx) builtTo(ws WorkspaceID, g Segment, to PersonID) error {
	tx.changedSegments(ws)
	return tx.execOne(`
		update segments set built_to = ?1,
			built_at = iif(exists (select 1 from people where workspace_id = ?2 and person_id > ?1), null, ?3)
		where workspace_id = ?2 and segment_id = ?4 and deleted_at is null`, to, ws, micros(tx.now), g.ID)
}

// match is somebody who matches, or who may do so when time has passed.
type match struct {
	person PersonID
	is     bool
	until  int64 // unix microseconds, or never
}

// inRange is who of a range matches a condition, by their keys.
func (s *Store) inRange(ctx context.Context, ws WorkspaceID, c *condition.Condition, r span) ([]match, error) {
	query, args, err := s.rangeQuery(ctx, ws, c, r)
	if err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []match
	for rows.Next() {
		var f match
		if err := rows.Scan(&f.person, &f.is, &f.until); err != nil {
			return nil, err
		}
		if f.is || f.until != never {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b match) int { return int(a.person - b.person) })
	return all, rows.Err()
}

func (s *Store) membersIn(ctx context.Context, ws WorkspaceID, id SegmentID, r span) ([]PersonID, error) {
	rows, err := s.read.QueryContext(ctx, `
		select person_id from segment_members
		where workspace_id = ? and segment_id = ? and person_id > ? and person_id <= ?
		order by person_id`, ws, id, r.from, r.to)
	return collect(rows, err, func(scan func(...any) error) (id PersonID, err error) {
		err = scan(&id)
		return id, err
	})
}

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
