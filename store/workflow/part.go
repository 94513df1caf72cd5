package workflow

import (
	"fmt"

	"github.com/postroom/postroom/store/condition"
)

// Branch is the ways on from an action at which people part. A branch sends
// each person down the first path that they match; who matches none goes on
// behind it. A wait_until keeps people until the first of its paths opens. A
// random_split and an ab_test deal people out by the paths' percentages.
type Branch struct {
	Paths  []Path `json:"paths"`
	Winner string `json:"winner,omitempty"` // of an ab_test: the name of the path that everybody takes from now on
}

// Path is one way on. Which of its fields count depends on the action.
type Path struct {
	Name    string               `json:"name"`
	When    *condition.Condition `json:"when,omitempty"`    // branch: who takes it, nil on the last for everyone else; wait_until: what opens it
	At      string               `json:"at,omitempty"`      // wait_until: the attribute that holds the moment at which it opens, such as event.starts_at
	After   string               `json:"after,omitempty"`   // wait_until: the duration after which it opens
	Percent int                  `json:"percent,omitempty"` // random_split, ab_test: of 100 people, how many take it
	Actions []Action             `json:"actions"`
}

// MarshalJSON writes a path whose list of actions is never null.
func (p Path) MarshalJSON() ([]byte, error) {
	type plain Path
	if p.Actions == nil {
		p.Actions = []Action{}
	}
	return encode(plain(p))
}

// IsWait says whether the action only holds people or parts them, and does
// nothing to them.
func (a Action) IsWait() bool {
	return a.Delay != nil || a.TimeWindow != nil || a.Branch != nil || a.Type == TypeExit
}

// Pauses says whether people may stay at the action for a time.
func (a Action) Pauses() bool {
	return a.Delay != nil || a.TimeWindow != nil || a.Type == TypeWaitUntil
}

// pathLimits is how few and how many paths an action may have.
func (t Type) pathLimits() (least, most int) {
	if t == TypeWaitUntil {
		return 1, MaxWaitPaths
	}
	return MinPaths, MaxPaths
}

func pathCount(t Type) string {
	least, most := t.pathLimits()
	return fmt.Sprintf("%s has %d to %d paths.", t.article(), least, most)
}

// MaxWaitPaths is how many things a wait_until may wait for.
const MaxWaitPaths = 3

// takesEveryone tells whether nobody passes the action by: each person who
// meets it goes down one of its paths.
func (a Action) takesEveryone() bool {
	switch a.Type {
	case TypeBranch:
		return a.Branch.endsWithElse()
	case TypeWaitUntil, TypeRandomSplit, TypeABTest:
		return len(a.paths()) > 0
	}
	return false
}

// draw is a number from 0 to 99 that belongs to a journey and an action: the
// same whenever it is asked for, so that nobody who is looked at twice changes
// their path. It is FNV-1a with a final mix (MurmurHash3's).
func draw(seed uint64, key string) int {
	h := uint64(14695981039346656037)
	mix := func(b byte) { h = (h ^ uint64(b)) * 1099511628211 }
	for i := range 8 {
		mix(byte(seed >> (8 * i)))
	}
	for i := range len(key) {
		mix(key[i])
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	return int(h % 100)
}

// deal is which path a person takes who drew n.
func (b *Branch) deal(n int) int {
	for i, p := range b.Paths {
		if b.Winner != "" && p.Name == b.Winner {
			return i
		}
	}
	sum := 0
	for i, p := range b.Paths {
		if sum += p.Percent; n < sum {
			return i
		}
	}
	return len(b.Paths) - 1
}
