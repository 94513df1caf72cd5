package store

import (
	"cmp"
	"context"
	"errors"

	"github.com/postroom/postroom/store/workflow"
)

// FindTopic finds the topic whose subscribers get the message, among those of
// the workspace, which are read only when it is about one.
func (c *Candidate) FindTopic(all func() ([]Topic, error)) error {
	name, ok := c.Subscription.Topic()
	if !ok || !c.Channel.ToPeople() {
		return nil
	}
	known, err := all()
	if err != nil {
		return err
	}
	if t, found := TopicIn(known, name); found {
		c.Topic = &t
	} else {
		c.NoTopic = noTopic(name)
	}
	return nil
}

// optedOut says, in the transaction that hands a message over, why its person
// does not want it; empty when they do.
func (tx *Tx) optedOut(ws WorkspaceID, d Delivery) (string, error) {
	if d.Topic == nil {
		return "", nil
	}
	t, err := topic(context.Background(), tx, ws, d.Topic.ID)
	if errors.Is(err, ErrNotFound) {
		return noTopic(d.Topic.Name), nil
	}
	if err != nil {
		return "", err
	}
	p, err := person(context.Background(), tx, ws, d.PersonID)
	if err != nil || p.Wants(t) {
		return "", ignoreMissing(err) // who is gone is told by other gates
	}
	return t.Reason(), nil
}

// takers is who gets a message: what its action says or, where that says
// nothing, what the campaign says.
func (tx *Tx) takers(ws WorkspaceID, d Delivery) (workflow.Subscription, error) {
	if d.Campaign == 0 {
		return "", nil
	}
	var l live
	err := tx.row(`select campaign_id, version from campaigns where workspace_id = ? and campaign_id = ?`, ws, d.Campaign).Scan(&l.id, &l.version)
	if err != nil {
		return "", known(err)
	}
	plan, err := tx.plan(ws, l)
	if err != nil {
		return "", err
	}
	if a, ok := plan.Action(d.Action); ok && a.Email != nil {
		return cmp.Or(a.Email.Subscription, plan.Campaign.Subscription), nil
	}
	return plan.Campaign.Subscription, nil
}

// topicOf is the topic that a message was about; nil: about none that is still
// there.
func (tx *Tx) topicOf(ws WorkspaceID, d Delivery) (*Topic, error) {
	to, err := tx.takers(ws, d)
	name, ok := to.Topic()
	if err != nil || !ok {
		return nil, ignoreMissing(err)
	}
	t, err := topicNamed(context.Background(), tx, ws, name)
	if err != nil {
		return nil, ignoreMissing(err)
	}
	return &t, nil
}
