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

// unpacked is actions that are ready to be inserted, and what is known of
// those that came before.
type unpacked struct {
	actions []workflow.Action
	before  workflow.Before
}

// unpack is the actions of a pack, ready to be inserted: what they need is
// named as it is called here, and created where that was chosen. What their
// sources say is remembered.
func (tx *Tx) unpack(ws WorkspaceID, target Campaign, p pack, in ImportRequest, m Member) (u unpacked, err error) {
	here, err := workspace(context.Background(), tx, ws)
	if err != nil {
		return u, err
	}
	r := reporter{ctx: context.Background(), q: tx, here: here, target: target, member: m, pack: p, choices: in.Choices}
	f, err := tx.fitter(&r, r.needs(), By(m))
	if err != nil {
		return u, err
	}
	if u.before, err = tx.before(here, target, p); err != nil {
		return u, err
	}
	if u.actions, err = f.fit(p.copied(in.Picked, &target.Draft, tx.now)); err != nil {
		return u, err
	}
	return u, tx.rememberSources(ws, p, u.actions)
}

// fitter does what was chosen for each need.
func (tx *Tx) fitter(r *reporter, needs []Need, by Actor) (*fitter, error) {
	if r.err == nil {
		r.err = r.wrong.orNil()
	}
	if r.err != nil {
		return nil, r.err
	}
	f := &fitter{tx: tx, ws: r.here.ID, slug: r.here.Slug, by: by, pack: r.pack, needs: map[string]Need{}, segments: map[string]int64{}, layouts: map[string]string{}, snippets: map[string]string{}}
	for _, n := range needs {
		f.needs[needKey(n.Kind, n.Name)] = n
	}
	for _, n := range needs {
		if err := f.meet(n); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// needKey names a need, however its name is written.
func needKey(kind workflow.Kind, name string) string {
	switch kind {
	case workflow.NeedsSender, workflow.NeedsReply:
		return string(kind) + " " + senderKey(name)
	case workflow.NeedsMessage:
		return string(kind) + " " + name
	}
	return string(kind) + " " + nameKey(name)
}

// fitter gives actions the names that things have in their new workspace.
type fitter struct {
	tx       *Tx
	ws       WorkspaceID
	slug     string
	by       Actor
	pack     pack
	needs    map[string]Need   // by needKey
	segments map[string]int64  // copies, by nameKey
	layouts  map[string]string // copies, by nameKey
	snippets map[string]string // copies, by nameKey
	err      error
}

// chosen is what was chosen for a need; ok says that there was a choice.
func (f *fitter) chosen(kind workflow.Kind, name string) (choice string, ok bool) {
	n := f.needs[needKey(kind, name)]
	return n.Choice, n.Choice != ""
}

// meet makes the copies that were chosen for one need.
func (f *fitter) meet(n Need) (err error) {
	if n.Choice != chooseCopy {
		return nil
	}
	switch n.Kind {
	case workflow.NeedsLayout:
		f.layouts[nameKey(n.Name)], err = f.copyLayout(n.Name)
	case workflow.NeedsSegment:
		_, err = f.segment(condition.Segment{Name: n.Name})
	case workflow.NeedsSnippet:
		f.snippet(n.Name)
		err = f.err
	case workflow.NeedsTopic:
		err = f.copyTopic(n.Name)
	}
	return err
}

// segment is the id here of what the source calls so; zero: none.
func (f *fitter) segment(ref condition.Segment) (int64, error) {
	key := segmentKey(ref)
	choice, _ := f.chosen(workflow.NeedsSegment, key)
	here, isHere := strings.CutPrefix(choice, chosenHere)
	switch {
	case isHere:
		return strconv.ParseInt(here, 10, 64)
	case choice == chooseNone:
		return 0, nil
	case choice == chooseCopy && f.segments[key] == 0:
		id, err := f.copySegment(ref.Name)
		f.segments[key] = id
		return id, err
	case choice == chooseCopy:
		return f.segments[key], nil
	case ref.ID != 0 && f.pack.away:
		return 0, nil
	}
	g, err := segmentNamed(context.Background(), f.tx, f.ws, ref)
	return int64(g.ID), ignoreMissing(err)
}

func (f *fitter) copyLayout(name string) (string, error) {
	l, ok := f.pack.layout(name)
	if !ok {
		return "", ErrSourceChanged
	}
	html := workflow.RenameSnippet(l.HTML, f.snippet)
	if f.err != nil {
		return "", f.err
	}
	for n, free := 2, l.Name; ; n++ {
		added, err := f.tx.exec(`
			insert into layouts (workspace_id, name, name_key, html, updated_at) values (?, ?, ?, ?, ?)
			on conflict do nothing`, f.ws, free, nameKey(free), html, micros(f.tx.now))
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
	asks, err := f.inner(theirs.Condition)
	if err != nil {
		return 0, err
	}
	in := NewSegment{Name: theirs.Name, Description: theirs.Description, Manual: theirs.Manual, Condition: asks}
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

// inner is the condition of a segment with the segments of here.
func (f *fitter) inner(c condition.Condition) (condition.Condition, error) {
	var failed error
	out := c.MapSegments(func(ref condition.Segment) condition.Segment {
		id, err := f.segment(ref)
		if err != nil {
			failed = err
		}
		if id == 0 {
			return ref
		}
		return condition.Segment{ID: id}
	})
	return *out, failed
}

// fit is the actions with the names of here. A segment that is not here stays
// a name without one, which keeps the campaign from starting; messages and
// workspaces leave holes that do the same.
func (f *fitter) fit(actions []workflow.Action) ([]workflow.Action, error) {
	actions = workflow.MapSegments(actions, f.named)
	actions = workflow.MapMessages(actions, func(key string) string {
		choice, _ := f.chosen(workflow.NeedsMessage, key)
		here, _ := strings.CutPrefix(choice, chosenHere)
		return strings.TrimPrefix(here, chooseNone)
	})
	actions = workflow.MapWorkspaces(actions, f.workspace)
	actions = workflow.MapSnippets(actions, f.snippet)
	for a := range workflow.All(actions) {
		if a.Email != nil {
			f.err = errors.Join(f.err, f.email(a.Email))
		}
		if a.SMS != nil {
			f.number(a.SMS)
		}
	}
	return actions, f.err
}

// named is a segment of the source as it is named here.
func (f *fitter) named(ref condition.Segment) condition.Segment {
	id, err := f.segment(ref)
	f.err = errors.Join(f.err, err)
	if choice, _ := f.chosen(workflow.NeedsSegment, segmentKey(ref)); id == 0 && choice == chooseNone {
		return f.hole(ref)
	}
	if id == 0 {
		return ref
	}
	return condition.Segment{ID: id}
}

// fitCampaign is fit for a whole campaign.
func (f *fitter) fitCampaign(c workflow.Campaign) (workflow.Campaign, error) {
	actions, err := f.fit(c.Actions)
	if err != nil {
		return c, err
	}
	c.Actions = nil
	c = c.MapSegments(f.named)
	c.Subscription = f.subscription(c.Subscription)
	c.Actions = actions
	return c, f.err
}

// hole is a segment that was left open on purpose: its name must not find
// another segment that happens to be called so.
func (f *fitter) hole(ref condition.Segment) condition.Segment {
	if _, err := segmentNamed(context.Background(), f.tx, f.ws, ref); err == nil {
		ref.Name += " (left open)"
	}
	return ref
}

// workspace is where events of the actions go, by the slug that they went to.
func (f *fitter) workspace(slug string) (string, bool) {
	choice, _ := f.chosen(workflow.NeedsWorkspace, slug)
	here, isHere := strings.CutPrefix(choice, chosenHere)
	switch {
	case isHere && here == f.slug:
		return "", true
	case isHere:
		return here, true
	}
	return slug, choice == chooseSame
}

func (f *fitter) email(e *workflow.Email) error {
	e.Subscription = f.subscription(e.Subscription)
	if choice, ok := f.chosen(workflow.NeedsLayout, e.Layout); ok && e.Layout != "" {
		e.Layout = f.layout(e.Layout, choice)
	}
	if choice, ok := f.chosen(workflow.NeedsReply, e.ReplyTo); ok && choice == chooseNone {
		e.ReplyTo = ""
	} else if here, is := strings.CutPrefix(choice, chosenHere); is {
		e.ReplyTo = here
	}
	choice, ok := f.chosen(workflow.NeedsSender, e.From)
	here, isHere := strings.CutPrefix(choice, chosenHere)
	switch {
	case ok && isHere:
		e.From = here
	case ok && choice == chooseCopy:
		return f.tx.addSender(f.ws, e.From)
	}
	return nil
}

func (f *fitter) layout(name, choice string) string {
	here, isHere := strings.CutPrefix(choice, chosenHere)
	switch {
	case isHere:
		return here
	case choice == chooseNone:
		return ""
	case choice == chooseCopy:
		return f.layouts[nameKey(name)]
	}
	return name
}

func (f *fitter) number(m *workflow.SMS) {
	if choice, _ := f.chosen(workflow.NeedsNumber, m.From); choice == chooseNone {
		m.From = ""
	}
}

// segmentKey is what a report calls a segment.
func segmentKey(ref condition.Segment) string {
	if ref.ID != 0 {
		return "#" + strconv.FormatInt(ref.ID, 10)
	}
	return nameKey(ref.Name)
}
