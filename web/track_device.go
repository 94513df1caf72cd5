package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// addDevice adds a device to a person, or changes what is known of it.
func (s *Server) addDevice(c echo.Context) error {
	ref, err := customer(c, "/devices")
	if err != nil {
		return err
	}
	body, err := readObject(c)
	if err != nil {
		return err
	}
	object, ok := body["device"].(map[string]any)
	if !ok {
		return badCall("device must be an object")
	}
	device, err := parseDevice("id", object)
	if err != nil {
		return err
	}
	return s.do(c, store.DeviceChange{Ref: ref, Device: device})
}

// deleteDevice takes a device from a person; one that is not theirs is fine,
// too.
func (s *Server) deleteDevice(c echo.Context) error {
	name, token, err := customerAndDevice(c.Request())
	if err != nil {
		return err
	}
	ref, err := identity.FromPath(here(c).Identifiers, name)
	if err != nil {
		return badCall("%s", err)
	}
	return s.do(c, store.DeviceRemoval{Ref: ref, Token: token})
}

// customerAndDevice reads both from the escaped path, as named does.
func customerAndDevice(r *http.Request) (name, token string, err error) {
	name, token, ok := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), customersPath), "/devices/")
	if !ok || strings.Contains(name, "/") || strings.Contains(token, "/") {
		return "", "", store.ErrNotFound
	}
	name, err = url.PathUnescape(name)
	if err == nil {
		token, err = url.PathUnescape(token)
	}
	if err != nil {
		return "", "", badCall("the address is not properly escaped")
	}
	return name, token, nil
}

// maxDeviceToken is in bytes; those of today are shorter than 300.
const maxDeviceToken = 1000

// parseDevice reads a device. Its token is called id by v1 and token by v2.
// Some clients write its attributes beside the token, others within attributes.
func parseDevice(tokenName string, object map[string]any) (d store.Device, err error) {
	if d.Token, err = deviceToken(tokenName, object[tokenName]); err != nil {
		return d, err
	}
	if d.Platform, err = devicePlatform(object["platform"]); err != nil {
		return d, err
	}
	if d.UsedAt, err = asTimestamp("device.last_used", object["last_used"]); err != nil {
		return d, err
	}
	attributes := store.Attributes{}
	for name, value := range object {
		if !slices.Contains([]string{tokenName, "platform", "last_used", "attributes"}, name) {
			attributes[name] = value
		}
	}
	nested, ok := object["attributes"].(map[string]any)
	if !ok && object["attributes"] != nil {
		return d, badCall("device.attributes must be an object")
	}
	maps.Copy(attributes, nested)
	d.Attributes, err = deviceAttributes(attributes)
	return d, err
}

func deviceToken(name string, value any) (string, error) {
	token, ok := value.(string)
	switch {
	case !ok || strings.TrimSpace(token) == "":
		return "", badCall("device.%s is required", name)
	case len(token) > maxDeviceToken:
		return "", badCall("device.%s cannot be longer than %d bytes", name, maxDeviceToken)
	}
	return token, nil
}

func devicePlatform(value any) (string, error) {
	text, _ := value.(string)
	platform := strings.ToLower(strings.TrimSpace(text))
	if platform != "ios" && platform != "android" {
		return "", badCall("device.platform must be ios or android")
	}
	return platform, nil
}

func deviceAttributes(attributes store.Attributes) (json.RawMessage, error) {
	if len(attributes) > store.MaxAttributes {
		return nil, badCall("a device cannot have more than %d attributes", store.MaxAttributes)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if err := store.CheckAttribute(name, attributes[name]); err != nil {
			return nil, badCall("%s", err)
		}
	}
	return json.Marshal(attributes)
}
