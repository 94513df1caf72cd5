package store

import (
	"context"
	"time"

	"github.com/postroom/postroom/store/condition"
)

// lane is an index that gives people in an order.
type lane struct {
	rows   string // the rows of the index, "activities e where …", to which "and" can be added
	person string // the column that is the person
	key    string // the column by which it is ordered
	column string // the same of people p
	group  string // for an index in which a person stands more than once
	desc   bool
	start  any  // before the first key
	search bool // a look into it costs much, and mostly finds few
	short  bool // the first stride reaches its end
}

// way is how a list is walked: lanes, one after the other, on which everybody is
// held to a filter. It knows afterwards how far the walk came.
type way struct {
	lanes   []lane
	filter  filter
	matches func(Person) bool // what SQL cannot say of a search; nil: nothing
	back    bool              // against the order of the list

	place  any // behind which the first lane goes on
	looked int
	at     PersonID // the last one who was looked at
	over   bool     // nobody is left
}

const (
	firstStride = 200
	maxStride   = 5000 // people who are looked at before the clock is
)

// walk finds at most limit people by a deadline. It ends at the first stride
// that is over behind it, so it always comes further.
func (s *Store) walk(ctx context.Context, w *way, limit int, deadline time.Time) (people []Person, err error) {
	stride := max(firstStride, 4*limit)
	if len(w.lanes) > 0 && w.lanes[0].search {
		if err := s.searchOnce(ctx, w, stride); err != nil {
			return nil, err
		}
	}
	for len(w.lanes) > 0 {
		found, end, err := s.stride(ctx, w, stride, limit-len(people))
		if err != nil {
			return nil, err
		}
		people = append(people, found...)
		if len(people) == limit {
			return people, nil
		}
		if end.over {
			w.lanes = w.lanes[1:]
			if len(w.lanes) > 0 {
				w.place = w.lanes[0].start
			}
			continue
		}
		w.looked, w.place, w.at = w.looked+stride, end.place, end.person
		if !time.Now().Before(deadline) {
			return people, nil
		}
		stride = min(4*stride, maxStride)
	}
	w.over = true
	return people, nil
}

// searchOnce makes a list of whom a search finds when they are fewer than n, as
// they mostly are. It asks upwards, whichever way the list goes: a search index
// is read backwards at three times the cost.
func (s *Store) searchOnce(ctx context.Context, w *way, n int) error {
	l, args := w.lanes[0], append(arguments{}, *w.filter.args...)
	keys := `select ` + l.person + ` as k` + l.ascending(args.add(w.place)) + ` limit ` + args.add(n)
	var found int
	var list string
	err := s.read.QueryRowContext(ctx, `select count(*), json_group_array(k) from (`+keys+`)`, args...).Scan(&found, &list)
	if err != nil || found == n {
		return err
	}
	rows := `json_each(` + w.filter.args.add(list) + `) f where true`
	w.lanes = []lane{{rows: rows, person: `f.value`, key: `f.value`, column: l.column, desc: l.desc, short: true}}
	return nil
}

// strideEnd is where a stride ends.
type strideEnd struct {
	place  any
	person PersonID
	over   bool // so does the lane
}

// stride looks at the next n people of a lane, or until it found limit.
func (s *Store) stride(ctx context.Context, w *way, n, limit int) (found []Person, end strideEnd, err error) {
	l := w.lanes[0]
	text, args := w.next(n)
	rows, err := s.read.QueryContext(ctx, `select `+prefixedPersonColumns+text+` order by p.`+l.column+l.direction(), args...)
	if err != nil {
		return nil, end, err
	}
	defer rows.Close()
	for rows.Next() && len(found) < limit {
		p, err := scanPerson(rows.Scan)
		if err != nil {
			return nil, end, err
		}
		if w.matches == nil || w.matches(p) {
			found = append(found, p)
		}
	}
	if err := rows.Err(); err != nil || len(found) == limit {
		return found, end, err
	}
	if l.short {
		return found, strideEnd{over: true}, nil
	}
	end, err = s.strideEnd(ctx, w, n)
	return found, end, err
}

// next is the query for those who match among the next n people of a lane,
// behind its columns.
func (w *way) next(n int) (string, arguments) {
	l, args := w.lanes[0], append(arguments{}, *w.filter.args...)
	keys := `select ` + l.person + ` as k` + l.rest(args.add(w.place)) + ` limit ` + args.add(n)
	return ` from (` + keys + `) few cross join people p on p.person_id = few.k where p.workspace_id = ?1 and ` + w.filter.is, args
}

func (s *Store) strideEnd(ctx context.Context, w *way, n int) (end strideEnd, err error) {
	l, args := w.lanes[0], append(arguments{}, *w.filter.args...)
	text := `select ` + l.person + `, ` + l.key + l.rest(args.add(w.place)) + ` limit 1 offset ` + args.add(n-1)
	err = known(s.read.QueryRowContext(ctx, text, args...).Scan(&end.person, &end.place))
	if err == ErrNotFound {
		return strideEnd{over: true}, nil
	}
	return end, err
}

// rest is the query of a lane behind its columns.
func (l lane) rest(place string) string { return l.ascending(place) + l.direction() }

// ascending is the same in ascending order.
func (l lane) ascending(place string) string {
	compare := ` > `
	if l.desc {
		compare = ` < `
	}
	return ` from ` + l.rows + ` and ` + l.key + compare + place + l.group + ` order by ` + l.key
}

func (l lane) direction() string {
	if l.desc {
		return ` desc`
	}
	return ``
}

// way chooses the lanes of a query, and where on them a page begins.
func (s *Store) way(ctx context.Context, ws WorkspaceID, q PeopleQuery, page Page) (*way, error) {
	k := newCompiler(ctx, s.read, ws, s.now())
	w := &way{back: page.After != 0}
	w.filter = filter{is: k.condition(q.Filter).is, args: k.args}
	if k.err != nil {
		return nil, k.err
	}
	if words := searchWords(q.Q); len(words) > 0 {
		w.matches = func(p Person) bool { return p.has(words) }
	}
	if q.Sort != NewestFirst {
		return w, s.sorted(ctx, ws, k, w, q.Sort, page)
	}
	l, err := s.personLane(ctx, ws, k, q)
	if err != nil {
		return nil, err
	}
	l.column, l.desc = "person_id", !w.back
	w.lanes, w.place = []lane{l}, page.After
	if l.desc {
		w.place = beforeOr(page.Before)
	}
	return w, nil
}

// personLane is the index, in the order of people's keys, that leaves the
// fewest of them to look at.
func (s *Store) personLane(ctx context.Context, ws WorkspaceID, k *compiler, q PeopleQuery) (lane, error) {
	if words := longWords(searchWords(q.Q)); len(words) > 0 {
		shares, err := s.trigramShares(ctx, ws)
		rows := `people_search f where f.people_search match ` + k.args.add(shares.query(ws, words))
		return lane{rows: rows, person: `f.rowid`, key: `f.rowid`, search: true}, err
	}
	everybody := lane{rows: `people i where i.workspace_id = ` + k.ws, person: `i.person_id`, key: `i.person_id`}
	best, err := s.fewest(ctx, ws, q.Filter)
	switch {
	case err != nil || best == nil:
		return everybody, err
	case best.Segment != nil:
		rows := `segment_members m where m.workspace_id = ` + k.ws + ` and m.segment_id = ` + k.args.add(best.Segment.ID)
		return lane{rows: rows, person: `m.person_id`, key: `m.person_id`}, nil
	}
	did := *best.Event
	did.Where = nil // everybody is held to it anyway
	return lane{rows: `activities e where ` + k.did(&did), person: `e.person_id`, key: `e.person_id`, group: ` group by e.person_id`}, nil
}

// sorted chooses the lanes of an order by an identifier: first who has it, then
// who has none.
func (s *Store) sorted(ctx context.Context, ws WorkspaceID, k *compiler, w *way, by PeopleSort, page Page) error {
	column, index := `id`, `people_by_id`
	if by == ByEmail {
		column, index = `email_key`, `people_by_email`
	}
	rows := `people i indexed by ` + index + ` where i.workspace_id = ` + k.ws + ` and i.` + column
	have := lane{rows: rows + ` is not null`, person: `i.person_id`, key: `i.` + column, column: column, start: ``}
	lack := lane{rows: rows + ` is null`, person: `i.person_id`, key: `i.person_id`, column: `person_id`, start: int64(0)}
	w.lanes = []lane{have, lack}
	if w.back {
		have.desc, have.start = true, last
		lack.desc, lack.start = true, int64(never)
		w.lanes = []lane{lack, have}
	}
	w.place = w.lanes[0].start
	from := max(page.Before, page.After)
	if from == 0 {
		return nil
	}
	var value *string
	err := known(s.read.QueryRowContext(ctx, `select `+column+` from people where workspace_id = ? and person_id = ?`, ws, from).Scan(&value))
	switch {
	case err == ErrNotFound: // gone: from the beginning
		w.back, w.lanes, w.place = false, []lane{have, lack}, ``
		return nil
	case err != nil:
		return err
	case value == nil && !w.back:
		w.lanes = w.lanes[1:]
		w.place = from
	case value == nil:
		w.place = from
	case w.back:
		w.lanes = w.lanes[1:]
		w.place = *value
	default:
		w.place = *value
	}
	return nil
}

// fewest is the part of a filter that an index answers with the fewest rows,
// nil when it is better to look at everybody.
func (s *Store) fewest(ctx context.Context, ws WorkspaceID, c *condition.Condition) (best *condition.Condition, err error) {
	var fewest int
	parts := indexed(c)
	if len(parts) == 0 {
		return nil, nil
	}
	if err := s.read.QueryRowContext(ctx, `select people / 3 from workspaces where workspace_id = ?`, ws).Scan(&fewest); err != nil {
		return nil, err
	}
	for _, part := range parts {
		n, err := s.rowsFor(ctx, ws, &part, fewest)
		if err != nil {
			return nil, err
		}
		if n < fewest {
			best, fewest = &part, n
		}
	}
	return best, nil
}

// indexed is the parts of a condition that must hold by themselves and that an
// index of people's keys answers.
func indexed(c *condition.Condition) (parts []condition.Condition) {
	switch {
	case c == nil:
	case c.And != nil:
		for i := range c.And {
			parts = append(parts, indexed(&c.And[i])...)
		}
	case c.Segment != nil:
		parts = append(parts, condition.Condition{Segment: &condition.Segment{ID: c.Segment.ID, Name: c.Segment.Name}})
	case c.Event != nil && c.Event.Kind() == "event":
		parts = append(parts, *c)
	}
	return parts
}

// countedRows is how far the rows of an event are counted; more are many.
const countedRows = 100_000

// rowsFor is how many rows a part has in its index, at most limit. A segment
// that is named is named by its id afterwards.
func (s *Store) rowsFor(ctx context.Context, ws WorkspaceID, c *condition.Condition, limit int) (n int, err error) {
	if c.Segment != nil {
		g, err := segmentNamed(ctx, s.read, ws, *c.Segment)
		c.Segment.ID = int64(g.ID)
		return g.People, ignoreMissing(err)
	}
	err = s.read.QueryRowContext(ctx, `
		select count(*) from (
			select 1 from activities where workspace_id = ? and type = 'event' and name = ? and person_id is not null limit ?)`,
		ws, c.Event.Name, min(limit, countedRows)).Scan(&n)
	if n == countedRows {
		n = limit
	}
	return n, err
}
