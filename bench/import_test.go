package bench

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// importedRows can be set to see how it goes with less, or more.
var importedRows = flag.Int("import-rows", 1_000_000, "rows of the file that BenchmarkImport imports")

// BenchmarkImport is rows a second of a file of new people with eight
// attributes, then of the same file when everybody is known, beside
// sqlite3 .import of that file into a table with the same unique indexes.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		folder := b.TempDir()
		path := filepath.Join(folder, "people.csv")
		size := writePeople(b, path)
		w := newImportWorld(b, folder)
		checked := w.check(path, size)
		created := w.start()
		w.check(again(b, path), size)
		updated := w.start()
		baseline := sqliteImport(b, folder, path)
		reportRows(b, "check", checked)
		reportRows(b, "new", created)
		reportRows(b, "known", updated)
		b.ReportMetric(peakMemory(), "peak-MB")
		if baseline == 0 {
			b.Log("sqlite3 is not installed, so there is no baseline")
			continue
		}
		reportRows(b, "sqlite3", baseline)
		b.ReportMetric(float64(baseline)/float64(created), "new/sqlite3")
	}
}

// again is the same file under another name: each import has its own.
func again(b *testing.B, path string) string {
	other := path + ".again"
	if err := os.Link(path, other); err != nil {
		b.Fatal(err)
	}
	return other
}

// BenchmarkIdentifyWhileImporting is how long calls wait that come, one every
// few milliseconds, while new people are imported.
func BenchmarkIdentifyWhileImporting(b *testing.B) {
	for b.Loop() {
		folder := b.TempDir()
		path := filepath.Join(folder, "people.csv")
		w := newImportWorld(b, folder)
		w.check(path, writePeople(b, path))
		ctx, stop := context.WithCancel(context.Background())
		waits := make(chan []time.Duration)
		go func() { waits <- w.identify(ctx) }()
		took := w.start()
		stop()
		all := <-waits
		slices.Sort(all)
		reportRows(b, "new", took)
		b.ReportMetric(float64(len(all)), "calls")
		b.ReportMetric(all[len(all)/2].Seconds()*1e3, "p50-ms")
		b.ReportMetric(all[len(all)*99/100].Seconds()*1e3, "p99-ms")
		b.ReportMetric(all[len(all)-1].Seconds()*1e3, "max-ms")
	}
}

// identify makes calls until ctx ends, and says how long each took.
func (w *importWorld) identify(ctx context.Context) (waits []time.Duration) {
	random := rand.New(rand.NewPCG(3, 4))
	for n := 0; ctx.Err() == nil; n++ {
		began := time.Now()
		_, err := w.store.Identify(context.Background(), w.ws, store.Identify{
			Ref: identity.Ref{Kind: identity.ID, Value: fmt.Sprintf("live_%d", n)}, Attributes: someAttributes(random)})
		w.must(err)
		waits = append(waits, time.Since(began))
		time.Sleep(time.Duration(random.IntN(int(40 * time.Millisecond))))
	}
	return waits
}

// peakMemory is the most that this process has held so far, in megabytes.
func peakMemory() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return float64(used.Maxrss) / 1024
}

func reportRows(b *testing.B, name string, took time.Duration) {
	b.ReportMetric(float64(*importedRows)/took.Seconds(), name+"-rows/s")
}

func writePeople(b *testing.B, path string) int64 {
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	random := rand.New(rand.NewPCG(1, 2))
	fmt.Fprintln(w, "id,email,first_name,last_name,plan,company,city,country,mrr,signed_up_at")
	for i := range *importedRows {
		n := random.Uint64()
		fmt.Fprintf(w, "usr_%016x,person%x@example%d.test,First%d,Last%d,%s,Company %d,City %d,%s,%d,2026-03-%02d\n",
			n, n, n%5000, n%700, n%9000, []string{"free", "pro", "team"}[n%3], n%20000, n%900, []string{"PT", "DE", "NO"}[n%3], n%500, i%28+1)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

type importWorld struct {
	*testing.B
	store *store.Store
	ws    store.WorkspaceID
	files string
	id    store.ImportID
}

func newImportWorld(b *testing.B, folder string) *importWorld {
	w := &importWorld{B: b, files: folder}
	var err error
	w.store, err = store.Open(filepath.Join(folder, "bench.db"))
	w.must(err)
	b.Cleanup(func() { w.store.Close() })
	_, ws, err := w.store.SetUp(context.Background(), store.Setup{
		Account: "Acme Ltd", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: store.NewWorkspace{Name: "Acme", Color: "moss", Identifiers: "email_or_id"},
	})
	w.must(err)
	w.ws = ws.ID
	return w
}

func (w *importWorld) must(err error) {
	if err != nil {
		w.Fatal(err)
	}
}

func (w *importWorld) check(path string, size int64) time.Duration {
	header := []string{"id", "email", "first_name", "last_name", "plan", "company", "city", "country", "mrr", "signed_up_at"}
	sample := []string{"usr_1", "a@x.test", "A", "B", "pro", "C", "D", "PT", "12", "2026-03-01"}
	start := int64(len("id,email,first_name,last_name,plan,company,city,country,mrr,signed_up_at\n"))
	id, err := w.store.CreateImport(context.Background(), w.ws, store.NewImport{Name: "people.csv", File: filepath.Base(path), Size: size,
		Format: store.ImportFormat{Encoding: "UTF-8", Separator: ",", Header: header, Samples: [][]string{sample}, Start: store.ImportPosition{Offset: start, Line: 2}},
	}, store.CommandLine)
	w.must(err)
	w.id = id
	i, err := w.store.Import(context.Background(), w.ws, id)
	w.must(err)
	w.must(w.store.CheckImport(context.Background(), w.ws, id, i.Columns, i.Options))
	return w.run()
}

func (w *importWorld) start() time.Duration {
	w.must(w.store.StartImport(context.Background(), w.ws, w.id, store.CommandLine))
	return w.run()
}

// run lets an engine work until the import is no longer in hand.
func (w *importWorld) run() time.Duration {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	began := time.Now()
	e := engine.New(engine.Config{Store: w.store, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Uploads: w.files})
	go func() { ended <- e.Run(ctx) }()
	for {
		i, err := w.store.Import(ctx, w.ws, w.id)
		w.must(err)
		if !i.State.Working() {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	took := time.Since(began)
	stop()
	w.must(<-ended)
	i, err := w.store.Import(context.Background(), w.ws, w.id)
	w.must(err)
	if i.Rows != *importedRows || i.Rejected != 0 {
		w.Fatalf("%d rows, %d rejected", i.Rows, i.Rejected)
	}
	return took
}

func sqliteImport(b *testing.B, folder, path string) time.Duration {
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		return 0
	}
	script := fmt.Sprintf(`pragma journal_mode = wal;
pragma synchronous = full;
create table people (id text, email text, first_name text, last_name text, plan text, company text, city text, country text, mrr text, signed_up_at text);
create unique index people_by_id on people (id);
create unique index people_by_email on people (email);
.import --csv --skip 1 %s people
`, path)
	cmd := exec.Command(program, filepath.Join(folder, "baseline.db"))
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	io.WriteString(stdin, script)
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}
