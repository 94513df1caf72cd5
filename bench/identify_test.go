// Package bench measures Postroom and says how near it comes to what the
// machine can do. It prints figures and never fails on time.
package bench

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/web"
)

const (
	callers  = 64
	measured = 2 * time.Second
	present  = 20_000 // people before it begins
)

// BenchmarkIdentify compares identify calls over HTTP, on connections that are
// kept, with the same calls made in the process. Every other one is about
// somebody new.
func BenchmarkIdentify(b *testing.B) {
	db, ws, siteID, key := newWorkspace(b)
	server := httptest.NewServer(web.New(web.Config{
		Store: db, Log: slog.New(slog.DiscardHandler), BaseURL: "http://127.0.0.1",
		Keys: [][]byte{make([]byte, 32), make([]byte, 32)}, Uploads: b.TempDir(),
	}))
	defer server.Close()
	var last atomic.Int64
	fill(b, db, ws, &last)
	auth := base64.StdEncoding.EncodeToString([]byte(siteID + ":" + key))

	for b.Loop() {
		inside := load(b, func() call {
			return func(r *rand.Rand) error {
				_, err := db.Identify(context.Background(), ws, store.Identify{Ref: identity.Ref{Kind: identity.ID, Value: someID(r, &last)}, Attributes: someAttributes(r)})
				return err
			}
		})
		outside := load(b, func() call { return httpCaller(b, server.Listener.Addr().String(), auth, &last) })
		report(b, inside, outside)
	}
}

func report(b *testing.B, inside, outside result) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(outside.perSecond, "identify/s")
	b.ReportMetric(outside.p50.Seconds()*1e3, "p50-ms")
	b.ReportMetric(outside.p99.Seconds()*1e3, "p99-ms")
	b.ReportMetric(inside.perSecond, "in-process/s")
	b.ReportMetric(outside.perSecond/inside.perSecond, "ratio")
	fmt.Printf("identify, %d callers: over HTTP %v; in the process %v; ratio %.2f\n", callers, outside, inside, outside.perSecond/inside.perSecond)
}

func newWorkspace(b *testing.B) (db *store.Store, ws store.WorkspaceID, siteID, key string) {
	db, err := store.Open(filepath.Join(b.TempDir(), "bench.db"))
	must(b, err)
	b.Cleanup(func() { db.Close() })
	_, w, err := db.SetUp(context.Background(), store.Setup{
		Account: "Bench", Name: "Bench", Email: "bench@x.example.com", PasswordHash: "none",
		Workspace: store.NewWorkspace{Name: "Bench", Color: "moss", Identifiers: identity.EmailOrID},
	})
	must(b, err)
	c, key, err := db.CreateCredential(context.Background(), w.ID, store.TrackKey, "Bench", store.CommandLine)
	must(b, err)
	return db, w.ID, c.SiteID, key
}

// fill makes the people who are there before anything is measured.
func fill(b *testing.B, db *store.Store, ws store.WorkspaceID, last *atomic.Int64) {
	var wg sync.WaitGroup
	for n := range callers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(n)))
			for {
				id := last.Add(1)
				if id > present {
					return
				}
				_, err := db.Identify(context.Background(), ws, store.Identify{Ref: identity.Ref{Kind: identity.ID, Value: idOf(id)}, Attributes: someAttributes(r)})
				must(b, err)
			}
		})
	}
	wg.Wait()
}

type call func(*rand.Rand) error

type result struct {
	perSecond float64
	p50, p99  time.Duration
	cpu       time.Duration // of this process, for each call
}

func (r result) String() string {
	return fmt.Sprintf("%.0f/s (p50 %v, p99 %v, CPU %v each)", r.perSecond, r.p50, r.p99, r.cpu)
}

// load lets callers call as fast as they are answered.
func load(b *testing.B, newCaller func() call) result { return loadBy(b, callers, newCaller) }

func loadBy(b *testing.B, callers int, newCaller func() call) result {
	took := make([][]time.Duration, callers)
	start, before := time.Now(), cpuTime()
	var wg sync.WaitGroup
	for n := range callers {
		one := newCaller()
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(start.UnixNano()), uint64(n)))
			for time.Since(start) < measured {
				began := time.Now()
				must(b, one(r))
				took[n] = append(took[n], time.Since(began))
			}
		})
	}
	wg.Wait()
	elapsed, cpu := time.Since(start), cpuTime()-before
	all := slices.Concat(took...)
	slices.Sort(all)
	return result{
		perSecond: float64(len(all)) / elapsed.Seconds(),
		p50:       all[len(all)/2].Round(10 * time.Microsecond),
		p99:       all[len(all)*99/100].Round(10 * time.Microsecond),
		cpu:       (cpu / time.Duration(len(all))).Round(time.Microsecond),
	}
}

// cpuTime is what this process has used of the processors. Unlike the rate, it
// says the same on a machine with neighbours.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// httpCaller is a client that costs next to nothing, so that it is the server
// that is measured.
func httpCaller(b *testing.B, address, auth string, last *atomic.Int64) call {
	conn, err := net.Dial("tcp", address)
	must(b, err)
	b.Cleanup(func() { conn.Close() })
	answers := bufio.NewReader(conn)
	return func(r *rand.Rand) error {
		body, err := json.Marshal(someAttributes(r))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(conn, "PUT /api/v1/customers/%s HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", someID(r, last), auth, len(body), body)
		if err != nil {
			return err
		}
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if text, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != 200 {
			return fmt.Errorf("%s: %s (%v)", answer.Status, text, err)
		}
		return nil
	}
}

// someID is somebody new, or with the same chance somebody known.
func someID(r *rand.Rand, last *atomic.Int64) string {
	if r.IntN(2) == 0 {
		return idOf(last.Add(1))
	}
	return idOf(1 + r.Int64N(last.Load()))
}

func idOf(n int64) string { return fmt.Sprintf("usr_%x", uint64(n)*0x9e3779b97f4a7c15) } // in no order, as ids come

func someAttributes(r *rand.Rand) store.Attributes {
	return store.Attributes{
		"first_name": []string{"Ada", "Grace", "Edsger", "Barbara"}[r.IntN(4)], "last_name": fmt.Sprintf("L%x", r.IntN(1<<20)),
		"plan": []string{"free", "pro", "team"}[r.IntN(3)], "country": []string{"NL", "DE", "BR", "JP"}[r.IntN(4)],
		"created_at": json.Number("1700000000"), "visits": json.Number(fmt.Sprint(r.IntN(1000))), "beta": r.IntN(2) == 0,
		"company": fmt.Sprintf("Company %d", r.IntN(5000)), "timezone": "Europe/Amsterdam", "language": "en", "source": "signup",
	}
}

func must(b *testing.B, err error) {
	if err != nil {
		b.Error(err)
		panic(err)
	}
}
