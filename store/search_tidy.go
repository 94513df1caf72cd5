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
		if _, err := tx.exec(`insert into people_search (people_search, rank) values ('merge', ?)`, -tidyPages); err != nil {
			return err
		}
		after, err := changes()
		more = after-before >= 2 // the documentation of FTS5 tells it so
		return err
	})
	return more, err
}
