package views

import (
	"fmt"
	"net/url"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// CampaignsPath lists the campaigns of a workspace.
func CampaignsPath(ws store.Workspace) string { return HomePath(ws) + "/campaigns" }

// NewCampaignPath is the form for a new campaign.
func NewCampaignPath(ws store.Workspace) string { return CampaignsPath(ws) + "/new" }

// CampaignPath is the overview of a campaign.
func CampaignPath(ws store.Workspace, id store.CampaignID) string {
	return fmt.Sprintf("%s/%d", CampaignsPath(ws), id)
}

// TriggerPath is who enters a campaign and when they leave.
func TriggerPath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/trigger"
}

// PublishPath asks before a campaign starts or its draft goes live.
func PublishPath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/publish"
}

// CampaignAct is the address of what the menu of a campaign does: stop,
// archive, unarchive, duplicate, rename, delete.
func CampaignAct(ws store.Workspace, id store.CampaignID, act string) string {
	return CampaignPath(ws, id) + "/" + act
}

// VersionsPath is the versions that a campaign had, and the changes of its
// draft.
func VersionsPath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/versions"
}

// VersionPath is one of them, as a map to look at.
func VersionPath(ws store.Workspace, id store.CampaignID, version int) string {
	return fmt.Sprintf("%s?version=%d", WorkflowPath(ws, id), version)
}

// VersionAct is the address of what is done with a version: restore,
// export.json.
func VersionAct(ws store.Workspace, id store.CampaignID, version int, act string) string {
	return fmt.Sprintf("%s/%d/%s", VersionsPath(ws, id), version, act)
}

// WorkflowPath is the editor of a campaign's workflow.
func WorkflowPath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/workflow"
}

// WorkflowAct is the address of what changes the workflow as a whole: add,
// undo, redo.
func WorkflowAct(ws store.Workspace, id store.CampaignID, act string) string {
	return WorkflowPath(ws, id) + "/" + act
}

// ActionPath is the workflow with one action chosen.
func ActionPath(ws store.Workspace, id store.CampaignID, key string) string {
	return WorkflowPath(ws, id) + "?action=" + url.QueryEscape(key)
}

// LivePath is the version that people walk through, with its figures.
func LivePath(ws store.Workspace, id store.CampaignID) string {
	return WorkflowPath(ws, id) + "?view=live"
}

// AddActionPath asks what to add at a place.
func AddActionPath(ws store.Workspace, id store.CampaignID, at workflow.Place) string {
	return WorkflowPath(ws, id) + "?add=" + url.QueryEscape(at.String())
}

// MoveActionPath asks where to move an action.
func MoveActionPath(ws store.Workspace, id store.CampaignID, key string) string {
	return WorkflowPath(ws, id) + "?move=" + url.QueryEscape(key)
}

// SelectActionsPath is the workflow with boxes to choose several actions.
func SelectActionsPath(ws store.Workspace, id store.CampaignID, keys ...string) string {
	q := url.Values{"select": {"1"}, "keys": keys}
	return WorkflowPath(ws, id) + "?" + q.Encode()
}

// SaveActionPath is where the settings of one action go.
func SaveActionPath(ws store.Workspace, id store.CampaignID, key string) string {
	return WorkflowPath(ws, id) + "/actions/" + url.PathEscape(key)
}

// ActionAct is the address of what changes one action: move, duplicate, delete.
func ActionAct(ws store.Workspace, id store.CampaignID, key, act string) string {
	return SaveActionPath(ws, id, key) + "/" + act
}

// CampaignList is one page of campaigns.
type CampaignList struct {
	Campaigns  []store.CampaignSummary
	Q          string
	Archived   bool
	Broadcasts bool
	Pages      Pages
}

// Filter is what the list shows.
func (l CampaignList) Filter() store.CampaignFilter {
	return store.CampaignFilter{Q: l.Q, Archived: l.Archived, Broadcasts: l.Broadcasts}
}

// Base is the address of the list.
func (l CampaignList) Base(ws store.Workspace) string {
	if l.Broadcasts {
		return BroadcastsPath(ws)
	}
	return CampaignsPath(ws)
}

// archive is the address of what was put away.
func (l CampaignList) archive(ws store.Workspace) string { return l.Base(ws) + "?archived=1" }

// title is what is listed.
func (l CampaignList) title() string {
	if l.Broadcasts {
		return "Broadcasts"
	}
	return "Campaigns"
}

// NewCampaignForm is what the form for a new campaign held.
type NewCampaignForm struct {
	Name, Trigger, Event, Segment string
	Segments                      []store.Segment
	Events                        []string
}

// CampaignHead is what every page of one campaign shows at its top.
type CampaignHead struct {
	store.Campaign
	Changes  int // of the draft, against the live version
	Blocking int // problems that stop it from going live
	History  store.History
}

// Editable says whether its draft may be changed at all.
func (c CampaignHead) Editable() bool { return c.State != store.CampaignArchived }

// NextVersion is the number that publishing gives.
func (c CampaignHead) NextVersion() string { return fmt.Sprintf("v%d", c.Version+1) }

// CampaignOverview is the first page of a campaign.
type CampaignOverview struct {
	Head   CampaignHead
	Shown  workflow.Campaign // what runs, or the draft of one that never did
	Dated  int               // percent of people of whom it is worked out when the date comes
	Counts map[string]int

	ByAction map[string]map[string]int // the same of each action
}

// whoWords is who may enter, for people.
func whoWords(c workflow.Campaign) string {
	if c.Filter == nil {
		return "Everybody who is triggered"
	}
	return c.Filter.Words()
}

// Review is what is looked at before a campaign goes live.
type Review struct {
	Head     CampaignHead
	Draft    workflow.Campaign // with the names of its segments
	Live     workflow.Campaign // likewise; zero when it never ran
	Changes  []workflow.Change
	Problems []workflow.Problem
	Counts   map[string]map[string]int
	Members  int    // of the trigger's segment
	Reach    Reach  // of a newsletter
	Typed    string // as the number of people it goes to
	Refused  string
}

// asksForMembers says whether people are in the trigger's segment now, who may
// begin at once.
func (r Review) asksForMembers() bool {
	t := r.Draft.Trigger
	return !r.Head.Live() && t.Type == workflow.OnSegment && t.When != workflow.Leave
}

// CampaignStateWords is the state as people read it.
func CampaignStateWords(s store.CampaignState) string {
	switch s {
	case store.CampaignRunning:
		return "Running"
	case store.CampaignStopping:
		return "Stopping"
	case store.CampaignStopped:
		return "Stopped"
	case store.CampaignArchived:
		return "Archived"
	}
	return "Draft"
}

func campaignTag(s store.CampaignState) (class, icon string) {
	switch s {
	case store.CampaignRunning:
		return "tag ok", "play"
	case store.CampaignStopping:
		return "tag warn", "pause"
	case store.CampaignStopped:
		return "tag line", "stop"
	case store.CampaignArchived:
		return "tag line", "stack"
	}
	return "tag info", "edit"
}
