//go:build !sqlite_fts5

package store

// The search index needs SQLite's fts5. Without the tag the program would be
// built, and then fail at its start.
var _ = build_with_make_which_sets_the_tag_sqlite_fts5
