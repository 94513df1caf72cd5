package store

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
)

// noon is the moment at which the random conditions are asked.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func anyOne[T any](t *rapid.T, what string, of ...T) T { return rapid.SampledFrom(of).Draw(t, what) }

// drawScalar is a value of every kind that is compared in its own way.
func drawScalar(t *rapid.T) any {
	return anyOne[any](t, "scalar",
		true, false, 0, 1, -1, 10, 9007199254740993, json.Number("-0"), json.Number("18446744073709551616"), json.Number("1e400"),
		1.5, json.Number("1.0"), json.Number("1e1"), json.Number("0.30000000000000004441"),
		"pro", "Pro", "PRO ", "true", "TRUE", "1", "01", " 10 ", "-1.5", "\u00e9T\u00c9", "\u212aelvin", "\u0130x", "a\u0000b", "<b>", `"`, "[", "{}", ":", "",
		noon.Unix(), noon.Unix()-2*86400, noon.Unix()+86400, float64(noon.Unix())-86400.5, fmt.Sprint(noon.Unix()-3600), noon.UnixMilli(), nil)
}

func drawStored(t *rapid.T) any {
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		return []any{drawScalar(t), drawScalar(t)}
	case 1:
		return []any{}
	case 2:
		return map[string]any{"b": drawScalar(t), "list": []any{drawScalar(t), map[string]any{"b": drawScalar(t)}}}
	}
	return drawScalar(t)
}

var fieldsDrawn = []string{"a", "a b", "a.b", "a.list[0]", "a.list[1].b", "a.list[].b", "a[]", `we"ird`, "größe", "missing", "id", "email", "email.x", "cio_id", "unsubscribed", "created_at", "created_at.x", "event", "a..b"}

func drawObject(t *rapid.T) Attributes {
	object := Attributes{}
	for _, name := range []string{"a", "a b", "a.b", `we"ird`, "größe", "created_at", "event"} {
		if rapid.Bool().Draw(t, name) {
			object[name] = drawStored(t)
		}
	}
	return object
}

func drawAttribute(t *rapid.T) *condition.Attribute {
	a := &condition.Attribute{Field: anyOne(t, "field", fieldsDrawn...), Operator: anyOne(t, "operator", condition.Operators()...)}
	values := []any{"pro", "p", "1", 1, 1.0, 10, "-1.5", true, "false", "\u00c9t\u00e9", "kelvin", "k", "ix", noon.Unix(), "2026-11-22", "-2d", "+1d", "1d", "2d",
		9007199254740992.0, 9007199254740993, []any{"pro", 1, 1.5}, []any{"x", "\u00c9t\u00e9"}, "b", "<", "acme", "2026-11-23T10:00:00.5Z"}
	for {
		a.Value = json.RawMessage(encode(anyOne(t, "value", values...)))
		if !a.Operator.TakesValue() {
			a.Value = nil
		}
		c := condition.Condition{Attribute: a}
		if c.Check("") == nil {
			return a
		}
	}
}

func drawCondition(t *rapid.T, depth int, data bool) condition.Condition {
	kinds := []string{"attribute", "attribute"}
	if !data {
		kinds = append(kinds, "event", "event", "message", "segment")
	}
	if depth > 0 {
		kinds = append(kinds, "and", "or", "not")
	}
	switch anyOne(t, "node", kinds...) {
	case "and":
		return condition.Condition{And: drawConditions(t, depth, data)}
	case "or":
		return condition.Condition{Or: drawConditions(t, depth, data)}
	case "not":
		c := drawCondition(t, depth-1, data)
		return condition.Condition{Not: &c}
	case "event":
		return condition.Condition{Event: drawEvent(t)}
	case "message":
		return condition.Condition{Message: &condition.Message{Metric: anyOne(t, "metric", condition.Metrics()...), Within: anyOne(t, "within", "", "1d", "3d"), CampaignID: anyOne[int64](t, "campaign", 0, 0, 7)}}
	case "segment":
		return condition.Condition{Segment: &condition.Segment{Name: anyOne(t, "segment", "In", "Out", "Gone")}}
	}
	return condition.Condition{Attribute: drawAttribute(t)}
}

func drawConditions(t *rapid.T, depth int, data bool) []condition.Condition {
	all := make([]condition.Condition, rapid.IntRange(1, 3).Draw(t, "length"))
	for i := range all {
		all[i] = drawCondition(t, depth-1, data)
	}
	return all
}

func drawEvent(t *rapid.T) *condition.Event {
	e := &condition.Event{Name: "buy", AtLeast: rapid.IntRange(0, 3).Draw(t, "times"), Within: anyOne(t, "within", "", "1d", "2d", "40d")}
	if e.Type = anyOne(t, "type", "", "", "event", "page", "screen"); e.Type == "page" || e.Type == "screen" {
		e.Name = anyOne(t, "page", "*", "/a/*", "*[x]?", "/a/b")
	}
	if rapid.Bool().Draw(t, "where") {
		where := drawCondition(t, 1, true)
		if !where.Moves() {
			e.Where = &where
		}
	}
	return e
}

// TestQueriesAndMemoryAgree holds a condition as SQL to the same condition
// evaluated in memory: what it says of a person, and for how long.
func TestQueriesAndMemoryAgree(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.SetClock(func() time.Time { return noon.Add(-2 * time.Hour) })
	in := w.segment("In", attribute("id", condition.Eq, `"x"`))
	w.segment("Out", attribute("id", condition.Eq, `"x"`))
	rapid.Check(t, func(t *rapid.T) {
		p := w.drawPerson(t, in)
		for range 10 {
			c := drawCondition(t, 3, false)
			w.agree(t, c, p, noon)
			later := noon.Add(time.Duration(rapid.Int64Range(1, 5*86400*1e6).Draw(t, "later")) * time.Microsecond)
			w.agree(t, c, p, later)
			w.steady(t, c, p, later)
		}
	})
}

// drawPerson adds somebody with a history.
func (w *world) drawPerson(t *rapid.T, in Segment) (p Person) {
	moment := func(what string) int64 {
		return micros(noon) - anyOne[int64](t, what, 0, 1, 86400e6-1, 86400e6, 86400e6+1, 3600e6, 45*86400e6, -3600e6)
	}
	object := drawObject(t)
	created := moment("created")
	external, email := anyOne(t, "id", "", "Pro", "10"), anyOne(t, "email", "", "A@ACME.test")
	err := w.update(w.ctx, func(tx *Tx) error {
		if _, err := tx.exec(`delete from people`); err != nil {
			return err
		}
		key, err := tx.insert(`
			insert into people (workspace_id, id, email, attributes, created_at, updated_at, unsubscribed) values (?, ?, ?, ?, ?, ?, ?)`,
			w.acme.ID, orNull(external), orNull(email), encode(object), created, created, rapid.Bool().Draw(t, "unsubscribed"))
		if err != nil {
			return err
		}
		p.ID = PersonID(key)
		for range rapid.IntRange(0, 5).Draw(t, "activities") {
			kind := anyOne[ActivityType](t, "activity", "event", "event", "page", "screen", "opened_email", "clicked_email", "sent_email", "attribute_change")
			a := Activity{PersonID: p.ID, Type: kind, OccurredAt: instant(moment("occurred")), Data: json.RawMessage(encode(drawObject(t)))}
			switch kind {
			case "event":
				a.Name = anyOne(t, "name", "buy", "buy", "look")
			case "page", "screen":
				a.Name = anyOne(t, "name", "/a/b", "/a/[x]?", "Home", "[x]q")
				a.Data = json.RawMessage(anyOne(t, "url", `{}`, `{"url":"/a/c"}`, `{"url":7}`))
			case "opened_email", "clicked_email":
				a.Data = json.RawMessage(anyOne(t, "how", `{}`, `{"prefetched":true}`, `{"machine":true}`))
			}
			if _, err := tx.note(w.acme.ID, a, ""); err != nil {
				return err
			}
		}
		if rapid.Bool().Draw(t, "in") {
			_, err = tx.exec(`insert into segment_members (workspace_id, segment_id, person_id, entered_at) values (?, ?, ?, 1)`, w.acme.ID, in.ID, p.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = w.Person(w.ctx, w.acme.ID, p.ID); err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) agree(t *rapid.T, c condition.Condition, p Person, now time.Time) {
	s := w.Subject(w.ctx, w.acme.ID, p, TriggerEvent{}, nil)
	is, until := c.Follow(s, now)
	if is != c.Match(s, now) {
		t.Fatalf("%s: Follow says %v", encode(c), is)
	}
	f, err := compileCondition(w.ctx, w.read, w.acme.ID, &c, now)
	if err != nil {
		t.Fatal(err)
	}
	if f.until == "" {
		f.until = fmt.Sprint(int64(never))
	}
	var sqlIs bool
	var sqlUntil int64
	who := f.args.add(p.ID)
	err = w.read.QueryRow(`select `+f.is+`, `+f.until+` from people p where p.person_id = `+who, *f.args...).Scan(&sqlIs, &sqlUntil)
	if err != nil {
		t.Fatalf("%s: %v in %s", encode(c), err, f.is)
	}
	if v := newCompiler(w.ctx, w.read, w.acme.ID, now); is {
		if inside := v.condition(&c).inside; inside != "" {
			who := v.args.add(p.ID)
			if err := w.read.QueryRow(`select `+inside+` from people p where p.person_id = `+who, *v.args...).Scan(&sqlUntil); err != nil {
				t.Fatalf("%s: %v in %s", encode(c), err, inside)
			}
		}
	} else if !until.IsZero() && v.condition(&c).settled() {
		t.Fatalf("%s: time makes it hold", encode(c))
	}
	want := int64(never)
	if !until.IsZero() {
		want = micros(until)
	}
	if s.Err != nil || sqlIs != is || sqlUntil != want {
		t.Fatalf("%s of %s at %v: memory says %v until %v, SQL says %v until %v (%v)\n%s", encode(c), encode(p), now, is, until, sqlIs, instant(sqlUntil), s.Err, f.is)
	}
}

// steady looks at some moment before the answer may change.
func (w *world) steady(t *rapid.T, c condition.Condition, p Person, now time.Time) {
	s := w.Subject(w.ctx, w.acme.ID, p, TriggerEvent{}, nil)
	is, until := c.Follow(s, now)
	if until.IsZero() {
		until = now.AddDate(10, 0, 0)
	}
	if !until.After(now) {
		t.Fatalf("%s at %v: until %v", encode(c), now, until)
	}
	at := now.Add(time.Duration(rapid.Int64Range(0, until.Sub(now).Microseconds()-1).Draw(t, "steady")) * time.Microsecond)
	if c.Match(s, at) != is || c.Match(s, until.Add(-time.Microsecond)) != is {
		t.Fatalf("%s of %s: %v at %v until %v, but not at %v", encode(c), encode(p), is, now, until, at)
	}
}
