package views

import (
	"maps"
	"slices"

	"github.com/postroom/postroom/store"
)

// PersonDevicesPath is a person's devices.
func PersonDevicesPath(ws store.Workspace, id store.PersonID) string {
	return PersonPath(ws, id) + "/devices"
}

// platformWords is a device's platform as it writes itself.
func platformWords(d store.Device) string {
	if d.Platform == "ios" {
		return "iOS"
	}
	return "Android"
}

// deviceDetails is what is known of a device, by name.
func deviceDetails(d store.Device) (details []string) {
	attributes, err := store.DecodeObject(d.Attributes)
	if err != nil {
		return nil // what is no object has nothing to tell
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		details = append(details, name+": "+store.AttributeWords(attributes[name]))
	}
	return details
}
