package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

const idleWorkspaces = 5_000

// BenchmarkIdle is what workspaces cost in which nothing happens: the CPU of
// the whole process while the engine runs, and the memory that is held after
// each was used once, beside the same without them.
func BenchmarkIdle(b *testing.B) {
	for b.Loop() {
		noneCPU, noneHeap := idle(b, 0)
		manyCPU, manyHeap := idle(b, idleWorkspaces)
		each := float64(manyHeap-noneHeap) / idleWorkspaces
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(manyCPU.Seconds()*1e3, "cpu-ms/s")
		b.ReportMetric(each, "B/workspace")
		fmt.Printf("idle: %d workspaces use %.2f ms of CPU a second (none: %.2f ms) and %.0f bytes each\n", idleWorkspaces, manyCPU.Seconds()*1e3, noneCPU.Seconds()*1e3, each)
	}
}

// idle is the CPU used in a second, and the bytes held.
func idle(b *testing.B, n int) (cpu time.Duration, heap int64) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	db, err := store.Open(filepath.Join(b.TempDir(), "bench.db"))
	check(b, err)
	b.Cleanup(func() { db.Close() })
	_, first, err := db.SetUp(ctx, store.Setup{
		Account: "Acme", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: store.NewWorkspace{Name: "Acme", Identifiers: identity.EmailOrID},
	})
	check(b, err)
	worker := engine.New(engine.Config{Store: db, Log: quiet(), BaseURL: "https://post.test"})
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(ctx) }()
	useOnce(b, db, first.ID)
	before := held()
	makeWorkspaces(b, db, n)
	time.Sleep(2 * time.Second) // whatever was woken by the last call is done

	const watched = 5 * time.Second
	began := cpuTime()
	time.Sleep(watched)
	cpu = (cpuTime() - began) / time.Duration(watched/time.Second)
	heap = held() - before
	stop()
	check(b, <-ended)
	return cpu, heap
}

func makeWorkspaces(b *testing.B, db *store.Store, n int) {
	var wg sync.WaitGroup
	for begin := range callers {
		wg.Go(func() {
			for i := begin; i < n; i += callers {
				w, err := db.CreateWorkspace(context.Background(), store.NewWorkspace{Name: fmt.Sprintf("Idle %d", i), Identifiers: identity.EmailOrID}, store.CommandLine)
				if err != nil {
					b.Error(err)
					return
				}
				useOnce(b, db, w.ID)
			}
		})
	}
	wg.Wait()
}

// useOnce identifies somebody, and searches for them.
func useOnce(b *testing.B, db *store.Store, ws store.WorkspaceID) {
	_, err := db.Identify(context.Background(), ws, somebody(1))
	check(b, err)
	_, err = db.People(context.Background(), ws, "person1", store.Page{Limit: 50})
	check(b, err)
}

func held() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
