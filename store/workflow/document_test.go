package workflow

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// example is the document of docs/workflow.md, which so cannot be wrong.
func example(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("../../docs/workflow.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```json\n")
	doc, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("docs/workflow.md has no example")
	}
	return []byte(doc)
}

func TestParseExample(t *testing.T) {
	d, err := Parse(example(t))
	if err != nil {
		t.Fatal(err)
	}
	c := d.Campaign
	if got, want := show(c), "hello@ pause~ split[mark tell-crm%|bye!]"; got != want {
		t.Errorf("actions %s, want %s", got, want)
	}
	if c.Trigger.Event != "signed_up" || c.Goal.Within != "7d" || c.Exit != ExitGoal || c.Frequency != (Frequency{}) {
		t.Errorf("campaign %+v", c)
	}
	if e := c.Actions[0].Email; e.Sending != Automatic || e.Layout != "Default" {
		t.Errorf("email %+v", e)
	}
	if Blocking(Problems(c)) {
		t.Errorf("problems %v", Problems(c))
	}
	var file struct{ Uses Uses }
	if err := json.Unmarshal(example(t), &file); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(d.Uses, file.Uses) {
		t.Errorf("the example says that it uses\n%+v\nbut it uses\n%+v", file.Uses, d.Uses)
	}
}

func TestParseAndJSONAgree(t *testing.T) {
	first, err := Parse(example(t))
	if err != nil {
		t.Fatal(err)
	}
	text, err := first.JSON()
	if err != nil {
		t.Fatal(err)
	}
	second, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(first, second) {
		t.Errorf("after a round trip\n%+v\nis\n%+v", first, second)
	}
	again, _ := second.JSON()
	if string(again) != string(text) {
		t.Error("the text is not stable")
	}
	if !strings.Contains(string(text), `"body": "<p>`) {
		t.Errorf("HTML is escaped in\n%s", text)
	}
}

func TestParseDefaults(t *testing.T) {
	d, err := Parse([]byte(`{"postroom": 1, "campaign": {"name": "N", "actions": [
		{"type": "email"}, {"type": "email", "to": "", "key": "email-2"}, {"type": "webhook"}, {"type": "email", "condition": null},
		{"type": "branch", "paths": [{"when": {"attribute": {"field": "x", "operator": "exists"}}}, {"actions": [{"type": "exit"}]}]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	c := d.Campaign
	if got, want := show(c), "email@ email-2@ webhook% email-3@ branch[|exit!]"; got != want {
		t.Errorf("keys %s, want %s", got, want)
	}
	if e := *c.Actions[0].Email; !reflect.DeepEqual(e, Email{Sending: Draft, To: "{{customer.email}}"}) {
		t.Errorf("email %+v", e)
	}
	if to := c.Actions[1].Email.To; to != "" {
		t.Errorf("an empty to became %q", to)
	}
	if w := c.Actions[2].Webhook; w.Method != "POST" || w.Sending != Draft {
		t.Errorf("webhook %+v", w)
	}
	if c.Exit != ExitNever || c.Trigger != (Trigger{}) {
		t.Errorf("exit %q, trigger %+v", c.Exit, c.Trigger)
	}
}

func TestParseValues(t *testing.T) {
	d, err := Parse([]byte("\ufeff" + `{"postroom": 1, "campaign": {"name": "N",
		"trigger": {"type": "segment", "segment": {"name": "VIP"}, "when": "leave"},
		"frequency": {"every": "7d"},
		"actions": [
		{"type": "update_person", "set": {"n": 9007199254740993, "on": true, "gone": null, "plan": "pro"}},
		{"type": "webhook", "headers": {"X-B": "1", "X-A": "2"}},
		{"type": "webhook", "headers": [{"name": "X-C", "value": "3"}], "left_out": ["header X-D"]},
		{"type": "exit", "origin": {"workspace": "acme", "campaign": "Old", "campaign_id": 7, "action": "x", "version": 3, "at": "2026-11-23T11:00:00+01:00"}}
	]}}`))
	if err != nil {
		t.Fatal(err)
	}
	c := d.Campaign
	if c.Trigger.Segment.Name != "VIP" || c.Trigger.When != Leave || c.Frequency != (Frequency{Repeat: true, Every: "7d"}) {
		t.Errorf("trigger %+v, frequency %+v", c.Trigger, c.Frequency)
	}
	wantSet := map[string]any{"n": json.Number("9007199254740993"), "on": true, "gone": nil, "plan": "pro"}
	if set := c.Actions[0].UpdatePerson.Set; !reflect.DeepEqual(set, wantSet) {
		t.Errorf("set %#v", set)
	}
	if h := c.Actions[1].Webhook.Headers; !reflect.DeepEqual(h, []Header{{"X-B", "1"}, {"X-A", "2"}}) {
		t.Errorf("headers %v", h)
	}
	if w := c.Actions[2].Webhook; w.Headers[0] != (Header{"X-C", "3"}) || w.LeftOut[0] != "header X-D" {
		t.Errorf("webhook %+v", w)
	}
	want := Origin{"acme", "Old", 7, "x", 3, "", time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	if o := c.Actions[3].Origin; *o != want {
		t.Errorf("origin %+v", o)
	}
}

func TestParseRefuses(t *testing.T) {
	campaign := func(fields string) string {
		return `{"postroom": 1, "campaign": {"name": "N", ` + fields + `}}`
	}
	actions := func(list string) string { return campaign(`"actions": [` + list + `]`) }
	when := `"when": {"attribute": {"field": "x", "operator": "exists"}}`
	for name, test := range map[string]struct{ doc, want string }{
		"nothing":             {``, `This is not JSON: line 1: unexpected end of JSON input.`},
		"not JSON":            {"{\n\n\"a\" 1}", `This is not JSON: line 3: invalid character '1' after object key.`},
		"not an object":       {`[]`, `This must be an object: {…}.`},
		"no version":          {`{"campaign": {}}`, `postroom: A workflow document starts with "postroom": 1.`},
		"newer version":       {`{"postroom": 2}`, `postroom: This is version 2 of the document format; this program reads version 1.`},
		"no campaign":         {`{"postroom": 1}`, `campaign: The campaign is missing.`},
		"no name":             {`{"postroom": 1, "campaign": {}}`, `campaign.name: Name the campaign.`},
		"unknown field":       {campaign(`"action": []`), `campaign.action: This field is not known here. Check its spelling or remove it.`},
		"other case":          {campaign(`"Actions": []`), `campaign.Actions: This field is not known here. Check its spelling or remove it.`},
		"field twice":         {campaign(`"name": "M"`), `campaign.name: This field is written twice. Keep one of them.`},
		"other trigger":       {campaign(`"trigger": {"type": "moon"}`), `campaign.trigger.type: "moon" is not a trigger this version knows. Use one of "event", "segment", "date", "form", "webhook", "api".`},
		"trigger's field":     {campaign(`"trigger": {"type": "event", "event": "e", "when": "enter"}`), `campaign.trigger.when: This field is not known here. Check its spelling or remove it.`},
		"filter":              {campaign(`"trigger": {"type": "event", "event": "e", "filter": {"segment": {}}}`), `campaign.trigger.filter.segment: give either the id or the name of the segment.`},
		"segment twice":       {campaign(`"trigger": {"type": "segment", "segment": {"id": 1, "name": "VIP"}}`), `campaign.trigger.segment: Name the segment by its id or by its name, not by both.`},
		"crossing":            {campaign(`"trigger": {"type": "segment", "segment": {"id": 1}, "when": "in"}`), `campaign.trigger.when: "in" is not known here. Use one of "enter", "leave".`},
		"exit":                {campaign(`"exit": "later"`), `campaign.exit: "later" is not known here. Use one of "never", "goal", "filter", "goal_or_filter".`},
		"frequency":           {campaign(`"frequency": "daily"`), `campaign.frequency: This must be "once", "every", or an object such as {"every": "7d"}.`},
		"frequency's time":    {campaign(`"frequency": {"every": "often"}`), `campaign.frequency.every: "often" is not a duration. Write one such as 90s, 15m, 4h, 2d or 1w.`},
		"frequency empty":     {campaign(`"frequency": {}`), `campaign.frequency.every: Say how long, such as 7d.`},
		"goal's time":         {campaign(`"goal": {"event": "e", "within": "7"}`), `campaign.goal.within: "7" is not a duration. Write one such as 90s, 15m, 4h, 2d or 1w.`},
		"actions no list":     {campaign(`"actions": {}`), `campaign.actions: This must be a list: […].`},
		"action null":         {actions(`null`), `campaign.actions[0]: This must be an object: {…}.`},
		"no type":             {actions(`{"key": "a"}`), `campaign.actions[0].type: "" is not an action this version knows. Use one of "email", "sms", "push", "slack", "webhook", "delay", "time_window", "wait_until", "branch", "random_split", "ab_test", "exit", "update_person", "update_journey", "send_event", "segment_update", "batch_update".`},
		"later type":          {actions(`{"type": "loop"}`), `campaign.actions[0].type: "loop" is not an action this version knows. Use one of "email", "sms", "push", "slack", "webhook", "delay", "time_window", "wait_until", "branch", "random_split", "ab_test", "exit", "update_person", "update_journey", "send_event", "segment_update", "batch_update".`},
		"another type's":      {actions(`{"type": "delay", "duration": "2d", "subject": "x"}`), `campaign.actions[0].subject: This field is not known here. Check its spelling or remove it.`},
		"text":                {actions(`{"type": "email", "subject": 1}`), `campaign.actions[0].subject: This must be text in quotes.`},
		"sending":             {actions(`{"type": "email", "sending": "now"}`), `campaign.actions[0].sending: "now" is not known here. Use one of "draft", "automatic", "off".`},
		"method":              {actions(`{"type": "webhook", "method": "post"}`), `campaign.actions[0].method: "post" is not a method for webhooks. Use one of "POST", "GET", "PUT", "PATCH", "DELETE".`},
		"no duration":         {actions(`{"type": "delay"}`), `campaign.actions[0].duration: Say how long, such as 2d.`},
		"duration":            {actions(`{"type": "delay", "duration": "soon"}`), `campaign.actions[0].duration: "soon" is not a duration. Write one such as 90s, 15m, 4h, 2d or 1w.`},
		"key twice":           {actions(`{"type": "exit", "key": "a"}, {"type": "branch", "paths": [{` + when + `, "actions": [{"type": "exit", "key": "a"}]}, {}]}`), `campaign.actions[1].paths[0].actions[0].key: The key "a" is taken by campaign.actions[0].key. Each action needs its own.`},
		"key with a space":    {actions(`{"type": "exit", "key": "a b"}`), `campaign.actions[0].key: "a b" cannot be a key. Use up to 64 letters, digits, hyphens, underscores and dots.`},
		"one path":            {actions(`{"type": "branch", "paths": [{}]}`), `campaign.actions[0].paths: A branch has 2 to 20 paths.`},
		"no paths":            {actions(`{"type": "branch"}`), `campaign.actions[0].paths: A branch has 2 to 20 paths.`},
		"else first":          {actions(`{"type": "branch", "paths": [{}, {` + when + `}]}`), `campaign.actions[0].paths[0].when: Only the last path may be without a condition: it takes everyone else.`},
		"two elses":           {actions(`{"type": "branch", "paths": [{}, {}]}`), `campaign.actions[0].paths[0].when: Only the last path may be without a condition: it takes everyone else.`},
		"condition":           {actions(`{"type": "exit"}, {"type": "branch", "paths": [{"when": {"attribute": {"field": "x", "operator": "is"}}}, {}]}`), `campaign.actions[1].paths[0].when.attribute.operator: unknown operator "is".`},
		"action's condition":  {actions(`{"type": "exit", "condition": {"and": []}}`), `campaign.actions[0].condition.and: must be a list of at least one condition.`},
		"set a list":          {actions(`{"type": "update_person", "set": {"x": [1]}}`), `campaign.actions[0].set.x: This must be text, a number, true, false or null.`},
		"headers":             {actions(`{"type": "webhook", "headers": "X"}`), `campaign.actions[0].headers: This must be a list of names and values.`},
		"header's value":      {actions(`{"type": "webhook", "headers": {"X": 1}}`), `campaign.actions[0].headers.X: This must be text in quotes.`},
		"too many headers":    {actions(`{"type": "webhook", "headers": [` + strings.Repeat(`{"name": "A"},`, 100) + `{"name": "A"}]}`), `campaign.actions[0].headers: A webhook has at most 100 headers.`},
		"origin's time":       {actions(`{"type": "exit", "origin": {"at": "now"}}`), `campaign.actions[0].origin.at: This must be a time such as 2026-11-23T10:00:00Z.`},
		"uses":                {`{"postroom": 1, "campaign": {"name": "N"}, "uses": {"layouts": [1]}}`, `uses.layouts[0]: This must be text in quotes.`},
		"too many actions":    {actions(strings.Repeat(`{"type": "exit"},`, 500) + `{"type": "exit"}`), `campaign.actions[500]: A workflow has at most 500 actions. Split it into two campaigns.`},
		"too large":           {actions(`{"type": "email", "body": "` + strings.Repeat("x", MaxSize) + `"}`), `The document is larger than 5 MB.`},
		"too much text":       {actions(`{"type": "email", "body": "` + strings.Repeat("x", MaxText+1) + `"}`), tooLong},
		"too many values":     {campaign(`"actions": [` + strings.Repeat("1,", maxValues) + `1]`), `The document has more than 200000 values. Split it.`},
		"nested without end":  {strings.Repeat("[", 300) + strings.Repeat("]", 300), `The document is nested too deeply.`},
		"nested like a tower": {strings.Repeat("[", 1<<20), `This is not JSON: line 1: invalid character '[' exceeded max depth.`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(test.doc))
			wantError(t, err, test.want)
		})
	}
}

func TestParseNesting(t *testing.T) {
	nested := func(branches int) []byte {
		inner := `{"type": "exit"}`
		for range branches {
			inner = `{"type": "branch", "paths": [{"when": {"attribute": {"field": "x", "operator": "exists"}}, "actions": [` + inner + `]}, {}]}`
		}
		return fmt.Appendf(nil, `{"postroom": 1, "campaign": {"name": "N", "actions": [%s]}}`, inner)
	}
	if _, err := Parse(nested(MaxNesting)); err != nil {
		t.Error(err)
	}
	_, err := Parse(nested(MaxNesting + 1))
	wantError(t, err, "campaign"+strings.Repeat(".actions[0].paths[0]", MaxNesting)+".actions[0]: "+tooDeep)
}
