// Package store is the data of Postroom and the rules that guard it. Each kind
// of record has one file, with its type, its rules and its queries. It is the
// only package that knows SQL.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"runtime"
	"strconv"
	"time"
)

// Store reads and writes one SQLite database.
type Store struct {
	path    string
	read    *sql.DB // several connections that cannot write
	write   *sql.DB // one connection, owned by writer
	writer  *writer
	now     func() time.Time
	seen    seenNames
	wakes   wakes
	plans   plans
	samples searchSamples
}

// Open opens the database at path, which is made when it is missing, and
// brings its schema up to date.
func Open(path string) (*Store, error) {
	write, err := open(path, "_txlock", "immediate", "_journal_mode", "wal")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := migrate(context.Background(), write); err != nil {
		write.Close()
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	// Half of what a small read costs is its preparation.
	read, err := open(path, "mode", "ro", "_query_only", "on", "_stmt_cache_size", "100")
	if err != nil {
		write.Close()
		return nil, err
	}
	read.SetMaxOpenConns(max(4, 2*runtime.NumCPU()))
	read.SetMaxIdleConns(max(4, 2*runtime.NumCPU()))
	s := &Store{path: path, read: read, write: write, now: time.Now, seen: seenNames{}, wakes: newWakes()}
	if s.writer, err = newWriter(s); err != nil {
		read.Close()
		write.Close()
		return nil, err
	}
	return s, nil
}

// SetClock replaces the clock; tests move time with it.
func (s *Store) SetClock(now func() time.Time) { s.now = now }

// Now is the time by which the store writes and judges.
func (s *Store) Now() time.Time { return s.now() }

// Close waits for writes under way and closes the database.
func (s *Store) Close() error {
	s.writer.close()
	s.read.Close()
	return s.write.Close()
}

// open sets the pragmas in the address, because they belong to a connection
// and database/sql opens connections whenever it likes. What the driver has no
// word for is checked by open's caller through pragmas below.
func open(path string, extra ...string) (*sql.DB, error) {
	q := url.Values{
		"_busy_timeout": {"10000"},
		"_foreign_keys": {"on"},
		"_synchronous":  {"full"}, // an answered call survives a power cut
		"_cache_size":   {strconv.Itoa(-32 * 1024)},
	}
	for i := 0; i < len(extra); i += 2 {
		q.Set(extra[i], extra[i+1])
	}
	db, err := sql.Open(driverName, "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	if err := readBack(db); err != nil {
		db.Close()
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	return db, nil
}

// readBack checks that the pragmas took effect: a misspelt one is silently
// ignored by SQLite.
func readBack(db *sql.DB) error {
	for pragma, want := range map[string]string{"foreign_keys": "1", "synchronous": "2", "journal_mode": "wal"} {
		var got string
		if err := db.QueryRow("pragma " + pragma).Scan(&got); err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("pragma %s is %s, want %s", pragma, got, want)
		}
	}
	return nil
}

// Ready says whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	var one int
	return s.read.QueryRowContext(ctx, `select 1`).Scan(&one)
}

// Backup writes a consistent copy of the database to path, also while others
// write.
func (s *Store) Backup(ctx context.Context, path string) error {
	db, err := open(s.path, "mode", "ro") // without query_only, which forbids this write, too
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, `vacuum into ?`, path)
	return known(err)
}

// queryer is what *sql.DB and Tx share, so that a query can be written once
// and run in a transaction or out of one.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// collect scans every row with scan.
func collect[T any](rows *sql.Rows, err error, scan func(func(...any) error) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// micros is how the database keeps a time.
func micros(t time.Time) int64 { return t.UnixMicro() }

// instant reads a time from the database; zero stays zero.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// orNull keeps an empty string out of a unique index.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
