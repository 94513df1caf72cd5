package store

import (
	"context"
	"slices"
	"time"

	"github.com/postroom/postroom/store/condition"
)

// PeopleSort is the order of a list of people.
type PeopleSort string

const (
	NewestFirst PeopleSort = ""      // by when they were added
	ByEmail     PeopleSort = "email" // where email identifies; who has none comes last
	ByExternal  PeopleSort = "id"    // by the identifier id; who has none comes last
)

// PeopleSorts is the orders that an index serves in a workspace.
func (w Workspace) PeopleSorts() []PeopleSort {
	sorts := []PeopleSort{NewestFirst}
	if w.Identifiers.Email() {
		sorts = append(sorts, ByEmail)
	}
	if w.Identifiers.ID() {
		sorts = append(sorts, ByExternal)
	}
	return sorts
}

// PeopleQuery is which people a list has, and in which order.
type PeopleQuery struct {
	Q      string               // searched as People does
	Filter *condition.Condition // nil: everyone
	Sort   PeopleSort
}

// Narrow says whether the list may leave somebody out.
func (q PeopleQuery) Narrow() bool { return q.Filter != nil || len(searchWords(q.Q)) > 0 }

// PeoplePage is a part of a list of people. Before and After are keys to read
// on with, zero where the list ends.
type PeoplePage struct {
	People   []Person
	Newer    PersonID // Page.After of the page before this one
	Older    PersonID // Page.Before of the page behind
	Searched int      // people looked at, when time was over before the page was full; else zero
}

// searchTime is how long a page is looked for. A filter without an index finds
// as much as it can in it, and goes on from there when asked.
const searchTime = 150 * time.Millisecond

// FindPeople is a page of the people whom a query names. Page.Before and
// Page.After are people: their neighbours in the order of the list follow. One
// who is gone is the list's beginning.
func (s *Store) FindPeople(ctx context.Context, ws WorkspaceID, q PeopleQuery, page Page) (PeoplePage, error) {
	if TooShort(q.Q) {
		people, err := s.peopleByPrefix(ctx, ws, q.Q, page.Limit, q.Filter)
		return PeoplePage{People: people}, err
	}
	found, err := s.findPage(ctx, ws, q, page)
	if err == nil && page.After != 0 && len(found.People) < page.Limit && found.Searched == 0 {
		return s.findPage(ctx, ws, q, Page{Limit: page.Limit}) // back at the beginning, which is a full page
	}
	return found, err
}

func (s *Store) findPage(ctx context.Context, ws WorkspaceID, q PeopleQuery, page Page) (found PeoplePage, err error) {
	way, err := s.way(ctx, ws, q, page)
	if err != nil {
		return found, err
	}
	people, err := s.walk(ctx, way, page.Limit+1, time.Now().Add(searchTime))
	if err != nil {
		return found, err
	}
	more := len(people) > page.Limit
	people = people[:min(len(people), page.Limit)]
	end := way.at // how far the walk came, when it did not fill the page
	if more {
		end = people[len(people)-1].ID
	}
	if way.back {
		slices.Reverse(people)
	}
	found.People = people
	if !more && !way.over {
		found.Searched = way.looked
	}
	further := more || !way.over
	switch {
	case way.back:
		found.Older = lastOf(people, PersonID(page.After))
		if further {
			found.Newer = end
		}
	default:
		if page.Before != 0 {
			found.Newer = firstOf(people, PersonID(page.Before))
		}
		if further {
			found.Older = end
		}
	}
	return found, nil
}

func firstOf(people []Person, or PersonID) PersonID {
	if len(people) == 0 {
		return or
	}
	return people[0].ID
}

func lastOf(people []Person, or PersonID) PersonID {
	if len(people) == 0 {
		return or
	}
	return people[len(people)-1].ID
}
