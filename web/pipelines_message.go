package web

import (
	"errors"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// message is what messages of the Pipelines API have in common.
type message struct {
	body      map[string]any
	ref       identity.Ref // nobody when it is empty
	anonymous string
	at        time.Time // zero: now
}

// parseMessage reads a message: Segment's format, as the Pipelines API takes it.
func (s *Server) parseMessage(c echo.Context, kind string, body map[string]any) (store.Call, error) {
	m, err := readHead(here(c).Identifiers, body)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "identify":
		return m.identify()
	case "track":
		name, _ := body["event"].(string)
		if name == "Report Delivery Event" {
			return s.reportOf(c, m)
		}
		return m.track(name)
	case "page", "screen":
		return m.view(kind)
	case "group":
		return m.group()
	case "alias":
		return m.alias(here(c).Identifiers)
	}
	return nil, entityError{"type", "type must be identify, track, page, screen, group or alias"}
}

// readHead reads who and when. Which kind of identifier a userId is depends on
// its shape, as in a path of the Track API; where emails alone identify, the
// email among the traits will do, too.
func readHead(mode identity.Mode, body map[string]any) (m message, err error) {
	m.body = body
	if m.anonymous, err = eventText("anonymousId", body["anonymousId"]); err != nil {
		return m, within("anonymousId", err)
	}
	if m.at, err = messageTime(body["timestamp"]); err != nil {
		return m, within("timestamp", err)
	}
	user, err := identifierText("userId", body["userId"])
	if err != nil {
		return m, within("userId", err)
	}
	email, _ := m.object("traits")["email"].(string)
	if *user != "" {
		m.ref, err = identity.FromPath(mode, *user)
	}
	if *user == "" || err != nil {
		if ref, noEmail := identity.Named(mode, identity.Email, email); noEmail == nil {
			m.ref, err = ref, nil
		}
	}
	if err != nil {
		return m, entityError{"userId", err.Error()}
	}
	if m.ref == (identity.Ref{}) && m.anonymous == "" {
		return m, entityError{"userId", "userId or anonymousId is required"}
	}
	return m, nil
}

// object is a member of the message that should be one; nil when it is not.
func (m message) object(name string) map[string]any {
	object, _ := m.body[name].(map[string]any)
	return object
}

// messageTime reads a time as the clients write it (ISO 8601), or in unix
// seconds.
func messageTime(value any) (time.Time, error) {
	if text, ok := value.(string); ok {
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil && at.Year() >= 1970 && at.Year() < 5138 {
			return at.UTC(), nil
		}
	}
	at, err := asTimestamp("timestamp", value)
	if err != nil {
		return at, badCall("timestamp must be a time in ISO 8601")
	}
	return at, nil
}

// identify makes attributes of the traits. Nobody is known by an anonymousId
// alone.
func (m message) identify() (store.Call, error) {
	traits, err := objectOrNone("traits", m.body["traits"])
	if err != nil {
		return nil, err
	}
	call, err := parseIdentify(withoutTimes(traits))
	if err != nil {
		return nil, within("traits", err)
	}
	if m.ref == (identity.Ref{}) {
		return store.Nothing{}, nil
	}
	if call.Ref = m.ref; call.At.IsZero() {
		call.At = m.at
	}
	if m.anonymous != "" {
		call.Attributes["anonymous_id"] = m.anonymous
	}
	return call, nil
}

// withoutTimes is traits with the time of their creation in unix seconds,
// under the name by which segments know it.
func withoutTimes(traits map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range traits {
		if name == "createdAt" || name == "created_at" {
			name = "created_at"
			if at, err := messageTime(value); err == nil && !at.IsZero() {
				value = seconds(at)
			}
		}
		out[name] = value
	}
	return out
}

// track makes an event of what somebody did, or carries out what the event's
// name asks for.
func (m message) track(name string) (store.Call, error) {
	if call, err := m.semantic(name); call != nil || err != nil {
		return call, err
	}
	return m.event("event", m.body["event"], m.body["properties"])
}

func (m message) event(kind string, name, data any) (store.Call, error) {
	event, err := parseEvent(map[string]any{"type": kind, "name": name, "id": m.body["messageId"], "data": data})
	if err != nil {
		return nil, within("event", err)
	}
	event.At = m.at
	if event.Ref = m.ref; m.ref == (identity.Ref{}) {
		event.Anonymous = m.anonymous
	}
	return event, nil
}

// view makes an activity of a page or a screen that somebody saw. Without a
// name, a page has its address.
func (m message) view(kind string) (store.Call, error) {
	name := m.body["name"]
	properties, err := objectOrNone("properties", m.body["properties"])
	if err != nil {
		return nil, err
	}
	page, _ := m.object("context")["page"].(map[string]any)
	data := map[string]any{}
	for _, from := range []map[string]any{page, properties} {
		for name, value := range from {
			data[name] = value
		}
	}
	if name == nil || name == "" {
		name = data["url"]
	}
	return m.event(kind, name, data)
}

// group is about objects, which there are none of.
func (m message) group() (store.Call, error) {
	id, err := eventText("groupId", m.body["groupId"])
	if err == nil && id == "" {
		err = entityError{"groupId", "groupId is required"}
	}
	return store.Nothing{}, within("groupId", err)
}

// alias makes the person of previousId a part of the one of userId.
func (m message) alias(mode identity.Mode) (store.Call, error) {
	previous, err := identifierText("previousId", m.body["previousId"])
	if err != nil {
		return nil, within("previousId", err)
	}
	if m.ref == (identity.Ref{}) || *previous == "" {
		return nil, entityError{"previousId", "userId and previousId are required"}
	}
	ref, err := identity.FromPath(mode, *previous)
	if err != nil {
		return nil, entityError{"previousId", err.Error()}
	}
	return store.Merging{Primary: m.ref, Secondary: ref}, nil
}

// reportOf is what became of a message. A delivery that is unknown, or another
// workspace's, is passed over.
func (s *Server) reportOf(c echo.Context, m message) (store.Call, error) {
	p := m.object("properties")
	report, a, err := s.parseReport(c, map[string]any{
		"delivery_id": p["deliveryId"], "metric": p["metric"], "recipient": p["recipient"], "reason": p["reason"], "href": p["href"],
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Workspace != here(c).ID {
		return store.Nothing{}, nil
	}
	report.At = m.at
	return report, err
}
