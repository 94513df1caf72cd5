package views

import (
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// problemPath is where a problem is put right.
func problemPath(ws store.Workspace, id store.CampaignID, c workflow.Campaign, p workflow.Problem) string {
	switch {
	case p.Key == "" && p.Field == "actions":
		return AddActionPath(ws, id, workflow.Place{})
	case p.Key == "" && p.Field == "name":
		return CampaignPath(ws, id)
	case p.Key == "":
		return triggerPath(ws, id, c) + "#" + problemField(p)
	case inMessage(p.Field) && isEmail(c, p.Key):
		return MessagePath(ws, id, p.Key)
	}
	return ActionPath(ws, id, p.Key)
}

// triggerPath is where it is said who enters.
func triggerPath(ws store.Workspace, id store.CampaignID, c workflow.Campaign) string {
	if c.Trigger.Type == workflow.OnCall {
		return AudiencePath(ws, id)
	}
	return TriggerPath(ws, id)
}

// problemField is the form field that a problem of the campaign names.
func problemField(p workflow.Problem) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(p.Field, "trigger."), ".")
	switch name {
	case "type":
		return "trigger"
	case "filter":
		return "condition"
	}
	return name
}

// inMessage says whether the message editor has the field, not the action.
func inMessage(field string) bool {
	return field == "subject" || field == "body" || field == "reply_to" || field == "layout"
}

func isEmail(c workflow.Campaign, key string) bool {
	a, ok := workflow.Find(c, key)
	return ok && a.Email != nil
}

// problemTitle is the action that a problem is about.
func problemTitle(c workflow.Campaign, p workflow.Problem) string {
	if a, ok := workflow.Find(c, p.Key); ok && p.Key != "" {
		return a.Title() + ": "
	}
	return ""
}
