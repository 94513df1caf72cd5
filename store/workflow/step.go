package workflow

import (
	"fmt"
	"time"

	"github.com/postroom/postroom/store/condition"
)

// Plan is a workflow made ready for people to walk through: every position is
// looked up, not searched. It never changes, so any number of goroutines may
// use it.
type Plan struct {
	first string
	stops map[string]*stop
}

// stop is one action and the ways on from it.
type stop struct {
	action *Action
	next   string        // behind it, and behind what is inside it; empty at the end
	length time.Duration // of a delay
	starts []string      // where each path leads to
}

// Ends of a journey.
const (
	Finished = "finished" // nothing follows
	Exited   = "exit"     // at an exit action
)

// Index makes the plan of a workflow. It refuses one in which people could get
// lost: a key twice, an action without content, a delay of no known length.
func Index(c Campaign) (*Plan, error) {
	c = c.Clone()
	p := &Plan{stops: map[string]*stop{}}
	first, err := p.add(c.Actions, "")
	if err != nil {
		return nil, err
	}
	p.first = first
	return p, nil
}

// add indexes a list behind which people go on to next, and tells where the
// list begins.
func (p *Plan) add(actions []Action, next string) (first string, err error) {
	for i := len(actions) - 1; i >= 0; i-- {
		a := &actions[i]
		s := &stop{action: a, next: next}
		switch {
		case !validKey(a.Key) || p.stops[a.Key] != nil:
			return "", &Error{Message: takenKey(a.Key)}
		case a.content() == nil && a.Type != TypeExit:
			return "", &Error{Message: fmt.Sprintf("The action %q is empty.", a.Key)}
		case a.Delay != nil:
			if s.length, err = a.Delay.Length(); err != nil {
				return "", &Error{Message: fmt.Sprintf("The action %q has no usable duration: %s", a.Key, err)}
			}
		}
		p.stops[a.Key] = s
		for _, path := range a.paths() {
			start, err := p.add(path.Actions, next)
			if err != nil {
				return "", err
			}
			s.starts = append(s.starts, start)
		}
		next = a.Key
	}
	return next, nil
}

// First is the key of the action that people stand before when they enter,
// empty for a workflow without actions.
func (p *Plan) First() string { return p.first }

// Next is the key of the action behind this one and all that is inside it,
// empty when none follows.
func (p *Plan) Next(key string) string {
	if s := p.stops[key]; s != nil {
		return s.next
	}
	return ""
}

// Action is the action with this key. It belongs to the plan: do not change it.
func (p *Plan) Action(key string) (*Action, bool) {
	s := p.stops[key]
	if s == nil {
		return nil, false
	}
	return s.action, true
}

// Stand is where a person is on their journey.
type Stand struct {
	At    string    // key of the action they stand before
	Since time.Time // when they came there
	Waits Waits
	Seed  uint64 // the journey's number: what deals them out at a split
}

// Waits says what a person who stands before an action has been through there.
type Waits int

// What a person has been through.
const (
	Arrived  Waits = iota // nothing yet: the action's condition is to be asked
	Waiting               // it was asked, and they wait
	Asked                 // the action was performed, and its answer is awaited
	Answered              // the answer is there
)

// Forever is the end of a wait that time alone does not end.
var Forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Step is one step of a journey.
type Step struct {
	Action  *Action   // to perform now; nil when there is nothing to do
	Skipped bool      // the action's condition was not met
	Wait    time.Time // stay before the same action until then; zero when there is nothing to wait for
	Waits   Waits     // with Wait: what the person has been through there
	Watch   bool      // with Wait: what happens to the person may end it sooner
	Path    int       // the path taken, from 1; zero when the action has none, or nobody opened
	Next    string    // the action to stand before next; empty at the end
	End     string    // Finished or Exited when the journey ends with this step
}

// Step is what happens now to s, who stands at w. The caller lets the action
// take effect, then moves the person to Next. Each step but a wait leads
// further down the tree, so every journey ends, or waits for something that
// never comes. Waits are measured from Since, whatever their length was then.
// Who stands nowhere has finished.
func (p *Plan) Step(w Stand, now time.Time, s condition.Subject) Step {
	here := p.stops[w.At]
	if here == nil {
		return Step{End: Finished}
	}
	a := here.action
	switch {
	case w.Waits == Answered:
		return here.onward(Step{})
	case w.Waits == Asked:
		return Step{Wait: Forever, Waits: Asked, Watch: true, Next: w.At}
	case w.Waits == Arrived && !a.Condition.Match(s, now):
		return here.onward(Step{Skipped: true})
	case a.Delay != nil, a.TimeWindow != nil:
		return here.pause(w, now, s)
	case a.Type == TypeWaitUntil:
		return here.await(w, now, s)
	case a.Branch != nil:
		return here.part(w, now, s)
	case a.Type == TypeExit:
		return Step{End: Exited}
	case a.Asks():
		return Step{Action: a, Wait: Forever, Waits: Asked, Watch: true, Next: w.At}
	}
	return here.onward(Step{Action: a})
}

// Asks says whether people wait at the action for its answer.
func (a Action) Asks() bool {
	return a.Webhook != nil && len(a.Webhook.Response) > 0 && a.Webhook.Sending != Off
}

// pause lets a person wait for a time or for the hours of a window.
func (here *stop) pause(w Stand, now time.Time, s condition.Subject) Step {
	until := w.Since.Add(here.length)
	if window := here.action.TimeWindow; window != nil {
		own, _ := s.Attribute("timezone")
		name, _ := own.(string)
		if until = window.Opens(now, zoneFor(name, window.PersonZone, window.Zone)); until.IsZero() {
			until = Forever
		}
	}
	if !now.Before(until) {
		return here.onward(Step{})
	}
	return Step{Wait: until, Waits: Waiting, Next: w.At}
}

// await lets a person go down the first path that is open.
func (here *stop) await(w Stand, now time.Time, s condition.Subject) Step {
	until, watch := Forever, false
	for i, path := range here.action.Branch.Paths {
		open, next := path.opens(w, now, s)
		if open {
			return here.down(i)
		}
		watch = watch || path.When != nil || path.At != "" // what it names may be given later
		if next.Before(until) {
			until = next
		}
	}
	return Step{Wait: until, Waits: Waiting, Watch: watch, Next: w.At}
}

// opens says whether the path of a wait_until is open or, when it is not, when
// time alone may open it.
func (p Path) opens(w Stand, now time.Time, s condition.Subject) (open bool, next time.Time) {
	next = Forever
	switch {
	case p.When != nil:
		is, at := p.When.Follow(s, now)
		if !at.IsZero() {
			next = at
		}
		if p.When.MovesInside() { // nobody knows when: look again now and then
			next = earlier(next, now.Add(time.Hour))
		}
		return is, next
	case p.At != "":
		value, _ := condition.Value(s, p.At)
		at, ok := moment(value)
		if !ok {
			return false, Forever
		}
		return !now.Before(at), at
	case p.After != "":
		length, err := condition.ParseDuration(p.After)
		if err != nil {
			return false, Forever
		}
		at := w.Since.Add(length)
		return !now.Before(at), at
	}
	return false, next
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// moment reads a point in time as dates are read, but to the second.
func moment(value any) (time.Time, bool) {
	if text, ok := value.(string); ok {
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
			if t, err := time.Parse(layout, text); err == nil {
				return t, true
			}
		}
	}
	return condition.Timestamp(value)
}

// part sends a person down the path that they match, or that is dealt to them.
func (here *stop) part(w Stand, now time.Time, s condition.Subject) Step {
	b := here.action.Branch
	if here.action.Type != TypeBranch {
		return here.down(b.deal(draw(w.Seed, here.action.Key)))
	}
	for i, path := range b.Paths {
		if path.When.Match(s, now) {
			return here.down(i)
		}
	}
	return here.onward(Step{})
}

// down is the step into a path.
func (here *stop) down(path int) Step { return to(here.starts[path], Step{Path: path + 1}) }

func (here *stop) onward(s Step) Step { return to(here.next, s) }

// to is the step with the place that it leads to.
func to(next string, s Step) Step {
	s.Next = next
	if next == "" {
		s.End = Finished
	}
	return s
}

// Resume is where a person who stands before the action at in the old plan
// goes on in the new one: before the same action or, when it is gone, before
// the first of those that followed it and are still there. It is not ok when
// none is left: the journey ends.
func Resume(old, new *Plan, at string) (key string, ok bool) {
	for key = at; key != ""; key = old.Next(key) {
		if new.stops[key] != nil {
			return key, true
		}
	}
	return "", false
}
