package store

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/postroom/postroom/store/condition"
)

// segmentIndex is a workspace's segments by what they depend on, so that a
// change asks only those that it can touch. The numbers are places in all.
type segmentIndex struct {
	all        []Segment // those with a condition; what one asks for stands before it
	moves      []bool    // whether its answer may change by time alone
	attributes map[string][]int
	events     map[string][]int
	views      []int // those that ask for pages or screens
	metrics    map[string][]int
	askers     map[SegmentID][]int // those that ask for a segment
	absences   []int               // those that ask how long somebody is known
}

// segmentIndexes keeps the workspaces' indexes. Only the writer uses it.
type segmentIndexes map[WorkspaceID]*segmentIndex

// maxSegmentIndexes bounds the memory; what is beyond is read again.
const maxSegmentIndexes = 1000

func (tx *Tx) segmentsFor(ws WorkspaceID) (*segmentIndex, error) {
	if set, ok := tx.w.segments[ws]; ok {
		return set, nil
	}
	all, err := segments(context.Background(), tx, ws)
	if err != nil {
		return nil, err
	}
	if len(tx.w.segments) >= maxSegmentIndexes {
		clear(tx.w.segments)
	}
	set := indexSegments(all)
	tx.w.segments[ws] = set
	return set, nil
}

// changedSegments drops the workspace's index, and does so again if this
// change is undone.
func (tx *Tx) changedSegments(ws WorkspaceID) {
	delete(tx.w.segments, ws)
	*tx.changed = append(*tx.changed, ws)
}

func indexSegments(all []Segment) *segmentIndex {
	set := &segmentIndex{attributes: map[string][]int{}, events: map[string][]int{}, metrics: map[string][]int{}, askers: map[SegmentID][]int{}}
	placed := map[SegmentID]bool{}
	var place func(g Segment)
	place = func(g Segment) {
		if placed[g.ID] || g.Manual {
			return
		}
		placed[g.ID] = true
		for _, id := range g.Condition.Uses().SegmentIDs {
			if i := slices.IndexFunc(all, func(g Segment) bool { return int64(g.ID) == id }); i >= 0 {
				place(all[i])
			}
		}
		set.add(g)
	}
	for _, g := range all {
		place(g)
	}
	return set
}

func (set *segmentIndex) add(g Segment) {
	i := len(set.all)
	set.all = append(set.all, g)
	set.moves = append(set.moves, g.Condition.Moves())
	g.Condition.Each(func(c *condition.Condition) {
		switch {
		case c.Attribute != nil:
			set.addAttribute(i, c.Attribute.Field)
		case c.Segment != nil:
			id := SegmentID(c.Segment.ID)
			set.askers[id] = append(set.askers[id], i)
		case c.Message != nil:
			set.metrics[c.Message.Metric] = append(set.metrics[c.Message.Metric], i)
		case c.Event != nil && c.Event.Kind() == "event":
			set.events[c.Event.Name] = append(set.events[c.Event.Name], i)
		case c.Event != nil:
			set.views = append(set.views, i)
		}
		if c.Not != nil && c.Not.Event != nil && c.Not.Event.Within != "" {
			set.absences = append(set.absences, i)
			set.addAttribute(i, "created_at")
		}
	})
}

// addAttribute knows a field such as address.city by its own name and by that
// of the attribute which holds it.
func (set *segmentIndex) addAttribute(i int, name string) {
	set.attributes[name] = append(set.attributes[name], i)
	if path := condition.Path(name); path != nil {
		set.attributes[path[0]] = append(set.attributes[path[0]], i)
	}
}

// touch is what happened to a person that may move them.
type touch struct {
	everything bool     // or:
	attributes []string // that changed
	activity   Activity // that they did
	aside      bool     // the activity is older than it seems: it tells since when they are known
	quiet      bool     // tell no time line of it
	born       bool     // they were added just now: nothing waits for them
}

// touched is which segments a change may move somebody into or out of.
func (set *segmentIndex) touched(t touch) []bool {
	marks := make([]bool, len(set.all))
	mark := func(places []int) {
		for _, i := range places {
			marks[i] = true
		}
	}
	for i := range marks {
		marks[i] = t.everything
	}
	for _, name := range t.attributes {
		mark(set.attributes[name])
	}
	switch metric := metricOf(t.activity.Type); {
	case metric != "":
		mark(set.metrics[metric])
	case t.activity.Type == EventActivity:
		mark(set.events[t.activity.Name])
	case t.activity.Type == PageActivity || t.activity.Type == ScreenActivity:
		mark(set.viewed(t.activity))
	}
	if t.aside {
		mark(set.absences)
	}
	return marks
}

// viewed is the segments that ask for this page or screen.
func (set *segmentIndex) viewed(a Activity) (places []int) {
	if len(set.views) == 0 {
		return nil
	}
	var data struct {
		URL string `json:"url"`
	}
	if json.Unmarshal(a.Data, &data) != nil {
		data.URL = "" // a URL that is no text is none
	}
	for _, i := range set.views {
		set.all[i].Condition.Each(func(c *condition.Condition) {
			if c.Event != nil && c.Event.Names(string(a.Type), a.Name, data.URL) {
				places = append(places, i)
			}
		})
	}
	return places
}

// metricOf is what a step of a delivery counts as, empty for other activities.
func metricOf(kind ActivityType) string {
	for _, metric := range condition.Metrics() {
		if metric+"_email" == string(kind) {
			return metric
		}
	}
	return ""
}
