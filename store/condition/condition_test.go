package condition

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
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

func (p person) Events(name string, since time.Time, where func(map[string]any) bool) (n int) {
	for _, e := range p.events {
		if e.name == name && !e.at.Before(since) && (where == nil || where(e.data)) {
			n++
		}
	}
	return n
}

func (p person) Messages(m Message, since time.Time) bool {
	at, ok := p.messages[m.Metric]
	return ok && !at.Before(since)
}

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

func TestErrorsNameThePath(t *testing.T) {
	deep := strings.Repeat(`{"not":`, 20) + `{"segment":{"id":1}}` + strings.Repeat(`}`, 20)
	wide := `{"or":[` + strings.Repeat(`{"segment":{"id":1}},`, 199) + `{"segment":{"id":1}}]}`
	attribute := func(rest string) string { return `{"attribute":{"field":"x",` + rest + `}}` }
	rows := []struct{ condition, want string }{
		{``, `not valid JSON: unexpected end of JSON input.`},
		{`{"and":`, `not valid JSON: unexpected end of JSON input.`},
		{`[]`, `must be an object.`},
		{`"x"`, `must be an object.`},
		{`{}`, `a condition has exactly one of and, or, not, attribute, segment, event and message; this has 0.`},
		{`{"segment":{"id":1},"event":{"name":"x"}}`, `a condition has exactly one of and, or, not, attribute, segment, event and message; this has 2.`},
		{`{"segment":{"id":1},"segment":{"id":2}}`, `segment: is there twice.`},
		{`{"xor":[]}`, `unknown key "xor".`},
		{`{"AND":[]}`, `unknown key "AND".`},
		{`{"and":[]}`, `and: must be a list of at least one condition.`},
		{`{"or":{}}`, `or: must be a list of at least one condition.`},
		{`{"and":[null]}`, `and[0]: must be an object.`},
		{`{"not":null}`, `not: must be an object.`},
		{`{"not":{}}`, `not: a condition has exactly one of and, or, not, attribute, segment, event and message; this has 0.`},
		{`{"attribute":null}`, `attribute: must be an object.`},
		{`{"attribute":{}}`, `attribute.field: name the attribute.`},
		{`{"attribute":{"field":7}}`, `attribute.field: must be a text.`},
		{`{"attribute":{"field":null}}`, `attribute.field: must be a text.`},
		{`{"attribute":{"field":"x"}}`, `attribute.operator: choose an operator.`},
		{`{"attribute":{"field":"x","operator":"eq","value":1,"extra":1}}`, `attribute: unknown key "extra".`},
		{`{"and":[{"segment":{"id":1}},` + attribute(`"operator":"eqq"`) + `]}`, `and[1].attribute.operator: unknown operator "eqq".`},
		{attribute(`"operator":"eq"`), `attribute.value: eq needs a value.`},
		{attribute(`"operator":"eq","value":null`), `attribute.value: eq needs a value.`},
		{attribute(`"operator":"exists","value":true`), `attribute.value: exists takes no value.`},
		{attribute(`"operator":"ne","value":""`), `attribute.value: ne needs a text, a number, true, false or a list of at most 1000 of them; for a missing attribute use not_exists.`},
		{attribute(`"operator":"eq","value":{}`), `attribute.value: eq needs a text, a number, true, false or a list of at most 1000 of them; for a missing attribute use not_exists.`},
		{attribute(`"operator":"eq","value":[]`), `attribute.value: eq needs a text, a number, true, false or a list of at most 1000 of them; for a missing attribute use not_exists.`},
		{attribute(`"operator":"eq","value":["a",["b"]]`), `attribute.value[1]: eq needs a text, a number, true, false or a list of at most 1000 of them; for a missing attribute use not_exists.`},
		{attribute(`"operator":"eq","value":"` + strings.Repeat("x", 1001) + `"`), `attribute.value: must be at most 1000 bytes long, as attributes are.`},
		{`{"attribute":{"field":"` + strings.Repeat("x", 501) + `","operator":"exists"}}`, `attribute.field: must be at most 500 bytes long.`},
		{attribute(`"operator":"contains","value":true`), `attribute.value: contains needs a text or a number.`},
		{attribute(`"operator":"contains","value":["a"]`), `attribute.value: contains needs a text or a number.`},
		{attribute(`"operator":"gt","value":"ten"`), `attribute.value: gt needs a number.`},
		{attribute(`"operator":"gt","value":true`), `attribute.value: gt needs a number.`},
		{attribute(`"operator":"gt","value":1e999`), `attribute.value: gt needs a number.`},
		{attribute(`"operator":"before","value":"tomorrow"`), `attribute.value: before needs unix seconds, a date such as 2026-01-31, an RFC 3339 time, or a moment such as -7d (7 days ago) or +2d.`},
		{attribute(`"operator":"after","value":1763899200000`), `attribute.value: after needs unix seconds, a date such as 2026-01-31, an RFC 3339 time, or a moment such as -7d (7 days ago) or +2d.`},
		{attribute(`"operator":"within_past","value":"2x"`), `attribute.value: within_past needs a duration such as 90s, 15m, 4h, 2d or 1w.`},
		{attribute(`"operator":"within_next","value":7`), `attribute.value: within_next needs a duration such as 90s, 15m, 4h, 2d or 1w.`},
		{`{"segment":{}}`, `segment: give either the id or the name of the segment.`},
		{`{"segment":{"id":1,"name":"x"}}`, `segment: give either the id or the name of the segment.`},
		{`{"segment":{"id":-1}}`, `segment.id: must be the id of a segment.`},
		{`{"segment":{"id":"1"}}`, `segment.id: must be a whole number.`},
		{`{"segment":{"id":1.5}}`, `segment.id: must be a whole number.`},
		{`{"segment":{"id":null}}`, `segment.id: must be a whole number.`},
		{`{"event":{}}`, `event.name: name the event.`},
		{`{"event":{"name":" "}}`, `event.name: name the event.`},
		{`{"event":{"name":"x","at_least":-1}}`, `event.at_least: must be 1 or more.`},
		{`{"event":{"name":"x","within":"1y"}}`, `event.within: "1y" is not a duration such as 90s, 15m, 4h, 2d or 1w.`},
		{`{"event":{"name":"x","where":{"segment":{"id":1}}}}`, `event.where: only attributes of the event's data can be asked for here.`},
		{`{"event":{"name":"x","where":{"or":[` + attribute(`"operator":"exists"`) + `,{"attribute":{}}]}}}`, `event.where.or[1].attribute.field: name the attribute.`},
		{`{"message":{}}`, `message.metric: must be one of sent, delivered, opened, clicked, converted.`},
		{`{"message":{"metric":"seen"}}`, `message.metric: must be one of sent, delivered, opened, clicked, converted.`},
		{`{"message":{"metric":"sent","campaign_id":-2}}`, `message.campaign_id: must be the id of a campaign.`},
		{`{"message":{"metric":"sent","within":"0d"}}`, `message.within: "0d" is not a duration such as 90s, 15m, 4h, 2d or 1w.`},
		{deep, strings.TrimPrefix(strings.Repeat(".not", 20), ".") + `: conditions may be nested at most 20 deep.`},
		{wide, `or[199]: a condition may have at most 200 parts.`},
	}
	for _, r := range rows {
		c, err := Parse([]byte(r.condition))
		if err == nil || err.Error() != r.want {
			t.Errorf("%s\n got %v\nwant %s", r.condition, err, r.want)
		}
		if known := (*Error)(nil); c != nil || !errors.As(err, &known) {
			t.Errorf("%s: %v and a %T", r.condition, c, err)
		}
	}
}

func TestCheckOfADecodedCondition(t *testing.T) {
	c := &Condition{Event: &Event{Name: "x", Where: &Condition{Attribute: &Attribute{Field: "a", Operator: "is"}}}}
	err := c.Check("campaign.trigger.filter")
	if want := `campaign.trigger.filter.event.where.attribute.operator: unknown operator "is".`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	loop := &Condition{}
	loop.Not = loop
	if err := loop.Check(""); err == nil {
		t.Error("an endless condition passes")
	}
	if err := (*Condition)(nil).Check("x"); err != nil {
		t.Error(err)
	}
}

func TestInsideAnotherDocument(t *testing.T) {
	var doc struct {
		When *Condition
		Each []Condition
	}
	if err := json.Unmarshal([]byte(`{"when":null}`), &doc); err != nil || doc.When != nil {
		t.Errorf("%v, %v", doc.When, err)
	}
	err := json.Unmarshal([]byte(`{"when":{"segment":{"nam":"x"}}}`), &doc)
	known := (*Error)(nil)
	if !errors.As(err, &known) {
		t.Fatalf("%T %v", err, err)
	}
	if got, want := known.Under("paths[0].when").Error(), `paths[0].when.segment: unknown key "nam".`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if err := json.Unmarshal([]byte(`{"each":[null]}`), &doc); err == nil {
		t.Error("a null among conditions passes")
	}
}

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

func TestDurations(t *testing.T) {
	rows := []struct {
		text, canonical, words string
		length                 time.Duration
	}{
		{"90s", "90s", "90 seconds", 90 * time.Second},
		{"1s", "1s", "1 second", time.Second},
		{"60s", "1m", "1 minute", time.Minute},
		{"15m", "15m", "15 minutes", 15 * time.Minute},
		{"4h", "4h", "4 hours", 4 * time.Hour},
		{"24h", "1d", "1 day", day},
		{"36h", "36h", "36 hours", 36 * time.Hour},
		{"2d", "2d", "2 days", 2 * day},
		{"7d", "1w", "1 week", week},
		{"14d", "2w", "2 weeks", 2 * week},
		{"5200w", "5200w", "5200 weeks", 5200 * week},
	}
	for _, r := range rows {
		d, err := ParseDuration(r.text)
		if err != nil || d != r.length || FormatDuration(d) != r.canonical || DurationWords(d) != r.words {
			t.Errorf("%s: %v, %q, %q, %v", r.text, d, FormatDuration(d), DurationWords(d), err)
		}
	}
	for _, bad := range []string{"", "s", "5", "0d", "-1d", "+1d", "1.5h", "1D", "1y", " 1d", "1d ", "1d12h", "5201w", "99999999999999999999s", "1µ", "１d"} {
		if d, err := ParseDuration(bad); err == nil {
			t.Errorf("%q is %v", bad, d)
		}
	}
	if FormatDuration(0) != "0s" || DurationWords(0) != "0 seconds" {
		t.Error(FormatDuration(0), DurationWords(0))
	}
}

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

func TestEqualConditionsHaveEqualJSON(t *testing.T) {
	a := parse(t, `{"attribute":{"value": ["<é\u0041>" , 1] ,"operator":"eq","field":"x"}}`)
	b := parse(t, `{"attribute":{"field":"x","operator":"eq","value":["\u003c\u00e9A>",1]}}`)
	one, _ := json.Marshal(a)
	two, _ := json.Marshal(b)
	if string(one) != string(two) || !reflect.DeepEqual(a, b) {
		t.Errorf("%s\n%s", one, two)
	}
}
