package store

import (
	"fmt"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// startBatch begins the job that changes many people, once for this step of
// this journey.
func (tx *Tx) startBatch(w Workspace, j Journey, e Effect) (failing, error) {
	for name, value := range e.Set {
		if err := CheckAttribute(name, value); err != nil {
			return failing{reason: sentence(err.Error())}, nil
		}
	}
	if tx.chain > maxChain {
		return fails("It was not done: %d campaigns had started each other within minutes, and would go on for ever.", maxChain), nil
	}
	var name string
	if err := tx.row(`select name from campaigns where workspace_id = ? and campaign_id = ?`, w.ID, j.Campaign).Scan(&name); err != nil {
		return failing{}, err
	}
	b := e.Action.BatchUpdate
	n := NewJob{
		Kind:  BatchJob,
		Query: PeopleQuery{Filter: inCampaign(b.People, j.Campaign)},
		Parameters: JobParameters{
			Set: e.Set, Event: b.Event, Data: encodeObject(e.Data), Chain: tx.chain, Most: workflow.MaxBatch,
		},
		origin: fmt.Sprintf("journey %d %s", j.ID, e.Action.Key),
	}
	_, err := tx.createJob(w.ID, n, "“"+e.Action.Title()+"” of the campaign “"+name+"”", Actor{Name: "Campaign " + name})
	if err == ErrTaken {
		return failing{}, nil
	}
	tx.wake(Jobs, w.ID, tx.now)
	return failing{}, err
}

// inCampaign is a condition in which messages that name no campaign are of this
// one.
func inCampaign(c *condition.Condition, id CampaignID) *condition.Condition {
	c = c.MapSegments(func(s condition.Segment) condition.Segment { return s })
	c.Each(func(c *condition.Condition) {
		if c.Message != nil && c.Message.CampaignID == 0 {
			m := *c.Message
			m.CampaignID = int64(id)
			c.Message = &m
		}
	})
	return c
}

// changeOfBatch does to one person what a batch update is for.
func (tx *Tx) changeOfBatch(w Workspace, p Person, in JobParameters) (changed bool, err error) {
	tx.chain = in.Chain
	if len(in.Set) > 0 {
		call := identifyWith(in.Set)
		call.Ref = identity.Ref{Kind: identity.CioID, Value: p.ID.CioID()}
		call.changed = func(differs map[string]Difference) { changed = len(differs) > 0 }
		if _, err := tx.identify(w, call); err != nil {
			return false, err
		}
	}
	if in.Event == "" {
		return changed, nil
	}
	return true, tx.happened(w.ID, p.ID, Event{Type: EventActivity, Name: in.Event, Data: in.Data})
}
