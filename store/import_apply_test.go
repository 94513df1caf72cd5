package store

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// What holds says without decoding is so when decoded.
func TestHoldsIsNeverWrong(t *testing.T) {
	text := rapid.StringOf(rapid.RuneFrom([]rune(`ab",:{}[]\\é `)))
	values := rapid.OneOf(rapid.Map(text, func(s string) any { return s }), rapid.Map(rapid.IntRange(0, 20), func(n int) any { return n }),
		rapid.Map(text, func(s string) any { return map[string]any{"a": s} }))
	objects := rapid.MapOfN(rapid.StringOfN(rapid.RuneFrom([]rune(`ab"`)), 1, 2, -1), values, 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		object, part := objects.Draw(t, "object"), objects.Draw(t, "part")
		for name, value := range object {
			if rapid.Bool().Draw(t, "shared") {
				part[name] = value
			}
		}
		is := true
		for name, value := range part {
			if _, nested := value.(map[string]any); nested {
				return // rows have none
			}
			had, ok := object[name]
			is = is && ok && encode(had) == encode(value)
		}
		if holds(encode(object), encode(part)) && !is {
			t.Errorf("%s is said to hold %s", encode(object), encode(part))
		}
	})
	if !holds(`{"a":1,"b":"x, \"y\"}","c":true}`, `{"b":"x, \"y\"}","c":true}`) {
		t.Error("members in the middle and at the end are not found")
	}
}

// A row's attributes are written as encode writes them.
func TestRowsAreEncodedAsPeopleAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, value := range []any{rapid.String().Draw(t, "text"), json.Number("-1.50"), true} {
			if got := string(appendValue(nil, value)); got != encode(value) {
				t.Errorf("%s, want %s", got, encode(value))
			}
		}
	})
}
