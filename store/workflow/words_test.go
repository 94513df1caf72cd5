package workflow

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/condition"
)

func TestSummary(t *testing.T) {
	for _, test := range []struct {
		a    Action
		want string
	}{
		{Action{Type: TypeEmail, Email: &Email{Subject: "Hi\n {{customer.name}}"}}, "Email · “Hi {{customer.name}}”"},
		{Action{Type: TypeEmail, Email: &Email{Subject: strings.Repeat("é", 90)}}, "Email · “" + strings.Repeat("é", 79) + "…”"},
		{Action{Type: TypeEmail, Email: &Email{Subject: " "}}, "Email · no subject yet"},
		{Action{Type: TypeWebhook, Webhook: &Webhook{Method: "PUT", URL: "https://u:p@crm.test/x?token=1&a=b"}}, "Webhook · PUT https://crm.test/x"},
		{Action{Type: TypeWebhook, Webhook: &Webhook{Method: "POST"}}, "Webhook · no address yet"},
		{Action{Type: TypeDelay, Delay: &Delay{"48h"}}, "Wait 2 days"},
		{Action{Type: TypeDelay, Delay: &Delay{"x"}}, "Wait, for how long is not set"},
		{Action{Type: TypeBranch, Branch: &Branch{Paths: make([]Path, 1)}}, "Branch · 1 path"},
		{Action{Type: TypeUpdatePerson, UpdatePerson: &UpdatePerson{}}, "Update person · no attribute yet"},
		{Action{Type: TypeUpdatePerson, UpdatePerson: &UpdatePerson{Set: map[string]any{
			"e": "x", "d": 1.5, "c": nil, "b": true, "a": json.Number("12"),
		}}}, "Update person · a = 12, b = true, c removed, 2 more"},
		{Action{Type: TypeUpdatePerson, UpdatePerson: &UpdatePerson{Set: map[string]any{"plan": "pro", "x": 1}}}, "Update person · plan = “pro”, x = 1"},
		{Action{Type: TypeExit}, "Exit"},
		{Action{Type: "fax"}, "fax"},
	} {
		if got := test.a.Summary(); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
	if a := (Action{Type: TypeExit, Name: "Bye"}); a.Title() != "Bye" {
		t.Errorf("title %q", a.Title())
	}
}

func TestWords(t *testing.T) {
	segment := func(s condition.Segment, when Crossing) Trigger {
		return Trigger{Type: OnSegment, Segment: &s, When: when}
	}
	for got, want := range map[string]string{
		Trigger{}.Words(): "Not chosen yet",
		Trigger{Type: OnEvent, Event: "signed_up"}.Words():                            "Does “signed_up”",
		Trigger{Type: OnEvent, Event: "signed_up", Filter: is("plan", "pro")}.Words(): `Does “signed_up” where plan is "pro"`,
		segment(condition.Segment{Name: "VIP"}, Enter).Words():                        "Enters the segment “VIP”",
		segment(condition.Segment{ID: 3}, Leave).Words():                              "Leaves the segment 3",
		segment(condition.Segment{}, Leave).Words():                                   "Leaves a segment that is not chosen yet",
		Frequency{}.Words():                           "Once per person",
		Frequency{Repeat: true}.Words():               "On each match",
		Frequency{Repeat: true, Every: "12h"}.Words(): "On each match, at most once in 12 hours",
		(*Goal)(nil).Words():                          "No goal",
		(&Goal{Event: "bought"}).Words():              "Does “bought”",
		ExitNever.Words():                             "Only at the end",
		Path{}.Words():                                "everyone else",
		Path{When: is("a", "b")}.Words():              `a is "b"`,
		Automatic.Words():                             "Sends automatically",
		Draft.Words():                                 "Queues drafts",
		Off.Words():                                   "Does not send",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
