package compose

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/osteele/liquid"
	"github.com/osteele/liquid/filters"
	"github.com/osteele/liquid/values"
	"github.com/osteele/tuesday"
)

// maxItems bounds the lists that filters make and take.
const maxItems = 10_000

// takesNil are the filters that have an answer to a missing value. Through
// every other one a missing value stays missing, so that {{ x | upcase }} of a
// person without x is noticed as {{ x }} is.
var takesNil = map[string]bool{"default": true, "json": true, "to_json": true, "is_blank": true, "is_empty": true, itemsFilter: true}

// filterNames is every filter that an author may use.
var filterNames = sync.OnceValue(func() map[string]bool {
	names := dictionary{}
	filters.AddStandardFilters(names)
	names["to_json"] = true
	delete(names, "type") // prints the names of Go's types
	return names
})

type dictionary map[string]bool

func (d dictionary) AddFilter(name string, _ any) { d[name] = true }

// addFilters registers the standard filters behind our bounds, and our own.
func addFilters(e *liquid.Engine) {
	filters.AddStandardFilters(bounded{e})
	own := bounded{e}
	own.AddFilter("date", dateFilter)
	own.AddFilter("to_json", jsonFilter)
	own.AddFilter("json", jsonFilter)
	own.AddFilter("strip_html", stripHTML)
	own.AddFilter("newline_to_br", newlineToBR)
	for name, filter := range numberFilters {
		own.AddFilter(name, filter)
	}
	own.AddFilter("is_blank", isBlank)
	own.AddFilter("is_empty", isEmpty)
	own.AddFilter(itemsFilter, items)
}

// bounded is a filter dictionary whose filters take missing values, panics
// and large results in their stride.
type bounded struct{ engine *liquid.Engine }

func (b bounded) AddFilter(name string, fn any) {
	filter := reflect.ValueOf(fn)
	b.engine.RegisterFilter(name, func(in any, args ...any) (any, error) {
		if !takesNil[name] && (in == nil || name != "where" && missingArgument(args)) {
			return nil, nil
		}
		in, err := bound(in)
		if err == nil {
			err = tooBig(name, in, args)
		}
		if err != nil {
			return nil, err
		}
		out, err := call(filter, append([]any{in}, args...))
		if err != nil {
			return nil, err
		}
		return bound(out)
	})
}

func missingArgument(args []any) bool {
	for _, arg := range args {
		if arg == nil {
			return true
		}
	}
	return false
}

// call applies a filter. What it was not made for is an error, not a panic.
func call(filter reflect.Value, args []any) (out any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("it does not work with “" + shorten(printed(args[0])) + "”")
		}
	}()
	return values.Call(filter, args)
}

// bound brings a value into the shape that Liquid computes with, if it is not
// too large.
func bound(value any) (any, error) {
	switch v := value.(type) {
	case int64:
		return int(v), nil
	case string:
		if len(v) > maxOutput {
			return nil, errors.New("the text gets too long")
		}
		return v, nil
	case values.Range:
		if v.Len() > maxItems {
			return nil, fmt.Errorf("the range has more than %d numbers", maxItems)
		}
		if v.Len() < 1 {
			return []any{}, nil
		}
		return v.AsArray(), nil
	}
	if v := reflect.ValueOf(value); v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8 && v.Len() > maxItems {
		return nil, fmt.Errorf("the list has more than %d items", maxItems)
	}
	return value, nil
}

// tooBig knows the filters that can make much out of little, or take long.
func tooBig(name string, in any, args []any) error {
	size := 0
	switch name {
	case "replace":
		if len(args) > 1 {
			size = (strings.Count(printed(in), printed(args[0])) + 1) * len(printed(args[1]))
		}
	case "join":
		if v := reflect.ValueOf(in); v.Kind() == reflect.Slice && len(args) > 0 {
			size = v.Len() * len(printed(args[0]))
		}
	case "uniq":
		// The library compares every map with every other.
		if v := reflect.ValueOf(in); v.Kind() == reflect.Slice && v.Len() > 1000 {
			return errors.New("the list has more than 1000 items")
		}
	}
	if size > maxOutput {
		return errors.New("the text gets too long")
	}
	return nil
}

func isBlank(value any) bool {
	if s, ok := value.(string); ok {
		return strings.TrimSpace(s) == ""
	}
	return value == nil || value == false || isEmpty(value)
}

func isEmpty(value any) bool {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String, reflect.Slice, reflect.Map:
		return v.Len() == 0
	}
	return false
}

// items is what a loop goes over: nothing for a missing value, so that its
// {% else %} is reached, and the pairs of a map in a lasting order.
func items(value any) any {
	m, ok := value.(map[string]any)
	switch {
	case value == nil:
		return []any{}
	case !ok:
		return value
	}
	pairs := make([]any, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, []any{key, m[key]})
	}
	return pairs
}

func jsonFilter(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

var (
	htmlHidden = regexp.MustCompile(`(?is)<script.*?</script>|<style.*?</style>|<!--.*?-->`)
	htmlTag    = regexp.MustCompile(`(?s)<.*?>`)
)

func stripHTML(s string) string {
	return htmlTag.ReplaceAllString(htmlHidden.ReplaceAllString(s, ""), "")
}

func newlineToBR(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "<br />\n")
}

// wide finds a field of a date format that pads to hundreds of places.
var wide = regexp.MustCompile(`%[-_0^#:]*\d{3}`)

// dateFilter formats a time, unix seconds, or a date in the usual writings,
// in UTC. As in Ruby's Liquid, what is no date stays as it is.
func dateFilter(value any, format string) (any, error) {
	t, ok := toTime(value)
	if !ok || format == "" {
		return value, nil
	}
	if len(format) > 200 || wide.MatchString(format) {
		return nil, errors.New("its format is too long")
	}
	return tuesday.Strftime(format, t)
}

func toTime(value any) (time.Time, bool) {
	switch v := value.(type) {
	case time.Time:
		return v, true
	case int:
		return time.Unix(int64(v), 0).UTC(), true
	case float64:
		return time.UnixMicro(int64(v * 1e6)).UTC(), true
	case string:
		return parseTime(strings.TrimSpace(v))
	}
	return time.Time{}, false
}

var timeLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05",
	"2006-01-02 15:04", "2006-01-02", "2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006",
	time.RFC1123Z, time.RFC1123, time.RFC822Z, time.RFC822, time.UnixDate,
}

func parseTime(s string) (time.Time, bool) {
	if s == "now" || s == "today" {
		return time.Now().UTC(), true
	}
	if s != "" && strings.Trim(s, "0123456789") == "" && len(s) < 12 {
		seconds, err := strconv.ParseInt(s, 10, 64)
		return time.Unix(seconds, 0).UTC(), err == nil
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
