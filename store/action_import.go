package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/postroom/postroom/store/workflow"
)

// ImportRequest is what somebody picked of a campaign, and how it is to be
// brought into another one.
type ImportRequest struct {
	Workspace WorkspaceID // where it comes from
	Campaign  CampaignID
	Live      bool     // the version that runs or ran last; else the draft
	Picked    []string // keys; a branch brings what is inside it
	Place     workflow.Place
	Base      int               // the revision of the draft that was seen
	Seen      string            // what was seen of the source: ImportPreview.Seen
	Update    bool              // actions that came before take the new content, instead of coming again
	Choices   map[string]string // by Need.Field: one of its options
	Hashes    map[string]string // of TakeSources instead of Seen: what was seen of each source, by the key here
}

// ErrSourceChanged says that picked actions, or what they need, are no longer
// as the preview showed them.
var ErrSourceChanged = errors.New("the source changed; look again")

// ImportPreview is what an import would bring.
type ImportPreview struct {
	From     Workspace
	Campaign Campaign          // where it comes from
	Here     Workspace         // where it comes to
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
	r := reporter{ctx: ctx, q: s.read, here: here, target: target, member: m, pack: pack, choices: in.Choices}
	p = ImportPreview{
		From: pack.from, Campaign: pack.source, Here: here, Actions: pack.Actions, Count: pack.count(),
		Before: len(pack.cameBefore(here, target, pack.Actions)), Needs: r.needs(), Seen: pack.seen(), MayMiss: r.mayMiss(),
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
	u, err := tx.unpack(ws, target, pack, in, m)
	if err != nil {
		return out, err
	}
	actions := u.actions
	out = Imported{From: pack.from.Name, Count: pack.count()}
	if in.Update {
		out.Updated = len(workflow.CameBefore(target.Draft, actions, u.before.Home))
	}
	out.Campaign, err = tx.editDraft(ws, target, out.label(), func(c workflow.Campaign) (workflow.Campaign, error) {
		if in.Update {
			return workflow.Update(c, in.Place, actions, u.before)
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
