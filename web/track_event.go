package web

import (
	"encoding/json"
	"strings"
	"unicode"

	"github.com/postroom/postroom/store"
)

const (
	maxEventName = 100
	maxPageName  = store.MaxValueBytes // an address, which is often longer than an event's name
	maxEventText = 150
	maxDepth     = 500 // SQLite's JSON functions stop at 1,000
)

// parseEvent reads the body of an event call.
func parseEvent(body map[string]any) (store.Event, error) {
	var e store.Event
	var err error
	e.Type = eventType(body["type"])
	if e.Name, err = eventName(body["name"], e.Type); err != nil {
		return e, err
	}
	if e.Key, err = eventText("event id", body["id"]); err != nil {
		return e, err
	}
	if e.Anonymous, err = eventText("anonymous_id", body["anonymous_id"]); err != nil {
		return e, err
	}
	if e.At, err = asTimestamp("timestamp", body["timestamp"]); err != nil {
		return e, err
	}
	e.Data, err = eventData(body["data"])
	return e, err
}

func eventType(value any) store.ActivityType {
	switch value {
	case "page":
		return store.PageActivity
	case "screen":
		return store.ScreenActivity
	}
	return store.EventActivity
}

func eventName(value any, kind store.ActivityType) (string, error) {
	text, ok := value.(string)
	text = strings.TrimSpace(text)
	limit := maxEventName
	if kind != store.EventActivity {
		limit = maxPageName
	}
	switch {
	case value != nil && !ok:
		return "", badCall("event name must be a string")
	case text == "":
		return "", badCall("event name is required")
	case len(text) > limit:
		return "", badCall("event name cannot be longer than %d bytes", limit)
	case strings.ContainsFunc(text, unicode.IsControl):
		return "", badCall("event name cannot have control characters")
	}
	return text, nil
}

// eventText is a short text that clients also send as a number.
func eventText(name string, value any) (string, error) {
	var text string
	switch v := value.(type) {
	case nil:
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		return "", badCall("%s must be a string", name)
	}
	if len(text) > maxEventText {
		return "", badCall("%s cannot be longer than %d bytes", name, maxEventText)
	}
	return text, nil
}

func eventData(value any) (json.RawMessage, error) {
	if value == nil {
		return nil, nil
	}
	if _, ok := value.(map[string]any); !ok {
		return nil, badCall("event data must be an object")
	}
	if deeper(value, maxDepth) {
		return nil, badCall("event data is nested too deeply; %d levels are the most", maxDepth)
	}
	return json.Marshal(value)
}

// deeper says whether value has more than so many levels.
func deeper(value any, levels int) bool {
	if levels < 0 {
		return true
	}
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			if deeper(inner, levels-1) {
				return true
			}
		}
	case []any:
		for _, inner := range v {
			if deeper(inner, levels-1) {
				return true
			}
		}
	}
	return false
}
