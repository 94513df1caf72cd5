package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

const (
	maxBatch     = 512                   // changes that share one commit
	maxBatchTime = 20 * time.Millisecond // after which a batch takes no more
)

// writer is the one goroutine that writes. Changes that arrive together share
// a transaction (a group commit), so that one fsync answers many callers; each
// runs in a savepoint of its own and gets its own result, after the commit.
type writer struct {
	store       *Store
	checkpoints *checkpointer
	conn        *sql.Conn
	stmts       map[string]*sql.Stmt
	segments    segmentIndexes
	builds      builds
	dates       dateCampaigns
	sightings   sightings
	queue       chan *change
	held        *change       // taken from the queue, for the next transaction
	stop        chan struct{} // closed: take no more
	done        chan struct{} // closed: run has ended
	stats       writerStats

	searchWrites atomic.Int64 // changes of the search index
}

// change is one caller's part of a transaction.
type change struct {
	fn     func(*Tx) error
	alone  bool         // wants a transaction for itself
	state  atomic.Int32 // waiting, then begun or abandoned
	result chan error
}

const (
	waiting int32 = iota
	begun
	abandoned
)

func newWriter(s *Store) (*writer, error) {
	conn, err := s.write.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	// The pages of an import want more cache than readers.
	if _, err := conn.ExecContext(context.Background(), fmt.Sprintf(`pragma wal_autocheckpoint = %d; pragma cache_size = -81920`, maxWAL)); err != nil {
		return nil, err
	}
	checkpoints, err := newCheckpointer(s.path)
	if err != nil {
		return nil, err
	}
	w := &writer{store: s, conn: conn, checkpoints: checkpoints, stmts: map[string]*sql.Stmt{}, segments: segmentIndexes{}, builds: builds{}, dates: dateCampaigns{}, sightings: sightings{of: map[seenName]sighting{}}, queue: make(chan *change, maxBatch), stop: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w, nil
}

func (w *writer) close() {
	w.saved(true)
	close(w.stop)
	<-w.done
	w.checkpoints.close()
	for _, stmt := range w.stmts {
		stmt.Close()
	}
	w.conn.Close()
}

// update runs fn in a transaction and returns when it is on disk. fn must not
// wait for anything but the database. An error undoes what fn did, and only
// that.
func (s *Store) update(ctx context.Context, fn func(*Tx) error) error {
	return s.submit(ctx, &change{fn: fn, result: make(chan error, 1)})
}

// updateAlone is update for big changes. They cost less without a savepoint,
// which copies each page that it might have to restore.
func (s *Store) updateAlone(ctx context.Context, fn func(*Tx) error) error {
	return s.submit(ctx, &change{fn: fn, alone: true, result: make(chan error, 1)})
}

func (s *Store) submit(ctx context.Context, c *change) error {
	if err := s.enqueue(ctx, c); err != nil {
		return err
	}
	return s.await(ctx, c)
}

// updateEach runs changes in this order, each as update does. They wait in the
// queue together, and so share commits.
func (s *Store) updateEach(ctx context.Context, fns []func(*Tx) error) []error {
	errs := make([]error, len(fns))
	all := make([]*change, len(fns))
	for i, fn := range fns {
		all[i] = &change{fn: fn, result: make(chan error, 1)}
		if errs[i] = s.enqueue(ctx, all[i]); errs[i] != nil {
			all[i] = nil
		}
	}
	for i, c := range all {
		if c != nil {
			errs[i] = s.await(ctx, c)
		}
	}
	return errs
}

func (s *Store) enqueue(ctx context.Context, c *change) error {
	select {
	case s.writer.queue <- c:
		return nil
	case <-s.writer.stop:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// await is what became of a change that is in the queue.
func (s *Store) await(ctx context.Context, c *change) error {
	select {
	case err := <-c.result:
		return known(err)
	case <-s.writer.done:
		select {
		case err := <-c.result: // it was the last one
			return known(err)
		default:
			return ErrClosed
		}
	case <-ctx.Done():
		if c.state.CompareAndSwap(waiting, abandoned) {
			return ctx.Err()
		}
		return known(<-c.result) // it is under way: its caller must know how it ends
	}
}

func (w *writer) run() {
	defer close(w.done)
	for {
		if first := w.held; first != nil {
			w.held = nil
			w.commit(first)
			continue
		}
		select {
		case first := <-w.queue:
			w.commit(first)
		case <-w.stop:
			return
		}
	}
}

// commit runs first and whatever has queued up behind it in one transaction.
func (w *writer) commit(first *change) {
	began := time.Now()
	batch, err := w.batch(first)
	if err == nil {
		err = w.exec(`commit`)
	}
	if err != nil {
		w.exec(`rollback`) // fails when SQLite already rolled back, as on a full disk
		w.store.plans.forget()
		clear(w.segments)
		clear(w.dates)
	}
	w.stats.committed(time.Since(began), len(batch.changes), err)
	if err == nil {
		w.learn(batch.names)
		w.store.wakes.ring(batch.turns)
	}
	for _, c := range batch.changes {
		c.result <- err
	}
	w.checkpoints.ring()
	w.finishWAL()
}

// batch is the changes of one transaction that went well, and what is
// written once for all of them.
type batch struct {
	changes []*change
	tallies
}

func (w *writer) batch(first *change) (*batch, error) {
	b := &batch{tallies: newTallies()}
	if err := w.exec(`begin immediate`); err != nil {
		b.changes = append(b.changes, first)
		return b, err
	}
	start, apply := time.Now(), w.apply
	if first.alone {
		apply = w.applyAlone
	}
	for c := first; c != nil; c = w.next(b, start) {
		if err := apply(c, b); err != nil {
			return b, err
		}
		apply = w.apply
	}
	tx := &Tx{w: w, now: w.store.now(), tallies: b.tallies}
	return b, tx.flush()
}

// applyAlone runs the first change of a transaction, which ends if it fails.
func (w *writer) applyAlone(c *change, b *batch) error {
	if !c.state.CompareAndSwap(waiting, begun) {
		return nil
	}
	tx := w.tx()
	b.changes = append(b.changes, c)
	if err := tx.run(c.fn); err != nil {
		return err
	}
	b.add(tx.tallies)
	return nil
}

func (w *writer) tx() *Tx {
	return &Tx{w: w, now: w.store.now().Truncate(time.Microsecond), began: time.Now(), changed: new([]WorkspaceID), tallies: newTallies()}
}

// next is the next change that is already waiting, if there is room and time for it. One
// that wants to be alone is left for the next transaction: nobody who shares
// this one should wait for it.
func (w *writer) next(b *batch, start time.Time) *change {
	if len(b.changes) >= maxBatch || time.Since(start) > maxBatchTime {
		return nil
	}
	select {
	case c := <-w.queue:
		if c.alone {
			w.held = c
			return nil
		}
		return c
	default:
		return nil
	}
}

// apply runs one change in a savepoint. One that fails is answered at once. An
// error is that of the whole transaction: on a full disk SQLite undoes all of
// it, and what came after would be kept without what came before.
func (w *writer) apply(c *change, b *batch) error {
	if !c.state.CompareAndSwap(waiting, begun) {
		return nil
	}
	tx := w.tx()
	err := w.exec(`savepoint change`)
	if err == nil {
		err = tx.run(c.fn)
	}
	if err != nil {
		for _, ws := range *tx.changed {
			delete(w.segments, ws) // it may have read what is undone
			delete(w.dates, ws)
		}
		undone := errors.Join(w.exec(`rollback to change`), w.exec(`release change`))
		c.result <- err
		if undone != nil {
			return err
		}
		return nil
	}
	b.changes = append(b.changes, c)
	b.add(tx.tallies)
	return w.exec(`release change`)
}

func (w *writer) exec(query string, args ...any) error {
	stmt, err := w.stmt(query)
	if err != nil {
		return err
	}
	_, err = stmt.Exec(args...)
	return err
}

// stmt prepares a query once. Query texts are constants, so there are few.
func (w *writer) stmt(query string) (*sql.Stmt, error) {
	if stmt, ok := w.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, query)
	}
	w.stmts[query] = stmt
	return stmt, nil
}
