package web

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// semantic is what an event with one of the names that mean something asks
// for; nil for any other event.
func (m message) semantic(name string) (store.Call, error) {
	switch name {
	case "User Deleted", "User Suppressed", "User Unsuppressed", "Device Created or Updated", "Device Deleted":
	case "Relationship Deleted", "Object Deleted":
		return store.Nothing{}, nil // there are no objects
	default:
		return nil, nil
	}
	if m.ref == (identity.Ref{}) {
		return nil, entityError{"userId", "userId is required"}
	}
	switch name {
	case "User Deleted":
		return store.Deletion{Ref: m.ref}, nil
	case "User Suppressed":
		return store.Suppressing{Ref: m.ref}, nil
	case "User Unsuppressed":
		return store.Freeing{Ref: m.ref}, nil
	}
	return m.device(name == "Device Deleted")
}

// device is the device of a message's context; what else is told of it is
// among the properties.
func (m message) device(removed bool) (store.Call, error) {
	about, _ := m.object("context")["device"].(map[string]any)
	if removed {
		token, err := deviceToken("token", about["token"])
		return store.DeviceRemoval{Ref: m.ref, Token: token}, within("context.device.token", err)
	}
	object := map[string]any{"attributes": m.body["properties"], "token": about["token"], "platform": about["type"]}
	if !m.at.IsZero() {
		object["last_used"] = seconds(m.at)
	}
	device, err := parseDevice("token", object)
	return store.DeviceChange{Ref: m.ref, Device: device}, within("context.device", err)
}

// seconds is a time as attributes hold it.
func seconds(at time.Time) json.Number { return json.Number(strconv.FormatInt(at.Unix(), 10)) }
