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
	starts []string      // of a branch: where each path leads to
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

// Step is one step of a journey.
type Step struct {
	Action  *Action   // to perform now: an email, a webhook or an update; nil when there is none
	Skipped bool      // the action's condition was not met
	Wait    time.Time // stay before the same action until then; zero when there is nothing to wait for
	Next    string    // the action to stand before next; empty at the end
	End     string    // Finished or Exited when the journey ends with this step
}

// Step is what happens to s, who stands before the action at, and came there
// at since. The caller lets the action take effect, then moves the person to
// Next. Each step but a wait leads further down the tree, so every journey
// ends. A delay is measured from since, whatever its length was then. Who
// stands nowhere has finished.
func (p *Plan) Step(at string, since, now time.Time, s condition.Subject) Step {
	here := p.stops[at]
	if here == nil {
		return Step{End: Finished}
	}
	a := here.action
	due := since.Add(here.length)
	switch {
	case a.Delay != nil && !now.Before(due):
		return here.onward(Step{}) // its condition was asked on arrival
	case !a.Condition.Match(s, now):
		return here.onward(Step{Skipped: true})
	case a.Delay != nil:
		return Step{Wait: due, Next: at}
	case a.Branch != nil:
		return to(here.choose(s, now), Step{})
	case a.Type == TypeExit:
		return Step{End: Exited}
	}
	return here.onward(Step{Action: a})
}

// choose is where the first path leads that s matches.
func (here *stop) choose(s condition.Subject, now time.Time) string {
	for i, path := range here.action.Branch.Paths {
		if path.When.Match(s, now) {
			return here.starts[i]
		}
	}
	return here.next
}

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
