package store

import (
	"context"
	"time"
)

// PeopleCount is how many people a query names.
type PeopleCount struct {
	People int
	Exact  bool // else there are at least so many: time was over
}

// CountPeople counts whom a query names, as far as it gets in a time. Everybody,
// and a segment alone, are counted already.
func (s *Store) CountPeople(ctx context.Context, ws WorkspaceID, q PeopleQuery, within time.Duration) (c PeopleCount, err error) {
	if !q.Narrow() {
		w, err := s.Workspace(ctx, ws)
		return PeopleCount{w.People, true}, err
	}
	if TooShort(q.Q) {
		people, err := s.peopleByPrefix(ctx, ws, q.Q, maxShort, q.Filter)
		return PeopleCount{len(people), len(people) < maxShort}, err
	}
	q.Sort = NewestFirst
	way, err := s.way(ctx, ws, q, Page{})
	if err != nil {
		return c, err
	}
	for deadline := time.Now().Add(within); ; {
		n, err := s.countStride(ctx, way, countedAtOnce)
		if err != nil {
			return c, err
		}
		c.People += n
		end, err := s.strideEnd(ctx, way, countedAtOnce)
		if err != nil || end.over {
			c.Exact = err == nil
			return c, err
		}
		if way.place = end.place; !time.Now().Before(deadline) {
			return c, nil
		}
	}
}

// countedAtOnce is how many people are looked at before the clock is.
const countedAtOnce = 20_000

// maxShort is how many people a search of one or two letters finds at most.
const maxShort = 1000

// countStride is how many of the next n people match.
func (s *Store) countStride(ctx context.Context, w *way, n int) (count int, err error) {
	if w.matches != nil {
		found, _, err := s.stride(ctx, w, n, n)
		return len(found), err
	}
	text, args := w.next(n)
	err = s.read.QueryRowContext(ctx, `select count(*)`+text, args...).Scan(&count)
	return count, err
}
