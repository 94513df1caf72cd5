package store

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"
)

// The writer appends to the WAL; a checkpoint brings that into the database,
// which takes tens of milliseconds and more. So a goroutine with a connection
// of its own does it while the writer goes on. But the WAL begins anew only
// when all of it was brought over before a write: once it is long, the writer
// itself brings over the little that came meanwhile.
const (
	checkpointPause = 100 * time.Millisecond // in which writes gather
	longWAL         = 8_000                  // pages
	// maxWAL is the pages after which a commit does all of it, should the
	// goroutine not keep up.
	maxWAL = 100_000
)

// checkpointer brings the WAL into the database.
type checkpointer struct {
	db      *sql.DB
	written chan struct{} // rings after a commit
	long    atomic.Bool   // the writer should finish
	stop    chan struct{}
	done    chan struct{}
}

func newCheckpointer(path string) (*checkpointer, error) {
	db, err := open(path)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	c := &checkpointer{db: db, written: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go c.run()
	return c, nil
}

func (c *checkpointer) close() {
	close(c.stop)
	<-c.done
	c.db.Close()
}

// ring says that something was written.
func (c *checkpointer) ring() {
	select {
	case c.written <- struct{}{}:
	default:
	}
}

func (c *checkpointer) run() {
	defer close(c.done)
	for {
		select {
		case <-c.stop:
			return
		case <-c.written:
		}
		c.checkpoint()
		select {
		case <-c.stop:
			return
		case <-time.After(checkpointPause):
		}
	}
}

// checkpoint brings over what no reader needs where it is. What fails is tried
// again after the next commit, and is the writer's business if it lasts.
func (c *checkpointer) checkpoint() {
	if pages, err := bringOver(c.db); err == nil && pages > longWAL {
		c.long.Store(true)
	}
}

// bringOver checkpoints and gives the length of the WAL, in pages. The answer
// has to be read to its end: a statement that is not over keeps a snapshot.
func bringOver(q queryer) (pages int, err error) {
	var busy, done int
	err = q.QueryRowContext(context.Background(), `pragma wal_checkpoint(passive)`).Scan(&busy, &pages, &done)
	return pages, err
}

// finishWAL brings over what came since the last checkpoint, if the WAL is
// long, so that the next write begins it anew.
func (w *writer) finishWAL() {
	if w.checkpoints.long.CompareAndSwap(true, false) {
		bringOver(w.conn)
	}
}
