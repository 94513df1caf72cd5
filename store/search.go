package store

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postroom/postroom/store/condition"
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
func (s *Store) People(ctx context.Context, ws WorkspaceID, q string, page Page) ([]Person, error) {
	if TooShort(q) {
		return s.peopleByPrefix(ctx, ws, q, page.Limit, nil)
	}
	way, err := s.way(ctx, ws, PeopleQuery{Q: q}, page)
	if err != nil {
		return nil, err
	}
	people, err := s.walk(ctx, way, page.Limit, time.Now().Add(searchTime))
	if way.back {
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

// newestPeople is who was added last.
func (s *Store) newestPeople(ctx context.Context, ws WorkspaceID, limit int) ([]Person, error) {
	return s.olderPeople(ctx, ws, never, limit)
}

// peopleByPrefix finds what is too short for the search index: ids and emails
// that begin with the first word. Ids are case-sensitive, so it is looked for as
// typed, too.
func (s *Store) peopleByPrefix(ctx context.Context, ws WorkspaceID, q string, limit int, c *condition.Condition) ([]Person, error) {
	words, typed := searchWords(q), strings.Fields(q)[0]
	f, err := compileCondition(ctx, s.read, ws, c, s.now())
	if err != nil {
		return nil, err
	}
	a := f.args
	folded, foldedEnd, asTyped, asTypedEnd, limited := a.add(words[0]), a.add(words[0]+last), a.add(typed), a.add(typed+last), a.add(limit)
	begin := func(column, from, to string) string {
		return `select person_id from (select person_id from people where workspace_id = ?1 and ` + column + ` >= ` + from + ` and ` + column + ` < ` + to + ` limit ` + limited + `)`
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+prefixedPersonColumns+` from people p
		where p.person_id in (`+begin(`id`, folded, foldedEnd)+` union `+begin(`id`, asTyped, asTypedEnd)+` union `+begin(`email_key`, folded, foldedEnd)+`)
		and `+f.is+`
		order by p.person_id desc
		limit `+limited, *a...)
	found, err := collect(rows, err, scanPerson)
	return slices.DeleteFunc(found, func(p Person) bool { return !p.has(words) }), err
}

// last sorts behind all text.
const last = "\U0010FFFF"

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
	if len(tx.search) > 0 {
		tx.w.searchWrites.Add(1)
	}
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
