package workflow

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/condition"
)

// What an edit lets through can be stored and read again.
func TestCheck(t *testing.T) {
	c := tree("a s[b|c] e@")
	for _, test := range []struct {
		change func(a, s, e *Action)
		want   string
	}{
		{func(a, s, e *Action) { a.Condition = &condition.Condition{} }, "This condition cannot be asked: a condition has exactly one of and, or, not, attribute, segment, event and message; this has 0."},
		{func(a, s, e *Action) { s.Branch.Paths[0].When.Attribute.Operator = "is" }, `attribute.operator: This condition cannot be asked: unknown operator "is".`},
		{func(a, s, e *Action) { a.UpdatePerson.Set["x"] = []any{1} }, `The attribute "x" can only be set to text, a number, true, false or nothing.`},
		{func(a, s, e *Action) { a.UpdatePerson.Set["x"] = json.Number("ten") }, `The attribute "x" can only be set to text, a number, true, false or nothing.`},
		{func(a, s, e *Action) { a.Type = "fax" }, `"fax" is not an action this version knows. Use one of "email", "sms", "push", "slack", "webhook", "delay", "time_window", "wait_until", "branch", "random_split", "ab_test", "exit", "update_person", "update_journey", "send_event", "segment_update", "batch_update".`},
		{func(a, s, e *Action) { e.Email = nil }, "This action is empty. Delete it and add it again."},
		{func(a, s, e *Action) { s.Branch.Paths = make([]Path, MaxPaths+1) }, "A branch has 2 to 20 paths."},
		{func(a, s, e *Action) { e.Email.Sending = "later" }, `"later" is not known here. Use one of "draft", "automatic", "off".`},
		{func(a, s, e *Action) { e.Email.Sending = "" }, ""},
		{func(a, s, e *Action) { s.Branch.Paths, a.UpdatePerson.Set = nil, nil }, ""},
	} {
		changed := c.Clone()
		test.change(&changed.Actions[0], &changed.Actions[1], &changed.Actions[2])
		if test.want != "" {
			wantError(t, Check(changed), test.want)
			_, err := MoveDown(changed, "a")
			wantError(t, err, test.want)
			continue
		}
		text, err := json.Marshal(changed)
		if err != nil || Check(changed) != nil {
			t.Fatal(err, Check(changed))
		}
		var stored Campaign
		if err := json.Unmarshal(text, &stored); err != nil {
			t.Errorf("%v in %s", err, text)
		}
	}
	c.Trigger.Filter = &condition.Condition{Segment: &condition.Segment{}}
	wantError(t, Check(c), "segment: This condition cannot be asked: give either the id or the name of the segment.")
	if err := Check(Campaign{}); err != nil {
		t.Error(err)
	}
}

// A draft may hold what Parse refuses, and must survive being stored.
func TestDraftsSurviveStoring(t *testing.T) {
	c := tree("a@ b~ s[c|d|e] w%")
	c.Name, c.Trigger = "", Trigger{}
	c.Actions[1].Delay.Duration = "soon"
	c.Actions[2].Branch.Paths[0].When = nil
	c.Actions[3].Webhook.Method = "FETCH"
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back Campaign
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !equal(c, back) {
		t.Errorf("stored %s", text)
	}
	if _, err := Parse(text); err == nil {
		t.Error("Parse accepts it")
	}
}

// The zero campaign is a draft, too.
func TestNothingIsADraft(t *testing.T) {
	text, err := json.Marshal(Campaign{})
	want := `{"name":"","trigger":null,"exit":"","frequency":"once","actions":[]}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	var c Campaign
	if err := json.Unmarshal(text, &c); err != nil || c.Exit != ExitNever {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestPartsCanBeStoredAlone(t *testing.T) {
	for _, f := range []Frequency{{}, {Repeat: true}, {Repeat: true, Every: "7d"}} {
		text, _ := json.Marshal(f)
		var back Frequency
		if err := json.Unmarshal(text, &back); err != nil || back != f {
			t.Errorf("%+v from %s, %v", back, text, err)
		}
	}
	for _, trigger := range []Trigger{{}, {Type: OnEvent, Event: "e", Filter: is("x", "y")}, {Type: OnSegment, Segment: &condition.Segment{ID: 3}, When: Leave}} {
		text, _ := json.Marshal(trigger)
		var back Trigger
		if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, trigger) {
			t.Errorf("%+v from %s, %v", back, text, err)
		}
	}
}

func TestActionJSON(t *testing.T) {
	var a Action
	if err := json.Unmarshal([]byte(`{"type": "delay", "duration": "2d"}`), &a); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(a)
	if err != nil || string(text) != `{"key":"delay","type":"delay","duration":"2d"}` {
		t.Errorf("%s, %v", text, err)
	}
	err = json.Unmarshal([]byte(`{"type": "delay", "length": "2d"}`), &a)
	if err == nil || !strings.HasPrefix(err.Error(), "length: ") {
		t.Errorf("error %v", err)
	}
}

// What may start can be exported and read back: whatever Parse would refuse
// is either not kept or a problem that blocks.
func TestWhatMayStartCanBeParsed(t *testing.T) {
	for name, change := range map[string]func(c *Campaign){
		"name":      func(c *Campaign) { c.Name = "" },
		"exit":      func(c *Campaign) { c.Exit = "later" },
		"goal":      func(c *Campaign) { c.Goal = &Goal{Event: "e", Within: "soon"} },
		"frequency": func(c *Campaign) { c.Frequency = Frequency{Repeat: true, Every: "soon"} },
		"filter":    func(c *Campaign) { c.Trigger.Filter = &condition.Condition{} },
		"segment": func(c *Campaign) {
			c.Trigger = Trigger{Type: OnSegment, Segment: &condition.Segment{ID: 1, Name: "x"}, When: Enter}
		},
		"crossing": func(c *Campaign) {
			c.Trigger = Trigger{Type: OnSegment, Segment: &condition.Segment{ID: 1}, When: "in"}
		},
		"sending":   func(c *Campaign) { c.Actions[0].Email.Sending = "later" },
		"size":      func(c *Campaign) { c.Actions[0].Email.Body = strings.Repeat("x", MaxSize) },
		"method":    func(c *Campaign) { c.Actions[1].Webhook.Method = "get" },
		"headers":   func(c *Campaign) { c.Actions[1].Webhook.Headers = make([]Header, 101) },
		"left out":  func(c *Campaign) { c.Actions[1].Webhook.LeftOut = make([]string, 101) },
		"duration":  func(c *Campaign) { c.Actions[2].Delay.Duration = "0d" },
		"no else":   func(c *Campaign) { c.Actions[3].Branch.Paths[0].When = nil },
		"paths":     func(c *Campaign) { c.Actions[3].Branch.Paths = nil },
		"set":       func(c *Campaign) { c.Actions[4].UpdatePerson.Set["x"] = []string{} },
		"key":       func(c *Campaign) { c.Actions[4].Key = "a b" },
		"key twice": func(c *Campaign) { c.Actions[4].Key = "a" },
		"type":      func(c *Campaign) { c.Actions[4].Type = "fax" },
		"condition": func(c *Campaign) { c.Actions[4].Condition = &condition.Condition{And: []condition.Condition{}} },
	} {
		c := tree("a@ w% d~ s[b|c] u")
		change(&c)
		if Check(c) == nil && !Blocking(Problems(c)) {
			t.Errorf("%s may start", name)
		}
		text, err := Export(c).JSON()
		if err == nil {
			_, err = Parse(text)
		}
		if err == nil {
			t.Errorf("%s is parsed", name)
		}
	}
}
