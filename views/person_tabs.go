package views

import "github.com/postroom/postroom/store"

// PersonAttributesPath is a person's attributes.
func PersonAttributesPath(ws store.Workspace, id store.PersonID) string {
	return PersonPath(ws, id) + "/attributes"
}

// PersonDeliveriesAtPath is a page of what was to be sent to a person.
func PersonDeliveriesAtPath(ws store.Workspace, id store.PersonID, at At) string {
	return PersonPath(ws, id) + "/deliveries" + query("before", at.before(), "after", at.after())
}

// PersonEventPath records an event by hand.
func PersonEventPath(ws store.Workspace, id store.PersonID) string {
	return PersonPath(ws, id) + "/event"
}

// ExportPersonPath is all that the workspace knows of a person.
func ExportPersonPath(ws store.Workspace, id store.PersonID) string {
	return PersonPath(ws, id) + "/export.json"
}

// ErasePersonPath forgets a person.
func ErasePersonPath(ws store.Workspace, id store.PersonID) string {
	return PersonPath(ws, id) + "/erase"
}

// SuppressPersonPath forgets a person and keeps them from coming back.
func SuppressPersonPath(ws store.Workspace, id store.PersonID) string {
	return PersonPath(ws, id) + "/suppress"
}

// SuppressedPath looks an identifier up among the suppressed ones.
func SuppressedPath(ws store.Workspace, q string) string {
	return SettingsPath(ws) + "/suppressed" + query("q", q)
}

// PersonAttributes is the page of a person's attributes.
type PersonAttributes struct {
	Person      store.Person
	Names       []string // that people of the workspace have
	Edit        string   // the attribute that is changed in place
	Name, Value string   // as they were typed
	Wrong       store.Invalid
}

// value is what the field of the attribute that is changed holds.
func (a PersonAttributes) value(name string) string {
	if a.Wrong != nil {
		return a.Value
	}
	return store.AttributeWords(a.Person.Attributes[name])
}

// ActivityFilters is what the time line of a person can be narrowed to.
var ActivityFilters = []ActivityFilter{
	{"", "All", nil},
	{"events", "Events", []store.ActivityType{store.EventActivity, store.PageActivity, store.ScreenActivity}},
	{"changes", "Changes", []store.ActivityType{store.AttributeChange, store.FailedAttributeChange, store.MergedActivity}},
	{"consent", "Consent", []store.ActivityType{store.UnsubscribedActivity, store.SubscribedActivity, store.UnsubscribedEmailActivity, store.PreferencesActivity}},
	{"messages", "Messages", messageTypes()},
	{"segments", "Segments", []store.ActivityType{store.EnteredSegmentActivity, store.LeftSegmentActivity, store.EnteredCampaignActivity}},
}

// ActivityFilter is a group of types of activities.
type ActivityFilter struct {
	Name, Title string
	Types       []store.ActivityType
}

// messageTypes is every step of a message, whichever way it goes.
func messageTypes() (all []store.ActivityType) {
	for name := range steps {
		all = append(all, store.ActivityType(name+"_email"), store.ActivityType(name+"_action"))
	}
	return all
}

// FindActivityFilter is the filter of this name, or the one that shows all.
func FindActivityFilter(name string) ActivityFilter {
	for _, f := range ActivityFilters {
		if f.Name == name {
			return f
		}
	}
	return ActivityFilters[0]
}

// Suppressed is the page on which suppressed identifiers are looked up.
type Suppressed struct {
	Q, Kind string
	Found   *store.Suppression // nil: it is not suppressed
}
