package workflow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/postroom/postroom/store/condition"
)

// life is what happens to somebody: attributes that change at a time.
type life []struct {
	at          time.Time
	name, value string
}

// subject is the person as they are at a moment.
func (l life) subject(now time.Time) condition.Subject {
	p := person{}
	for _, change := range l {
		if !change.at.After(now) {
			p[change.name] = change.value
		}
	}
	return p
}

// stirs is when something next happens to the person.
func (l life) stirs(after time.Time) time.Time {
	next := Forever
	for _, change := range l {
		if change.at.After(after) {
			next = earlier(next, change.at)
		}
	}
	return next
}

// run lets a person walk as the engine does: a step now, or when time or what
// happens to them ends the wait.
func (l life) run(p *Plan, seed uint64, start time.Time) (trail []string) {
	now := start
	w := Stand{At: p.First(), Since: now, Seed: seed}
	for range 10_000 {
		step := p.Step(w, now, l.subject(now))
		if !step.Wait.IsZero() {
			if step.Action != nil {
				trail = append(trail, mark(w.At, now))
			}
			w.Waits = step.Waits
			if w.Waits == Asked {
				now, w.Waits = now.Add(time.Minute), Answered
				continue
			}
			next := step.Wait
			if step.Watch {
				next = earlier(next, l.stirs(now))
			}
			if next.Equal(Forever) {
				return append(trail, "for ever at "+w.At)
			}
			now = next
			continue
		}
		switch {
		case step.Skipped:
			trail = append(trail, "-"+mark(w.At, now))
		case w.At != "" && w.Waits != Answered:
			trail = append(trail, mark(w.At, now)+pathMark(step.Path))
		}
		if step.End != "" {
			return append(trail, step.End)
		}
		w = Stand{At: step.Next, Since: now, Seed: seed}
	}
	return append(trail, "never ends")
}

func mark(key string, at time.Time) string {
	return fmt.Sprintf("%s+%d", key, int(at.Sub(noon)/time.Second))
}

func pathMark(path int) string {
	if path == 0 {
		return ""
	}
	return fmt.Sprintf("/%d", path)
}

// model is the same walk, told by reading the tree itself: no plan, no stands,
// no steps, and each wait found by trying every minute.
type model struct {
	life  life
	seed  uint64
	now   time.Time
	trail []string
	over  string
}

func (m *model) list(actions []Action) {
	for i := range actions {
		if m.over != "" {
			return
		}
		m.action(actions[i])
	}
}

func (m *model) action(a Action) {
	if !a.Condition.Match(m.life.subject(m.now), m.now) {
		m.trail = append(m.trail, "-"+mark(a.Key, m.now))
		return
	}
	switch {
	case a.Type == TypeExit:
		m.trail, m.over = append(m.trail, mark(a.Key, m.now)), Exited
	case a.Delay != nil:
		length, _ := a.Delay.Length()
		m.now = m.now.Add(length)
		m.trail = append(m.trail, mark(a.Key, m.now))
	case a.TimeWindow != nil:
		m.until(a, func() int { return btoi(m.inWindow(*a.TimeWindow)) })
	case a.Type == TypeWaitUntil:
		since := m.now
		if path := m.until(a, func() int { return m.opened(a, since) }); path > 0 {
			m.list(a.Branch.Paths[path-1].Actions)
		}
	case a.Type == TypeBranch:
		m.branch(a)
	case a.Branch != nil:
		path := a.Branch.deal(draw(m.seed, a.Key)) // chance has no second source
		m.trail = append(m.trail, mark(a.Key, m.now)+pathMark(path+1))
		m.list(a.Branch.Paths[path].Actions)
	default:
		m.trail = append(m.trail, mark(a.Key, m.now))
		if a.Asks() {
			m.now = m.now.Add(time.Minute)
		}
	}
}

func (m *model) branch(a Action) {
	for i, p := range a.Branch.Paths {
		if p.When.Match(m.life.subject(m.now), m.now) {
			m.trail = append(m.trail, mark(a.Key, m.now)+pathMark(i+1))
			m.list(p.Actions)
			return
		}
	}
	m.trail = append(m.trail, mark(a.Key, m.now))
}

// until passes minutes until something opens, and says which path.
func (m *model) until(a Action, opens func() int) int {
	for range 60 * 24 * 12 {
		if path := opens(); path > 0 {
			m.trail = append(m.trail, mark(a.Key, m.now)+pathMark(pathIf(a, path)))
			return path
		}
		m.now = m.now.Add(time.Minute)
	}
	m.over = "for ever at " + a.Key
	return 0
}

func pathIf(a Action, path int) int {
	if a.Branch == nil {
		return 0
	}
	return path
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// inWindow asks the clocks on the wall.
func (m *model) inWindow(w TimeWindow) bool {
	zone, _ := time.LoadLocation(w.Zone)
	local := m.now.In(zone)
	clock := local.Format("15:04")
	days := func(t time.Time) bool { return slices.Contains(w.Days, strings.ToLower(t.Format("Mon"))) }
	if w.From < w.To {
		return days(local) && clock >= w.From && clock < w.To
	}
	return days(local) && clock >= w.From || days(local.AddDate(0, 0, -1)) && clock < w.To
}

func (m *model) opened(a Action, since time.Time) int {
	s := m.life.subject(m.now)
	for i, p := range a.Branch.Paths {
		switch {
		case p.When != nil && p.When.Match(s, m.now):
			return i + 1
		case p.After != "":
			if d, _ := condition.ParseDuration(p.After); !m.now.Before(since.Add(d)) {
				return i + 1
			}
		case p.At != "":
			v, _ := s.Attribute(p.At)
			if t, ok := moment(v); ok && !m.now.Before(t) {
				return i + 1
			}
		}
	}
	return 0
}

// walked is what the model says of a person.
func walked(c Campaign, l life, seed uint64) []string {
	m := &model{life: l, seed: seed, now: noon}
	m.list(c.Actions)
	if m.over == "" {
		m.over = Finished
	}
	return append(m.trail, m.over)
}

// anyWorkflow draws a workflow of every type whose waits are whole minutes.
func anyWorkflow(t *rapid.T) Campaign {
	c := tree(line(t))
	refresh(c.Actions, func(a *Action) {
		a.Condition = rapid.SampledFrom([]*condition.Condition{nil, nil, is("vip", "yes")}).Draw(t, "condition")
		switch {
		case a.Delay != nil:
			a.Delay.Duration = rapid.SampledFrom([]string{"5m", "3h", "20h", "2d"}).Draw(t, "delay")
		case a.TimeWindow != nil:
			*a.TimeWindow = rapid.SampledFrom([]TimeWindow{
				{Days: Weekdays, From: "09:00", To: "17:00", Zone: "UTC"},
				{Days: []string{"sat", "mon", "tue"}, From: "22:00", To: "06:30", Zone: "America/New_York"},
				{Days: []string{"sun"}, From: "00:00", To: "24:00", Zone: "Pacific/Auckland"},
			}).Draw(t, "window")
		case a.Webhook != nil && rapid.Bool().Draw(t, "asks"):
			a.Webhook.Sending, a.Webhook.Response = Automatic, []Kept{{Path: "x", Attribute: "x"}}
		case a.Type.parts():
			fillPaths(t, a)
			fillShares(t, a)
		}
	})
	return c
}

func fillShares(t *rapid.T, a *Action) {
	if a.Type != TypeRandomSplit {
		return
	}
	left := 100
	for i := range a.Branch.Paths {
		share := rapid.IntRange(0, left).Draw(t, "share")
		if i == len(a.Branch.Paths)-1 {
			share = left
		}
		a.Branch.Paths[i].Percent = share
		left -= share
	}
}

func anyLife(t *rapid.T) (l life) {
	for range rapid.IntRange(0, 6).Draw(t, "changes") {
		at := noon.Add(time.Duration(rapid.IntRange(-60, 60*24*9).Draw(t, "minute")) * time.Minute)
		change := rapid.SampledFrom([][2]string{
			{"vip", "yes"}, {"vip", "<yes>"}, {"vip", "no"}, {"path", "0"}, {"path", "1"}, {"path", "2"}, {"event.at", "2026-11-25T08:30:00Z"},
		}).Draw(t, "change")
		l = append(l, struct {
			at          time.Time
			name, value string
		}{at, change[0], change[1]})
	}
	slices.SortStableFunc(l, func(a, b struct {
		at          time.Time
		name, value string
	}) int {
		return a.at.Compare(b.at)
	})
	return l
}

// Whatever the tree, whatever happens when: the plan leads everybody where
// reading the tree says, at the same minute.
func TestStepsAgreeWithTheModel(t *testing.T) {
	for range 8 { // what rapid does by default is too little for so many kinds of waits
		rapid.Check(t, agrees)
	}
}

func agrees(t *rapid.T) {
	c, l := anyWorkflow(t), anyLife(t)
	seed := rapid.Uint64().Draw(t, "journey")
	p, err := Index(c)
	if err != nil {
		t.Fatal(err)
	}
	got, want := l.run(p, seed, noon), walked(c, l, seed)
	if !slices.Equal(got, want) {
		t.Fatalf("%s\nplan:  %s\nmodel: %s", show(c), strings.Join(got, " "), strings.Join(want, " "))
	}
}

// Nobody is lost and nobody is in two places: at every action at which people
// part, as many come out as went in, and everybody ends once.
func TestPeopleAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyWorkflow(t)
		p, err := Index(c)
		if err != nil {
			t.Fatal(err)
		}
		const people = 60
		ends, down := 0, map[string]int{}
		for seed := range uint64(people) {
			trail := life(nil).run(p, seed, noon)
			if slices.Contains(trail, "never ends") {
				t.Fatalf("%s: %s", show(c), trail)
			}
			ends++
			seen := map[string]bool{}
			for _, stop := range trail[:len(trail)-1] {
				key, _, _ := strings.Cut(strings.TrimPrefix(stop, "-"), "+")
				if seen[key] {
					t.Fatalf("%s: twice at %s: %s", show(c), key, trail)
				}
				seen[key] = true
				if _, path, took := strings.Cut(stop, "/"); took {
					down[key+"/"+path]++
				}
			}
		}
		if ends != people {
			t.Fatalf("%d of %d ended", ends, people)
		}
		for a := range All(c.Actions) {
			for i, path := range a.paths() {
				if len(path.Actions) == 0 {
					continue
				}
				first := path.Actions[0].Key
				if entered := visits(p, first); entered != down[fmt.Sprintf("%s/%d", a.Key, i+1)] {
					t.Fatalf("%s: %d took path %d of %s, %d came to %s", show(c), down[fmt.Sprintf("%s/%d", a.Key, i+1)], i+1, a.Key, entered, first)
				}
			}
		}
	})
}

// visits is how many of the same people come to an action, also those who
// wait there for ever.
func visits(p *Plan, key string) (n int) {
	for seed := range uint64(60) {
		for _, stop := range (life(nil)).run(p, seed, noon) {
			at, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(stop, "-"), "for ever at "), "+")
			if at == key {
				n++
				break
			}
		}
	}
	return n
}

// Chance is fair: of many journeys, each path gets about its share, and one
// split says nothing about another.
func TestSplitsAreFair(t *testing.T) {
	b := &Branch{Paths: []Path{{Percent: 10}, {Percent: 60}, {Percent: 30}}}
	counts, both := [3]int{}, 0
	const n = 100_000
	for seed := range uint64(n) {
		one := b.deal(draw(seed, "split"))
		counts[one]++
		if one == 0 && b.deal(draw(seed, "split-2")) == 0 {
			both++
		}
	}
	for i, percent := range []int{10, 60, 30} {
		if want := n * percent / 100; counts[i] < want*97/100 || counts[i] > want*103/100 {
			t.Errorf("path %d got %d of %d, want about %d", i, counts[i], n, want)
		}
	}
	if both < 800 || both > 1200 {
		t.Errorf("%d journeys took the 10 percent twice, want about 1000", both)
	}
	b.Paths[1].Name, b.Winner = "Best", "Best"
	if got := b.deal(draw(7, "split")); got != 1 {
		t.Errorf("after the winner is picked, path %d", got)
	}
}
