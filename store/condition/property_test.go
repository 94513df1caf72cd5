package condition

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

var fieldNames = []string{"plan", "age", "tags", "address.city", "items[].sku", "seen_at", "missing"}

// scalars is every kind of value that JSON has but lists and objects.
func scalars() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.Just[any](true), rapid.Just[any](false),
		rapid.Map(rapid.IntRange(-3, 3), func(n int) any { return n }),
		rapid.Map(rapid.Float64Range(-3, 3), func(f float64) any { return f }),
		rapid.Map(rapid.SampledFrom([]string{"pro", "Pro", "1", "1.0", "oslo", "a<b", "1763899200", "ſ"}), func(s string) any { return s }),
		rapid.Map(rapid.Int64Range(now.Unix()-5*86400, now.Unix()+5*86400), func(n int64) any { return n }),
	)
}

func drawValue(t *rapid.T, takes operand) json.RawMessage {
	var v any
	switch takes {
	case takesNothing:
		return nil
	case takesValues:
		v = rapid.OneOf(scalars(), rapid.Map(rapid.SliceOfN(scalars(), 1, 3), func(l []any) any { return l })).Draw(t, "value")
	case takesText:
		v = rapid.SampledFrom([]any{"pro", "R", 1, "os"}).Draw(t, "text")
	case takesNumber:
		v = rapid.SampledFrom([]any{0, "1", -2.5, "1763899200"}).Draw(t, "number")
	case takesMoment:
		v = rapid.SampledFrom([]any{now.Unix(), "2026-11-22", "2026-11-23T10:00:00+02:00", "-2d", "+1d"}).Draw(t, "moment")
	case takesDuration:
		v = rapid.SampledFrom([]string{"90s", "1d", "1w"}).Draw(t, "duration")
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func drawCondition(t *rapid.T, depth int, data bool) Condition {
	kinds := []string{"attribute"}
	if !data {
		kinds = append(kinds, "segment", "event", "message")
	}
	if depth > 0 {
		kinds = append(kinds, "and", "or", "not")
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "and":
		return Condition{And: drawList(t, depth, data)}
	case "or":
		return Condition{Or: drawList(t, depth, data)}
	case "not":
		c := drawCondition(t, depth-1, data)
		return Condition{Not: &c}
	case "segment":
		return Condition{Segment: rapid.SampledFrom([]*Segment{{ID: 1}, {Name: "Trial"}, {Name: "<Other>"}}).Draw(t, "segment")}
	case "event":
		e := Event{Name: rapid.SampledFrom([]string{"order", "login"}).Draw(t, "event"), AtLeast: rapid.IntRange(0, 3).Draw(t, "times")}
		if rapid.Bool().Draw(t, "where") {
			where := drawCondition(t, depth-1, true)
			e.Where = &where
		}
		return Condition{Event: &e}
	case "message":
		return Condition{Message: &Message{Metric: rapid.SampledFrom(metrics).Draw(t, "metric"), Within: rapid.SampledFrom([]string{"", "2d"}).Draw(t, "within")}}
	}
	op := rapid.SampledFrom(Operators()).Draw(t, "operator")
	m, _ := op.meaning()
	return Condition{Attribute: &Attribute{Field: rapid.SampledFrom(fieldNames).Draw(t, "field"), Operator: op, Value: drawValue(t, m.takes)}}
}

func drawList(t *rapid.T, depth int, data bool) []Condition {
	list := make([]Condition, rapid.IntRange(1, 3).Draw(t, "length"))
	for i := range list {
		list[i] = drawCondition(t, depth-1, data)
	}
	return list
}

func drawPerson(t *rapid.T) person {
	maybe := func(name string) any { return rapid.OneOf(scalars(), rapid.Just[any](nil)).Draw(t, name) }
	p := person{attributes: map[string]any{
		"plan": maybe("plan"), "age": maybe("age"), "seen_at": maybe("seen_at"),
		"tags":    rapid.SliceOfN(scalars(), 0, 3).Draw(t, "tags"),
		"address": map[string]any{"city": maybe("city")},
		"items":   []any{map[string]any{"sku": maybe("sku")}, maybe("item")},
	}}
	if rapid.Bool().Draw(t, "trial") {
		p.segments = []Segment{{Name: "Trial"}}
	}
	for range rapid.IntRange(0, 3).Draw(t, "orders") {
		p.events = append(p.events, event{"order", now, map[string]any{"plan": maybe("order's plan")}})
	}
	return p
}

func TestParseReadsWhatMarshalWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCondition(t, 3, false)
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(data)
		if err != nil || !reflect.DeepEqual(*back, c) {
			t.Fatalf("%s became %+v, %v", data, back, err)
		}
		if same := back.MapSegments(func(s Segment) Segment { return s }); !reflect.DeepEqual(same, back) {
			t.Fatalf("the copy of %s differs", data)
		}
	})
}

func TestNotIsTheComplement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, p := drawCondition(t, 3, false), drawPerson(t)
		if not := (&Condition{Not: &c}); not.Match(p, now) == c.Match(p, now) {
			t.Fatalf("%s and its opposite agree", c.Words())
		}
	})
}

func TestDeMorgan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, p := drawCondition(t, 2, false), drawCondition(t, 2, false), drawPerson(t)
		either := Condition{Not: &Condition{Or: []Condition{a, b}}}
		neither := Condition{And: []Condition{{Not: &a}, {Not: &b}}}
		if either.Match(p, now) != neither.Match(p, now) {
			t.Fatalf("%s is not %s", either.Words(), neither.Words())
		}
	})
}

func TestNegativeOperatorsAreComplements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pair := rapid.SampledFrom([][2]Operator{{Eq, Ne}, {Contains, NotContains}, {Exists, NotExists}}).Draw(t, "pair")
		m, _ := pair[0].meaning()
		a := Attribute{Field: rapid.SampledFrom(fieldNames).Draw(t, "field"), Operator: pair[0], Value: drawValue(t, m.takes)}
		b, p := a, drawPerson(t)
		b.Operator = pair[1]
		if (&Condition{Attribute: &a}).Match(p, now) == (&Condition{Attribute: &b}).Match(p, now) {
			t.Fatalf("%s and %s agree on %v", a.words(false), b.words(false), p.attributes)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`null`, `{}`, `{"and":[{"attribute":{"field":"plan","operator":"eq","value":["a",1,true]}},{"not":{"segment":{"name":"Trial"}}}]}`,
		`{"event":{"name":"x","at_least":2,"within":"30d","where":{"attribute":{"field":"a[].b","operator":"before","value":"-2d"}}}}`,
		`{"message":{"metric":"opened","campaign_id":1,"action":"k","within":"1w"}}`, `{"or":[{"attribute":{"field":"a.b","operator":"gt","value":"1e5"}}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			return
		}
		p := person{attributes: map[string]any{"a": []any{map[string]any{"b": json.Number("7")}}, "plan": "a"}, events: []event{{name: "x"}}}
		if c.Match(p, now) == (&Condition{Not: c}).Match(p, now) && c != nil {
			t.Errorf("%s and its opposite agree", data)
		}
		if c.Words() == "" {
			t.Errorf("no words for %s", data)
		}
		first, _ := json.Marshal(c)
		again, err := Parse(first)
		if err != nil {
			t.Fatalf("%s became %s: %v", data, first, err)
		}
		if second, _ := json.Marshal(again); string(first) != string(second) {
			t.Errorf("%s became %s", first, second)
		}
	})
}
