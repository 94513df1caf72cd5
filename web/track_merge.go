package web

import (
	"encoding/json"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

const mergePath = "/api/v1/merge_customers"

// parseMerge reads who becomes a part of whom.
func parseMerge(m identity.Mode, body map[string]any) (call store.Merging, err error) {
	if call.Primary, err = oneOf(m, "primary", body["primary"]); err != nil {
		return call, err
	}
	call.Secondary, err = oneOf(m, "secondary", body["secondary"])
	return call, err
}

// identifierKinds is the ways in which a call may name a person.
var identifierKinds = []identity.Kind{identity.ID, identity.Email, identity.CioID}

// oneOf reads an object that names one person by exactly one identifier.
func oneOf(m identity.Mode, field string, value any) (ref identity.Ref, err error) {
	object, ok := value.(map[string]any)
	if !ok {
		return ref, badCall("%s must be an object with one of id, email and cio_id", field)
	}
	var kinds []identity.Kind
	for _, kind := range identifierKinds {
		if object[string(kind)] != nil {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) != 1 {
		return ref, badCall("%s must have exactly one of id, email and cio_id", field)
	}
	return refOf(m, kinds[0], object[string(kinds[0])])
}

// refOf is the person whom a value of a kind names. Clients send numbers for
// ids, too.
func refOf(m identity.Mode, kind identity.Kind, value any) (identity.Ref, error) {
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		return identity.Ref{}, badCall("%s must be a string", kind)
	}
	ref, err := identity.Named(m, kind, text)
	if err != nil {
		return ref, badCall("%s", err)
	}
	return ref, nil
}
