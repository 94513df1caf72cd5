package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// A search asks the index for trigrams. Some of them, such as those of
// "@example.com", nearly everybody has: in a workspace of a million people
// following one of these costs more than all the others, and says nothing. So
// a sample of the workspace tells which are common, and a word that has rare
// trigrams is looked for by those alone. What is found is compared with the
// whole word anyway.
const (
	searchSample = 400              // people
	sampleSpots  = 40               // places among their keys at which these are found
	sampleAge    = 10 * time.Minute // after which it is taken anew
	commonShare  = 20               // common: in more than one of so many people
	maxTrigrams  = 8                // of all words together, the rarest ones
)

// trigramShares is how many people of a sample have each trigram; empty where
// a workspace is small.
type trigramShares struct {
	people  map[string]int
	most    bool // of all people of the database are in this workspace
	takenAt time.Time
}

// searchSamples keeps the samples of the workspaces that were searched lately.
type searchSamples struct {
	mu sync.Mutex
	of map[WorkspaceID]trigramShares
}

// trigramShares is a recent sample of the workspace.
func (s *Store) trigramShares(ctx context.Context, ws WorkspaceID) (trigramShares, error) {
	s.samples.mu.Lock()
	shares, ok := s.samples.of[ws]
	s.samples.mu.Unlock()
	if ok && s.now().Sub(shares.takenAt) < sampleAge {
		return shares, nil
	}
	people, err := s.samplePeople(ctx, ws)
	if err != nil {
		return shares, err
	}
	shares = trigramShares{people: map[string]int{}, takenAt: s.now()}
	if len(people) == searchSample {
		shares.count(people)
		err := s.read.QueryRowContext(ctx, `
			select people > (select sum(people) from workspaces) / 2 from workspaces where workspace_id = ?`, ws).Scan(&shares.most)
		if err != nil {
			return shares, err
		}
	}
	s.samples.keep(ws, shares)
	return shares, nil
}

// samplePeople is people from all over the workspace: those who came together
// are often alike, in what counts up above all. Where too few are found like
// this they are the newest.
func (s *Store) samplePeople(ctx context.Context, ws WorkspaceID) ([]Person, error) {
	newest, err := s.newestPeople(ctx, ws, 1)
	if err != nil || len(newest) == 0 {
		return newest, err
	}
	var people []Person
	last := newest[0].ID + 1
	for step := range PersonID(sampleSpots) {
		some, err := s.olderPeople(ctx, ws, int64(last-step*last/sampleSpots), searchSample/sampleSpots)
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			if n := len(people); n == 0 || p.ID < people[n-1].ID {
				people = append(people, p)
			}
		}
	}
	if len(people) == searchSample {
		return people, nil
	}
	return s.newestPeople(ctx, ws, searchSample)
}

func (t trigramShares) count(people []Person) {
	for _, p := range people {
		seen := map[string]bool{}
		for trigram := range trigrams(searchText(p)) {
			seen[trigram] = true
		}
		for trigram := range seen {
			t.people[trigram]++
		}
	}
}

// keep remembers a sample, and forgets those that are old.
func (s *searchSamples) keep(ws WorkspaceID, shares trigramShares) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for other, old := range s.of {
		if shares.takenAt.Sub(old.takenAt) >= sampleAge {
			delete(s.of, other)
		}
	}
	if s.of == nil {
		s.of = map[WorkspaceID]trigramShares{}
	}
	s.of[ws] = shares
}

// choose is the trigrams by which to look for words: the rarest, without those
// that are common unless all of them are.
func (t trigramShares) choose(words []string) []string {
	var all []string
	for _, word := range words {
		all = slices.AppendSeq(all, trigrams(word))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(t.people) == 0 {
		return all
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(t.people[a], t.people[b]) })
	rare := slices.IndexFunc(all, func(trigram string) bool { return t.people[trigram] > searchSample/commonShare })
	if rare > 0 {
		all = all[:rare]
	}
	return all[:min(len(all), maxTrigrams)]
}

// trigrams is each three characters that follow each other.
func trigrams(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		runes := []rune(text)
		for i := 0; i+3 <= len(runes); i++ {
			if !yield(string(runes[i : i+3])) {
				return
			}
		}
	}
}

// query asks the index for people of the workspace who have every trigram by
// which to look for words. Where most people are of this workspace, its mark is
// one more common trigram. An index without details knows no phrases.
func (t trigramShares) query(ws WorkspaceID, words []string) string {
	terms := t.choose(words)
	if !t.most {
		terms = append(terms, searchMark(ws))
	}
	for i, term := range terms {
		terms[i] = `"` + strings.ReplaceAll(term, `"`, `""`) + `"`
	}
	return strings.Join(terms, ` AND `)
}
