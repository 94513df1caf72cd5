package store

import (
	"strconv"
	"strings"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// maxOffered is how many things of a workspace one choice offers.
const maxOffered = 200

func (r *reporter) segment(n *Need) {
	theirs, known := r.pack.segment(n.Name)
	copyable := known && r.pack.copyable(n.Name) && (!n.Manual || theirs.Manual)
	ours, err := segmentNamed(r.ctx, r.q, r.here.ID, condition.Segment{Name: n.Name})
	switch {
	case err != nil && err != ErrNotFound:
		r.failed(err)
	case err == nil && n.Manual && !ours.Manual:
		n.State, n.Detail = NeedChoose, "The one in "+r.here.Name+" keeps itself by its condition, so nobody is put into it by hand"
	case err == nil && (!known || sameSegment(theirs, ours)):
		n.State, n.Detail = NeedSame, "A segment of "+r.here.Name+" has this name"
		return
	case err == nil:
		n.State, n.Detail = NeedSame, "The one in "+r.here.Name+" asks: "+ours.Words()
		n.Difference = workflow.DiffText(ours.Words(), theirs.Words())
		n.Options = []NeedOption{{chooseSame, "Use the one here"}}
	default:
		n.State, n.Detail = NeedChoose, r.absent(theirs, known, copyable)
	}
	r.segmentOptions(n, copyable, ours.ID)
}

// sameSegment says whether two segments of one name are the same people by the same
// question.
func sameSegment(theirs, ours Segment) bool {
	return theirs.Manual == ours.Manual && theirs.Words() == ours.Words()
}

// absent says why a segment is not here, and what a copy would be.
func (r *reporter) absent(theirs Segment, known, copyable bool) string {
	switch {
	case !known:
		return "Is gone where it comes from"
	case theirs.Manual && copyable:
		return "Does not exist in " + r.here.Name + "; a copy begins empty, for people are not copied"
	case !copyable:
		return "Does not exist in " + r.here.Name + ", and cannot be copied: it asks about messages of " + r.pack.from.Name
	}
	return "Does not exist in " + r.here.Name
}

// segmentOptions is a copy, another segment of here, and a hole.
func (r *reporter) segmentOptions(n *Need, copyable bool, but SegmentID) {
	leave := NeedOption{chooseNone, "Leave it open"}
	if copyable {
		n.Options = append(n.Options, NeedOption{chooseCopy, "Create a copy"})
	} else if len(n.Options) == 0 {
		n.Options = append(n.Options, leave)
	}
	all, err := segments(r.ctx, r.q, r.here.ID)
	r.failed(err)
	for _, g := range all {
		if g.ID != but && (g.Manual || !n.Manual) && len(n.Options) < maxOffered {
			n.Options = append(n.Options, NeedOption{chosenHere + strconv.FormatInt(int64(g.ID), 10), g.Name})
		}
	}
	if n.Options[0] != leave && !asksInside(*n) {
		n.Options = append(n.Options, leave)
	}
}

// asksInside says whether only a segment that is copied asks for it: there is
// no hole to leave in a segment.
func asksInside(n Need) bool {
	for _, by := range n.UsedBy {
		if !strings.HasPrefix(by, usedBySegment) {
			return false
		}
	}
	return len(n.UsedBy) > 0
}
