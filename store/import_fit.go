package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// unpack is the actions of a pack, ready to be inserted: what they need is
// named as it is called here, and created where that was chosen.
func (tx *Tx) unpack(ws WorkspaceID, target Campaign, p pack, in ImportRequest, by Actor) ([]workflow.Action, error) {
	here, err := workspace(context.Background(), tx, ws)
	if err != nil {
		return nil, err
	}
	r := reporter{ctx: context.Background(), q: tx, here: here, pack: p, choices: in.Choices}
	needs := r.needs()
	if r.err == nil {
		r.err = r.wrong.orNil()
	}
	if r.err != nil {
		return nil, r.err
	}
	f := fitter{tx: tx, ws: ws, by: by, pack: p, senders: map[string]string{}, layouts: map[string]string{}, segments: map[string]int64{}}
	for _, n := range needs {
		if err := f.meet(n); err != nil {
			return nil, err
		}
	}
	return f.fit(p.copied(in.Picked, &target.Draft, tx.now))
}

// fitter gives actions the names that things have in their new workspace.
type fitter struct {
	tx       *Tx
	ws       WorkspaceID
	by       Actor
	pack     pack
	senders  map[string]string // by senderKey; empty: the same, which is new here
	layouts  map[string]string // by nameKey; empty: none
	segments map[string]int64  // by nameKey
}

// meet does what was chosen for one need.
func (f *fitter) meet(n Need) (err error) {
	here, isHere := strings.CutPrefix(n.Choice, chosenHere)
	switch {
	case n.Kind == workflow.NeedsSender && isHere:
		f.senders[senderKey(n.Name)] = here
	case n.Kind == workflow.NeedsSender && n.Choice == chooseCopy:
		f.senders[senderKey(n.Name)] = ""
	case n.Kind == workflow.NeedsLayout && isHere:
		f.layouts[nameKey(n.Name)] = here
	case n.Kind == workflow.NeedsLayout && n.Choice == chooseNone:
		f.layouts[nameKey(n.Name)] = ""
	case n.Kind == workflow.NeedsLayout && n.Choice == chooseCopy:
		f.layouts[nameKey(n.Name)], err = f.copyLayout(n.Name)
	case n.Kind == workflow.NeedsSegment && isHere:
		f.segments[nameKey(n.Name)], err = strconv.ParseInt(here, 10, 64)
	case n.Kind == workflow.NeedsSegment && n.Choice == chooseCopy:
		f.segments[nameKey(n.Name)], err = f.copySegment(n.Name)
	}
	return err
}

func (f *fitter) copyLayout(name string) (string, error) {
	l, ok := f.pack.layout(name)
	if !ok {
		return "", ErrSourceChanged
	}
	for n, free := 2, l.Name; ; n++ {
		added, err := f.tx.exec(`
			insert into layouts (workspace_id, name, name_key, html, updated_at) values (?, ?, ?, ?, ?)
			on conflict do nothing`, f.ws, free, nameKey(free), l.HTML, micros(f.tx.now))
		if err != nil {
			return "", err
		}
		if added == 1 {
			return free, f.tx.noted(f.ws, f.by, "Saved a layout", free, "A copy from "+f.pack.from.Name+".")
		}
		free = fmt.Sprintf("%s %d", l.Name, n)
	}
}

func (f *fitter) copySegment(name string) (int64, error) {
	theirs, ok := f.pack.segment(name)
	if !ok {
		return 0, ErrSourceChanged
	}
	in := NewSegment{Name: theirs.Name, Description: theirs.Description, Condition: theirs.Condition}
	for n := 2; ; n++ {
		_, err := segmentNamed(context.Background(), f.tx, f.ws, condition.Segment{Name: in.Name})
		if errors.Is(err, ErrNotFound) {
			break
		}
		if err != nil {
			return 0, err
		}
		in.Name = fmt.Sprintf("%s %d", theirs.Name, n)
	}
	if err := in.check(); err != nil {
		return 0, err
	}
	g, err := f.tx.createSegment(f.ws, in, f.by)
	return int64(g.ID), err
}

// fit is the actions with the names of here. A segment that is not here stays
// a name without one, which keeps the campaign from starting.
func (f *fitter) fit(actions []workflow.Action) ([]workflow.Action, error) {
	var failed error
	actions = workflow.MapSegments(actions, func(ref condition.Segment) condition.Segment {
		if id := f.segments[segmentKey(ref)]; id != 0 {
			return condition.Segment{ID: id}
		}
		g, err := segmentNamed(context.Background(), f.tx, f.ws, ref)
		switch {
		case err == nil:
			return condition.Segment{ID: int64(g.ID)}
		case err != ErrNotFound:
			failed = err
		}
		return ref
	})
	for a := range workflow.All(actions) {
		if a.Email == nil {
			continue
		}
		if err := f.email(a.Email); err != nil {
			return nil, err
		}
	}
	return actions, failed
}

func (f *fitter) email(e *workflow.Email) error {
	if name, ok := f.layouts[nameKey(e.Layout)]; ok && e.Layout != "" {
		e.Layout = name
	}
	from, ok := f.senders[senderKey(e.From)]
	switch {
	case !ok:
		return nil
	case from == "":
		return f.tx.addSender(f.ws, e.From)
	}
	e.From = from
	return nil
}

// segmentKey is what a report calls a segment.
func segmentKey(ref condition.Segment) string {
	if ref.ID != 0 {
		return "#" + strconv.FormatInt(ref.ID, 10)
	}
	return nameKey(ref.Name)
}
