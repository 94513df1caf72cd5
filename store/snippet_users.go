package store

import (
	"context"
	"slices"
	"strings"

	"github.com/postroom/postroom/store/workflow"
)

// SnippetUsers is what names a snippet.
type SnippetUsers struct {
	Actions  []ActionUse // of campaigns, in their draft or their live version
	Layouts  []string
	Snippets []string
}

// ActionUse is an action of a campaign that uses something.
type ActionUse struct {
	Campaign Campaign
	Key      string
	Title    string
	Message  bool
}

// Any says whether there are any.
func (u SnippetUsers) Any() bool { return len(u.Actions)+len(u.Layouts)+len(u.Snippets) > 0 }

// Words is who they are, as part of a sentence.
func (u SnippetUsers) Words() string {
	var all []string
	for _, a := range u.Actions {
		all = append(all, "“"+a.Title+"” of “"+a.Campaign.Name+"”")
	}
	for _, name := range u.Layouts {
		all = append(all, "the layout “"+name+"”")
	}
	for _, name := range u.Snippets {
		all = append(all, "the snippet “"+name+"”")
	}
	const shown = 10
	if len(all) > shown {
		return strings.Join(all[:shown], ", ") + " and others"
	}
	return strings.Join(all, ", ")
}

// SnippetUsers is what names the snippet: actions of campaigns, layouts and
// other snippets.
func (s *Store) SnippetUsers(ctx context.Context, ws WorkspaceID, name string) (SnippetUsers, error) {
	return s.snippetUsers(ctx, s.read, ws, name)
}

func (s *Store) snippetUsers(ctx context.Context, q queryer, ws WorkspaceID, name string) (u SnippetUsers, err error) {
	u.Actions, err = s.actionsThat(ctx, q, ws, func(a workflow.Action) bool { return names(a.Snippets(), name) })
	if err != nil {
		return u, err
	}
	for table, column := range map[string]string{"layouts": "html", "snippets": "value"} {
		rows, err := q.QueryContext(ctx, `select name, `+column+` from `+table+` where workspace_id = ? and instr(`+column+`, 'snippets') > 0 order by name_key`, ws)
		all, err := collect(rows, err, scanLayout)
		if err != nil {
			return u, err
		}
		for _, one := range all {
			switch {
			case !names(workflow.SnippetsIn(one.HTML), name):
			case table == "layouts":
				u.Layouts = append(u.Layouts, one.Name)
			default:
				u.Snippets = append(u.Snippets, one.Name)
			}
		}
	}
	return u, nil
}

// names says whether a name is among these, however it is written.
func names(all []string, name string) bool {
	return slices.ContainsFunc(all, func(other string) bool { return nameKey(other) == nameKey(name) })
}

// actionsThat is the actions of which something holds, in the draft or the live
// version of campaigns that are not archived; each once.
func (s *Store) actionsThat(ctx context.Context, q queryer, ws WorkspaceID, use func(workflow.Action) bool) (all []ActionUse, err error) {
	users, err := s.campaignsThat(ctx, q, ws, func(c workflow.Campaign) bool { return anyAction(c, use) })
	if err != nil {
		return nil, err
	}
	for _, c := range users {
		versions := []workflow.Campaign{c.Draft}
		if c.Version > 0 {
			plan, err := s.plans.get(ctx, q, ws, live{c.ID, c.Version})
			if err != nil {
				return nil, err
			}
			versions = append(versions, plan.Campaign)
		}
		seen := map[string]bool{}
		for _, version := range versions {
			for a := range workflow.All(version.Actions) {
				if !seen[a.Key] && use(a) {
					seen[a.Key] = true
					all = append(all, ActionUse{Campaign: c, Key: a.Key, Title: a.Title(), Message: a.IsMessage()})
				}
			}
		}
	}
	return all, nil
}

func anyAction(c workflow.Campaign, use func(workflow.Action) bool) bool {
	for a := range workflow.All(c.Actions) {
		if use(a) {
			return true
		}
	}
	return false
}
