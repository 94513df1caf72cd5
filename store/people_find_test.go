package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
)

func (w *world) filter(text string) *condition.Condition {
	if text == "" {
		return nil
	}
	c := w.condition(text)
	return &c
}

// furnishPeople adds 140 people: every third is on the pro plan, every fourth
// bought something twice, every fifth has no email, every seventh no id, and of
// 35 neither.
func (w *world) furnishPeople() []Person {
	w.Helper()
	var all []Person
	for i := range 140 {
		id, email, plan := fmt.Sprintf("u%03d", (i*37)%140), fmt.Sprintf("p%03d@x.test", (i*51)%140), "free"
		if i%5 == 0 {
			email = ""
		}
		if i%7 == 0 && i%5 != 0 {
			id = ""
		}
		if i%3 == 0 {
			plan = "Pro"
		}
		p := w.add(w.acme, id, email, fmt.Sprintf(`{"plan": %q, "n": %d}`, plan, i))
		all = append(all, p)
		for range 2 * (1 - min(i%4, 1)) {
			w.must(w.Track(w.ctx, w.acme.ID, Event{Ref: identity.Ref{Kind: identity.CioID, Value: p.ID.CioID()}, Type: EventActivity, Name: "bought", Data: []byte(`{}`)}))
		}
	}
	return all
}

// leaf is through all pages of a list, and back again.
func (w *world) leaf(q PeopleQuery, limit int) []PersonID {
	w.Helper()
	var forth, back []PersonID
	page := Page{Limit: limit}
	for pages := 0; ; pages++ {
		found, err := w.FindPeople(w.ctx, w.acme.ID, q, page)
		w.must(err)
		forth = append(forth, idsOf(found.People)...)
		if page = (Page{Before: int64(found.Older), Limit: limit}); found.Older == 0 || pages > 100 {
			back = idsOf(found.People)
			page = Page{After: int64(found.Newer), Limit: limit}
			break
		}
	}
	for page.After != 0 {
		found, err := w.FindPeople(w.ctx, w.acme.ID, q, page)
		w.must(err)
		if found.Newer == 0 { // the beginning is a full page again
			back = append(idsOf(found.People)[:min(len(found.People), len(forth)-len(back))], back...)
			break
		}
		back = append(idsOf(found.People), back...)
		page.After = int64(found.Newer)
	}
	if !slices.Equal(forth, back) {
		w.Errorf("%+v: forth %v\nback %v", q, forth, back)
	}
	return forth
}

func idsOf(people []Person) (keys []PersonID) {
	for _, p := range people {
		keys = append(keys, p.ID)
	}
	return keys
}

func TestFiltersSortsAndSearchesGoTogether(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	all := w.furnishPeople()
	g, err := w.CreateSegment(w.ctx, w.acme.ID, NewSegment{Name: "Pros", Condition: w.condition(`{"attribute": {"field": "plan", "operator": "eq", "value": "pro"}}`)}, w.me)
	w.must(err)
	for w.number(`select count(*) from segments where built_at is null`) > 0 {
		w.must(w.BuildSegments(w.ctx, w.acme.ID, 1000))
	}
	if people, err := w.SegmentPeople(w.ctx, w.acme.ID, g.ID, Page{Limit: 200}); err != nil || len(people) != 47 {
		t.Fatalf("the segment has %d people, %v", len(people), err)
	}
	pro := func(i int) bool { return i%3 == 0 }
	for name, test := range map[string]struct {
		filter string
		q      string
		is     func(i int) bool
	}{
		"everyone":         {``, "", func(int) bool { return true }},
		"an attribute":     {`{"attribute": {"field": "plan", "operator": "eq", "value": "PRO"}}`, "", pro},
		"a segment":        {`{"segment": {"name": "Pros"}}`, "", pro},
		"not in it":        {`{"not": {"segment": {"name": "Pros"}}}`, "", func(i int) bool { return !pro(i) }},
		"an event":         {`{"event": {"name": "bought", "at_least": 2, "within": "1d"}}`, "", func(i int) bool { return i%4 == 0 }},
		"both":             {`{"and": [{"event": {"name": "bought"}}, {"segment": {"name": "Pros"}}]}`, "", func(i int) bool { return i%12 == 0 }},
		"a search":         {``, "x.test", func(i int) bool { return i%5 != 0 }},
		"search in both":   {`{"event": {"name": "bought"}}`, "x.test", func(i int) bool { return i%4 == 0 && i%5 != 0 }},
		"nobody's segment": {`{"segment": {"name": "None"}}`, "", func(int) bool { return false }},
		"a rare one":       {`{"attribute": {"field": "n", "operator": "eq", "value": 7}}`, "", func(i int) bool { return i == 7 }},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.T = t
			for _, sort := range w.acme.PeopleSorts() {
				q := PeopleQuery{Q: test.q, Filter: w.filter(test.filter), Sort: sort}
				var want []PersonID
				for _, p := range inOrder(all, sort) {
					if test.is(int(p.ID - all[0].ID)) {
						want = append(want, p.ID)
					}
				}
				for _, limit := range []int{7, 50, 1000} {
					if got := w.leaf(q, limit); !slices.Equal(got, want) {
						t.Errorf("by %q, %d a page: %v, want %v", sort, limit, got, want)
					}
				}
				count, err := w.CountPeople(w.ctx, w.acme.ID, q, time.Second)
				w.must(err)
				if count != (PeopleCount{len(want), true}) {
					t.Errorf("counted %+v, want %d", count, len(want))
				}
			}
		})
	}
}

// inOrder is people as a list shows them.
func inOrder(all []Person, by PeopleSort) []Person {
	key := func(p Person) string { return map[PeopleSort]string{ByEmail: p.Email, ByExternal: p.ExternalID}[by] }
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b Person) int {
		switch {
		case by == NewestFirst:
			return int(b.ID - a.ID)
		case (key(a) == "") != (key(b) == ""):
			return strings.Compare(key(b), key(a))
		}
		return strings.Compare(key(a), key(b))
	})
	return sorted
}

func TestSomebodyWhoIsGoneIsTheBeginning(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.add(w.acme, "a", "a@x.test", `{}`)
	for _, page := range []Page{{Before: 99, Limit: 5}, {After: 99, Limit: 5}} {
		found, err := w.FindPeople(w.ctx, w.acme.ID, PeopleQuery{Sort: ByEmail}, page)
		w.must(err)
		if len(found.People) != 1 || page.Before != 0 && found.Newer == 0 && found.Older != 0 {
			t.Errorf("%+v: %+v", page, found)
		}
	}
}

func TestNoListOfPeopleReadsAllOfThem(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.furnishPeople()
	_, err := w.CreateSegment(w.ctx, w.acme.ID, NewSegment{Name: "Few", Condition: w.condition(`{"attribute": {"field": "n", "operator": "lt", "value": 9}}`)}, w.me)
	w.must(err)
	w.must(w.BuildSegments(w.ctx, w.acme.ID, 1000))
	w.noScan(w.spied(func() {
		for _, filter := range []string{``, `{"segment": {"name": "Few"}}`, `{"event": {"name": "bought", "at_least": 2}}`, `{"attribute": {"field": "plan", "operator": "eq", "value": "pro"}}`} {
			for _, sort := range w.acme.PeopleSorts() {
				for _, page := range []Page{{Limit: 5}, {Before: 90, Limit: 5}, {After: 20, Limit: 5}} {
					for _, q := range []string{"", "p1", "x.test"} {
						_, err := w.FindPeople(w.ctx, w.acme.ID, PeopleQuery{q, w.filter(filter), sort}, page)
						w.must(err)
					}
				}
			}
		}
	}))
}
