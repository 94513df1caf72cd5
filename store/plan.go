package store

import (
	"context"
	"sync"

	"github.com/postroom/postroom/store/workflow"
)

// Plan is a campaign's live version, ready for people to walk through.
type Plan struct {
	*workflow.Plan
	Campaign workflow.Campaign
}

// plans keeps live versions ready. A version never changes, so nothing here
// goes stale.
type plans struct {
	mu    sync.Mutex
	ready map[live]*Plan
}

// maxPlans bounds the memory; running campaigns beyond it are read again.
const maxPlans = 2000

func (p *plans) get(ctx context.Context, q queryer, ws WorkspaceID, l live) (*Plan, error) {
	p.mu.Lock()
	plan, ok := p.ready[l]
	p.mu.Unlock()
	if ok {
		return plan, nil
	}
	plan, err := readPlan(ctx, q, ws, l)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ready == nil || len(p.ready) >= maxPlans {
		p.ready = map[live]*Plan{}
	}
	p.ready[l] = plan
	return plan, nil
}

// forget drops everything: a version that was read in a transaction that
// failed may be another one when its number comes again.
func (p *plans) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.ready)
}

func readPlan(ctx context.Context, q queryer, ws WorkspaceID, l live) (*Plan, error) {
	var text string
	err := q.QueryRowContext(ctx, `
		select document from campaign_versions where workspace_id = ? and campaign_id = ? and version = ?`, ws, l.id, l.version).Scan(&text)
	if err != nil {
		return nil, known(err)
	}
	doc, err := workflow.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	index, err := workflow.Index(doc.Campaign)
	return &Plan{Plan: index, Campaign: doc.Campaign}, err
}
