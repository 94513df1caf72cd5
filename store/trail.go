package store

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Trail is where a journey has been: one Stop for each action, in order.
type Trail []Stop

// Stop is what happened at one action.
type Stop struct {
	Action string // its key
	At     time.Time
	What   StopKind
	Path   int    // the one taken, from 1; zero: none
	Reason string // of what failed
}

// StopKind is what happened at an action.
type StopKind string

// What may happen at an action.
const (
	StopDone    StopKind = "done"    // it took effect, or its wait is over
	StopSkipped StopKind = "skipped" // its condition was not met
	StopWaiting StopKind = "waiting" // people began to wait there
	StopFailed  StopKind = "failed"  // it could not be done, and they went on
	StopMoved   StopKind = "moved"   // a teammate took them away from there
	StopRemoved StopKind = "removed" // the action was taken out of the workflow while they stood there
)

// String is the trail as the database keeps it, a line for each stop: seconds,
// what, path, key and a reason. New lines are appended to it.
func (t Trail) String() string {
	var b strings.Builder
	for _, s := range t {
		b.WriteString(strconv.FormatInt(s.At.Unix(), 10))
		b.WriteByte(' ')
		b.WriteString(string(s.What))
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(s.Path))
		b.WriteByte(' ')
		b.WriteString(s.Action)
		if s.Reason != "" {
			b.WriteByte(' ')
			b.WriteString(clip(strings.Join(strings.Fields(s.Reason), " "), maxTrailReason))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// parseTrail reads what String wrote.
func parseTrail(text string) (t Trail) {
	for line := range strings.Lines(text) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 5)
		if len(parts) < 4 {
			continue
		}
		at, _ := strconv.ParseInt(parts[0], 10, 64)
		path, _ := strconv.Atoi(parts[2])
		stop := Stop{Action: parts[3], At: time.Unix(at, 0).UTC(), What: StopKind(parts[1]), Path: path}
		if len(parts) == 5 {
			stop.Reason = parts[4]
		}
		t = append(t, stop)
	}
	return t
}

// maxTrailReason bounds what is told of a failure, in bytes.
const maxTrailReason = 300

// fail says of the last stop at an action that it came to nothing.
func (t Trail) fail(action, reason string) {
	for i := len(t) - 1; i >= 0; i-- {
		if t[i].Action == action {
			t[i].What, t[i].Reason = StopFailed, reason
			return
		}
	}
}

// Last is what happened last at an action; empty: nothing yet.
func (t Trail) Last(action string) StopKind {
	for _, s := range slices.Backward(t) {
		if s.Action == action {
			return s.What
		}
	}
	return ""
}
