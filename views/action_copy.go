package views

import (
	"net/url"
	"slices"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// CopyActionsPath asks where actions are to be copied to.
func CopyActionsPath(ws store.Workspace, id store.CampaignID, keys ...string) string {
	return CampaignPath(ws, id) + "/copy?" + url.Values{"action": keys}.Encode()
}

// CopyForm is what was chosen so far of where actions are to be copied to.
type CopyForm struct {
	Source     store.Campaign
	Flow       workflow.Campaign // its draft, with the names of segments
	Picked     []string
	Workspaces []store.Workspace // in which the member may edit
	To         store.Workspace
	Q          string
	Campaigns  []store.SourceCampaign // of To
	More       bool                   // there are others, which a search finds
	Target     store.Campaign         // zero: not chosen yet
	Place      workflow.Place
	Report     Report
	Refused    string // why nothing was copied
}

// choosable is the campaigns that may get the copies.
func (f CopyForm) choosable() []store.SourceCampaign {
	all := slices.DeleteFunc(slices.Clone(f.Campaigns), func(c store.SourceCampaign) bool { return c.ID == f.Source.ID })
	isTarget := func(c store.SourceCampaign) bool { return c.ID == f.Target.ID }
	if f.Target.ID != 0 && !slices.ContainsFunc(all, isTarget) {
		all = append([]store.SourceCampaign{{ID: f.Target.ID, Name: f.Target.Name, State: f.Target.State}}, all...)
	}
	return all
}

// places is each gap of the campaign that gets the copies, the end first.
func (f CopyForm) places() []workflow.Place {
	end := workflow.End(f.Target.Draft)
	all := []workflow.Place{end}
	if end != (workflow.Place{}) {
		all = append(all, workflow.Place{})
	}
	for a := range workflow.All(f.Target.Draft.Actions) {
		if at := (workflow.Place{After: a.Key}); at != end {
			all = append(all, at)
		}
		if a.Branch != nil {
			for i := range a.Branch.Paths {
				all = append(all, workflow.Place{Parent: a.Key, Path: i})
			}
		}
	}
	return all
}

// DuplicateForm is where a campaign is to be duplicated to.
type DuplicateForm struct {
	Campaign   store.Campaign
	Workspaces []store.Workspace // in which the member may edit
	To         store.Workspace
	Name       string
	Report     Report // when it goes to another workspace
	Wrong      store.Invalid
	Refused    string
}
