package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// NotReady is why a campaign cannot start: the problems that block it.
type NotReady []workflow.Problem

func (e NotReady) Error() string {
	var all []string
	for _, p := range e {
		where := p.Field
		if p.Key != "" {
			where = strings.TrimSuffix(p.Key+" "+p.Field, " ")
		}
		all = append(all, where+": "+p.Message)
	}
	return strings.Join(all, " ")
}

// CampaignProblems is everything that is wrong or doubtful in a draft, also
// what it needs and the workspace has not.
func (s *Store) CampaignProblems(ctx context.Context, ws WorkspaceID, draft workflow.Campaign) ([]workflow.Problem, error) {
	return campaignProblems(ctx, s.read, ws, draft)
}

func campaignProblems(ctx context.Context, q queryer, ws WorkspaceID, draft workflow.Campaign) ([]workflow.Problem, error) {
	n := needs{ctx: ctx, q: q, ws: ws, problems: workflow.Problems(draft)}
	if ref := draft.Trigger.Segment; draft.Trigger.Type == workflow.OnSegment && ref != nil {
		n.segment("", "trigger.segment", *ref)
	}
	if g := draft.Goal; g != nil && g.Segment != nil {
		n.segment("", "goal.segment", *g.Segment)
	}
	n.condition("", "filter", draft.Filter)
	n.topic("", draft.Subscription)
	for a := range workflow.All(draft.Actions) {
		n.condition(a.Key, "condition", a.Condition)
		if a.Branch != nil {
			for i, p := range a.Branch.Paths {
				n.condition(a.Key, fmt.Sprintf("paths[%d].when", i), p.When)
			}
		}
		n.data(a)
		n.named(a)
		if a.Email != nil {
			n.topic(a.Key, a.Email.Subscription)
		}
		if a.Email != nil && a.Email.Layout != "" {
			n.layout(a.Key, *a.Email)
		}
	}
	return n.problems, n.err
}

// needs looks for what a workflow names and the workspace has not.
type needs struct {
	ctx      context.Context
	q        queryer
	ws       WorkspaceID
	problems []workflow.Problem
	found    map[string]bool // snippets that are here
	err      error
}

func (n *needs) condition(key, field string, c *condition.Condition) {
	used := c.Uses()
	for _, name := range used.Segments {
		n.segment(key, field, condition.Segment{Name: name})
	}
	for _, id := range used.SegmentIDs {
		n.segment(key, field, condition.Segment{ID: id})
	}
}

func (n *needs) segment(key, field string, ref condition.Segment) {
	if ref == (condition.Segment{}) {
		return // workflow.Problems has said so
	}
	g, err := segmentNamed(n.ctx, n.q, n.ws, ref)
	switch {
	case errors.Is(err, ErrNotFound) && ref.Name != "":
		n.block(key, field, fmt.Sprintf("There is no segment “%s” here. Create it, or choose another.", ref.Name))
	case errors.Is(err, ErrNotFound):
		n.block(key, field, "The segment that this asks for is gone. Choose another.")
	case err != nil:
		n.err = err
	case g.Building():
		n.block(key, field, fmt.Sprintf("The segment “%s” is still being built. Try again in a moment.", g.Name))
	}
}

// gateway looks whether a message has somewhere to go.
func (n *needs) gateway(a workflow.Action) {
	if a.Sending() != workflow.Automatic || a.Email != nil || a.Webhook != nil || a.Slack != nil && a.Slack.URL != "" {
		return
	}
	all, err := gateways(n.ctx, n.q, n.ws)
	if err != nil {
		n.err = err
		return
	}
	if channel := ChannelOf(a); gatewayOf(all, channel) == nil {
		n.block(a.Key, "sending", fmt.Sprintf("%s: this workspace has no address that takes them. An admin sets one in the settings under Channels; until then, hold this as a draft.", channel.Words()))
	}
}

// data looks at an action that changes data.
func (n *needs) data(a workflow.Action) {
	n.gateway(a)
	if a.SendEvent != nil && a.SendEvent.Workspace != "" {
		n.workspace(a.Key, a.SendEvent.Workspace)
	}
	if a.BatchUpdate != nil {
		n.condition(a.Key, "people", a.BatchUpdate.People)
	}
	if a.SegmentUpdate == nil || a.SegmentUpdate.Segment == nil {
		return
	}
	n.segment(a.Key, "segment", *a.SegmentUpdate.Segment)
	g, err := segmentNamed(n.ctx, n.q, n.ws, *a.SegmentUpdate.Segment)
	if err == nil && !g.Manual {
		n.block(a.Key, "segment", fmt.Sprintf("“%s” keeps itself by its condition, so nobody is added or removed by hand. Choose a manual segment.", g.Name))
	}
}

// workspace looks whether events have somewhere to go. Whether they may go
// there is asked of whoever publishes.
func (n *needs) workspace(key, slug string) {
	var there bool
	err := n.q.QueryRowContext(n.ctx, `select exists (select 1 from workspaces where slug = ? and deleted_at is null)`, slug).Scan(&there)
	switch {
	case err != nil:
		n.err = err
	case !there:
		n.block(key, "workspace", fmt.Sprintf("There is no workspace “%s”. Choose another.", slug))
	}
}

func (n *needs) layout(key string, e workflow.Email) {
	var html string
	err := known(n.q.QueryRowContext(n.ctx, `select html from layouts where workspace_id = ? and name_key = ?`, n.ws, nameKey(e.Layout)).Scan(&html))
	switch {
	case errors.Is(err, ErrNotFound):
		n.block(key, "layout", fmt.Sprintf("There is no layout “%s” here. Add it, or choose another.", e.Layout))
	case err != nil:
		n.err = err
		return
	}
	n.snippets(key, "layout", workflow.SnippetsIn(html))
	if strings.Contains(html, "unsubscribe_url") && e.Body != "" {
		n.problems = slices.DeleteFunc(n.problems, func(p workflow.Problem) bool {
			return p.Key == key && p.Field == "body" && !p.Blocking // the doubt is settled: the layout has the link
		})
	}
}

func (n *needs) topic(key string, to workflow.Subscription) {
	name, ok := to.Topic()
	if !ok || strings.TrimSpace(name) == "" {
		return
	}
	_, err := topicNamed(n.ctx, n.q, n.ws, name)
	switch {
	case errors.Is(err, ErrNotFound):
		n.block(key, "subscription", fmt.Sprintf("There is no topic “%s” here. Add it, or choose who else gets the messages.", name))
	case err != nil:
		n.err = err
	}
}

// named looks at the snippets in the texts of an action. Only messages know
// snippets.
func (n *needs) named(a workflow.Action) {
	names := a.Snippets()
	if a.IsMessage() {
		n.snippets(a.Key, "", names)
	} else if len(names) > 0 {
		n.block(a.Key, "", fmt.Sprintf("Only messages know snippets. Write the text of “%s” here instead.", names[0]))
	}
}

// snippets looks for the snippets that a message or its layout names, and for
// those that are in them. Those that are there are looked at once.
func (n *needs) snippets(key, field string, names []string) {
	for todo := slices.Clone(names); len(todo) > 0 && n.err == nil; todo = todo[1:] {
		name := todo[0]
		if n.found[name] {
			continue
		}
		found, err := snippet(n.ctx, n.q, n.ws, name)
		switch {
		case errors.Is(err, ErrNotFound):
			n.block(key, field, fmt.Sprintf("There is no snippet “%s” here. Create it, or take it out.", name))
		case err != nil:
			n.err = err
		default:
			if n.found == nil {
				n.found = map[string]bool{}
			}
			n.found[name] = true
			todo = append(todo, workflow.SnippetsIn(found.Value)...)
		}
	}
}

func (n *needs) block(key, field, message string) {
	n.problems = append(n.problems, workflow.Problem{Key: key, Field: field, Message: message, Blocking: true})
}

// ready refuses a draft that has problems which block it.
func (tx *Tx) ready(ws WorkspaceID, draft workflow.Campaign, by Actor) error {
	problems, err := campaignProblems(context.Background(), tx, ws, draft)
	if err != nil {
		return err
	}
	abroad, err := tx.abroad(ws, draft, by)
	if err != nil {
		return err
	}
	var blocking NotReady
	for _, p := range append(problems, abroad...) {
		if p.Blocking {
			blocking = append(blocking, p)
		}
	}
	if len(blocking) > 0 {
		return blocking
	}
	return nil
}

// abroad refuses events into workspaces in which whoever publishes may not
// edit. One that is not there is refused in the same words: nobody learns of a
// workspace that they may not see.
func (tx *Tx) abroad(ws WorkspaceID, draft workflow.Campaign, by Actor) (problems []workflow.Problem, err error) {
	for a := range workflow.All(draft.Actions) {
		if a.SendEvent == nil || a.SendEvent.Workspace == "" || a.SendEvent.LeftWorkspace() {
			continue
		}
		to, err := workspaceBySlug(context.Background(), tx, a.SendEvent.Workspace)
		if ignoreMissing(err) != nil {
			return nil, err
		}
		may := err == nil
		if may && to.ID != ws {
			if may, err = tx.mayEdit(to.ID, by); err != nil {
				return nil, err
			}
		}
		if !may {
			problems = append(problems, workflow.Problem{Key: a.Key, Field: "workspace", Blocking: true, Message: fmt.Sprintf(
				"There is no workspace “%s” in which you may edit. Choose another, or ask one of its admins to publish this.", a.SendEvent.Workspace)})
		}
	}
	return problems, nil
}
