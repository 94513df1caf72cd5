package views

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
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

// PreviewSegmentPath says who would be in a segment while its form is filled in.
func PreviewSegmentPath(ws store.Workspace) string { return SegmentsPath(ws) + "/preview" }

// RemoveFromSegmentPath takes somebody out of a manual segment.
func RemoveFromSegmentPath(ws store.Workspace, id store.SegmentID) string {
	return SegmentPath(ws, id) + "/remove"
}

// SegmentForm is what the form of a segment held.
type SegmentForm struct {
	Name, Description string
	Manual            bool
	Editing           bool // a row was added or removed, nothing is to be saved
	Condition         ConditionForm
	Preview           Preview
}

// Preview is who would be in a segment, or why that cannot be said.
type Preview struct {
	store.SegmentPreview
	Words   string
	Problem string
}

// SegmentStart is a segment to begin with.
type SegmentStart struct {
	Name, Description string
	Condition         condition.Condition
}

// SegmentStarts is segments that many workspaces want, by the word that their
// links carry.
var SegmentStarts = map[string]SegmentStart{
	"signed-up": {"Signed up", "Everybody who has an account.",
		condition.Condition{Attribute: &condition.Attribute{Field: "created_at", Operator: condition.IsTimestamp}}},
	"away": {"Not seen lately", "Who has viewed no page for 30 days.",
		condition.Condition{Not: &condition.Condition{Event: &condition.Event{Type: "page", Name: "*", Within: "30d"}}}},
}

// people is the start of the sentence about who is in a segment.
func segmentSentence(g store.Segment) string {
	if g.Manual {
		return "People who were put in by hand, by an import or by the API."
	}
	return peopleWho(g.Condition.Words())
}

// peopleWho begins a sentence about people with what a condition says.
func peopleWho(words string) string {
	for _, verb := range []string{"has ", "in segment", "not in segment", "everyone", "not (", "("} {
		if strings.HasPrefix(words, verb) {
			return "Everybody for whom this holds: " + words + "."
		}
	}
	return "People whose " + words + "."
}

// previewCount says how many would be in a segment, as far as it is known.
func previewCount(ws store.Workspace, p store.SegmentPreview) string {
	switch {
	case p.All:
		return Number(p.Found)
	case p.Found == 0:
		return "None so far"
	}
	return "About " + Number(p.Estimate(ws.People))
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
