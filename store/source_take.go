package store

import (
	"context"
	"fmt"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// taking is the sources of some actions and what of them is taken.
type taking struct {
	pack  pack
	keys  []string                   // of the copies
	from  map[string]string          // their sources' keys
	known map[string]workflow.Action // essences by hash
	stale bool                       // a source is not what was seen
}

// take looks at what some actions would take from a campaign. Picked are the
// keys of the actions here.
func take(ctx context.Context, q queryer, ws WorkspaceID, target Campaign, in ImportRequest, m Member) (t taking, err error) {
	if t.pack, err = openPack(ctx, q, ws, in, m); err != nil {
		return t, err
	}
	t.from, t.known = map[string]string{}, map[string]workflow.Action{}
	for _, key := range in.Picked {
		mine, ok := workflow.Find(target.Draft, key)
		if !ok || mine.Origin == nil || mine.Origin.Workspace != t.pack.from.Slug || mine.Origin.CampaignID != int64(in.Campaign) {
			continue
		}
		source, ok := workflow.Find(t.pack.whole, mine.Origin.Action)
		if !ok || source.Type != mine.Type {
			continue
		}
		base, err := remembered(ctx, q, ws, mine.Origin.Hash)
		if err != nil {
			return t, err
		}
		now := workflow.Essence(source)
		if base != nil {
			t.known[mine.Origin.Hash] = *base
		}
		t.known[now.Hash()] = now
		t.stale = t.stale || in.Hashes[key] != now.Hash()
		t.keys, t.from[key] = append(t.keys, key), source.Key
		part := workflow.ChangedPart(base, now)
		part.Name = source.Name
		t.pack.Actions = append(t.pack.Actions, part)
	}
	return t, t.pack.belongings(ctx, q, workflow.Dependencies(t.pack.Actions))
}

// PreviewTake says what TakeSources would need. ErrNotFound: the member may
// not see the source.
func (s *Store) PreviewTake(ctx context.Context, ws WorkspaceID, id CampaignID, in ImportRequest, m Member) (p ImportPreview, err error) {
	target, err := campaign(ctx, s.read, ws, id)
	if err != nil {
		return p, err
	}
	here, err := workspace(ctx, s.read, ws)
	if err != nil {
		return p, err
	}
	t, err := take(ctx, s.read, ws, target, in, m)
	if err != nil {
		return p, err
	}
	r := reporter{ctx: ctx, q: s.read, here: here, target: target, member: m, pack: t.pack, choices: in.Choices}
	p = ImportPreview{From: t.pack.from, Campaign: t.pack.source, Here: here, Count: len(t.keys), Before: len(t.keys), Needs: r.needs(), Seen: t.pack.seen()}
	return p, r.err
}

// TakeSources gives imported actions what changed in their source, in one
// change that can be undone. Picked are the keys of the actions here; the
// errors are those of ImportActions.
func (s *Store) TakeSources(ctx context.Context, ws WorkspaceID, id CampaignID, in ImportRequest, m Member) (out Imported, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		out, err = tx.takeSources(ws, id, in, m)
		return err
	})
	return out, err
}

func (tx *Tx) takeSources(ws WorkspaceID, id CampaignID, in ImportRequest, m Member) (out Imported, err error) {
	ctx := context.Background()
	if m, err = tx.mayImport(ws, m); err != nil {
		return out, err
	}
	target, err := tx.editable(ws, id)
	if err != nil {
		return out, err
	}
	t, err := take(ctx, tx, ws, target, in, m)
	switch {
	case err != nil:
		return out, err
	case in.Base != target.Revision:
		return out, ErrChanged
	case len(t.keys) == 0:
		return out, Invalid{"pick": "Choose at least one action."}
	case t.stale:
		return out, ErrSourceChanged
	}
	fitted, err := tx.fitted(ws, target, t, in, m)
	if err != nil {
		return out, err
	}
	out = Imported{From: t.pack.from.Name, Count: len(t.keys), Updated: len(t.keys)}
	label := fmt.Sprintf("Take changes of %s from %s", actionCountWords(out.Count), out.From)
	out.Campaign, err = tx.editDraft(ws, target, label, func(c workflow.Campaign) (workflow.Campaign, error) {
		return workflow.TakeChanges(c, fitted, t.known)
	}, By(m))
	if err != nil {
		return out, err
	}
	return out, tx.noteImport(ws, target, t.pack, out, By(m))
}

// fitted is the sources as they are now, with the names of here, by the keys
// of their copies.
func (tx *Tx) fitted(ws WorkspaceID, target Campaign, t taking, in ImportRequest, m Member) (map[string]workflow.Action, error) {
	here, err := workspace(context.Background(), tx, ws)
	if err != nil {
		return nil, err
	}
	r := reporter{ctx: context.Background(), q: tx, here: here, target: target, member: m, pack: t.pack, choices: in.Choices}
	f, err := tx.fitter(&r, r.needs(), By(m))
	if err != nil {
		return nil, err
	}
	all := map[string]workflow.Action{}
	for _, key := range t.keys {
		one, err := f.fit(t.pack.head(t.from[key], &target.Draft, tx.now))
		if err != nil {
			return nil, err
		}
		if err := tx.rememberSources(ws, t.pack, one); err != nil {
			return nil, err
		}
		all[key] = one[0]
	}
	return all, nil
}

// head is one action of the source without what is inside it.
func (p pack) head(key string, into *workflow.Campaign, at time.Time) []workflow.Action {
	p.whole.Actions = workflow.Heads(p.whole.Actions, []string{key})
	return p.copied([]string{key}, into, at)
}
