package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

const (
	// MaxAttributes is how many attributes a person may have, MaxNameBytes how
	// long a name may be and MaxValueBytes how long a value: the reference
	// product's limits.
	MaxAttributes = 300
	MaxNameBytes  = 150
	MaxValueBytes = 1000
)

// Attributes is what a workspace knows of a person. Numbers are json.Number,
// so that none loses digits.
type Attributes map[string]any

// CheckAttribute says what is wrong with an attribute, in the words of the
// reference product's API.
func CheckAttribute(name string, value any) error {
	switch {
	case strings.TrimSpace(name) == "":
		return errors.New("attribute name cannot be empty")
	case len(name) > MaxNameBytes:
		return fmt.Errorf("attribute name '%s…' cannot be longer than %d bytes", strings.ToValidUTF8(name[:40], ""), MaxNameBytes)
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("attribute name %q cannot have control characters", name)
	case name != preferences && valueSize(value) > MaxValueBytes:
		return fmt.Errorf("value for attribute '%s' cannot be longer than %d bytes", name, MaxValueBytes)
	}
	return nil
}

// preferences is the attribute that holds somebody's subscription topics: one
// object, whose size is that of a request.
const preferences = "cio_subscription_preferences"

func valueSize(value any) int {
	switch v := value.(type) {
	case string:
		return len(v)
	case json.Number:
		return len(v)
	case map[string]any, []any:
		return len(encode(v))
	}
	return 0
}

func (a Attributes) text(name string) string {
	s, _ := a[name].(string)
	return strings.TrimSpace(s)
}

// AttributeWords is a value as people read it.
func AttributeWords(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// DecodeObject reads a JSON object and keeps its numbers exact.
func DecodeObject(data []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var object map[string]any
	err := d.Decode(&object)
	return object, err
}

func decodeAttributes(text string) (Attributes, error) {
	if text == "{}" {
		return Attributes{}, nil
	}
	object, err := DecodeObject([]byte(text))
	return object, err
}

func decodeChanged(text string) (map[string]int64, error) {
	if text == "{}" {
		return map[string]int64{}, nil
	}
	var changed map[string]int64
	err := json.Unmarshal([]byte(text), &changed)
	return changed, err
}

// Difference is how one attribute changed; nil is no value.
type Difference struct {
	From any `json:"from"`
	To   any `json:"to"`
}

// set changes the person's attributes and says what differs. Null and the
// empty string remove. What is older than the value it would replace is left
// out: the latest wins, whichever arrives first.
func (p *Person) set(changes Attributes, at int64) map[string]Difference {
	var differs map[string]Difference
	for name, value := range changes {
		last, known := p.Changed[name]
		if !known {
			last = p.CreatedAt.Unix()
		}
		before, had := p.Attributes[name]
		if had && at < last || !had && known && at < last {
			continue
		}
		if value == nil || value == "" {
			if !had {
				continue
			}
			delete(p.Attributes, name)
			value = nil
		} else {
			if had && same(before, value) {
				continue
			}
			p.Attributes[name] = value
		}
		p.Changed[name] = at
		if differs == nil {
			differs = map[string]Difference{}
		}
		differs[name] = Difference{From: before, To: value}
	}
	return differs
}

// same compares values as JSON does: 1 and 1.0 are what was sent, not equal.
func same(a, b any) bool {
	switch a.(type) {
	case map[string]any, []any:
		return reflect.DeepEqual(a, b)
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b
}

func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // maps of JSON values always marshal
	}
	return string(text)
}
