package store

import (
	"context"
	"os"
	"sync"
	"time"
)

// CommitBuckets is the upper bounds, in seconds, by which commits are counted.
var CommitBuckets = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1}

// WriterMetrics is what the writer has done since the start.
type WriterMetrics struct {
	Commits uint64 // transactions that are on disk
	Failed  uint64 // … that were rolled back as a whole
	Changes uint64 // callers' changes in those on disk
	Seconds float64
	Buckets []uint64 // commits at most as long as each of CommitBuckets
	Waiting int      // changes in the queue now
}

// writerStats counts what the writer does.
type writerStats struct {
	mu sync.Mutex
	m  WriterMetrics
}

func (s *writerStats) committed(took time.Duration, changes int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.m.Failed++
		return
	}
	if s.m.Buckets == nil {
		s.m.Buckets = make([]uint64, len(CommitBuckets))
	}
	s.m.Commits++
	s.m.Changes += uint64(changes)
	s.m.Seconds += took.Seconds()
	for i, bound := range CommitBuckets {
		if took.Seconds() <= bound {
			s.m.Buckets[i]++
		}
	}
}

// TurnMetrics is the work of one kind that is due.
type TurnMetrics struct {
	Kind   Kind
	Due    int           // workspaces that wait for a turn
	Oldest time.Duration // how long the first of them has waited
}

// Metrics is how the installation does, for its operator. Nothing in it names
// a workspace.
type Metrics struct {
	Workspaces    int
	People        int
	Deliveries    map[DeliveryState]int // messages of all campaigns by what became of them
	Journeys      int                   // people who are inside a campaign
	Turns         []TurnMetrics
	Writer        WriterMetrics
	DatabaseBytes int64
	WALBytes      int64 // what is written and not yet in the database's own file
}

// Metrics reads them. It reads counters that are kept, and counts nobody.
func (s *Store) Metrics(ctx context.Context) (m Metrics, err error) {
	err = s.read.QueryRowContext(ctx, `select count(*), coalesce(sum(people), 0) from workspaces where deleted_at is null`).Scan(&m.Workspaces, &m.People)
	if err != nil {
		return m, err
	}
	counts, err := s.campaignMetrics(ctx)
	if err != nil {
		return m, err
	}
	m.Journeys, m.Deliveries = counts["active"], map[DeliveryState]int{}
	for _, state := range DeliveryStates {
		m.Deliveries[state] = counts[string(state)]
	}
	if m.Turns, err = s.turnMetrics(ctx); err != nil {
		return m, err
	}
	m.Writer = s.writer.metrics()
	m.DatabaseBytes, m.WALBytes = fileSize(s.path), fileSize(s.path+"-wal")
	return m, nil
}

func (w *writer) metrics() WriterMetrics {
	w.stats.mu.Lock()
	defer w.stats.mu.Unlock()
	m := w.stats.m
	m.Buckets = append(make([]uint64, 0, len(CommitBuckets)), m.Buckets...)
	m.Waiting = len(w.queue)
	return m
}

// campaignMetrics is the counters of all campaigns together.
func (s *Store) campaignMetrics(ctx context.Context) (map[string]int, error) {
	rows, err := s.read.QueryContext(ctx, `select metric, sum(n) from campaign_counts where action_key = '' group by metric`)
	type count struct {
		metric string
		n      int
	}
	all, err := collect(rows, err, func(scan func(...any) error) (c count, err error) {
		err = scan(&c.metric, &c.n)
		return c, err
	})
	sums := map[string]int{}
	for _, c := range all {
		sums[c.metric] = c.n
	}
	return sums, err
}

func (s *Store) turnMetrics(ctx context.Context) ([]TurnMetrics, error) {
	now := s.now()
	rows, err := s.read.QueryContext(ctx, `select kind, count(*), min(due_at) from turns where due_at <= ? group by kind order by kind`, micros(now))
	return collect(rows, err, func(scan func(...any) error) (t TurnMetrics, err error) {
		var first int64
		err = scan(&t.Kind, &t.Due, &first)
		t.Oldest = now.Sub(instant(first))
		return t, err
	})
}

// fileSize is zero for a file that is not there.
func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
