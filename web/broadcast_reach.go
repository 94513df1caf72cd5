package web

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

var (
	unsubscribed = condition.Condition{Attribute: &condition.Attribute{Field: "unsubscribed", Operator: condition.IsTrue}}
	noAddress    = condition.Condition{Attribute: &condition.Attribute{Field: "email", Operator: condition.NotExists}}
)

// reach counts whom a condition is about, and who of them would get nothing,
// as far as it gets in a time.
func (s *Server) reach(c echo.Context, people *condition.Condition, to workflow.Subscription, within time.Duration) (r views.Reach, err error) {
	if people == nil {
		return r, nil
	}
	ctx, ws, deadline := c.Request().Context(), here(c).ID, time.Now().Add(within)
	count := func(also ...condition.Condition) (store.PeopleCount, error) {
		filter := &condition.Condition{And: append([]condition.Condition{*people}, also...)}
		return s.store.CountPeople(ctx, ws, store.PeopleQuery{Filter: filter}, time.Until(deadline))
	}
	if r.People, err = s.store.CountPeople(ctx, ws, store.PeopleQuery{Filter: people}, within); err != nil {
		return r, err
	}
	if r.NoAddress, err = count(noAddress); err != nil {
		return r, err
	}
	without := []condition.Condition{noAddress}
	if r.ToAll = to.ToAll(); !r.ToAll {
		without = append(without, unsubscribed)
		if r.Unsubscribed, err = count(unsubscribed); err != nil {
			return r, err
		}
	}
	if r.Topic, r.NoTopic, err = s.reachedTopic(ctx, ws, to); err != nil {
		return r, err
	}
	if r.Topic != nil {
		without = append(without, optedOut(*r.Topic))
		if r.OptedOut, err = count(optedOut(*r.Topic)); err != nil {
			return r, err
		}
	}
	if r.Getting, err = count(condition.Condition{Not: &condition.Condition{Or: without}}); err != nil {
		return r, err
	}
	found, err := s.store.FindPeople(ctx, ws, store.PeopleQuery{Filter: people}, store.Page{Limit: sampled})
	r.Samples, r.Known = found.People, true
	return r, err
}

// reachedTopic is the topic that a message is about, if any; missing says that
// there is none of this name.
func (s *Server) reachedTopic(ctx context.Context, ws store.WorkspaceID, to workflow.Subscription) (topic *store.Topic, missing bool, err error) {
	name, ok := to.Topic()
	if !ok {
		return nil, false, nil
	}
	all, err := s.store.Topics(ctx, ws)
	if err != nil {
		return nil, false, err
	}
	t, ok := store.TopicIn(all, name)
	if !ok {
		return nil, true, nil
	}
	return &t, false, nil
}

// optedOut is who does not get what is about a topic.
func optedOut(t store.Topic) condition.Condition {
	choice := condition.Attribute{Field: t.Field(), Operator: condition.IsFalse}
	if t.Subscribed {
		return condition.Condition{Attribute: &choice}
	}
	choice.Operator = condition.IsTrue
	return condition.Condition{Not: &condition.Condition{Attribute: &choice}}
}
