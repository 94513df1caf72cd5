package condition

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

const (
	maxDepth = 20
	maxNodes = 200
)

// Error says what is wrong with a condition, and in which of its fields.
type Error struct {
	Path    string // such as and[1].attribute.operator; empty for the whole
	Message string // a sentence
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Message
	}
	return e.Path + ": " + e.Message
}

// Under is the error seen from a document that holds the condition at path.
func (e *Error) Under(path string) *Error {
	return &Error{Path: join(path, e.Path), Message: e.Message}
}

func wrong(path, format string, args ...any) error {
	return &Error{Path: path, Message: fmt.Sprintf(format, args...)}
}

func join(path, key string) string {
	if path == "" || key == "" {
		return path + key
	}
	return path + "." + key
}

// Parse reads a condition. It is strict, and every error is an *Error. JSON's
// null is the nil condition.
func Parse(data []byte) (*Condition, error) {
	if string(bytes.TrimSpace(data)) == "null" {
		return nil, nil
	}
	c := new(Condition)
	if err := c.decode(data); err != nil {
		return nil, err
	}
	return c, nil
}

// UnmarshalJSON is as strict as Parse, so that a condition inside another
// document is, too. Null is refused: a condition that may be absent is a pointer.
func (c *Condition) UnmarshalJSON(data []byte) error {
	return c.decode(data)
}

func (c *Condition) decode(data []byte) error {
	var valid json.RawMessage
	if err := json.Unmarshal(data, &valid); err != nil {
		return wrong("", "not valid JSON: %s.", err)
	}
	read, err := new(decoder).node("", data, 1)
	if err != nil {
		return err
	}
	*c = read
	return c.Check("")
}

// budget bounds how much one condition may ask.
type budget struct{ nodes int }

func (b *budget) spend(path string, depth int) error {
	b.nodes++
	switch {
	case depth > maxDepth:
		return wrong(path, "conditions may be nested at most %d deep.", maxDepth)
	case b.nodes > maxNodes:
		return wrong(path, "a condition may have at most %d parts.", maxNodes)
	}
	return nil
}

// decoder reads the shape; what the values mean is for Check.
type decoder struct{ budget }

func (d *decoder) node(path string, data []byte, depth int) (c Condition, err error) {
	if err := d.spend(path, depth); err != nil {
		return c, err
	}
	keys := 0
	one := func(read setter) setter {
		return func(path string, value []byte) error {
			keys++
			return read(path, value)
		}
	}
	err = object(path, data, map[string]setter{
		"and":       one(d.list(&c.And, depth)),
		"or":        one(d.list(&c.Or, depth)),
		"not":       one(d.child(&c.Not, depth)),
		"attribute": one(attribute(&c.Attribute)),
		"segment":   one(segment(&c.Segment)),
		"event":     one(d.event(&c.Event, depth)),
		"message":   one(message(&c.Message)),
	})
	if err == nil && keys != 1 {
		err = wrong(path, "a condition has exactly one of and, or, not, attribute, segment, event and message; this has %d.", keys)
	}
	return c, err
}

// setter reads the value at path into its place.
type setter func(path string, value []byte) error

func (d *decoder) list(to *[]Condition, depth int) setter {
	return func(path string, value []byte) error {
		var items []json.RawMessage
		if err := json.Unmarshal(value, &items); err != nil || len(items) == 0 {
			return wrong(path, "must be a list of at least one condition.")
		}
		for i, item := range items {
			c, err := d.node(fmt.Sprintf("%s[%d]", path, i), item, depth+1)
			if err != nil {
				return err
			}
			*to = append(*to, c)
		}
		return nil
	}
}

func (d *decoder) child(to **Condition, depth int) setter {
	return func(path string, value []byte) error {
		c, err := d.node(path, value, depth+1)
		*to = &c
		return err
	}
}

func attribute(to **Attribute) setter {
	return func(path string, value []byte) error {
		a := new(Attribute)
		*to = a
		return object(path, value, map[string]setter{
			"field":    str(&a.Field),
			"operator": str(&a.Operator),
			"value":    raw(&a.Value),
		})
	}
}

func segment(to **Segment) setter {
	return func(path string, value []byte) error {
		s := new(Segment)
		*to = s
		return object(path, value, map[string]setter{
			"id":   whole(&s.ID),
			"name": str(&s.Name),
		})
	}
}

func (d *decoder) event(to **Event, depth int) setter {
	return func(path string, value []byte) error {
		e := new(Event)
		*to = e
		return object(path, value, map[string]setter{
			"type":     str(&e.Type),
			"name":     str(&e.Name),
			"at_least": whole(&e.AtLeast),
			"within":   str(&e.Within),
			"where":    d.child(&e.Where, depth),
		})
	}
}

func message(to **Message) setter {
	return func(path string, value []byte) error {
		m := new(Message)
		*to = m
		return object(path, value, map[string]setter{
			"metric":      str(&m.Metric),
			"campaign_id": whole(&m.CampaignID),
			"action":      str(&m.Action),
			"within":      str(&m.Within),
		})
	}
}

// object reads the members of an object. encoding/json would let pass keys in
// another case and keys given twice.
func object(path string, data []byte, known map[string]setter) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return wrong(path, "must be an object.")
	}
	var seen []string
	for dec.More() {
		token, _ := dec.Token()
		key, _ := token.(string)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return wrong(join(path, key), "not valid JSON: %s.", err)
		}
		set, ok := known[key]
		switch {
		case !ok:
			return wrong(path, "unknown key %q.", key)
		case slices.Contains(seen, key):
			return wrong(join(path, key), "is there twice.")
		}
		seen = append(seen, key)
		if err := set(join(path, key), value); err != nil {
			return err
		}
	}
	return nil
}

func str[T ~string](to *T) setter {
	return func(path string, value []byte) error {
		if value[0] != '"' || json.Unmarshal(value, to) != nil {
			return wrong(path, "must be a text.")
		}
		return nil
	}
}

func whole[T int | int64](to *T) setter {
	return func(path string, value []byte) error {
		if !strings.ContainsRune("-0123456789", rune(value[0])) || json.Unmarshal(value, to) != nil {
			return wrong(path, "must be a whole number.")
		}
		return nil
	}
}

// raw keeps a value in the one spelling that encoding/json gives it, so that
// equal conditions have equal JSON.
func raw(to *json.RawMessage) setter {
	return func(path string, value []byte) error {
		v, err := decodeValue(value)
		if err != nil || v == nil {
			return err
		}
		*to, err = json.Marshal(v)
		return err
	}
}

func decodeValue(data []byte) (v any, err error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	err = dec.Decode(&v)
	return v, err
}
