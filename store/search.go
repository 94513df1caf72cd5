package store

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Page is which part of a list to give: those before a key (older), those
// after one (newer), or the newest.
type Page struct {
	Before, After int64
	Limit         int
}

// People is the workspace's people, the newest first. q is searched in email,
// id and name: every word of it must be part of one of them. A q that is
// TooShort finds only ids and emails that begin with it, and has one page.
func (s *Store) People(ctx context.Context, ws WorkspaceID, q string, page Page) (people []Person, err error) {
	words := searchWords(q)
	switch long := longWords(words); {
	case len(words) == 0:
		people, err = s.listPeople(ctx, ws, page)
	case len(long) == 0:
		return s.peopleByPrefix(ctx, ws, q, page.Limit)
	default:
		people, err = s.searchPeople(ctx, ws, long, page, func(p Person) bool { return p.has(words) })
	}
	if page.After != 0 {
		slices.Reverse(people)
	}
	return people, err
}

// TooShort says whether a search has no word of three characters, which the
// search index needs.
func TooShort(q string) bool {
	words := searchWords(q)
	return len(words) > 0 && len(longWords(words)) == 0
}

// maxSearchWords bounds what one search costs.
const maxSearchWords = 10

func searchWords(q string) []string {
	words := strings.Fields(searchFold(clip(q, 300)))
	return words[:min(len(words), maxSearchWords)]
}

func longWords(words []string) []string {
	var long []string
	for _, word := range words {
		if utf8.RuneCountInString(word) >= 3 {
			long = append(long, word)
		}
	}
	return long
}

func (p Person) has(words []string) bool {
	text := searchText(p)
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

func (s *Store) listPeople(ctx context.Context, ws WorkspaceID, page Page) ([]Person, error) {
	if page.After != 0 {
		rows, err := s.read.QueryContext(ctx, `
			select `+personColumns+` from people
			where workspace_id = ? and person_id > ?
			order by person_id
			limit ?`, ws, page.After, page.Limit)
		return collect(rows, err, scanPerson)
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+personColumns+` from people
		where workspace_id = ? and person_id < ?
		order by person_id desc
		limit ?`, ws, beforeOr(page.Before), page.Limit)
	return collect(rows, err, scanPerson)
}

// peopleByPrefix finds what is too short for the search index: ids and emails
// that begin with the first word. Ids are case-sensitive, so it is looked for as
// typed, too.
func (s *Store) peopleByPrefix(ctx context.Context, ws WorkspaceID, q string, limit int) ([]Person, error) {
	words, typed := searchWords(q), strings.Fields(q)[0]
	rows, err := s.read.QueryContext(ctx, `
		select `+personColumns+` from people
		where person_id in (
			select person_id from (select person_id from people where workspace_id = ?1 and id >= ?2 and id < ?3 limit ?4)
			union
			select person_id from (select person_id from people where workspace_id = ?1 and id >= ?5 and id < ?6 limit ?4)
			union
			select person_id from (select person_id from people where workspace_id = ?1 and email_key >= ?2 and email_key < ?3 limit ?4))
		order by person_id desc
		limit ?4`, ws, words[0], words[0]+last, limit, typed, typed+last)
	found, err := collect(rows, err, scanPerson)
	return slices.DeleteFunc(found, func(p Person) bool { return !p.has(words) }), err
}

// last sorts behind all text.
const last = "\U0010FFFF"

// maxSearched is how many candidates a search looks at for one page: the index
// finds people who have all trigrams of a word, which is almost always the
// word itself.
const maxSearched = 5000

func (s *Store) searchPeople(ctx context.Context, ws WorkspaceID, words []string, page Page, matches func(Person) bool) ([]Person, error) {
	var found []Person
	compare, order := `<`, ` desc`
	from := beforeOr(page.Before)
	if page.After != 0 {
		compare, order, from = `>`, ``, page.After
	}
	query := `
		select ` + prefixedPersonColumns + `
		from people_search f cross join people p on p.person_id = f.rowid
		where f.people_search match ? and f.rowid ` + compare + ` ? and p.workspace_id = ?
		order by f.rowid` + order + `
		limit ?`
	shares, err := s.trigramShares(ctx, ws)
	if err != nil {
		return nil, err
	}
	terms, batch := shares.query(ws, words), max(2*page.Limit, 50)
	for searched := 0; searched < maxSearched && len(found) < page.Limit; searched += batch {
		rows, err := s.read.QueryContext(ctx, query, terms, from, ws, batch)
		candidates, err := collect(rows, err, scanPerson)
		if err != nil {
			return nil, err
		}
		for _, p := range candidates {
			if len(found) < page.Limit && matches(p) {
				found = append(found, p)
			}
			from = int64(p.ID)
		}
		if len(candidates) < batch {
			break
		}
	}
	return found, nil
}

// searchText is what a search looks in.
func searchText(p Person) string {
	return searchFold(p.Email + "\n" + p.ExternalID + "\n" + p.Name())
}

// searchFold takes away what a search does not look at. Characters of the
// private use area mark workspaces in the index, so they are no text there,
// and a query ends at a zero byte.
func searchFold(text string) string {
	return strings.Map(func(r rune) rune {
		if r == 0 || r >= privateUse && r < privateUse+privateUseSize {
			return -1
		}
		return r
	}, nameFold(text))
}

const (
	privateUse     = 0xE000
	privateUseSize = 6400
)

// searchMark is one trigram that stands for a workspace. Without it a search
// would read the matches of all workspaces to find those of one.
func searchMark(ws WorkspaceID) string {
	n := int64(ws)
	return string([]rune{
		rune(privateUse + n/privateUseSize/privateUseSize%privateUseSize),
		rune(privateUse + n/privateUseSize%privateUseSize),
		rune(privateUse + n%privateUseSize),
	})
}

// searchChange is what the search index should hold for a person.
type searchChange struct {
	body  string // empty: nothing
	fresh bool   // the index holds nothing for them yet
}

// index makes a new person findable.
func (t tallies) index(ws WorkspaceID, p Person) {
	t.search[p.ID] = searchChange{searchMark(ws) + "\n" + searchText(p), true}
}

// reindex follows a change of what a person is found by.
func (t tallies) reindex(ws WorkspaceID, p Person) {
	t.search[p.ID] = searchChange{searchMark(ws) + "\n" + searchText(p), t.search[p.ID].fresh}
}

func (t tallies) unindex(id PersonID) {
	t.search[id] = searchChange{"", t.search[id].fresh}
}

// addSearch takes over what a change that went well has indexed.
func (t tallies) addSearch(other tallies) {
	for id, c := range other.search {
		if before, ok := t.search[id]; ok {
			c.fresh = before.fresh
		}
		t.search[id] = c
	}
}

// flushSearch writes the search index once for the whole transaction, and in
// the order of its rows: FTS5 writes out what it has gathered at every
// savepoint and whenever a row comes before the last one.
func (tx *Tx) flushSearch() error {
	for _, id := range slices.Sorted(maps.Keys(tx.search)) {
		c := tx.search[id]
		if !c.fresh {
			if _, err := tx.exec(`delete from people_search where rowid = ?`, id); err != nil {
				return err
			}
		}
		if c.body == "" {
			continue
		}
		if _, err := tx.exec(`insert into people_search (rowid, body) values (?, ?)`, id, c.body); err != nil {
			return err
		}
	}
	return nil
}
