package views

import (
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// A problem leads to the field that cures it.
func TestProblemsLeadToTheirField(t *testing.T) {
	c := workflow.Campaign{Actions: []workflow.Action{
		{Key: "mail", Type: workflow.TypeEmail, Email: &workflow.Email{Languages: []workflow.Translation{{Language: "de"}}}},
		{Key: "wait", Type: workflow.TypeWaitUntil, Branch: &workflow.Branch{Paths: []workflow.Path{{}}}},
		{Key: "hook", Type: workflow.TypeWebhook, Webhook: &workflow.Webhook{}},
		{Key: "batch", Type: workflow.TypeBatchUpdate, BatchUpdate: &workflow.BatchUpdate{}},
	}}
	for _, tt := range []struct{ key, field, want string }{
		{"mail", "from", "/workflow?action=mail#from"},
		{"mail", "subject", "/messages/mail#subject"},
		{"mail", "languages[0].body", "/messages/mail?language=de#body"},
		{"mail", "languages[7].body", "/workflow?action=mail#languages"},
		{"wait", "paths[0]", "#path0-waits"},
		{"wait", "paths[0].when.attribute", "#path0-condition"},
		{"wait", "paths[0].after", "#path0-after"},
		{"wait", "paths", "#path0"},
		{"hook", "headers[2]", "#headers"},
		{"hook", "body", "/workflow?action=hook#body"},
		{"batch", "people", "#people-condition"},
		{"", "trigger.event", "/trigger#event"},
		{"", "actions", "/workflow?add=start"},
	} {
		got := problemPath(store.Workspace{Slug: "acme"}, 7, c, workflow.Problem{Key: tt.key, Field: tt.field})
		if !strings.HasSuffix(got, tt.want) {
			t.Errorf("%s %s leads to %s, want %s", tt.key, tt.field, got, tt.want)
		}
	}
}
