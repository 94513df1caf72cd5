package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// entityError says which field of an item of Track v2 is wrong, and how.
type entityError struct{ field, message string }

func (e entityError) Error() string { return e.message }

// within is what is wrong with a field, unless the error knows better.
func within(field string, err error) error {
	var known entityError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return entityError{field, explain(err).advice}
}

// doEntity carries out one item of Track v2.
func (s *Server) doEntity(c echo.Context) error {
	body, err := readObject(c)
	if err != nil {
		return err
	}
	call, err := s.parseEntity(c, body)
	if err == nil {
		err = s.store.Do(c.Request().Context(), here(c).ID, call)[0]
	}
	if entityRefused(err) {
		return answerJSON(c, http.StatusBadRequest, map[string]any{"errors": []entityProblem{problemOf(err)}})
	}
	if err != nil {
		return err
	}
	return accepted(c)
}

// entityProblem is an error in the envelope of Track v2.
type entityProblem struct {
	Index   *int   `json:"batch_index,omitempty"` // from zero; in a batch only
	Reason  string `json:"reason"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

func problemOf(err error) entityProblem {
	p := entityProblem{Reason: "invalid", Message: explain(err).advice}
	var known entityError
	if errors.As(err, &known) {
		p.Field, p.Message = known.field, known.message
	}
	return p
}

// entityRefused says whether an error is the item's.
func entityRefused(err error) bool {
	var known entityError
	return errors.As(err, &known) || rejected(err)
}

// parseEntity reads an item of Track v2.
func (s *Server) parseEntity(c echo.Context, item map[string]any) (store.Call, error) {
	kind, _ := item["type"].(string)
	action, _ := item["action"].(string)
	switch kind {
	case "person":
		return parsePerson(here(c).Identifiers, action, item)
	case "object":
		return parseObject(action)
	case "delivery":
		return s.parseDelivery(c, action, item)
	}
	return nil, entityError{"type", "type must be person, object or delivery"}
}

// parseObject takes objects and lets them go: there are none.
func parseObject(action string) (store.Call, error) {
	if !slices.Contains([]string{"identify", "identify_anonymous", "delete", "add_relationships", "delete_relationships"}, action) {
		return nil, entityError{"action", "action must be identify, identify_anonymous, delete, add_relationships or delete_relationships"}
	}
	return store.Nothing{}, nil
}

// parseDelivery reads what became of a message. A delivery that is unknown, or
// another workspace's, is passed over.
func (s *Server) parseDelivery(c echo.Context, action string, item map[string]any) (store.Call, error) {
	if action != "event" {
		return nil, entityError{"action", "action must be event"}
	}
	identifiers, _ := item["identifiers"].(map[string]any)
	if id, _ := identifiers["id"].(string); id == "" {
		return nil, entityError{"identifiers.id", "identifiers.id must be the id of a delivery"}
	}
	report, a, err := s.parseReport(c, map[string]any{"delivery_id": identifiers["id"], "metric": item["name"], "timestamp": item["timestamp"]})
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Workspace != here(c).ID {
		return store.Nothing{}, nil
	}
	return report, err
}

// parsePerson reads an item about a person.
func parsePerson(m identity.Mode, action string, item map[string]any) (store.Call, error) {
	if action == "merge" {
		call, err := parseMerge(m, item)
		return call, within("primary", err)
	}
	ref, anonymous, err := parseIdentifiers(m, item["identifiers"])
	if err != nil {
		return nil, err
	}
	nobody := ref == identity.Ref{}
	switch action {
	case "event", "page", "screen":
		return entityEvent(action, ref, anonymous, item)
	case "identify":
		return entityIdentify(ref, anonymous, item)
	case "delete", "suppress", "unsuppress", "add_device", "delete_device":
		if nobody {
			return nil, entityError{"identifiers", "identifiers must have exactly one of id, email and cio_id"}
		}
		return entityAction(action, ref, item)
	case "add_relationships", "delete_relationships":
		return store.Nothing{}, nil
	}
	return nil, entityError{"action", "action must be identify, delete, event, page, screen, add_device, delete_device, merge, suppress, unsuppress, add_relationships or delete_relationships"}
}

func entityAction(action string, ref identity.Ref, item map[string]any) (store.Call, error) {
	switch action {
	case "delete":
		return store.Deletion{Ref: ref}, nil
	case "suppress":
		return store.Suppressing{Ref: ref}, nil
	case "unsuppress":
		return store.Freeing{Ref: ref}, nil
	}
	object, _ := item["device"].(map[string]any)
	if action == "delete_device" {
		token, err := deviceToken("token", object["token"])
		return store.DeviceRemoval{Ref: ref, Token: token}, within("device.token", err)
	}
	device, err := parseDevice("token", object)
	return store.DeviceChange{Ref: ref, Device: device}, within("device", err)
}

// parseIdentifiers reads who an item is about: exactly one of id, email and
// cio_id, or an anonymous_id, which others also send beside one of these.
func parseIdentifiers(m identity.Mode, value any) (ref identity.Ref, anonymous string, err error) {
	object, ok := value.(map[string]any)
	if !ok {
		return ref, "", entityError{"identifiers", "identifiers must be an object with exactly one of id, email and cio_id"}
	}
	if anonymous, err = eventText("anonymous_id", object["anonymous_id"]); err != nil {
		return ref, "", within("identifiers.anonymous_id", err)
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		value := object[name]
		if name == "anonymous_id" || value == nil {
			continue
		}
		kind := identity.Kind(name)
		switch {
		case !slices.Contains(identifierKinds, kind):
			return ref, "", entityError{"identifiers." + clip(name), "people in this workspace are not identified by " + clip(name)}
		case ref != identity.Ref{}:
			return ref, "", entityError{"identifiers", "identifiers must have exactly one of id, email and cio_id"}
		}
		if ref, err = refOf(m, kind, value); err != nil {
			return ref, "", within("identifiers."+name, err)
		}
	}
	if ref == (identity.Ref{}) && anonymous == "" {
		return ref, "", entityError{"identifiers", "identifiers must have exactly one of id, email and cio_id"}
	}
	return ref, anonymous, nil
}

// clip keeps a name that a caller made up short.
func clip(name string) string {
	if len(name) > 40 {
		name = strings.ToValidUTF8(name[:40], "") + "…"
	}
	return name
}

func entityIdentify(ref identity.Ref, anonymous string, item map[string]any) (store.Call, error) {
	attributes, err := objectOrNone("attributes", item["attributes"])
	if err != nil {
		return nil, err
	}
	call, err := parseIdentify(attributes)
	if err != nil {
		return nil, within("attributes", err)
	}
	if at, err := asTimestamp("timestamp", item["timestamp"]); err != nil {
		return nil, within("timestamp", err)
	} else if !at.IsZero() {
		call.At = at
	}
	if ref == (identity.Ref{}) {
		return store.Nothing{}, nil // nobody is known by an anonymous_id alone
	}
	if call.Ref = ref; anonymous != "" {
		call.Attributes["anonymous_id"] = anonymous
	}
	return call, nil
}

func entityEvent(action string, ref identity.Ref, anonymous string, item map[string]any) (store.Call, error) {
	data, err := objectOrNone("attributes", item["attributes"])
	if err != nil {
		return nil, err
	}
	name := item["name"]
	if name == nil && action == "page" {
		name = data["url"]
	}
	event, err := parseEvent(map[string]any{"type": action, "name": name, "id": item["id"], "timestamp": item["timestamp"], "data": item["attributes"]})
	if err != nil {
		return nil, within("name", err)
	}
	if event.Ref = ref; ref == (identity.Ref{}) {
		event.Anonymous = anonymous
	}
	return event, nil
}

// objectOrNone is an object, or nil for none.
func objectOrNone(field string, value any) (map[string]any, error) {
	object, ok := value.(map[string]any)
	if !ok && value != nil {
		return nil, entityError{field, field + " must be an object"}
	}
	return object, nil
}
