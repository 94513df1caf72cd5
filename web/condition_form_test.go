package web

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/views"
)

func TestConditionFormKeepsWhatItShows(t *testing.T) {
	for _, text := range []string{
		`{"attribute":{"field":"plan","operator":"eq","value":"pro"}}`,
		`{"attribute":{"field":"seats","operator":"gte","value":10}}`,
		`{"attribute":{"field":"trial","operator":"eq","value":true}}`,
		`{"attribute":{"field":"phone","operator":"starts_with","value":"0049"}}`,
		`{"attribute":{"field":"zip","operator":"eq","value":"01067"}}`,
		`{"attribute":{"field":"seen","operator":"before","value":"-7d"}}`,
		`{"attribute":{"field":"seen","operator":"within_past","value":"7d"}}`,
		`{"attribute":{"field":"email","operator":"exists"}}`,
		`{"and":[{"attribute":{"field":"a","operator":"eq","value":"1.x"}},{"attribute":{"field":"b","operator":"not_exists"}}]}`,
		`{"or":[{"attribute":{"field":"a","operator":"lt","value":0.5}},{"attribute":{"field":"a","operator":"gt","value":-3}}]}`,
		`{"not":{"segment":{"name":"Trials"}}}`,
		`{"and":[{"or":[{"segment":{"id":3}},{"event":{"name":"bought","within":"30d"}}]},{"attribute":{"field":"a","operator":"eq","value":["x","y"]}}]}`,
		`null`,
	} {
		c, err := condition.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		_, again, problem := readCondition(posted(conditionForm("p.", c)), "p.")
		got, _ := json.Marshal(again)
		if string(got) != text || problem != "" {
			t.Errorf("%s became %s (%s)", text, got, problem)
		}
	}
}

// posted is what a browser sends for the form.
func posted(f views.ConditionForm) url.Values {
	if f.Deep {
		return url.Values{f.Prefix + "condition": {f.JSON}}
	}
	form := url.Values{f.Prefix + "join": {f.Join}, f.Prefix + "condition": {""}}
	for _, row := range append(f.Rows, views.ConditionRow{Operator: "eq"}) {
		form.Add(f.Prefix+"field", row.Field)
		form.Add(f.Prefix+"operator", row.Operator)
		form.Add(f.Prefix+"value", row.Value)
	}
	return form
}

func TestConditionFormSaysWhatIsMissing(t *testing.T) {
	for _, test := range []struct{ field, operator, value, json, want string }{
		{"plan", "eq", "", "", "Condition 1: Write a value for plan."},
		{"", "eq", "pro", "", "Condition 1: Name the attribute."},
		{"seats", "gt", "many", "", "“is more than” needs a number"},
		{"seen", "within_past", "ever", "", "“is within the past” needs a duration"},
		{"seen", "like", "x", "", "unknown operator"},
		{"", "", "", `{"segment":`, "This JSON is not a condition."},
		{"", "", "", `{"and":[]}`, "at least one condition"},
	} {
		f, c, problem := readCondition(url.Values{"field": {test.field}, "operator": {test.operator}, "value": {test.value}, "condition": {test.json}}, "")
		if c != nil || !strings.Contains(problem, test.want) {
			t.Errorf("%+v: %v, %q", test, c, problem)
		}
		if test.json == "" && (len(f.Rows) != 1 || f.Rows[0].Value != test.value) || f.JSON != test.json {
			t.Errorf("%+v was not kept: %+v", test, f)
		}
	}
}
