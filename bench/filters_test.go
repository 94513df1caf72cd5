package bench

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
)

// BenchmarkFilters asks for pages of filtered lists with 1,000 and with
// 1,000,000 people. Those of segments and events are led by an index; that of an
// attribute looks at everybody, in bounded time.
func BenchmarkFilters(b *testing.B) {
	for b.Loop() {
		small, large := filterTimes(b, 1_000), filterTimes(b, 1_000_000)
		for i, f := range filters {
			s, l := small[i], large[i]
			fmt.Printf("filter: %-22s at 1,000: p50 %6.2f ms p99 %6.2f ms; at 1,000,000: p50 %6.2f ms p99 %6.2f ms; ratio of p99 %.1f; pages cut short: %d of %d\n",
				f.name, ms(s.p50), ms(s.p99), ms(l.p50), ms(l.p99), float64(l.p99)/float64(s.p99), l.short, l.looks)
		}
	}
}

// filters is what is asked for. The segment has a tenth of all people; so many
// bought something, but at most 5,000.
var filters = []struct{ name, text string }{
	{"everybody, by email", ``},
	{"attribute, a third", `{"attribute": {"field": "plan", "operator": "eq", "value": "pro"}}`},
	{"attribute, 1 in 1,000", `{"attribute": {"field": "first_name", "operator": "eq", "value": "ada7"}}`},
	{"attribute, nobody", `{"attribute": {"field": "plan", "operator": "eq", "value": "none"}}`},
	{"segment", `{"segment": {"name": "Few"}}`},
	{"segment and attribute", `{"and": [{"segment": {"name": "Few"}}, {"attribute": {"field": "plan", "operator": "eq", "value": "pro"}}]}`},
	{"event", `{"event": {"name": "bought", "within": "30d"}}`},
}

const (
	filterWarm  = 100 // looks before those that are measured
	filterLooks = 1000
	filterTime  = 20 * time.Second // after which there are no more
)

// pageTime is how long pages take, and how many were not filled in their time.
type pageTime struct {
	p50, p99 time.Duration
	looks    int
	short    int
}

func filterTimes(b *testing.B, n int) (times []pageTime) {
	db, ws := newStore(b)
	addPeople(b, db, ws, n)
	ctx := context.Background()
	for i := 0; i < min(n, 50_000); i += 10 {
		ref := identity.Ref{Kind: identity.ID, Value: fmt.Sprintf("usr_%07d", i)}
		check(b, db.Track(ctx, ws.ID, store.Event{Ref: ref, Type: store.EventActivity, Name: "bought"}))
	}
	few, err := db.CreateSegment(ctx, ws.ID, store.NewSegment{Name: "Few", Manual: true}, store.CommandLine)
	check(b, err)
	var ids []store.PersonID
	for i := 1; i <= n; i += 10 { // keys are handed out from one on
		ids = append(ids, store.PersonID(i))
	}
	_, err = db.AddToSegment(ctx, ws.ID, few.ID, ids, store.CommandLine)
	check(b, err)
	for _, f := range filters {
		times = append(times, pageTimes(b, db, ws, f.text, n))
	}
	return times
}

// pageTimes looks at pages that begin somewhere in the newer half.
func pageTimes(b *testing.B, db *store.Store, ws store.Workspace, text string, n int) (t pageTime) {
	q := store.PeopleQuery{Sort: store.ByEmail}
	if text != "" {
		c, err := condition.Parse([]byte(text))
		check(b, err)
		q = store.PeopleQuery{Filter: c}
	}
	var all []time.Duration
	begun := time.Now()
	for i := range filterWarm + filterLooks {
		if len(all) >= 100 && time.Since(begun) > filterTime {
			break
		}
		start := time.Now()
		page, err := db.FindPeople(context.Background(), ws.ID, q, store.Page{Before: int64(n/2 + i*7919%(n/2)), Limit: 50})
		check(b, err)
		if i < filterWarm {
			continue
		}
		all = append(all, time.Since(start))
		if page.Searched > 0 {
			t.short++
		}
	}
	slices.Sort(all)
	t.looks = len(all)
	t.p50, t.p99 = all[len(all)/2], all[len(all)*99/100]
	return t
}
