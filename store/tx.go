package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Tx is one change under way. It is a queryer; what it counts and wakes is
// written once for the whole transaction.
type Tx struct {
	w       *writer
	now     time.Time
	began   time.Time      // by the machine's clock
	changed *[]WorkspaceID // whose segments it changed
	stirs   map[stirKey]bool
	chain   int // of campaigns that started each other; see maxChain
	tallies
}

// awaited says whether other changes wait for this one, which has been under
// way for longer than it may be then.
func (tx *Tx) awaited(may time.Duration) bool {
	return len(tx.w.queue) > 0 && time.Since(tx.began) > may
}

func (tx *Tx) run(fn func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a change: %v", p)
		}
	}()
	return fn(tx)
}

// exec runs a statement and says how many rows it changed.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	stmt, err := tx.w.stmt(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.Exec(args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// insert adds a row and gives its key; ErrTaken when "on conflict do nothing"
// added none. It is faster than "returning".
func (tx *Tx) insert(query string, args ...any) (int64, error) {
	stmt, err := tx.w.stmt(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.Exec(args...)
	if err != nil {
		return 0, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return 0, cmp.Or(err, ErrTaken)
	}
	return result.LastInsertId()
}

// execOne runs a statement that must change exactly one row.
func (tx *Tx) execOne(query string, args ...any) error {
	n, err := tx.exec(query, args...)
	if err == nil && n != 1 {
		err = ErrNotFound
	}
	return err
}

// QueryContext ignores ctx: a change that has begun runs to its end.
func (tx *Tx) QueryContext(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := tx.w.stmt(query)
	if err != nil {
		return nil, err
	}
	return stmt.Query(args...)
}

// QueryRowContext ignores ctx, as QueryContext does.
func (tx *Tx) QueryRowContext(_ context.Context, query string, args ...any) *sql.Row {
	stmt, err := tx.w.stmt(query)
	if err != nil {
		return tx.w.conn.QueryRowContext(context.Background(), query, args...) // fails with the same error, in a Row
	}
	return stmt.QueryRow(args...)
}

func (tx *Tx) query(query string, args ...any) (*sql.Rows, error) {
	return tx.QueryContext(context.Background(), query, args...)
}

func (tx *Tx) row(query string, args ...any) *sql.Row {
	return tx.QueryRowContext(context.Background(), query, args...)
}
