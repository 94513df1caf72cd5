package condition

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

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

func TestEqualConditionsHaveEqualJSON(t *testing.T) {
	a := parse(t, `{"attribute":{"value": ["<é\u0041>" , 1] ,"operator":"eq","field":"x"}}`)
	b := parse(t, `{"attribute":{"field":"x","operator":"eq","value":["\u003c\u00e9A>",1]}}`)
	one, _ := json.Marshal(a)
	two, _ := json.Marshal(b)
	if string(one) != string(two) || !reflect.DeepEqual(a, b) {
		t.Errorf("%s\n%s", one, two)
	}
}
