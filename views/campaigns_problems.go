package views

import (
	"fmt"
	"strconv"
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
	}
	a, _ := workflow.Find(c, p.Key)
	if language, field, ok := ofLanguage(a, p.Field); ok {
		return MessageLanguagePath(ws, id, p.Key, language, "") + "#" + field
	}
	if a.Email != nil && inMessage(p.Field) {
		return MessagePath(ws, id, p.Key) + "#" + p.Field
	}
	if field := actionField(a, p.Field); field != "" {
		return ActionPath(ws, id, p.Key) + "#" + field
	}
	return ActionPath(ws, id, p.Key)
}

// ofLanguage is the language and the field of a problem such as
// languages[1].subject.
func ofLanguage(a workflow.Action, path string) (language, field string, ok bool) {
	i, rest, ok := indexed(path, "languages")
	if !ok || a.Email == nil || i >= len(a.Email.Languages) {
		return "", "", false
	}
	return a.Email.Languages[i].Language, strings.TrimPrefix(rest, "."), true
}

// indexed takes a path such as paths[2].when apart.
func indexed(path, list string) (i int, rest string, ok bool) {
	inside, found := strings.CutPrefix(path, list+"[")
	number, rest, closed := strings.Cut(inside, "]")
	i, err := strconv.Atoi(number)
	return i, rest, found && closed && err == nil && i >= 0
}

// actionField is the id of the field in an action's form that a problem names.
func actionField(a workflow.Action, path string) string {
	if i, rest, ok := indexed(path, "paths"); ok {
		field := strings.TrimPrefix(rest, ".")
		switch {
		case field == "" && a.Type == workflow.TypeWaitUntil:
			field = "waits"
		case field == "" || field == "name":
			return fmt.Sprintf("path%d", i)
		case strings.HasPrefix(field, "when"):
			field = "condition"
		}
		return fmt.Sprintf("path%d-%s", i, field)
	}
	if name, _, found := strings.Cut(path, "["); found {
		return name // headers[0], response[1]
	}
	switch path {
	case "paths", "winner":
		return "path0"
	case "people":
		return "people-condition"
	case "person", "person.value", "person.by":
		return "person-value"
	case "workspace":
		return "in"
	case "key", "type":
		return ""
	}
	return path
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

// problemTitle is the action that a problem is about.
func problemTitle(c workflow.Campaign, p workflow.Problem) string {
	if a, ok := workflow.Find(c, p.Key); ok && p.Key != "" {
		return a.Title() + ": "
	}
	return ""
}
