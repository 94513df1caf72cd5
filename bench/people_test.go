package bench

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
)

// BenchmarkPeople asks for pages of the people list and for searches, with
// 1,000 and with 1,000,000 people, without HTTP and templates. Each look is had a
// hundred times before it is measured a thousand times, as in a process that has
// run for a while.
func BenchmarkPeople(b *testing.B) {
	for b.Loop() {
		small := peopleTimes(b, 1_000)
		large := peopleTimes(b, 1_000_000)
		for _, what := range slices.Sorted(keys(small)) {
			s, l := small[what], large[what]
			fmt.Printf("people: %-22s at 1,000: p50 %6.2f ms p99 %6.2f ms; at 1,000,000: p50 %6.2f ms p99 %6.2f ms; ratio of p99 %.1f\n",
				what, ms(s[0]), ms(s[1]), ms(l[0]), ms(l[1]), float64(l[1])/float64(s[1]))
		}
	}
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// peopleTimes is p50 and p99 of each kind of look.
func peopleTimes(b *testing.B, n int) map[string][2]time.Duration {
	db, ws := newStore(b)
	start := time.Now()
	addPeople(b, db, ws, n)
	fmt.Printf("people: %d added one by one, committed together: %.0f/s\n", n, float64(n)/time.Since(start).Seconds())
	start, steps, longest := time.Now(), 0, time.Duration(0) // as the engine does when nobody comes for a while
	for more := true; more; steps++ {
		begun := time.Now()
		var err error
		more, err = db.TidySearch(context.Background())
		check(b, err)
		longest = max(longest, time.Since(begun))
	}
	fmt.Printf("people: the search index of %d is merged in %.1f s, %d steps of at most %.0f ms\n", n, time.Since(start).Seconds(), steps, ms(longest))
	looks := map[string]func(i int) error{
		"first page": func(int) error { return look(db, ws, "", store.Page{Limit: 50}) },
		"page in the middle": func(i int) error {
			return look(db, ws, "", store.Page{Before: int64(1 + i*7919%n), Limit: 50})
		},
		"search, one hit":     func(i int) error { return look(db, ws, fmt.Sprintf("person%d@", i*7919%n), store.Page{Limit: 50}) },
		"search, many hits":   func(int) error { return look(db, ws, "south", store.Page{Limit: 50}) },
		"search, no hit":      func(i int) error { return look(db, ws, fmt.Sprintf("nobody%d", i), store.Page{Limit: 50}) },
		"search, two letters": func(int) error { return look(db, ws, "us", store.Page{Limit: 50}) },
	}
	times := map[string][2]time.Duration{}
	for what, once := range looks {
		var all []time.Duration
		for i := range 1100 {
			start := time.Now()
			check(b, once(i))
			if i >= 100 {
				all = append(all, time.Since(start))
			}
		}
		slices.Sort(all)
		times[what] = [2]time.Duration{all[len(all)/2], all[len(all)*99/100]}
	}
	return times
}

func look(db *store.Store, ws store.Workspace, q string, page store.Page) error {
	_, err := db.People(context.Background(), ws.ID, q, page)
	return err
}
