package liquid

import (
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"
)

// HTML is text that needs no escaping.
type HTML string

// Range is the whole numbers from one to another, both included.
type Range struct{ From, To int }

// Len is how many numbers there are.
func (r Range) Len() int { return max(0, r.To-r.From+1) }

func (r Range) String() string { return strconv.Itoa(r.From) + ".." + strconv.Itoa(r.To) }

// Drop is a value of the host's own: what is looked up in it is computed.
type Drop interface {
	// Get is the value of a name, if there is one.
	Get(name string) (any, bool)
	// String is what the drop prints as.
	String() string
}

// Dynamic is a Drop whose values are worked out in the rendering that asks for
// them.
type Dynamic interface {
	Drop
	// Find is the value of a name; nil when there is none.
	Find(r *Run, name string) (any, error)
}

// method is blank or empty in a condition, where they are questions.
type method string

const (
	isBlankMethod method = "blank"
	isEmptyMethod method = "empty"
)

// normal brings a value of Go into the kinds that templates compute with.
func normal(v any) any {
	switch v := v.(type) {
	case nil, bool, int, float64, string, []any, map[string]any, *Object, time.Time, HTML, Range, *big.Int, method, Drop:
		return v
	case int64:
		return int(v)
	case json.Number:
		return fromNumber(v)
	case []string:
		return copied(v)
	case []map[string]any:
		return copied(v)
	case float32:
		f, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
		return f
	case []byte:
		return string(v)
	}
	return reflected(reflect.ValueOf(v))
}

func copied[T any](list []T) []any {
	out := make([]any, len(list))
	for i, one := range list {
		out[i] = one
	}
	return out
}

// fromNumber reads a number of JSON without losing digits.
func fromNumber(n json.Number) any {
	if i, err := strconv.Atoi(n.String()); err == nil {
		return i
	}
	if i, ok := new(big.Int).SetString(n.String(), 10); ok && len(n) <= maxDigits {
		return i
	}
	f, err := n.Float64()
	if err != nil && (math.IsInf(f, 0) || math.IsNaN(f)) {
		return n.String()
	}
	return f
}

// reflected is normal for the types that it does not name.
func reflected(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return normal(v.Elem().Interface())
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return int(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return shrink(new(big.Int).SetUint64(v.Uint()))
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.String:
		return v.String()
	case reflect.Slice, reflect.Array:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = v.Index(i).Interface()
		}
		return out
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			return nil
		}
		out := make(map[string]any, v.Len())
		for entry := v.MapRange(); entry.Next(); {
			out[entry.Key().String()] = entry.Value().Interface()
		}
		return out
	}
	return nil
}

// truthy is whether a value counts as true: all but nil and false do.
func truthy(v any) bool { return v != nil && v != false }

// textOf is a value that is text.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case HTML:
		return string(v), true
	}
	return "", false
}

// commands are the words that ask something of a value that has no such key.
var commands = map[string]bool{"size": true, "first": true, "last": true}

func command(v any, name string) any {
	switch name {
	case "size":
		if n, ok := sizeOf(v); ok {
			return n
		}
	case "first":
		return firstOf(v)
	case "last":
		return lastOf(v)
	}
	return nil
}

// sizeOf is the number of characters, items or entries. A number has the size
// of its memory, as in Ruby.
func sizeOf(v any) (int, bool) {
	switch v := v.(type) {
	case string:
		return utf8.RuneCountInString(v), true
	case HTML:
		return utf8.RuneCountInString(string(v)), true
	case []any:
		return len(v), true
	case map[string]any:
		return len(v), true
	case *Object:
		return v.Len(), true
	case Range:
		return v.Len(), true
	case int:
		return 8, true
	}
	return 0, false
}

func firstOf(v any) any {
	switch v := v.(type) {
	case string:
		_, n := utf8.DecodeRuneInString(v)
		return v[:n]
	case HTML:
		return firstOf(string(v))
	case []any:
		if len(v) > 0 {
			return v[0]
		}
	case Range:
		return v.From
	case map[string]any, *Object:
		if pairs := pairsOf(v); len(pairs) > 0 {
			return pairs[0]
		}
	}
	return nil
}

func lastOf(v any) any {
	switch v := v.(type) {
	case string:
		_, n := utf8.DecodeLastRuneInString(v)
		return v[len(v)-n:]
	case HTML:
		return lastOf(string(v))
	case []any:
		if len(v) > 0 {
			return v[len(v)-1]
		}
	case Range:
		return v.To
	}
	return nil
}
