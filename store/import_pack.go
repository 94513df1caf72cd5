package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// pack is picked actions as they leave their workspace, and what they name
// there.
type pack struct {
	from     Workspace
	source   Campaign
	version  int               // that it is taken from; zero: the draft
	whole    workflow.Campaign // the source, with segments by name
	away     bool              // it leaves the workspace
	Actions  []workflow.Action
	Segments []Segment // with those that they ask for; their conditions name segments
	Layouts  []Layout
	Snippets []Snippet // with those that they, and the layouts, name
	Topics   []Topic
}

// packed reads the source of an import. A segment that is gone there keeps its
// id until Detach makes a hole of it.
func packed(ctx context.Context, q queryer, to WorkspaceID, in ImportRequest, m Member) (p pack, err error) {
	if p, err = openPack(ctx, q, to, in, m); err != nil {
		return p, err
	}
	p.Actions = p.copied(in.Picked, nil, time.Time{})
	return p, p.belongings(ctx, q, workflow.Dependencies(p.Actions))
}

// openPack reads a campaign that the member may see, and picks nothing yet.
func openPack(ctx context.Context, q queryer, to WorkspaceID, in ImportRequest, m Member) (p pack, err error) {
	if err := readable(ctx, q, in.Workspace, m); err != nil {
		return p, err
	}
	if p.from, err = workspace(ctx, q, in.Workspace); err != nil {
		return p, err
	}
	if p.source, err = campaign(ctx, q, in.Workspace, in.Campaign); err != nil {
		return p, err
	}
	p.whole, p.away = p.source.Draft, in.Workspace != to
	if in.Live && p.source.Version > 0 {
		p.version = p.source.Version
		if p.whole, err = versionOf(ctx, q, in.Workspace, p.source, p.version); err != nil {
			return p, err
		}
	}
	p.whole, err = withSegmentNames(ctx, q, in.Workspace, p.whole)
	return p, err
}

// versionOf is a version of a campaign.
func versionOf(ctx context.Context, q queryer, ws WorkspaceID, c Campaign, version int) (workflow.Campaign, error) {
	var text string
	err := q.QueryRowContext(ctx, `
		select document from campaign_versions where workspace_id = ? and campaign_id = ? and version = ?`, ws, c.ID, version).Scan(&text)
	if err != nil {
		return workflow.Campaign{}, known(err)
	}
	doc, err := workflow.Parse([]byte(text))
	doc.Campaign.Name = c.Name
	return doc.Campaign, err
}

// origin is what copies of the pack's actions remember.
func (p pack) origin(at time.Time) workflow.Origin {
	return workflow.Origin{Workspace: p.from.Slug, Campaign: p.source.Name, CampaignID: int64(p.source.ID), Version: p.version, At: at}
}

// copied is the picked actions with keys that are free in a campaign, without
// what may not leave.
func (p pack) copied(picked []string, into *workflow.Campaign, at time.Time) []workflow.Action {
	copied := workflow.Copy(p.whole.Actions, picked, into, p.origin(at))
	if p.away {
		copied = workflow.Detach(copied)
	}
	return copied
}

// cameBefore is which of the actions the target has already.
func (p pack) cameBefore(here Workspace, target Campaign, copied []workflow.Action) map[string]string {
	return workflow.CameBefore(target.Draft, copied, p.home(here, target))
}

// home is the actions of the target of which some of the pack are copies.
func (p pack) home(here Workspace, target Campaign) map[string]string {
	return workflow.Home(target.Draft, workflow.Origin{Workspace: here.Slug, CampaignID: int64(target.ID)}, p.whole.Actions)
}

// belongings reads what is needed that can be copied, and what that needs in
// turn.
func (p *pack) belongings(ctx context.Context, q queryer, needs []workflow.Dependency) error {
	for _, need := range needs {
		if err := p.add(ctx, q, need); err != nil {
			return err
		}
	}
	return nil
}

func (p *pack) add(ctx context.Context, q queryer, need workflow.Dependency) error {
	switch need.Kind {
	case workflow.NeedsSegment:
		return p.addSegment(ctx, q, need.Name)
	case workflow.NeedsLayout:
		return p.addLayout(ctx, q, need.Name)
	case workflow.NeedsSnippet:
		return p.addSnippet(ctx, q, need.Name)
	case workflow.NeedsTopic:
		t, err := topicNamed(ctx, q, p.from.ID, need.Name)
		if err == nil {
			p.Topics = append(p.Topics, t)
		}
		return ignoreMissing(err)
	}
	return nil
}

func (p *pack) addLayout(ctx context.Context, q queryer, name string) error {
	l, err := layout(ctx, q, p.from.ID, name)
	if err != nil {
		return ignoreMissing(err)
	}
	p.Layouts = append(p.Layouts, l)
	return p.addSnippets(ctx, q, l.HTML)
}

// addSnippet reads a snippet and those in it.
func (p *pack) addSnippet(ctx context.Context, q queryer, name string) error {
	if _, have := p.snippet(name); have {
		return nil
	}
	n, err := snippet(ctx, q, p.from.ID, name)
	if err != nil {
		return ignoreMissing(err)
	}
	p.Snippets = append(p.Snippets, n)
	return p.addSnippets(ctx, q, n.Value)
}

// addSnippets reads the snippets that a text names.
func (p *pack) addSnippets(ctx context.Context, q queryer, text string) error {
	for _, name := range workflow.SnippetsIn(text) {
		if err := p.addSnippet(ctx, q, name); err != nil {
			return err
		}
	}
	return nil
}

// addSegment reads a segment and those that it asks for.
func (p *pack) addSegment(ctx context.Context, q queryer, name string) error {
	if _, have := p.segment(name); have {
		return nil
	}
	g, err := segmentNamed(ctx, q, p.from.ID, condition.Segment{Name: name})
	if err != nil {
		return ignoreMissing(err)
	}
	var failed error
	asks := g.Condition.MapSegments(func(ref condition.Segment) condition.Segment {
		other, err := segmentNamed(ctx, q, p.from.ID, ref)
		if err != nil {
			failed = ignoreMissing(err)
			return ref
		}
		return condition.Segment{Name: other.Name}
	})
	if failed != nil {
		return failed
	}
	p.Segments = append(p.Segments, Segment{Name: g.Name, Description: g.Description, Manual: g.Manual, Condition: *asks})
	for _, inner := range asks.Uses().Segments {
		if err := p.addSegment(ctx, q, inner); err != nil {
			return err
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
	return shortHash(encode(struct {
		Actions  []workflow.Action
		Segments []Segment
		Layouts  []Layout
		Snippets []Snippet
		Topics   []Topic
	}{p.Actions, p.Segments, p.Layouts, p.Snippets, p.Topics}))
}

func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

func (p pack) segment(name string) (Segment, bool) {
	i := slices.IndexFunc(p.Segments, func(g Segment) bool { return nameKey(g.Name) == nameKey(name) })
	if i < 0 {
		return Segment{}, false
	}
	return p.Segments[i], true
}

// copyable says whether a segment makes sense elsewhere: it and all that it
// asks for are known, and none of them asks about messages, which stay behind.
func (p pack) copyable(name string) bool {
	g, ok := p.segment(name)
	if !ok || len(g.Condition.Uses().SegmentIDs) > 0 {
		return false
	}
	for _, need := range workflow.ConditionNeeds("", &g.Condition) {
		if need.Kind == workflow.NeedsMessage || need.Kind == workflow.NeedsSegment && !p.copyable(need.Name) {
			return false
		}
	}
	return true
}

func (p pack) layout(name string) (Layout, bool) {
	i := slices.IndexFunc(p.Layouts, func(l Layout) bool { return nameKey(l.Name) == nameKey(name) })
	if i < 0 {
		return Layout{}, false
	}
	return p.Layouts[i], true
}

func (p pack) snippet(name string) (Snippet, bool) {
	i := slices.IndexFunc(p.Snippets, func(n Snippet) bool { return nameKey(n.Name) == nameKey(name) })
	if i < 0 {
		return Snippet{}, false
	}
	return p.Snippets[i], true
}
