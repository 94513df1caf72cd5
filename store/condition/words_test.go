package condition

import (
	"reflect"
	"testing"
)

func TestWords(t *testing.T) {
	plan := func(op, value string) string {
		return `{"attribute":{"field":"plan","operator":"` + op + `"` + value + `}}`
	}
	pro, exists := plan("eq", `,"value":"pro"`), plan("exists", "")
	trial := `{"segment":{"name":"Trial"}}`
	rows := []struct{ condition, want string }{
		{`null`, `everyone`},
		{`{"and":[` + pro + `,{"not":` + trial + `}]}`, `plan is "pro" and not in segment "Trial"`},
		{pro, `plan is "pro"`},
		{`{"not":` + pro + `}`, `plan is not "pro"`},
		{`{"not":{"not":` + pro + `}}`, `plan is "pro"`},
		{plan("ne", `,"value":"pro"`), `plan is not "pro"`},
		{`{"not":` + plan("ne", `,"value":"pro"`) + `}`, `plan is "pro"`},
		{plan("eq", `,"value":["pro",7,true]`), `plan is any of "pro", 7, true`},
		{plan("ne", `,"value":["pro",7]`), `plan is none of "pro", 7`},
		{`{"not":` + plan("eq", `,"value":["pro",7]`) + `}`, `plan is none of "pro", 7`},
		{`{"not":` + plan("ne", `,"value":["pro",7]`) + `}`, `plan is any of "pro", 7`},
		{plan("gt", `,"value":"5"`), `plan is more than 5`},
		{plan("gte", `,"value":5`), `plan is at least 5`},
		{plan("lt", `,"value":5`), `plan is less than 5`},
		{`{"not":` + plan("lte", `,"value":5`) + `}`, `plan is not at most 5`},
		{exists, `plan exists`},
		{plan("not_exists", ""), `plan does not exist`},
		{plan("contains", `,"value":"x"`), `plan contains "x"`},
		{`{"not":` + plan("not_contains", `,"value":"x"`) + `}`, `plan contains "x"`},
		{plan("starts_with", `,"value":"x"`), `plan starts with "x"`},
		{plan("ends_with", `,"value":1`), `plan ends with 1`},
		{plan("is_true", ""), `plan is true`},
		{plan("is_false", ""), `plan is false`},
		{`{"not":` + plan("is_timestamp", "") + `}`, `plan is not a timestamp`},
		{plan("before", `,"value":1767225600`), `plan is before 1 January 2026`},
		{plan("before", `,"value":"2026-01-01T13:30:00+01:00"`), `plan is before 1 January 2026, 12:30 UTC`},
		{plan("after", `,"value":"2026-01-31"`), `plan is after 31 January 2026`},
		{plan("before", `,"value":"-7d"`), `plan is before 1 week ago`},
		{plan("after", `,"value":"+90s"`), `plan is after 90 seconds from now`},
		{plan("within_past", `,"value":"2d"`), `plan is within the past 2 days`},
		{plan("within_next", `,"value":"24h"`), `plan is within the next 1 day`},
		{`{"segment":{"id":7}}`, `in segment 7`},
		{`{"event":{"name":"order"}}`, `has done "order"`},
		{`{"not":{"event":{"name":"order"}}}`, `has not done "order"`},
		{`{"event":{"name":"order","at_least":3,"within":"30d"}}`, `has done "order" at least 3 times within the past 30 days`},
		{`{"not":{"event":{"name":"order","at_least":3}}}`, `has done "order" fewer than 3 times`},
		{`{"event":{"name":"order","where":{"and":[` + pro + `,` + exists + `]}}}`, `has done "order" where plan is "pro" and plan exists`},
		{`{"and":[{"event":{"name":"order","where":` + pro + `}},` + exists + `]}`, `(has done "order" where plan is "pro") and plan exists`},
		{`{"message":{"metric":"opened"}}`, `has opened a message`},
		{`{"not":{"message":{"metric":"clicked","campaign_id":4,"within":"1w"}}}`, `has not clicked a link in any message of campaign 4 within the past 1 week`},
		{`{"message":{"metric":"sent","action":"hello"}}`, `has been sent message "hello"`},
		{`{"message":{"metric":"delivered","campaign_id":4,"action":"hello"}}`, `has received message "hello" of campaign 4`},
		{`{"message":{"metric":"converted"}}`, `has converted through a message`},
		{`{"and":[` + pro + `]}`, `plan is "pro"`},
		{`{"and":[{"or":[` + pro + `]},` + exists + `]}`, `plan is "pro" and plan exists`},
		{`{"or":[` + pro + `,{"or":[` + exists + `,` + trial + `]}]}`, `plan is "pro" or plan exists or in segment "Trial"`},
		{`{"or":[` + pro + `,{"and":[` + exists + `,` + trial + `]}]}`, `plan is "pro" or (plan exists and in segment "Trial")`},
		{`{"and":[{"or":[` + pro + `,` + exists + `]},` + trial + `]}`, `(plan is "pro" or plan exists) and in segment "Trial"`},
		{`{"not":{"or":[` + pro + `,` + exists + `]}}`, `not (plan is "pro" or plan exists)`},
		{`{"not":{"not":{"or":[` + pro + `,` + exists + `]}}}`, `plan is "pro" or plan exists`},
	}
	for _, r := range rows {
		if got := parse(t, r.condition).Words(); got != r.want {
			t.Errorf("%s\n got %s\nwant %s", r.condition, got, r.want)
		}
	}
}

func TestOperatorTakesValue(t *testing.T) {
	var without []Operator
	for _, op := range Operators() {
		if op.Words() == "" {
			t.Errorf("%s has no words", op)
		}
		if !op.TakesValue() {
			without = append(without, op)
		}
	}
	want := []Operator{Exists, NotExists, IsTrue, IsFalse, IsTimestamp}
	if len(Operators()) != 19 || !reflect.DeepEqual(without, want) {
		t.Errorf("%d operators, without a value %v", len(Operators()), without)
	}
	if Operator("eqq").Words() != "" || Operator("eqq").TakesValue() {
		t.Error("an unknown operator means something")
	}
}
