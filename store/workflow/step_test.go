package workflow

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/condition"
)

// person is a Subject that has attributes and nothing else.
type person map[string]any

func (p person) Attribute(name string) (any, bool) { v, ok := p[name]; return v, ok }

func (person) InSegment(condition.Segment) bool { return false }
func (person) Events(condition.Event, int, func(map[string]any) bool) []time.Time {
	return nil
}
func (person) Message(condition.Message) time.Time { return time.Time{} }
func (person) KnownSince() time.Time               { return time.Time{} }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func plan(t testing.TB, c Campaign) *Plan {
	t.Helper()
	p, err := Index(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// walk is the journey of a person, who waits as long as each delay asks.
func walk(p *Plan, s condition.Subject) (trail []string) {
	now := noon
	w := Stand{At: p.First(), Since: now}
	for len(trail) < 2000 {
		step := p.Step(w, now, s)
		switch {
		case step.Waits == Asked:
			trail = append(trail, w.At)
			w.Waits = Answered
			continue
		case step.Wait.Equal(Forever):
			return append(trail, "for ever")
		case step.Action != nil:
			trail = append(trail, step.Action.Key)
		case step.Skipped:
			trail = append(trail, "-"+w.At)
		case !step.Wait.IsZero():
			trail = append(trail, "wait")
			now, w.Waits = step.Wait, step.Waits
			continue
		}
		if step.End != "" {
			return append(trail, step.End)
		}
		w = Stand{At: step.Next, Since: now}
	}
	return append(trail, "never ends")
}

func TestWalk(t *testing.T) {
	for _, test := range []struct {
		tree string
		path int
		want string
	}{
		{"", 0, "finished"},
		{"a@ b w%", 0, "a b w finished"},
		{"a@ b~ c", 0, "a wait c finished"},
		{"a! b", 0, "exit"},
		{"s[a|b|c] d", 0, "a d finished"},
		{"s[a|b|c] d", 1, "b d finished"},
		{"s[a|b|c] d", 9, "c d finished"},
		{"s[|b] d", 0, "d finished"},
		{"s[|b]", 0, "finished"},
		{"s[t[a|u[b|]]|c] d", 0, "a d finished"},
		{"s[t[a|u[b|]]|c] d", 1, "c d finished"},
		{"s[t[a! x|]|c] d", 0, "exit"},
		{"s[a~ b|c] d~", 0, "wait b wait finished"},
	} {
		p := plan(t, tree(test.tree))
		if got := strings.Join(walk(p, person{"path": fmt.Sprint(test.path)}), " "); got != test.want {
			t.Errorf("%s, path %d: %s, want %s", test.tree, test.path, got, test.want)
		}
	}
}

func TestWalkWithoutElse(t *testing.T) {
	c := tree("s[a|b] d")
	c.Actions[0].Branch.Paths[1].When = is("path", "1")
	if got := strings.Join(walk(plan(t, c), person{}), " "); got != "d finished" {
		t.Errorf("who matches no path: %s", got)
	}
	c = tree("s[a|b] d")
	c.Actions[0].Branch.Paths[1].When = is("path", "0")
	if got := strings.Join(walk(plan(t, c), person{"path": "0"}), " "); got != "a d finished" {
		t.Errorf("who matches both: %s", got)
	}
}

func TestConditionsSkip(t *testing.T) {
	for _, key := range []string{"a", "d", "s", "x"} {
		c := tree("a@ d~ s[b|c] x!")
		s, err := c.at(key)
		if err != nil {
			t.Fatal(err)
		}
		(*s.list)[s.index].Condition = is("vip", "yes")
		full := "a wait c exit"
		skipped := map[string]string{"a": "-a wait c exit", "d": "a -d c exit", "s": "a wait -s exit", "x": "a wait c -x finished"}[key]
		p := plan(t, c)
		if got := strings.Join(walk(p, person{"vip": "YES"}), " "); got != full {
			t.Errorf("%s, met: %s", key, got)
		}
		if got := strings.Join(walk(p, person{}), " "); got != skipped {
			t.Errorf("%s, not met: %s, want %s", key, got, skipped)
		}
	}
}

// A delay counts from the arrival, so a changed length holds for those who
// wait already.
func TestDelay(t *testing.T) {
	day := 24 * time.Hour
	for _, test := range []struct {
		duration string
		waited   time.Duration
		want     Step
	}{
		{"2d", 0, Step{Wait: noon.Add(2 * day), Waits: Waiting, Next: "d"}},
		{"2d", day, Step{Wait: noon.Add(2 * day), Waits: Waiting, Next: "d"}},
		{"2d", 2*day - time.Microsecond, Step{Wait: noon.Add(2 * day), Waits: Waiting, Next: "d"}},
		{"2d", 2 * day, Step{Next: "b"}},
		{"1d", 36 * time.Hour, Step{Next: "b"}},                                   // shortened meanwhile
		{"4d", 3 * day, Step{Wait: noon.Add(4 * day), Waits: Waiting, Next: "d"}}, // lengthened meanwhile
	} {
		c := tree("a d~ b")
		c.Actions[1].Delay.Duration = test.duration
		if got := plan(t, c).Step(Stand{At: "d", Since: noon, Waits: Waiting}, noon.Add(test.waited), person{}); got != test.want {
			t.Errorf("%s after %s: %+v, want %+v", test.duration, test.waited, got, test.want)
		}
	}
}

func TestStepNowhere(t *testing.T) {
	p := plan(t, tree("a"))
	for _, at := range []string{"", "zzz"} {
		if got := p.Step(Stand{At: at, Since: noon}, noon, person{}); got != (Step{End: Finished}) {
			t.Errorf("at %q: %+v", at, got)
		}
	}
	if _, ok := p.Action("zzz"); ok || p.Next("zzz") != "" {
		t.Error("zzz is somewhere")
	}
	if a, ok := p.Action("a"); !ok || a.Key != "a" {
		t.Error("a is nowhere")
	}
}

func TestPlanIsItsOwn(t *testing.T) {
	c := tree("s[a@|b]")
	p := plan(t, c)
	c.Actions[0].Branch.Paths[0].Actions[0].Email.Subject = "changed"
	if a, _ := p.Action("a"); a.Email.Subject != "a" {
		t.Error("the plan changed with the campaign")
	}
}

func TestIndexRefuses(t *testing.T) {
	_, err := Index(tree("a s[a|b]"))
	wantError(t, err, `The key "a" is taken. Each action needs its own.`)
	c := tree("a@")
	c.Actions[0].Email = nil
	_, err = Index(c)
	wantError(t, err, `The action "a" is empty.`)
	c = tree("s[b~|]")
	c.Actions[0].Branch.Paths[0].Actions[0].Delay.Duration = "x"
	_, err = Index(c)
	wantError(t, err, `The action "b" has no usable duration: "x" is not a duration such as 90s, 15m, 4h, 2d or 1w.`)
}

func TestResume(t *testing.T) {
	for _, test := range []struct{ old, new, at, want string }{
		{"a b c", "a b c", "b", "b"},
		{"a b c", "c b", "b", "b"},
		{"a b c", "a c", "b", "c"},
		{"a b c", "a", "b", ""},
		{"s[a b|c] d", "s[a|c] d", "b", "d"},
		{"s[a b|c] d", "d", "a", "d"},
		{"s[a b|c] d", "b d", "a", "b"},
		{"s[a b|c] d", "a d", "s", "d"}, // who never reached the branch does not fall into it
		{"s[t[a|b]|c] d", "x d", "a", "d"},
		{"a b", "x y", "a", ""},
		{"a", "a", "", ""},
		{"a", "b", "zzz", ""},
	} {
		got, ok := Resume(plan(t, tree(test.old)), plan(t, tree(test.new)), test.at)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("%s to %s at %s: %q, %t; want %q", test.old, test.new, test.at, got, ok, test.want)
		}
	}
}
