package views

import (
	"fmt"

	"github.com/postroom/postroom/store/workflow"
)

// trunk is what a branch needs to draw itself: how wide each path is, in
// columns, and whether people come out of it.
type trunk struct {
	width  []int
	goes   []bool
	centre []int // in half columns
	total  int
}

func trunkOf(b *workflow.Branch) trunk {
	var t trunk
	for _, p := range b.Paths {
		w := listWidth(p.Actions)
		t.width = append(t.width, w)
		t.centre = append(t.centre, 2*t.total+w)
		t.goes = append(t.goes, !workflow.Ends(p.Actions))
		t.total += w
	}
	return t
}

// listWidth is how many columns a list takes: those of its widest branch.
func listWidth(actions []workflow.Action) int {
	width := 1
	for _, a := range actions {
		if a.Branch != nil {
			width = max(width, trunkOf(a.Branch).total)
		}
	}
	return width
}

// span is the middle of the first and of the last path that people come out of.
func (t trunk) span() (from, to int, any bool) {
	for i, goes := range t.goes {
		if !goes {
			continue
		}
		if !any {
			from = t.centre[i]
		}
		to, any = t.centre[i], true
	}
	return from, to, any
}

// class is how path i draws its part of the way back together: .bl the left
// half, .br the right half.
func (t trunk) class(i int) string {
	class := "path"
	if t.goes[i] {
		class += " go"
	}
	from, to, any := t.span()
	if !any {
		return class
	}
	if from < t.centre[i] && t.centre[i] <= to {
		class += " bl"
	}
	if from <= t.centre[i] && t.centre[i] < to {
		class += " br"
	}
	return class
}

// merge is the line from where the paths come together to the middle of the
// branch; empty when it is there already.
func (t trunk) merge() (box, path string) {
	from, to, any := t.span()
	middle := t.total
	if !any || from <= middle && middle <= to {
		return "", ""
	}
	at := from
	if to < middle {
		at = to
	}
	return fmt.Sprintf("0 0 %d 1", 2*t.total), fmt.Sprintf("M%d 0V.6H%dV1", at, middle)
}
