package web

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// requestKey is by what requests are counted. A route is its pattern, so that
// there are as many as the server knows and nobody can make more.
type requestKey struct {
	route, method string
	status        int
}

// requests counts what was answered.
type requests struct {
	mu    sync.Mutex
	since time.Time
	byKey map[requestKey]requestSum
}

type requestSum struct {
	count   uint64
	seconds float64
}

// measured counts each request, by what was answered in the end.
func (s *Server) measured(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		if err := next(c); err != nil {
			c.Error(err) // answers, so that the status is known
		}
		s.requests.add(requestKey{cmp.Or(c.Path(), "none"), method(c.Request().Method), c.Response().Status}, time.Since(began))
		return nil
	}
}

func (r *requests) add(key requestKey, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	sum := r.byKey[key]
	sum.count++
	sum.seconds += took.Seconds()
	r.byKey[key] = sum
}

// method is a request's, unless somebody made it up.
func method(name string) string {
	if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, name) {
		return name
	}
	return "other"
}

// Metrics answers an operator's Prometheus, in its text format. It is for a
// listener of its own: it asks nobody who they are.
func (s *Server) Metrics() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m, err := s.store.Metrics(r.Context())
		if err != nil {
			s.log.ErrorContext(r.Context(), "metrics not read", "err", err)
			http.Error(w, "The database does not answer.", http.StatusServiceUnavailable)
			return
		}
		var e exposition
		e.store(m)
		e.requests(&s.requests)
		e.process(s.requests.since)
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Write(e.Bytes())
	})
}

// exposition is metrics as Prometheus reads them.
type exposition struct{ bytes.Buffer }

func (e *exposition) about(name, kind, help string) {
	fmt.Fprintf(e, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (e *exposition) one(name, kind, help string, value any) {
	e.about(name, kind, help)
	fmt.Fprintf(e, "%s %v\n", name, value)
}

func (e *exposition) store(m store.Metrics) {
	e.one("postroom_workspaces", "gauge", "Workspaces of the account.", m.Workspaces)
	e.one("postroom_people", "gauge", "People in all workspaces.", m.People)
	e.about("postroom_deliveries", "gauge", "Messages of all campaigns by what became of them.")
	for _, state := range store.DeliveryStates {
		fmt.Fprintf(e, "postroom_deliveries{state=%q} %d\n", state, m.Deliveries[state])
	}
	e.one("postroom_journeys_active", "gauge", "People inside a campaign, once for each.", m.Journeys)
	e.about("postroom_turns_due", "gauge", "Workspaces that wait for the engine, by kind of work.")
	for _, t := range m.Turns {
		fmt.Fprintf(e, "postroom_turns_due{kind=%q} %d\n", t.Kind, t.Due)
	}
	e.about("postroom_turns_oldest_seconds", "gauge", "How long the first of them has waited.")
	for _, t := range m.Turns {
		fmt.Fprintf(e, "postroom_turns_oldest_seconds{kind=%q} %g\n", t.Kind, t.Oldest.Seconds())
	}
	e.writer(m.Writer)
	e.one("postroom_database_bytes", "gauge", "Size of the database's file.", m.DatabaseBytes)
	e.one("postroom_database_wal_bytes", "gauge", "Size of its write-ahead log.", m.WALBytes)
}

func (e *exposition) writer(m store.WriterMetrics) {
	const name = "postroom_commit_seconds"
	e.about(name, "histogram", "Time that commits took, their changes included.")
	for i, n := range m.Buckets {
		fmt.Fprintf(e, "%s_bucket{le=\"%g\"} %d\n", name, store.CommitBuckets[i], n)
	}
	fmt.Fprintf(e, "%s_bucket{le=\"+Inf\"} %d\n%s_sum %g\n%s_count %d\n", name, m.Commits, name, m.Seconds, name, m.Commits)
	e.one("postroom_commit_changes_total", "counter", "Changes in those commits; divided by their count, the size of a batch.", m.Changes)
	e.one("postroom_commits_failed_total", "counter", "Transactions that were rolled back as a whole.", m.Failed)
	e.one("postroom_changes_waiting", "gauge", "Changes that wait for the writer.", m.Waiting)
}

func (e *exposition) requests(r *requests) {
	r.mu.Lock()
	all := maps.Clone(r.byKey)
	r.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(all), func(a, b requestKey) int {
		return cmp.Or(cmp.Compare(a.route, b.route), cmp.Compare(a.method, b.method), cmp.Compare(a.status, b.status))
	})
	const name = "postroom_http_request_seconds"
	e.about(name, "summary", "Requests and the time that they took, by route and status.")
	for _, k := range keys {
		labels := fmt.Sprintf(`{route=%q,method=%q,status="%d"}`, k.route, k.method, k.status)
		fmt.Fprintf(e, "%s_sum%s %g\n%s_count%s %d\n", name, labels, all[k].seconds, name, labels, all[k].count)
	}
}

func (e *exposition) process(since time.Time) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	e.one("process_start_time_seconds", "gauge", "When the process started, in unix seconds.", since.Unix())
	e.one("go_goroutines", "gauge", "Goroutines.", runtime.NumGoroutine())
	e.one("go_memstats_heap_inuse_bytes", "gauge", "Memory of the heap in use.", memory.HeapInuse)
	e.one("go_memstats_sys_bytes", "gauge", "Memory that Go has from the system.", memory.Sys)
}
