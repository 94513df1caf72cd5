package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// ImportRequest is what somebody picked of a campaign, and how it is to be
// brought into another one.
type ImportRequest struct {
	Workspace WorkspaceID // where it comes from
	Campaign  CampaignID
	Picked    []string // keys; a branch brings what is inside it
	Place     workflow.Place
	Base      int               // the revision of the draft that was seen
	Seen      string            // what was seen of the source: ImportPreview.Seen
	Update    bool              // actions that came before take the new content, instead of coming again
	Choices   map[string]string // by Need.Field: one of its options
}

// ErrSourceChanged says that picked actions, or what they need, are no longer
// as the preview showed them.
var ErrSourceChanged = errors.New("the source changed; look again")

// ImportPreview is what an import would bring.
type ImportPreview struct {
	From     Workspace
	Campaign Campaign          // where it comes from
	Actions  []workflow.Action // as they leave
	Count    int               // of the actions, with those in branches
	Before   int               // how many of them the draft has already
	Needs    []Need
	Seen     string // to be sent back, so that what is imported is what was seen
	MayMiss  bool   // emails go to addresses that people here need not have
}

// Imported is what an import did.
type Imported struct {
	Campaign Campaign
	From     string // the name of the workspace
	Count    int
	Updated  int // how many of them were here before
}

// PreviewImport says what ImportActions would do. ErrNotFound: the member may
// not see the source.
func (s *Store) PreviewImport(ctx context.Context, ws WorkspaceID, id CampaignID, in ImportRequest, m Member) (p ImportPreview, err error) {
	target, err := campaign(ctx, s.read, ws, id)
	if err != nil {
		return p, err
	}
	pack, err := packed(ctx, s.read, ws, in, m)
	if err != nil {
		return p, err
	}
	here, err := workspace(ctx, s.read, ws)
	if err != nil {
		return p, err
	}
	r := reporter{ctx: ctx, q: s.read, here: here, pack: pack, choices: in.Choices}
	p = ImportPreview{
		From: pack.from, Campaign: pack.source, Actions: pack.Actions, Count: pack.count(),
		Before: len(workflow.CameBefore(target.Draft, pack.Actions)), Needs: r.needs(), Seen: pack.seen(), MayMiss: r.mayMiss(),
	}
	return p, r.err
}

// ImportActions brings picked actions of another campaign into a draft, as
// drafts with new keys, in one change that can be undone. What runs is not
// touched. ErrNotFound: the member may not see the source. ErrSourceChanged:
// it is not what was seen. ErrChanged: the draft is not.
func (s *Store) ImportActions(ctx context.Context, ws WorkspaceID, id CampaignID, in ImportRequest, m Member) (out Imported, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		out, err = tx.importActions(ws, id, in, m)
		return err
	})
	return out, err
}

func (tx *Tx) importActions(ws WorkspaceID, id CampaignID, in ImportRequest, m Member) (out Imported, err error) {
	ctx := context.Background()
	if m, err = tx.mayImport(ws, m); err != nil {
		return out, err
	}
	target, err := tx.editable(ws, id)
	if err != nil {
		return out, err
	}
	if in.Base != target.Revision {
		return out, ErrChanged
	}
	pack, err := packed(ctx, tx, ws, in, m)
	if err != nil {
		return out, err
	}
	switch {
	case pack.from.ID == ws && pack.source.ID == id:
		return out, Invalid{"pick": "These actions are in this campaign already. Duplicate them there."}
	case len(pack.Actions) == 0:
		return out, Invalid{"pick": "Choose at least one action."}
	case in.Seen != pack.seen():
		return out, ErrSourceChanged
	}
	actions, err := tx.unpack(ws, target, pack, in, By(m))
	if err != nil {
		return out, err
	}
	out = Imported{From: pack.from.Name, Count: pack.count()}
	if in.Update {
		out.Updated = len(workflow.CameBefore(target.Draft, actions))
	}
	out.Campaign, err = tx.editDraft(ws, target, out.label(), func(c workflow.Campaign) (workflow.Campaign, error) {
		if in.Update {
			return workflow.Update(c, in.Place, actions)
		}
		return workflow.Insert(c, in.Place, actions...)
	}, By(m))
	if err != nil {
		return out, err
	}
	return out, tx.noteImport(ws, target, pack, out, By(m))
}

// mayImport is the member as they are now, if they may change campaigns.
func (tx *Tx) mayImport(ws WorkspaceID, m Member) (Member, error) {
	m, err := member(context.Background(), tx, m.ID)
	if err != nil {
		return m, err
	}
	role, err := roleIn(context.Background(), tx, ws, m)
	switch {
	case err != nil:
		return m, err
	case role == RoleNone:
		return m, ErrNotFound
	case !role.May(RoleAuthor):
		return m, Invalid{"campaign": "You may no longer change campaigns here. Ask an admin of the workspace."}
	}
	return m, nil
}

// pack is picked actions as they leave their workspace, and what they name
// there.
type pack struct {
	from     Workspace
	source   Campaign
	all      []workflow.Action // of the source, with segments by name
	away     bool              // it leaves the workspace
	Actions  []workflow.Action
	Segments []Segment
	Layouts  []Layout
}

// packed reads the source of an import. A segment that is gone there keeps its
// id until Detach makes a hole of it.
func packed(ctx context.Context, q queryer, to WorkspaceID, in ImportRequest, m Member) (p pack, err error) {
	if err := readable(ctx, q, in.Workspace, m); err != nil {
		return p, err
	}
	if p.from, err = workspace(ctx, q, in.Workspace); err != nil {
		return p, err
	}
	if p.source, err = campaign(ctx, q, in.Workspace, in.Campaign); err != nil {
		return p, err
	}
	p.away = in.Workspace != to
	var failed error
	p.all = workflow.MapSegments(p.source.Draft.Actions, func(ref condition.Segment) condition.Segment {
		g, err := segmentNamed(ctx, q, in.Workspace, ref)
		switch {
		case err == nil:
			return condition.Segment{Name: g.Name}
		case err != ErrNotFound:
			failed = err
		}
		return ref
	})
	if failed != nil {
		return p, failed
	}
	p.Actions = p.copied(in.Picked, nil, time.Time{})
	return p, p.belongings(ctx, q)
}

// copied is the picked actions with keys that are free in a campaign, without
// what may not leave.
func (p pack) copied(picked []string, into *workflow.Campaign, at time.Time) []workflow.Action {
	origin := workflow.Origin{Workspace: p.from.Slug, Campaign: p.source.Name, CampaignID: int64(p.source.ID), Version: p.source.Version, At: at}
	copied := workflow.Copy(p.all, picked, into, origin)
	if p.away {
		copied = workflow.Detach(copied)
	}
	return copied
}

// belongings reads the segments and layouts that the actions name.
func (p *pack) belongings(ctx context.Context, q queryer) error {
	for _, need := range workflow.Dependencies(p.Actions) {
		switch need.Kind {
		case workflow.NeedsSegment:
			g, err := segmentNamed(ctx, q, p.from.ID, condition.Segment{Name: need.Name})
			if err == nil {
				p.Segments = append(p.Segments, Segment{Name: g.Name, Description: g.Description, Condition: g.Condition})
			} else if err != ErrNotFound {
				return err
			}
		case workflow.NeedsLayout:
			l, err := layout(ctx, q, p.from.ID, need.Name)
			if err == nil {
				p.Layouts = append(p.Layouts, l)
			} else if err != ErrNotFound {
				return err
			}
		}
	}
	return nil
}

func (p pack) count() (n int) {
	for range workflow.All(p.Actions) {
		n++
	}
	return n
}

// seen changes when anything changes that the import would bring. Secrets are
// not in it.
func (p pack) seen() string {
	sum := sha256.Sum256([]byte(encode(struct {
		Actions  []workflow.Action
		Segments []Segment
		Layouts  []Layout
	}{p.Actions, p.Segments, p.Layouts})))
	return hex.EncodeToString(sum[:16])
}

func (p pack) segment(name string) (Segment, bool) {
	i := slices.IndexFunc(p.Segments, func(g Segment) bool { return nameKey(g.Name) == nameKey(name) })
	if i < 0 {
		return Segment{}, false
	}
	return p.Segments[i], true
}

func (p pack) layout(name string) (Layout, bool) {
	i := slices.IndexFunc(p.Layouts, func(l Layout) bool { return nameKey(l.Name) == nameKey(name) })
	if i < 0 {
		return Layout{}, false
	}
	return p.Layouts[i], true
}

// label names the import in the history of the draft: Import 7 actions from
// Fieldnotes.
func (out Imported) label() string {
	switch {
	case out.Updated == out.Count:
		return fmt.Sprintf("Update %s from %s", actionCountWords(out.Count), out.From)
	case out.Updated > 0:
		return fmt.Sprintf("Import and update %s from %s", actionCountWords(out.Count), out.From)
	}
	return fmt.Sprintf("Import %s from %s", actionCountWords(out.Count), out.From)
}

func actionCountWords(n int) string {
	if n == 1 {
		return "1 action"
	}
	return fmt.Sprintf("%d actions", n)
}

// noteImport writes down on both sides what went from one to the other.
func (tx *Tx) noteImport(ws WorkspaceID, target Campaign, p pack, out Imported, by Actor) error {
	here, err := workspace(context.Background(), tx, ws)
	if err != nil {
		return err
	}
	n := actionCountWords(out.Count)
	err = tx.noted(ws, by, "Imported actions", target.Name, fmt.Sprintf("%s of “%s” in %s.", n, p.source.Name, p.from.Name))
	if err != nil || !p.away {
		return err
	}
	return tx.noted(p.from.ID, by, "Copied actions to another workspace", p.source.Name, fmt.Sprintf("%s to “%s” in %s.", n, target.Name, here.Name))
}
