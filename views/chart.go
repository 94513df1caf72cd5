package views

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/store"
)

// Chart is lines over time. Its picture has paths only; every word and number
// stands beside it.
type Chart struct {
	ID     string // of its heading
	Title  string
	Empty  string // said when there is nothing to show
	Unit   store.Unit
	Begins []time.Time
	Lines  []ChartLine // at most three: they differ by their dashes
	Rest   []ChartLine // in the table only
}

// ChartLine is one number over time.
type ChartLine struct {
	Name   string
	Values []int
}

// Sum is all of a line.
func (l ChartLine) Sum() (n int) {
	for _, v := range l.Values {
		n += v
	}
	return n
}

func (c Chart) columns() []ChartLine { return slices.Concat(c.Lines, c.Rest) }

// nothing says whether every number is zero.
func (c Chart) nothing() bool {
	return !slices.ContainsFunc(c.columns(), func(l ChartLine) bool { return l.Sum() != 0 })
}

// top is the round number at which the picture ends.
func (c Chart) top() int {
	most := 1
	for _, l := range c.Lines {
		most = max(most, slices.Max(append([]int{0}, l.Values...)))
	}
	for step := 1; ; step *= 10 {
		for _, n := range []int{1, 2, 4, 5, 8, 10} {
			if n*step >= most {
				return n * step
			}
		}
	}
}

// ticks is the numbers beside the picture, from the bottom up.
func (c Chart) ticks() []int {
	top := c.top()
	switch {
	case top%4 == 0:
		return []int{0, top / 4, top / 2, top / 4 * 3, top}
	case top%2 == 0:
		return []int{0, top / 2, top}
	case top%5 == 0:
		return []int{0, top / 5, top / 5 * 2, top / 5 * 3, top / 5 * 4, top}
	}
	return []int{0, top}
}

// height is where a number stands, in hundredths from the top down.
func (c Chart) height(n int) float64 { return 100 - 100*float64(n)/float64(c.top()) }

func percent(at float64) string { return fmt.Sprintf("%.1f%%", at) }

func (c Chart) box() string { return fmt.Sprintf("0 0 %d 100", max(len(c.Begins)-1, 1)) }

// path is a line as SVG draws it.
func (c Chart) path(l ChartLine) string {
	var d strings.Builder
	for i, n := range l.Values {
		fmt.Fprintf(&d, "%c%d %.1f", "ML"[min(i, 1)], i, c.height(n))
	}
	return d.String()
}

// area is what is under a line.
func (c Chart) area(l ChartLine) string {
	return c.path(l) + "V100H0Z"
}

func (c Chart) gridline(n int) string {
	return fmt.Sprintf("M0 %.1fH%d", c.height(n), max(len(c.Begins)-1, 1))
}

// labelGap is how far apart names at the ends of lines must be to be read, in
// hundredths of the picture.
const labelGap = 9

// Labels is how high the name of each line stands at its end, so that no two
// are on top of each other.
func (c Chart) Labels() []float64 {
	at := make([]float64, len(c.Lines))
	order := make([]int, len(c.Lines))
	for i, l := range c.Lines {
		order[i] = i
		if len(l.Values) > 0 {
			at[i] = c.height(l.Values[len(l.Values)-1])
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(10 * (at[b] - at[a])) }) // the lowest first
	for i := 1; i < len(order); i++ {
		at[order[i]] = min(at[order[i]], at[order[i-1]]-labelGap)
	}
	return at
}

// when is one unit as people write it.
func (c Chart) when(at time.Time) string {
	switch c.Unit {
	case store.Hours:
		return at.Format("2 Jan 15:04")
	case store.Months:
		return at.Format("Jan 2006")
	}
	return at.Format("2 Jan")
}

// Words is what the picture shows, for who does not see it.
func (c Chart) Words() string {
	words := fmt.Sprintf("%s by the %s, from %s to %s.", c.Title, unitWord(c.Unit), c.when(c.Begins[0]), c.when(c.Begins[len(c.Begins)-1]))
	for _, l := range c.Lines {
		most, at := 0, 0
		for i, n := range l.Values {
			if n > most {
				most, at = n, i
			}
		}
		words += fmt.Sprintf(" %s: %s in all", l.Name, Number(l.Sum()))
		if most > 0 {
			words += fmt.Sprintf(", most on %s, %s", c.when(c.Begins[at]), Number(most))
		}
		words += "."
	}
	return words
}

func unitWord(u store.Unit) string {
	return map[store.Unit]string{store.Hours: "hour", store.Days: "day", store.Weeks: "week", store.Months: "month"}[u]
}
