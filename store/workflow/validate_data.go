package workflow

import (
	"maps"
	"slices"
	"strings"

	"github.com/postroom/postroom/store/condition"
)

// data looks at an action that changes data.
func (v *validator) data(a Action) {
	switch {
	case a.UpdatePerson != nil:
		v.set("set", a.UpdatePerson.Set, true)
	case a.UpdateJourney != nil:
		v.set("set", a.UpdateJourney.Set, true)
	case a.SendEvent != nil:
		v.event(a.SendEvent)
	case a.SegmentUpdate != nil:
		v.segmentUpdate(a.SegmentUpdate)
	case a.BatchUpdate != nil:
		v.batchUpdate(a.BatchUpdate)
	}
	if p := a.person(); p != nil {
		v.person("person", p)
	}
}

func (v *validator) set(field string, set map[string]any, needed bool) {
	if len(set) == 0 && needed {
		v.block(field, "Choose at least one attribute to set.")
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		switch {
		case strings.TrimSpace(name) == "":
			v.block(field, "Name each attribute to set.")
		case name == "cio_id":
			v.block(field, "cio_id belongs to the person for good. Set another attribute.")
		}
	}
}

func (v *validator) event(e *SendEvent) {
	if strings.TrimSpace(e.Event) == "" {
		v.block("event", "Name the event to send.")
	}
	if len(e.Event) > maxEventName {
		v.block("event", "An event's name has at most 100 bytes. Shorten it.")
	}
	if e.LeftWorkspace() {
		v.block("workspace", "This event went to another workspace where the action comes from. Choose the workspace in which it happens.")
	}
}

const maxEventName = 100

func (v *validator) segmentUpdate(u *SegmentUpdate) {
	if u.Segment == nil || *u.Segment == (condition.Segment{}) {
		v.block("segment", "Choose the manual segment.")
	}
}

func (v *validator) batchUpdate(u *BatchUpdate) {
	if u.People == nil {
		v.block("people", "Say who is changed.")
	}
	v.condition("people", u.People)
	if len(u.Set) == 0 && strings.TrimSpace(u.Event) == "" {
		v.block("set", "Choose attributes to set, or an event to send to each of them.")
	}
	v.set("set", u.Set, false)
}
