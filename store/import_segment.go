package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/postroom/postroom/store/condition"
)

// checkSegment says what is wrong with the segment that people are put into.
func (tx *Tx) checkSegment(ws WorkspaceID, o ImportOptions) error {
	if o.Segment == "" {
		return nil
	}
	g, err := segmentNamed(context.Background(), tx, ws, condition.Segment{Name: o.Segment})
	if err == ErrNotFound {
		in := NewSegment{Name: o.Segment, Manual: true}
		return asField(in.check(), "name", "segment")
	}
	if err == nil && !g.Manual {
		return Invalid{"segment": fmt.Sprintf("“%s” keeps itself by its condition, so nobody is put into it. Choose a manual segment, or a new name.", g.Name)}
	}
	return err
}

// asField moves what is wrong with one field to another.
func asField(err error, from, to string) error {
	if wrong, ok := err.(Invalid); ok && wrong[from] != "" {
		return Invalid{to: wrong[from]}
	}
	return err
}

// openSegment finds or makes the segment that people are put into.
func (tx *Tx) openSegment(ws WorkspaceID, i *Import, by Actor) error {
	if i.Options.Segment == "" {
		return nil
	}
	if err := tx.checkSegment(ws, i.Options); err != nil {
		return err
	}
	g, err := segmentNamed(context.Background(), tx, ws, condition.Segment{Name: i.Options.Segment})
	if err == ErrNotFound {
		g, err = tx.createSegment(ws, NewSegment{Name: i.Options.Segment, Manual: true}, by)
	}
	if err != nil {
		return err
	}
	i.Options.SegmentID = g.ID
	return tx.execOne(`update imports set options = ? where workspace_id = ? and import_id = ?`, encode(i.Options), ws, i.ID)
}

// gather puts people into the segment of the import. One that was deleted
// meanwhile takes nobody.
func (r *importRun) gather(people []PersonID) error {
	id := r.rules.options.SegmentID
	if id == 0 || len(people) == 0 {
		return nil
	}
	g, err := segment(context.Background(), r.tx, r.w.ID, id)
	if err != nil {
		return ignoreMissing(err)
	}
	var added []PersonID
	for _, who := range people {
		n, err := r.tx.exec(`
			insert into segment_members (workspace_id, segment_id, person_id, entered_at) values (?, ?, ?, ?)
			on conflict do nothing`, r.w.ID, id, who, micros(r.tx.now))
		if err != nil {
			return err
		}
		if n > 0 {
			added = append(added, who)
		}
	}
	err = r.tx.execOne(`update segments set people = people + ? where workspace_id = ? and segment_id = ?`, len(added), r.w.ID, id)
	if err != nil {
		return err
	}
	if err := r.tx.stirAll(r.w.ID, added); err != nil {
		return err
	}
	return r.entered(g, added)
}

// entered does what follows when people came into a segment, if anything does.
func (r *importRun) entered(g Segment, people []PersonID) error {
	waiting, err := r.tx.campaignsFor(r.w.ID, segmentEnter, strconv.FormatInt(int64(g.ID), 10))
	if err != nil {
		return err
	}
	set, err := r.tx.segmentsFor(r.w.ID)
	if err != nil || len(waiting) == 0 && len(set.askers[g.ID]) == 0 {
		return err
	}
	for _, who := range people {
		p, err := person(context.Background(), r.tx, r.w.ID, who)
		if err != nil {
			return err
		}
		if err := r.tx.crossed(r.w.ID, g, p, true, true); err != nil {
			return err
		}
		if err := r.tx.keepAskers(r.w.ID, g.ID, p); err != nil {
			return err
		}
	}
	return nil
}
