package views

import (
	"fmt"
	"strconv"

	"github.com/postroom/postroom/store"
)

// SegmentsPath is the workspace's segments.
func SegmentsPath(ws store.Workspace) string { return HomePath(ws) + "/segments" }

// NewSegmentPath is the form of a new segment.
func NewSegmentPath(ws store.Workspace) string { return SegmentsPath(ws) + "/new" }

// SegmentPath is the page of one segment.
func SegmentPath(ws store.Workspace, id store.SegmentID) string {
	return SegmentsPath(ws) + "/" + strconv.FormatInt(int64(id), 10)
}

// SegmentAtPath is its page with other members.
func SegmentAtPath(ws store.Workspace, id store.SegmentID, at At) string {
	return SegmentPath(ws, id) + query("before", at.before(), "after", at.after())
}

// SegmentSizePath is the part of the page that says how large it is.
func SegmentSizePath(ws store.Workspace, id store.SegmentID) string {
	return SegmentPath(ws, id) + "/size"
}

// EditSegmentPath is the form of one segment.
func EditSegmentPath(ws store.Workspace, id store.SegmentID) string {
	return SegmentPath(ws, id) + "/edit"
}

// DeleteSegmentPath deletes a segment.
func DeleteSegmentPath(ws store.Workspace, id store.SegmentID) string {
	return SegmentPath(ws, id) + "/delete"
}

// SegmentPage is all that a segment's page shows.
type SegmentPage struct {
	Segment  store.Segment
	Progress int // of the build, in percent
	People   []store.Person
	Pages    Pages
	Users    store.SegmentUsers
	Ask      bool // ask before it is deleted
	Wrong    store.Invalid
}

// SegmentForm is what the form of a segment held.
type SegmentForm struct {
	Name, Description string
	Condition         ConditionForm
}

// segmentShare is how many of the workspace's people are in a segment.
func segmentShare(ws store.Workspace, g store.Segment) string {
	if ws.People == 0 || g.People == 0 {
		return "of " + People(ws.People)
	}
	percent := 100 * float64(g.People) / float64(ws.People)
	switch {
	case percent < 0.01:
		return "less than 0.01% of " + People(ws.People)
	case percent < 1:
		return fmt.Sprintf("%.2f%% of %s", percent, People(ws.People))
	}
	return fmt.Sprintf("%.0f%% of %s", percent, People(ws.People))
}
