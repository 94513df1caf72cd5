package condition

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// person is a Subject made of plain data.
type person struct {
	attributes map[string]any
	segments   []Segment
	events     []event
	messages   map[string]time.Time // metric → when
	since      time.Time
}

type event struct {
	name string
	at   time.Time
	data map[string]any
}

func (p person) Attribute(name string) (any, bool) { v, ok := p.attributes[name]; return v, ok }

func (p person) InSegment(s Segment) bool {
	for _, in := range p.segments {
		if in == s {
			return true
		}
	}
	return false
}

func (p person) Events(e Event, limit int, where func(map[string]any) bool) (times []time.Time) {
	for _, done := range p.events {
		if e.Names("event", done.name, "") && (where == nil || where(done.data)) {
			times = append(times, done.at)
		}
	}
	slices.SortFunc(times, func(a, b time.Time) int { return b.Compare(a) })
	return times[:min(limit, len(times))]
}

func (p person) Message(m Message) time.Time { return p.messages[m.Metric] }

func (p person) KnownSince() time.Time { return p.since }

func parse(t *testing.T, s string) *Condition {
	t.Helper()
	c, err := Parse([]byte(s))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return c
}

func decode(t *testing.T, s string) (v any) {
	t.Helper()
	v, err := decodeValue([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Each row holds the JSON of an attribute's value ("" for a missing one), the
// operator, the JSON of what it is compared with, and whether that holds.
func TestOperators(t *testing.T) {
	rows := []struct {
		attribute string
		op        Operator
		value     string
		want      bool
	}{
		{`"Pro"`, Eq, `"pRO"`, true},
		{`"ÄRGER"`, Eq, `"ärger"`, true},
		{`"pro"`, Eq, `"basic"`, false},
		{`"pro"`, Eq, `["basic","PRO"]`, true},
		{`"pro"`, Eq, `["basic","free"]`, false},
		{`5`, Eq, `5.0`, true},
		{`5`, Eq, `"5.0"`, true},
		{`"5.0"`, Eq, `5`, true},
		{`"5.0"`, Eq, `"5"`, false}, // "007" is not "7": both are texts
		{`"1e1"`, Eq, `10`, true},
		{`9007199254740993`, Eq, `9007199254740992`, false},
		{`true`, Eq, `"TRUE"`, true},
		{`"true"`, Eq, `true`, true},
		{`1`, Eq, `true`, false},
		{`["vip","Beta"]`, Eq, `"beta"`, true},
		{`["vip",3]`, Eq, `3`, true},
		{`[["vip"]]`, Eq, `"vip"`, false},
		{`[]`, Eq, `"x"`, false},
		{`{"a":1}`, Eq, `1`, false},
		{`null`, Eq, `"null"`, false},
		{``, Eq, `"x"`, false},

		{`"pro"`, Ne, `"PRO"`, false},
		{`"pro"`, Ne, `"basic"`, true},
		{`"pro"`, Ne, `["basic","pro"]`, false},
		{`["vip","beta"]`, Ne, `"vip"`, false},
		{`{"a":1}`, Ne, `1`, true},
		{`null`, Ne, `"x"`, true},
		{``, Ne, `"x"`, true},

		{`10`, Gt, `9`, true},
		{`"10"`, Gt, `"9"`, true},
		{`10`, Gt, `10`, false},
		{`9007199254740993`, Gt, `9007199254740992`, true},
		{`"ten"`, Gt, `9`, false},
		{`true`, Gt, `0`, false},
		{`[1,20]`, Gt, `10`, true},
		{``, Gt, `0`, false},
		{`10`, Gte, `10`, true},
		{`9.99`, Gte, `10`, false},
		{`-1`, Lt, `0`, true},
		{`"-1"`, Lt, `-2`, false},
		{`""`, Lt, `5`, false},
		{``, Lt, `5`, false},
		{`5`, Lte, `5`, true},
		{`"5.5"`, Lte, `5`, false},
		{`"0x10"`, Lte, `100`, false},
		{`"NaN"`, Lte, `100`, false},

		{`"x"`, Exists, ``, true},
		{`false`, Exists, ``, true},
		{`0`, Exists, ``, true},
		{`[]`, Exists, ``, true},
		{`{}`, Exists, ``, true},
		{`""`, Exists, ``, false},
		{`null`, Exists, ``, false},
		{``, Exists, ``, false},
		{``, NotExists, ``, true},
		{`null`, NotExists, ``, true},
		{`0`, NotExists, ``, false},

		{`"Hello World"`, Contains, `"o w"`, true},
		{`"Hello"`, Contains, `"x"`, false},
		{`12345`, Contains, `234`, true},
		{`["red","green"]`, Contains, `"REE"`, true},
		{`{"a":"x"}`, Contains, `"x"`, false},
		{``, Contains, `"x"`, false},
		{`"Hello"`, NotContains, `"ELL"`, false},
		{`"Hello"`, NotContains, `"x"`, true},
		{`["red"]`, NotContains, `"x"`, true},
		{``, NotContains, `"x"`, true},
		{`"Hello"`, StartsWith, `"hE"`, true},
		{`"Hello"`, StartsWith, `"ello"`, false},
		{`2026`, StartsWith, `20`, true},
		{``, StartsWith, `"x"`, false},
		{`"a@Example.com"`, EndsWith, `"@example.COM"`, true},
		{`"a@example.com"`, EndsWith, `"example"`, false},
		{``, EndsWith, `"x"`, false},

		{`true`, IsTrue, ``, true},
		{`"True"`, IsTrue, ``, true},
		{`1`, IsTrue, ``, true},
		{`"1"`, IsTrue, ``, true},
		{`"yes"`, IsTrue, ``, false},
		{`2`, IsTrue, ``, false},
		{``, IsTrue, ``, false},
		{`false`, IsFalse, ``, true},
		{`"FALSE"`, IsFalse, ``, true},
		{`0`, IsFalse, ``, true},
		{`"no"`, IsFalse, ``, false},
		{``, IsFalse, ``, false},

		{`1763899200`, IsTimestamp, ``, true},
		{`"1763899200"`, IsTimestamp, ``, true},
		{`-86400`, IsTimestamp, ``, true},
		{`1763899200000`, IsTimestamp, ``, false}, // milliseconds
		{`"2026-01-01"`, IsTimestamp, ``, false},
		{`true`, IsTimestamp, ``, false},
		{``, IsTimestamp, ``, false},

		{`1767225599`, Before, `1767225600`, true},
		{`1767225600`, Before, `"2026-01-01"`, false},
		{`1767225599.5`, Before, `"2026-01-01"`, true},
		{`"1767225599"`, Before, `"2026-01-01T01:00:00+01:00"`, true},
		{`1767225600`, Before, `"1767225600"`, false},
		{`"2025-01-01"`, Before, `"2026-01-01"`, false}, // ISO texts are no timestamps
		{`1767225599000`, Before, `"2026-01-01"`, false},
		{``, Before, `"2026-01-01"`, false},
		{`1767225601`, After, `"2026-01-01"`, true},
		{`1767225600`, After, `"2026-01-01"`, false},
		{``, After, `"2026-01-01"`, false},

		{ago(8 * day), Before, `"-7d"`, true},
		{ago(6 * day), Before, `"-7d"`, false},
		{ago(-3 * day), After, `"+2d"`, true},
		{ago(-1 * day), After, `"+2d"`, false},

		{ago(day), WithinPast, `"2d"`, true},
		{ago(2 * day), WithinPast, `"2d"`, true},
		{ago(3 * day), WithinPast, `"2d"`, false},
		{ago(-time.Second), WithinPast, `"2d"`, false},
		{`"soon"`, WithinPast, `"2d"`, false},
		{``, WithinPast, `"2d"`, false},
		{ago(-day), WithinNext, `"2d"`, true},
		{ago(0), WithinNext, `"2d"`, true},
		{ago(-3 * day), WithinNext, `"2d"`, false},
		{ago(time.Second), WithinNext, `"2d"`, false},
		{``, WithinNext, `"2d"`, false},
	}
	seen := map[Operator]bool{}
	for _, r := range rows {
		seen[r.op] = true
		c := &Condition{Attribute: &Attribute{Field: "x", Operator: r.op, Value: json.RawMessage(r.value)}}
		if err := c.Check(""); err != nil {
			t.Errorf("%s %s: %v", r.op, r.value, err)
		}
		p := person{attributes: map[string]any{}}
		if r.attribute != "" {
			p.attributes["x"] = decode(t, r.attribute)
		}
		if got := c.Match(p, now); got != r.want {
			t.Errorf("%s %s %s: %t", r.attribute, r.op, r.value, got)
		}
	}
	for _, op := range Operators() {
		if !seen[op] {
			t.Errorf("no row for %s", op)
		}
	}
}

func ago(d time.Duration) string {
	data, _ := json.Marshal(now.Add(-d).Unix())
	return string(data)
}

func TestGoNumbersAreNumbers(t *testing.T) {
	c := parse(t, `{"attribute":{"field":"x","operator":"eq","value":"1500000"}}`)
	for _, v := range []any{1500000, int64(1500000), 1500000.0, json.Number("1.5e6")} {
		if !c.Match(person{attributes: map[string]any{"x": v}}, now) {
			t.Errorf("%T %v does not match", v, v)
		}
	}
}

func TestFieldsReachIntoNestedData(t *testing.T) {
	p := person{attributes: map[string]any{
		"address":      decode(t, `{"city":"Oslo","geo":{"lat":59.9},"zip.code":"0150"}`),
		"items":        decode(t, `[{"sku":"A1","tags":["new"]},{"sku":"B2"}]`),
		"company.name": "Acme",
	}}
	rows := []struct {
		field, op, value string
		want             bool
	}{
		{"address.city", "eq", `"oslo"`, true},
		{"Address.city", "eq", `"oslo"`, false},
		{"address.geo.lat", "gt", `59`, true},
		{"address.street", "eq", `"x"`, false},
		{"address.city.name", "eq", `"x"`, false},
		{"address.street", "ne", `"x"`, true},
		{"company.name", "eq", `"acme"`, true}, // exactly that name comes first
		{"items[0].sku", "eq", `"a1"`, true},
		{"items[1].sku", "eq", `"a1"`, false},
		{"items[9].sku", "eq", `"a1"`, false},
		{"items[99999999999999999999].sku", "eq", `"a1"`, false},
		{"items[].sku", "eq", `"b2"`, true},
		{"items[].sku", "ne", `"b2"`, false},
		{"items[].sku", "eq", `"c3"`, false},
		{"items[0].tags", "contains", `"NEW"`, true},
		{"items.sku", "eq", `"a1"`, false},
		{"address[0]", "eq", `"x"`, false},
		{"address..city", "eq", `"oslo"`, false},
		{"items[0", "eq", `"x"`, false},
	}
	for _, r := range rows {
		c := parse(t, `{"attribute":{"field":"`+r.field+`","operator":"`+r.op+`","value":`+r.value+`}}`)
		if got := c.Match(p, now); got != r.want {
			t.Errorf("%s %s %s: %t", r.field, r.op, r.value, got)
		}
	}
}

func TestMatch(t *testing.T) {
	p := person{
		attributes: map[string]any{"plan": "pro"},
		segments:   []Segment{{Name: "Trial"}, {ID: 7}},
		events: []event{
			{"order", now.Add(-10 * day), map[string]any{"amount": 10.0}},
			{"order", now.Add(-2 * day), map[string]any{"amount": 60.0}},
		},
		messages: map[string]time.Time{"opened": now.Add(-2 * day)},
	}
	const pro = `{"attribute":{"field":"plan","operator":"eq","value":"pro"}}`
	const free = `{"attribute":{"field":"plan","operator":"eq","value":"free"}}`
	rows := []struct {
		condition string
		want      bool
	}{
		{`null`, true},
		{pro, true},
		{free, false},
		{`{"and":[` + pro + `,` + free + `]}`, false},
		{`{"and":[` + pro + `,` + pro + `]}`, true},
		{`{"or":[` + pro + `,` + free + `]}`, true},
		{`{"or":[` + free + `,` + free + `]}`, false},
		{`{"not":` + free + `}`, true},
		{`{"segment":{"name":"Trial"}}`, true},
		{`{"segment":{"name":"trial"}}`, false},
		{`{"segment":{"id":7}}`, true},
		{`{"segment":{"id":8}}`, false},
		{`{"event":{"name":"order"}}`, true},
		{`{"event":{"name":"refund"}}`, false},
		{`{"event":{"name":"order","at_least":2}}`, true},
		{`{"event":{"name":"order","at_least":3}}`, false},
		{`{"event":{"name":"order","at_least":2,"within":"7d"}}`, false},
		{`{"event":{"name":"order","within":"7d"}}`, true},
		{`{"event":{"name":"order","where":{"attribute":{"field":"amount","operator":"gt","value":50}}}}`, true},
		{`{"event":{"name":"order","at_least":2,"where":{"attribute":{"field":"amount","operator":"gt","value":50}}}}`, false},
		{`{"message":{"metric":"opened"}}`, true},
		{`{"message":{"metric":"opened","within":"1d"}}`, false},
		{`{"message":{"metric":"clicked"}}`, false},
	}
	for _, r := range rows {
		if got := parse(t, r.condition).Match(p, now); got != r.want {
			t.Errorf("%s: %t", r.condition, got)
		}
	}
	if (&Condition{}).Match(p, now) {
		t.Error("an empty node matches")
	}
}

func TestMatchData(t *testing.T) {
	c := parse(t, `{"and":[{"attribute":{"field":"items[].sku","operator":"eq","value":"A1"}},{"not":{"attribute":{"field":"test","operator":"is_true"}}}]}`)
	if err := c.CheckData("filter"); err != nil {
		t.Error(err)
	}
	data, _ := decode(t, `{"items":[{"sku":"a1"}]}`).(map[string]any)
	if !c.MatchData(data, now) {
		t.Error("does not match")
	}
	if c.MatchData(nil, now) {
		t.Error("matches no data")
	}
	inside := parse(t, `{"not":{"segment":{"id":1}}}`).CheckData("trigger.filter")
	if want := "trigger.filter.not: only attributes of the event's data can be asked for here."; inside == nil || inside.Error() != want {
		t.Errorf("%v, want %s", inside, want)
	}
}
