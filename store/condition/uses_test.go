package condition

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestUses(t *testing.T) {
	c := parse(t, `{"and":[
		{"attribute":{"field":"plan","operator":"exists"}},
		{"not":{"attribute":{"field":"age","operator":"gt","value":3}}},
		{"or":[{"attribute":{"field":"plan","operator":"is_true"}},{"segment":{"name":"B"}},{"segment":{"name":"A"}},{"segment":{"id":9}}]},
		{"event":{"name":"order","where":{"attribute":{"field":"amount","operator":"exists"}}}},
		{"message":{"metric":"sent","campaign_id":4}},{"message":{"metric":"sent"}}]}`)
	want := Uses{
		Attributes: []string{"age", "plan"}, Events: []string{"order"}, Segments: []string{"A", "B"},
		SegmentIDs: []int64{9}, Campaigns: []int64{4},
	}
	if got := c.Uses(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := (*Condition)(nil).Uses(); !reflect.DeepEqual(got, Uses{}) {
		t.Errorf("%+v", got)
	}
}

func TestMapSegments(t *testing.T) {
	const before = `{"and":[{"segment":{"id":1}},{"or":[{"not":{"segment":{"id":2}}},{"event":{"name":"x","where":{"attribute":{"field":"a","operator":"eq","value":"v"}}}}]},{"message":{"metric":"sent"}}]}`
	c := parse(t, before)
	names := map[int64]string{1: "One", 2: "Two"}
	mapped := c.MapSegments(func(s Segment) Segment { return Segment{Name: names[s.ID]} })
	if got, want := mapped.Words(), `in segment "One" and (not in segment "Two" or (has done "x" where a is "v")) and has been sent a message`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	mapped.And[1].Or[1].Event.Where.Attribute.Value[1] = 'X'
	mapped.And[2].Message.Metric = "opened"
	if got, _ := json.Marshal(c); string(got) != before {
		t.Errorf("the original changed: %s", got)
	}
	if (*Condition)(nil).MapSegments(nil) != nil {
		t.Error("the copy of nothing is something")
	}
}
