package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/postroom/postroom/store/condition"
)

// rangeQuery asks who of a range matches: key, whether they do, until when.
// When a part of the condition can be had from an index with few rows, it
// begins there and looks only at the people it finds.
func (s *Store) rangeQuery(ctx context.Context, ws WorkspaceID, c *condition.Condition, r span) (string, []any, error) {
	k := newCompiler(ctx, s.read, ws, s.now())
	from, to := k.args.add(r.from), k.args.add(r.to)
	source := `people p where p.workspace_id = ` + k.ws + ` and p.person_id > ` + from + ` and p.person_id <= ` + to
	best, err := s.narrowest(ctx, ws, c, r)
	if err != nil {
		return "", nil, err
	}
	if best != nil {
		k.assumed = best
		source = `(` + k.narrow(best, from, to) + `) few cross join people p
			where p.workspace_id = ` + k.ws + ` and p.person_id = few.person_id`
	}
	v := k.condition(c)
	switch {
	case v.until == "":
		return `select p.person_id, 1, ` + fmt.Sprint(int64(never)) + ` from ` + source + ` and ` + v.is, *k.args, k.err
	case v.inside != "":
		return `select p.person_id, 1, ` + v.inside + ` from ` + source + ` and ` + v.is, *k.args, k.err
	}
	return `select p.person_id, ` + v.is + `, ` + v.until + ` from ` + source, *k.args, k.err
}

// narrow is the people of a range for whom one part of the condition holds.
func (k *compiler) narrow(c *condition.Condition, from, to string) string {
	if c.Segment != nil {
		return `select m.person_id from segment_members m
			where m.workspace_id = ` + k.ws + ` and m.segment_id = ` + k.args.add(c.Segment.ID) + ` and m.person_id > ` + from + ` and m.person_id <= ` + to
	}
	text := `select e.person_id from activities e where ` + k.did(c.Event) + ` and e.person_id > ` + from + ` and e.person_id <= ` + to
	if d, err := condition.ParseDuration(c.Event.Within); err == nil {
		text += ` and e.occurred_at + ` + k.args.add(d.Microseconds()+1) + ` > ` + k.at
	}
	return text + ` group by e.person_id having count(*) >= ` + k.args.add(c.Event.Count())
}

// worthwhile is how many rows of an index, for each person of a range, it
// takes at most for beginning there to be quicker than reading everybody.
const worthwhile = 5

// narrowest is the part of the condition that the fewest rows answer, nil when
// it is quicker to look at everybody. Only what must hold by itself will do.
func (s *Store) narrowest(ctx context.Context, ws WorkspaceID, c *condition.Condition, r span) (best *condition.Condition, err error) {
	var people int
	err = s.read.QueryRowContext(ctx, `
		select count(*) from people where workspace_id = ? and person_id > ? and person_id <= ?`, ws, r.from, r.to).Scan(&people)
	fewest := people * worthwhile
	for _, part := range musts(c) {
		if err != nil {
			return nil, err
		}
		var rows int
		if rows, err = s.rowsOf(ctx, ws, part, r, fewest); err == nil && rows < fewest {
			best, fewest = part, rows
		}
	}
	return best, err
}

// musts is the parts that have to hold for the whole to hold, and for which
// there is an index.
func musts(c *condition.Condition) (parts []*condition.Condition) {
	switch {
	case c == nil:
	case c.And != nil:
		for i := range c.And {
			parts = append(parts, musts(&c.And[i])...)
		}
	case c.Segment != nil && c.Segment.ID != 0, c.Event != nil && c.Event.Kind() == "event":
		parts = append(parts, c)
	}
	return slices.Clip(parts)
}

// rowsOf is how many rows of its index a part has in a range, counted up to a
// limit.
func (s *Store) rowsOf(ctx context.Context, ws WorkspaceID, c *condition.Condition, r span, limit int) (n int, err error) {
	if c.Segment != nil {
		err = s.read.QueryRowContext(ctx, `
			select count(*) from (
				select 1 from segment_members
				where workspace_id = ? and segment_id = ? and person_id > ? and person_id <= ?
				limit ?)`, ws, c.Segment.ID, r.from, r.to, limit).Scan(&n)
		return n, err
	}
	err = s.read.QueryRowContext(ctx, `
		select count(*) from (
			select 1 from activities
			where workspace_id = ? and type = 'event' and name = ? and person_id > ? and person_id <= ?
			limit ?)`, ws, c.Event.Name, r.from, r.to, limit).Scan(&n)
	return n, err
}

// removeSegments removes the members of deleted segments, some at a time, and
// then the segments.
func (s *Store) removeSegments(ctx context.Context, ws WorkspaceID) error {
	var ids []SegmentID
	rows, err := s.read.QueryContext(ctx, `select segment_id from segments where workspace_id = ? and deleted_at is not null`, ws)
	ids, err = collect(rows, err, func(scan func(...any) error) (id SegmentID, err error) {
		err = scan(&id)
		return id, err
	})
	for _, id := range ids {
		if err != nil {
			return err
		}
		err = s.update(ctx, func(tx *Tx) error { return tx.removeSegment(ws, id) })
	}
	return err
}

func (tx *Tx) removeSegment(ws WorkspaceID, id SegmentID) error {
	members, err := tx.exec(`
		delete from segment_members where workspace_id = ?1 and segment_id = ?2 and person_id in (
			select person_id from segment_members where workspace_id = ?1 and segment_id = ?2 limit ?3)`, ws, id, buildRows)
	if err != nil {
		return err
	}
	struck, err := tx.exec(`
		delete from segment_clock where workspace_id = ?1 and segment_id = ?2 and person_id in (
			select person_id from segment_clock where workspace_id = ?1 and segment_id = ?2 limit ?3)`, ws, id, buildRows)
	if err != nil {
		return err
	}
	if members == buildRows || struck == buildRows {
		return tx.execOne(`update segments set people = people - ? where workspace_id = ? and segment_id = ?`, members, ws, id)
	}
	delete(tx.w.builds, id)
	return tx.execOne(`delete from segments where workspace_id = ? and segment_id = ?`, ws, id)
}
