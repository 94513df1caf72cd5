package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// parting looks at an action at which people part.
func (v *validator) parting(a Action) {
	if least, most := a.Type.pathLimits(); len(a.Branch.Paths) < least || len(a.Branch.Paths) > most {
		v.block("paths", pathCount(a.Type))
	}
	switch a.Type {
	case TypeWaitUntil:
		v.waitUntil(a.Branch)
	case TypeRandomSplit, TypeABTest:
		v.shares(a)
	default:
		v.branch(a.Branch)
	}
}

func (v *validator) branch(b *Branch) {
	for i, p := range b.Paths {
		field := fmt.Sprintf("paths[%d].when", i)
		if p.When == nil && i < len(b.Paths)-1 {
			v.block(field, "Say who takes the path "+quote(b.pathName(i))+". Only the last path may be without a condition.")
		}
		v.condition(field, p.When)
	}
}

func (v *validator) waitUntil(b *Branch) {
	ends := false
	for i, p := range b.Paths {
		field := fmt.Sprintf("paths[%d]", i)
		switch n := p.waitsFor(); {
		case n == 0:
			v.block(field, "Say what opens the path "+quote(b.pathName(i))+": a condition, a moment or a time.")
		case n > 1:
			v.block(field, "The path "+quote(b.pathName(i))+" waits for several things. Choose one, and another path for the others.")
		}
		v.condition(field+".when", p.When)
		if p.After != "" {
			v.duration(field+".after", p.After)
			ends = true
		}
		ends = ends || p.At != ""
	}
	if !ends && len(b.Paths) > 0 {
		v.warn("paths", "Who never matches waits here for ever. Add a path that opens after a time.")
	}
}

// waitsFor is how many things the path of a wait_until waits for.
func (p Path) waitsFor() (n int) {
	for _, is := range []bool{p.When != nil, strings.TrimSpace(p.At) != "", p.After != ""} {
		if is {
			n++
		}
	}
	return n
}

// shares looks at how people are dealt out.
func (v *validator) shares(a Action) {
	sum := 0
	for i, p := range a.Branch.Paths {
		sum += p.Percent
		if p.Percent < 0 || p.Percent > 100 {
			v.block(fmt.Sprintf("paths[%d].percent", i), "Write a whole number from 0 to 100.")
		}
		if a.Type == TypeABTest && (len(p.Actions) != 1 || !p.Actions[0].IsMessage()) {
			v.block(fmt.Sprintf("paths[%d]", i), "Each variant of a test is one message. "+quote(a.Branch.pathName(i))+" is not.")
		}
	}
	if sum != 100 {
		v.block("paths", fmt.Sprintf("The paths take %d percent of the people. Make it 100.", sum))
	}
	named := func(p Path) bool { return p.Name == a.Branch.Winner }
	if a.Branch.Winner != "" && !slices.ContainsFunc(a.Branch.Paths, named) {
		v.block("winner", "The winner "+quote(a.Branch.Winner)+" is none of the variants. Choose one of them.")
	}
}

func (v *validator) timeWindow(w *TimeWindow) {
	if len(w.Days) == 0 {
		v.block("days", "Choose at least one day.")
	}
	for _, day := range w.Days {
		if !slices.Contains(Weekdays, day) {
			v.block("days", badDay(day))
		}
	}
	v.clock("from", w.From)
	v.clock("to", w.To)
	v.zone("zone", w.Zone)
}
