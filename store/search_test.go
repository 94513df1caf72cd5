package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/identity"
)

// labels is whom a search finds, as "7 8 9".
func (w *world) labels(ws Workspace, q string, page Page) string {
	w.Helper()
	found, err := w.People(w.ctx, ws.ID, q, page)
	w.must(err)
	var ids []string
	for _, p := range found {
		ids = append(ids, p.ExternalID)
	}
	return strings.Join(ids, " ")
}

func TestSearchPeople(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	other := w.workspace("Other", identity.EmailOrID)
	w.add(w.acme, "u1", "ada.okafor@example.com", `{"first_name": "Ada", "last_name": "Ökafor"}`)
	w.add(w.acme, "u2", "grace@example.com", `{"name": "Grace Hopper"}`)
	w.add(w.acme, "U3", "", `{"name": "山田 太郎くん"}`)
	w.add(w.acme, "u4", "ok@a-b.test", `{"name": "\"Quote\" OR x*"}`)
	w.add(other, "u9", "ada.okafor@example.com", `{}`)
	for q, want := range map[string]string{
		"":                           "u4 U3 u2 u1",
		"kafor":                      "u1", // in the middle
		"EXAMPLE.com":                "u2 u1",
		"ada example":                "u1", // both words
		"ökafor":                     "u1",
		"o\u0308KAFOR":               "u1", // an accent in two characters
		"ada ok":                     "u1", // a short word beside a long one
		"太郎くん":                       "U3",
		`"quote"`:                    "u4",
		`quote" OR x*`:               "u4",
		"NEAR(":                      "",
		"hopp ada":                   "",
		"ad":                         "u1", // too short for the index: what begins with it
		"U3":                         "U3",
		"u":                          "u4 u2 u1",
		"gr zz":                      "",
		"gra\x00ce":                  "u2",
		string(searchMark(1)):        "u4 U3 u2 u1", // marks of workspaces are no text
		string(searchMark(2)):        "u4 U3 u2 u1",
		"\xff\xfe\xfd":               "",
		strings.Repeat("é ", 9):      "",
		strings.Repeat("xyz ", 5000): "",
	} {
		if got := w.labels(w.acme, q, Page{Limit: 10}); got != want {
			t.Errorf("%.40q finds %q, want %q", q, got, want)
		}
	}
	if got := w.labels(other, "okafor", Page{Limit: 10}); got != "u9" {
		t.Errorf("the other workspace finds %q", got)
	}
	for q, want := range map[string]bool{"": false, "  ": false, "ad": true, "ad ok": true, "ada": false, "a bob": false, "山田": true} {
		if TooShort(q) != want {
			t.Errorf("TooShort(%q) is %v", q, !want)
		}
	}

	// What is found follows what people are.
	w.call(w.acme, "u2", `{"name": "Grace Murray"}`)
	if w.labels(w.acme, "hopper", Page{Limit: 9}) != "" || w.labels(w.acme, "murray", Page{Limit: 9}) != "u2" {
		t.Error("the index did not follow a change of name")
	}
}

func TestPagingGoesBothWays(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	other := w.workspace("Other", identity.EmailOrID)
	for i := range 25 {
		w.add(w.acme, fmt.Sprint(i), fmt.Sprintf("person%d@find.test", i), `{}`)
		w.add(other, fmt.Sprint(i), fmt.Sprintf("person%d@find.test", i), `{}`)
	}
	for _, q := range []string{"", "find", "person test"} {
		var down [][]Person
		page := Page{Limit: 10}
		for {
			people, err := w.People(w.ctx, w.acme.ID, q, page)
			w.must(err)
			if len(people) == 0 {
				break
			}
			down = append(down, people)
			page = Page{Before: int64(people[len(people)-1].ID), Limit: 10}
		}
		if len(down) != 3 || len(down[2]) != 5 || down[0][0].ExternalID != "24" || down[2][4].ExternalID != "0" {
			t.Fatalf("%q: %d pages", q, len(down))
		}
		up, err := w.People(w.ctx, w.acme.ID, q, Page{After: int64(down[2][0].ID), Limit: 10})
		w.must(err)
		if !slices.EqualFunc(up, down[1], func(a, b Person) bool { return a.ID == b.ID }) {
			t.Errorf("%q: back is not where one came from: %v", q, up)
		}
	}
}

// manyPeople fills the workspace in one transaction, as tables are after years.
func (w *world) manyPeople(n int) {
	w.Helper()
	w.must(w.update(w.ctx, func(tx *Tx) error {
		for _, query := range []string{
			`with recursive n (i) as (select 1 union all select i + 1 from n where i < ?2)
			insert into people (workspace_id, id, email, email_key, attributes, created_at, updated_at)
			select ?1, 'usr_' || i, 'person' || i || '@example.com', 'person' || i || '@example.com', '{"name":"Person ' || i || '"}', i, i from n`,
			`insert into people_search (rowid, body)
			select person_id, ?2 || char(10) || email || char(10) || id || char(10) || 'person ' || person_id from people where workspace_id = ?1`,
			`insert into activities (workspace_id, person_id, type, name, occurred_at)
			select ?1, person_id, 'event', 'e', person_id from people where ?2 > 0`,
			`insert into segment_members (workspace_id, segment_id, person_id, entered_at)
			select ?1, segment_id, person_id, 1 from people join segments using (workspace_id) where ?2 > 0`,
		} {
			second := any(n)
			if strings.Contains(query, "people_search") {
				second = searchMark(w.acme.ID)
			}
			if _, err := tx.exec(query, w.acme.ID, second); err != nil {
				return err
			}
		}
		tx.countUsage(w.acme.ID, usageDelta{people: n})
		return nil
	}))
}

// What a page asks must not cost more because a workspace has more people.
func TestNoPageOfPeopleScans(t *testing.T) {
	if testing.Short() {
		t.Skip("200,000 people")
	}
	w := newWorld(t, identity.EmailOrID)
	g := w.segment("All", attribute("name", "exists", ""))
	w.manyPeople(200_000)
	some := w.add(w.acme, "needle", "needle@haystack.test", `{}`)

	queries := w.spied(func() {
		for _, page := range []Page{{Limit: 50}, {Before: 1000, Limit: 50}, {After: 1000, Limit: 50}} {
			for _, q := range []string{"", "person19999", "example.com", "us", "zzz"} {
				_, err := w.People(w.ctx, w.acme.ID, q, page)
				w.must(err)
			}
			_, err := w.Activities(w.ctx, w.acme.ID, page)
			w.must(err)
			_, err = w.ActivitiesOf(w.ctx, w.acme.ID, some.ID, page)
			w.must(err)
			_, err = w.SegmentPeople(w.ctx, w.acme.ID, g.ID, page)
			w.must(err)
		}
		for _, err := range []error{
			second(w.Person(w.ctx, w.acme.ID, some.ID)),
			second(w.SegmentsOf(w.ctx, w.acme.ID, some.ID)),
			second(w.JourneysOf(w.ctx, w.acme.ID, some.ID, 20)),
			second(w.Segments(w.ctx, w.acme.ID)),
			second(w.Segment(w.ctx, w.acme.ID, g.ID)),
			second(w.AttributeNames(w.ctx, w.acme.ID)),
			second(w.Workspace(w.ctx, w.acme.ID)),
		} {
			w.must(err)
		}
	})
	w.noScan(queries)

	// The writer's statements, too.
	w.must(w.EditPerson(w.ctx, w.acme.ID, some.ID, PersonForm{ID: "needle2", Email: "needle@haystack.test"}, w.me))
	w.must(w.Unsubscribe(w.ctx, w.acme.ID, some.ID, w.me))
	w.must(w.BuildSegments(w.ctx, w.acme.ID, 10))
	w.must(w.DeletePerson(w.ctx, w.acme.ID, some.ID, w.me))
	w.noScan(w.statements())
}

// statements is what the writer has prepared, without inserts: their plan has
// a look for broken references that never runs.
func (w *world) statements() []string {
	var texts []string
	for text := range w.writer.stmts {
		if first, _, _ := strings.Cut(strings.TrimSpace(text), " "); slices.Contains([]string{"select", "update", "delete"}, first) {
			texts = append(texts, text)
		}
	}
	return texts
}

func second[T any](_ T, err error) error { return err }

// In a workspace that is big enough to be sampled a search asks for rare
// trigrams only, and still finds who has the whole word, and nobody else.
func TestSearchBySample(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	other := w.workspace("Other", identity.EmailOrID)
	for i := range searchSample + 50 {
		w.add(w.acme, fmt.Sprintf("u%d", i), fmt.Sprintf("person%d@example.com", i), `{}`)
	}
	w.add(w.acme, "x", "example@person.test", `{}`)
	for i := range searchSample {
		w.add(other, fmt.Sprintf("v%d", i), fmt.Sprintf("person%d@example.com", i), `{}`)
	}
	for q, want := range map[string]string{
		"person123@example.com": "u123",
		"person.test":           "x", // nearly everybody has its rarest trigrams' neighbours
		"person44@":             "u44",
		"person7@example.net":   "",
		"example":               "x u449 u448",
		"zzz":                   "",
	} {
		if got := w.labels(w.acme, q, Page{Limit: 3}); got != want {
			t.Errorf("%q finds %q, want %q", q, got, want)
		}
	}
	if got := w.labels(other, "person44@", Page{Limit: 3}); got != "v44" {
		t.Errorf("the other workspace finds %q", got)
	}
}

// A search that finds few asks its index once. One that finds more than a stride
// goes on along the index, and its pages fit together in both directions.
func TestSearchIsAskedOnce(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.manyPeople(450)
	asks := func(q string) (n int) {
		for _, query := range w.spied(func() { w.labels(w.acme, q, Page{Limit: 50}) }) {
			n += strings.Count(query, "people_search f")
		}
		return n
	}
	w.labels(w.acme, "person", Page{Limit: 50}) // takes the sample
	for q, want := range map[string]int{"person123@": 1, "nobody": 1} {
		if got := asks(q); got != want {
			t.Errorf("%q asks the index %d times, want %d", q, got, want)
		}
	}
	query := PeopleQuery{Q: "person"}
	var down []Person
	page := Page{Limit: 50}
	var starts []PersonID
	for {
		found, err := w.FindPeople(w.ctx, w.acme.ID, query, page)
		w.must(err)
		down = append(down, found.People...)
		starts = append(starts, found.People[0].ID)
		if found.Older == 0 {
			break
		}
		page = Page{Before: int64(found.Older), Limit: 50}
	}
	if len(down) != 450 || len(starts) != 9 || !slices.IsSortedFunc(down, func(a, b Person) int { return int(b.ID - a.ID) }) {
		t.Fatalf("%d people on %d pages", len(down), len(starts))
	}
	for i := len(starts) - 1; i > 0; i-- {
		found, err := w.FindPeople(w.ctx, w.acme.ID, query, Page{After: int64(starts[i]), Limit: 50})
		w.must(err)
		if len(found.People) != 50 || found.People[0].ID != starts[i-1] {
			t.Errorf("before page %d: %d people", i, len(found.People))
		}
	}
}
