package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// message is what would become of one.
func (w *simulatedWalk) message(a workflow.Action, step *store.SimulatedStep) error {
	if a.Sending() == workflow.Off {
		step.What = store.SimOff
		return nil
	}
	c, err := w.candidate(a)
	if err != nil {
		return err
	}
	if step.Reason = held(c); step.Reason != "" {
		step.What = store.SimWithheld
		return nil
	}
	content, err := w.s.composed(c)
	if broken := c.Snippets.Err(); broken != nil {
		return broken
	}
	step.To, step.Subject = content.Recipient, opening(content)
	if err != nil {
		step.What, step.Reason = store.SimFails, err.Error()
		if no, ok := err.(withheld); ok {
			step.What, step.Reason = store.SimWithheld, string(no)
		}
		return nil
	}
	step.What = store.SimSent
	if a.Sending() == workflow.Draft {
		step.What = store.SimDrafted
	}
	w.t.sent(a.Key, w.now)
	return nil
}

// candidate is the delivery that would be due.
func (w *simulatedWalk) candidate(a workflow.Action) (c store.Candidate, err error) {
	s, p := w.s, w.t.Person()
	c = store.Candidate{
		Workspace: s.workspace, CampaignName: s.sim.Name, Snippets: s.snippets, Person: p, Event: w.j.Event, JourneyAttributes: w.t.Journey(),
		Delivery: store.Delivery{Campaign: s.sim.Campaign, Action: a.Key, PersonID: p.ID, Personless: p.ID == 0, Channel: store.ChannelOf(a)},
	}
	c.Address(a, s.plan.Campaign)
	if err := c.FindTopic(s.topics); err != nil {
		return c, err
	}
	for i := range s.gateways {
		if s.gateways[i].Channel == c.Channel {
			c.Gateway = &s.gateways[i]
		}
	}
	if a.Push != nil && p.ID != 0 {
		if c.Devices, err = s.e.store.Devices(w.ctx, s.workspace.ID, p.ID); err != nil {
			return c, err
		}
	}
	if a.Email != nil && a.Email.Layout != "" {
		layout, err := s.layout(w.ctx, a.Email.Layout)
		if err != nil {
			return c, err
		}
		c.Layout, c.NoLayout = layout.HTML, layout.Name == ""
	}
	return c, nil
}

// layout is the zero layout when there is none of this name.
func (s *Simulator) layout(ctx context.Context, name string) (store.Layout, error) {
	if l, ok := s.layouts[name]; ok {
		return l, nil
	}
	l, err := s.e.store.Layout(ctx, s.workspace.ID, name)
	if err == store.ErrNotFound {
		l, err = store.Layout{}, nil
	}
	if err == nil {
		s.layouts[name] = l
	}
	return l, err
}

// composed is what a message would say.
func (s *Simulator) composed(c store.Candidate) (store.Content, error) {
	const token = "simulation"
	switch {
	case c.NoLayout:
		return store.Content{}, fmt.Errorf("There is no layout named “%s” in this workspace.", c.Action.Email.Layout)
	case c.Channel == store.EmailChannel:
		m, err := composeEmail(c, token, compose.Links{UnsubscribeURL: s.e.baseURL + "/unsubscribe/" + token})
		return contentOf(m), err
	}
	out, err := composeCall(c, token)
	if err == nil && out.url == "" {
		err = errors.New(nowhere(c.Channel))
	}
	return out.content, err
}

// opening is a message's subject or, when it has none, how it begins.
func opening(c store.Content) string {
	if c.Subject != "" {
		return c.Subject
	}
	const most = 80
	text := []rune(strings.Join(strings.Fields(c.Text), " "))
	if len(text) > most {
		return string(text[:most-1]) + "…"
	}
	return string(text)
}
