package liquid

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
)

// Object is a map whose entries keep the order they were set in. Templates go
// over a map[string]any in the order of its keys instead.
type Object struct {
	keys   []string
	values map[string]any
}

// Set adds an entry, or changes one in its place.
func (o *Object) Set(key string, value any) {
	if o.values == nil {
		o.values = map[string]any{}
	}
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

// Get is the value of a key, if there is one.
func (o *Object) Get(key string) (any, bool) {
	value, ok := o.values[key]
	return value, ok
}

// Len is the number of entries.
func (o *Object) Len() int { return len(o.keys) }

// Map is the entries without their order; it is not a copy.
func (o *Object) Map() map[string]any { return o.values }

// MarshalJSON writes the entries in their order.
func (o *Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, part := range []any{key, o.values[key]} {
			text, err := json.Marshal(part)
			if err != nil {
				return nil, err
			}
			if j > 0 {
				b.WriteByte(':')
			}
			b.Write(text)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// FromJSON reads JSON so that objects keep their order and whole numbers their
// digits.
func FromJSON(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	value, err := decode(d)
	if err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errors.New("there is more than one JSON value")
	}
	return value, nil
}

func decode(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Number:
		return fromNumber(t), nil
	case json.Delim:
		if t == '[' {
			return decodeList(d)
		}
		return decodeObject(d)
	}
	return t, nil
}

func decodeList(d *json.Decoder) (any, error) {
	list := []any{}
	for d.More() {
		value, err := decode(d)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := d.Token()
	return list, err
}

func decodeObject(d *json.Decoder) (any, error) {
	o := &Object{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		value, err := decode(d)
		if err != nil {
			return nil, err
		}
		o.Set(key.(string), value)
	}
	_, err := d.Token()
	return o, err
}

// isMap is whether a value has keys and values.
func isMap(v any) bool {
	switch v.(type) {
	case map[string]any, *Object:
		return true
	}
	return false
}

// member is what a map or drop has under a key.
func member(v any, key string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		value, ok := v[key]
		return value, ok
	case *Object:
		return v.Get(key)
	case Drop:
		return v.Get(key)
	}
	return nil, false
}

// keysOf is the keys of a map, in its order.
func keysOf(v any) []string {
	switch v := v.(type) {
	case *Object:
		return v.keys
	case map[string]any:
		return slices.Sorted(maps.Keys(v))
	}
	return nil
}

// pairsOf is the entries of a map as lists of key and value.
func pairsOf(v any) []any {
	keys := keysOf(v)
	pairs := make([]any, len(keys))
	for i, key := range keys {
		value, _ := member(v, key)
		pairs[i] = []any{key, value}
	}
	return pairs
}
