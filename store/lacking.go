package store

import (
	"context"
	"time"
)

// Wanted is a variable of a person that a message cannot be sent without.
type Wanted struct {
	Name string   // as it is written, customer.address.city
	Path []string // the same below customer: address, city
}

// Lacking is who of the newest people has no value for a variable.
type Lacking struct {
	Wanted
	People  int
	Example Person // the newest of them
}

// Lack is who lacks what, among the newest people that were looked at.
type Lack struct {
	Of     []Lacking // without those that nobody lacks
	Looked int
	All    bool // there are no more people than that
}

const (
	maxLooked  = 10_000
	lookAtOnce = 500
	lookTime   = 150 * time.Millisecond
)

// Lack counts who lacks what a message wants, over the newest people and for
// no longer than an editor can wait.
func (s *Store) Lack(ctx context.Context, ws WorkspaceID, wanted []Wanted) (Lack, error) {
	found := Lack{All: len(wanted) == 0}
	of := make([]Lacking, len(wanted))
	before, end := int64(never), time.Now().Add(lookTime)
	for len(wanted) > 0 && found.Looked < maxLooked && time.Now().Before(end) {
		people, err := s.olderPeople(ctx, ws, before, lookAtOnce)
		if err != nil {
			return Lack{}, err
		}
		for _, p := range people {
			before = int64(p.ID)
			count(of, wanted, p)
		}
		found.Looked += len(people)
		if len(people) < lookAtOnce {
			found.All = true
			break
		}
	}
	for _, one := range of {
		if one.People > 0 {
			found.Of = append(found.Of, one)
		}
	}
	return found, nil
}

func (s *Store) olderPeople(ctx context.Context, ws WorkspaceID, before int64, limit int) ([]Person, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+personColumns+` from people
		where workspace_id = ? and person_id < ?
		order by person_id desc
		limit ?`, ws, before, limit)
	return collect(rows, err, scanPerson)
}

func count(of []Lacking, wanted []Wanted, p Person) {
	scope := p.Scope()
	for i, w := range wanted {
		if has(scope, w.Path) {
			continue
		}
		if of[i].People == 0 {
			of[i].Wanted, of[i].Example = w, p
		}
		of[i].People++
	}
}

// has is whether Liquid finds a value. What is looked up in a list or a text,
// such as its size, is taken to be there.
func has(scope map[string]any, path []string) bool {
	for i, name := range path {
		value := scope[name]
		if value == nil {
			return false
		}
		inner, ok := value.(map[string]any)
		if !ok || i == len(path)-1 {
			return true
		}
		scope = inner
	}
	return true
}
