package store

import (
	"context"
	"fmt"
)

// memberBatch is how many people one transaction moves by hand.
const memberBatch = 500

// AddToSegment puts people into a manual segment and says how many were not in
// it. People of other workspaces are passed over.
func (s *Store) AddToSegment(ctx context.Context, ws WorkspaceID, id SegmentID, people []PersonID, by Actor) (int, error) {
	return s.setMembers(ctx, ws, id, people, true, by)
}

// RemoveFromSegment takes people out of a manual segment and says how many
// were in it.
func (s *Store) RemoveFromSegment(ctx context.Context, ws WorkspaceID, id SegmentID, people []PersonID, by Actor) (int, error) {
	return s.setMembers(ctx, ws, id, people, false, by)
}

func (s *Store) setMembers(ctx context.Context, ws WorkspaceID, id SegmentID, people []PersonID, in bool, by Actor) (n int, err error) {
	for first := true; first || len(people) > 0; first = false { // nobody: only see whether it is possible
		some := people[:min(len(people), memberBatch)]
		people = people[len(some):]
		err := s.update(ctx, func(tx *Tx) error {
			moved, err := tx.setMembers(ws, id, some, in, by)
			n += moved
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (tx *Tx) setMembers(ws WorkspaceID, id SegmentID, people []PersonID, in bool, by Actor) (n int, err error) {
	g, err := segment(context.Background(), tx, ws, id)
	if err != nil {
		return 0, err
	}
	if !g.Manual {
		return 0, Invalid{"segment": fmt.Sprintf("“%s” keeps itself by its condition, so nobody is added or removed by hand. Choose a manual segment.", g.Name)}
	}
	for _, who := range people {
		moved, err := tx.setMemberByHand(ws, g, who, in)
		if err != nil {
			return n, err
		}
		if moved {
			n++
		}
	}
	if n == 0 || by == APICalls {
		return n, nil
	}
	action, detail := "Added people to a segment", "1 person."
	if !in {
		action = "Removed people from a segment"
	}
	if n > 1 {
		detail = fmt.Sprintf("%d people.", n)
	}
	return n, tx.noted(ws, by, action, g.Name, detail)
}

func (tx *Tx) setMemberByHand(ws WorkspaceID, g Segment, who PersonID, in bool) (moved bool, err error) {
	p, err := person(context.Background(), tx, ws, who)
	if err != nil {
		return false, ignoreMissing(err)
	}
	was, err := tx.segmentsOf(ws, who)
	if err != nil || was[g.ID] == in {
		return false, err
	}
	if err := tx.setMember(ws, g.ID, who, in); err != nil {
		return false, err
	}
	if err := tx.crossed(ws, g, p, in, false); err != nil {
		return false, err
	}
	return true, tx.keepAskers(ws, g.ID, p)
}

// keepAskers follows a change of one segment in those that ask for it.
func (tx *Tx) keepAskers(ws WorkspaceID, id SegmentID, p Person) error {
	set, err := tx.segmentsFor(ws)
	if err != nil {
		return err
	}
	marks := make([]bool, len(set.all))
	for _, i := range set.askers[id] {
		marks[i] = true
	}
	return tx.keep(ws, set, p, marks, false)
}
