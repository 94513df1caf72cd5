package views

import (
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// SchedulePath plans when a campaign starts and stops.
func SchedulePath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/schedule"
}

// ScheduleForm is when a campaign starts and stops, as typed: times are those
// that the clocks of the zone show.
type ScheduleForm struct {
	Head     CampaignHead
	Start    string
	Current  bool // whoever is in the segment then begins, too
	Stop     string
	Exit     string // finish, now
	Zone     string
	Segment  bool // people enter a segment, so some may be in it then
	Problems []workflow.Problem
	Draft    workflow.Campaign // with the names of its segments
}

// ClockLayout is how a field for a time and date holds it.
const ClockLayout = "2006-01-02T15:04"

// PlannedAt is a planned time, in the zone in which it was chosen.
func PlannedAt(at time.Time, zone string) string {
	loc, ok := workflow.Zone(zone)
	if !ok {
		loc = time.UTC
	}
	return at.In(loc).Format("2 Jan 2006, 15:04 MST")
}
