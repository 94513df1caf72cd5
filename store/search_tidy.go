package store

import "context"

// tidyPages is how much of the search index is merged in one transaction, in
// pages of the index: up to some tens of milliseconds of the writer.
const tidyPages = 128

// SearchWrites counts the changes of the search index since the start. While
// it stands still the index is as it was when TidySearch was last done with it.
func (s *Store) SearchWrites() int64 { return s.writer.searchWrites.Load() }

// TidySearch merges some of the parts of which the search index consists. Each
// transaction that indexes people adds one, and a search looks into all of them
// for each of its trigrams. more says that there is more to merge.
func (s *Store) TidySearch(ctx context.Context) (more bool, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		changes := func() (n int64, err error) {
			err = tx.row(`select total_changes()`).Scan(&n)
			return n, err
		}
		before, err := changes()
		if err != nil {
			return err
		}
		if err := tx.setSearch("merge", -tidyPages); err != nil {
			return err
		}
		after, err := changes()
		if more = after-before >= 2; more || err != nil { // the documentation of FTS5 tells it so
			return err
		}
		return tx.setSearch("crisismerge", maxSearchParts)
	})
	return more, err
}

// How many parts of a size the search index has before each change merges a bit
// of them, and before one merges them all at once. These are the defaults of FTS5.
const (
	searchParts    = 4
	maxSearchParts = 16
)

// manyParts is more than an import adds, and less than FTS5 takes.
const manyParts = 1000

// deferSearchMerges leaves merging what a transaction adds to TidySearch, and
// bit by bit to the changes until then. It costs a big import a fifth of its
// time.
func (tx *Tx) deferSearchMerges() error {
	if err := tx.setSearch("automerge", 0); err != nil {
		return err
	}
	return tx.setSearch("crisismerge", manyParts)
}

// resumeSearchMerges ends that. It must be called in the same transaction.
func (tx *Tx) resumeSearchMerges() error { return tx.setSearch("automerge", searchParts) }

func (tx *Tx) setSearch(option string, value int) error {
	_, err := tx.exec(`insert into people_search (people_search, rank) values (?, ?)`, option, value)
	return err
}
