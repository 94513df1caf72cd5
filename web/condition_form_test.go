package web

import (
	"encoding/json"
	"fmt"
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
		`{"event":{"name":"bought","at_least":2,"within":"30d","where":{"attribute":{"field":"total","operator":"gt","value":50}}}}`,
		`{"not":{"event":{"name":"bought","within":"4h","where":{"and":[{"attribute":{"field":"total","operator":"gt","value":50}},{"attribute":{"field":"sku","operator":"exists"}}]}}}}`,
		`{"not":{"or":[{"event":{"type":"page","name":"/prices*"}},{"message":{"metric":"opened","within":"2w"}}]}}`,
		`{"and":[{"not":{"segment":{"name":"Trials"}}},{"or":[{"attribute":{"field":"a","operator":"exists"}},{"and":[{"event":{"type":"screen","name":"Home"}},{"not":{"message":{"metric":"sent"}}}]}]},{"not":{"or":[{"segment":{"name":"A"}},{"segment":{"name":"B"}}]}}]}`,
		`{"message":{"metric":"sent","campaign_id":7}}`,
		`{"not":{"message":{"metric":"opened","campaign_id":7,"action":"hello","within":"3d"}}}`,
		`{"or":[{"message":{"metric":"clicked","action":"hello"}},{"attribute":{"field":"a","operator":"exists"}}]}`,
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
		form.Add(f.Prefix+"kind", row.Kind)
		form.Add(f.Prefix+"level", strings.Repeat("i", row.Level))
		form.Add(f.Prefix+"times", row.Times)
		form.Add(f.Prefix+"within", row.Within)
		form.Add(f.Prefix+"unit", row.Unit)
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

// The buttons of a condition work without script: each sends the form and gets
// it back with a row more or less.
func TestConditionRowsAreAddedAndRemoved(t *testing.T) {
	form := func(row string) url.Values {
		values := posted(conditionForm("", parsed(t, `{"and":[{"attribute":{"field":"a","operator":"exists"}},{"or":[{"event":{"name":"e","where":{"attribute":{"field":"n","operator":"gt","value":1}}}},{"segment":{"name":"S"}}]}]}`)))
		values.Set("row", row)
		return values
	}
	for row, want := range map[string]string{
		"event":       "attribute group ievent iiwhere isegment event",
		"group":       "attribute group ievent iiwhere isegment group",
		"message:1":   "attribute group ievent iiwhere isegment imessage",
		"where:2":     "attribute group ievent iiwhere iiwhere isegment",
		"attribute:1": "attribute group ievent iiwhere isegment iattribute",
		"remove:1":    "attribute",
		"remove:2":    "attribute group isegment",
		"remove:99":   "attribute group ievent iiwhere isegment",
		"where":       "attribute group ievent iiwhere isegment",
		"nonsense:1":  "attribute group ievent iiwhere isegment",
	} {
		values := form(row)
		var got []string
		for _, r := range typedRows(values, "").Rows {
			got = append(got, strings.Repeat("i", r.Level)+r.Kind)
		}
		if !editingCondition(values) || strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", row, strings.Join(got, " "), want)
		}
	}
}

func parsed(t *testing.T, text string) *condition.Condition {
	t.Helper()
	c, err := condition.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A message is chosen from a list; in a workflow those of its own campaign
// come first.
func TestConditionsNameMessages(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome <b>", `[{"key":"hi","type":"email","name":"Hello"},{"key":"split","type":"branch","paths":[
		{"name":"Opened","when":{"message":{"metric":"opened","action":"hi"}},"actions":[]},{"name":"Else","actions":[]}]}]`)
	s.alice.get(views.ActionPath(s.acme, c.ID, "split")).want(200, `<optgroup label="Of this campaign">`, `<option value="/hi" selected>Hello</option>`, fmt.Sprintf(`<option value="%d/hi">Hello · Welcome &lt;b&gt;</option>`, c.ID), "Welcome &lt;b&gt;")
	row := url.Values{"name": {"Openers"}, "kind": {"message"}, "level": {""}, "field": {"opened"}, "operator": {"is"}, "value": {fmt.Sprintf("%d/hi", c.ID)}, "times": {""}, "within": {""}, "unit": {"d"}}
	at := s.alice.send(s.acme, views.NewSegmentPath(s.acme), row).want(303).location()
	s.alice.get(at+"/edit").want(200, fmt.Sprintf(`<option value="%d/hi" selected>Hello · Welcome &lt;b&gt;</option>`, c.ID)).without("Of this campaign", "Rows cannot say")
	row.Set("value", "x/hi")
	s.alice.send(s.acme, views.NewSegmentPath(s.acme), row).want(422, "Choose a message from the list.")
	row.Set("value", "999/gone")
	row.Set("name", "Odd")
	at = s.alice.send(s.acme, views.NewSegmentPath(s.acme), row).want(303).location()
	s.alice.get(at+"/edit").want(200, "a message that is not in the list (999/gone)")
}
