package web

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// parseIdentify reads the body of an identify call: attributes, and among them
// names that mean something else.
func parseIdentify(body map[string]any) (store.Identify, error) {
	call := store.Identify{Attributes: store.Attributes{}}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if err := take(&call, name, body[name]); err != nil {
			return call, err
		}
	}
	return call, nil
}

// take puts one member of the body where it belongs.
func take(call *store.Identify, name string, value any) (err error) {
	switch name {
	case "id":
		call.Body.ID, err = identifierText(identity.ID, value)
	case "email":
		call.Body.Email, err = identifierText(identity.Email, value)
	case "cio_id":
		call.Body.CioID, err = identifierText(identity.CioID, value)
	case "unsubscribed":
		call.Unsubscribed = asUnsubscribed(value)
	case "_update":
		call.UpdateOnly = isTrue(value)
	case "_timestamp":
		call.At, err = asTimestamp(name, value)
	case "cio_relationships", "_created_in_customerio_at":
		// The first is about objects, which Postroom does not have; the second
		// never changes.
	default:
		if err = store.CheckAttribute(name, value); err != nil {
			return badCall("%s", err)
		}
		call.Attributes[name] = value
	}
	return err
}

// identifierText is an identifier as text. Clients send numbers for ids, too;
// null removes, as the empty string does.
func identifierText(kind identity.Kind, value any) (*string, error) {
	var text string
	switch v := value.(type) {
	case nil:
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		return nil, badCall("%s must be a string", kind)
	}
	if len(text) > store.MaxValueBytes {
		return nil, badCall("%s cannot be longer than %d bytes", kind, store.MaxValueBytes)
	}
	return &text, nil
}

// asUnsubscribed is what a call says of consent: true, "TRUE", 1 and "1" take
// it away, everything else says that it is there; null says nothing.
func asUnsubscribed(value any) *bool {
	if value == nil {
		return nil
	}
	unsubscribed := isTrue(value)
	return &unsubscribed
}

func isTrue(value any) bool {
	switch v := value.(type) {
	case bool:
		return v
	case string:
		return v == "1" || strings.EqualFold(v, "true")
	case json.Number:
		return v == "1"
	}
	return false
}

// endOfSeconds is where unix seconds stop to be believable (the year 5138).
// Milliseconds of any day since 1973 are above it. The reference product takes
// them and then never matches them; here the caller hears of it.
const endOfSeconds = 100_000_000_000

// asTimestamp reads a time in unix seconds, a number or the same as text.
// Nothing, null and zero mean now, the zero time.
func asTimestamp(name string, value any) (time.Time, error) {
	var text string
	switch v := value.(type) {
	case nil:
		return time.Time{}, nil
	case string:
		text = strings.TrimSpace(v)
	case json.Number:
		text = v.String()
	default:
		return time.Time{}, badCall("%s must be a time in unix seconds", name)
	}
	if text == "" {
		return time.Time{}, nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || !(seconds >= 0): // NaN is neither
		return time.Time{}, badCall("%s must be a time in unix seconds", name)
	case seconds >= endOfSeconds:
		return time.Time{}, badCall("%s must be in unix seconds; this looks like milliseconds", name)
	case seconds == 0:
		return time.Time{}, nil
	}
	return time.UnixMicro(int64(seconds * 1e6)).UTC(), nil
}
