package bench

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/web"
)

const (
	batchItems   = 500 // people whom one call of BenchmarkBatch is about
	batchCallers = 4
)

// BenchmarkBatch compares batches of Track v2 over HTTP with the same calls
// made in the process.
func BenchmarkBatch(b *testing.B) {
	db, ws, siteID, key := newWorkspace(b)
	server := httptest.NewServer(web.New(web.Config{
		Store: db, Log: slog.New(slog.DiscardHandler), BaseURL: "http://127.0.0.1",
		Keys: [][]byte{make([]byte, 32), make([]byte, 32)}, Uploads: b.TempDir(), Exports: b.TempDir(),
	}))
	defer server.Close()
	var last atomic.Int64
	fill(b, db, ws, &last)
	auth := base64.StdEncoding.EncodeToString([]byte(siteID + ":" + key))

	for b.Loop() {
		inside := loadBy(b, batchCallers, func() call {
			return func(r *rand.Rand) error {
				var calls []store.Call
				for range batchItems {
					calls = append(calls, store.Identify{Ref: identity.Ref{Kind: identity.ID, Value: someID(r, &last)}, Attributes: someAttributes(r)})
				}
				return errors.Join(db.Do(context.Background(), ws, calls...)...)
			}
		})
		outside := loadBy(b, batchCallers, func() call { return batchCaller(b, server.Listener.Addr().String(), auth, &last) })
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(outside.perSecond*batchItems, "items/s")
		b.ReportMetric(inside.perSecond*batchItems, "in-process/s")
		b.ReportMetric(outside.perSecond/inside.perSecond, "ratio")
		fmt.Printf("batches of %d, %d callers: over HTTP %.0f items/s in %v; in the process %.0f items/s in %v; ratio %.2f\n", batchItems, batchCallers,
			outside.perSecond*batchItems, outside, inside.perSecond*batchItems, inside, outside.perSecond/inside.perSecond)
	}
}

// batchItem is an item of Track v2.
type batchItem struct {
	Type        string            `json:"type"`
	Action      string            `json:"action"`
	Identifiers map[string]string `json:"identifiers"`
	Attributes  store.Attributes  `json:"attributes"`
}

func batchCaller(b *testing.B, address, auth string, last *atomic.Int64) call {
	conn, err := net.Dial("tcp", address)
	must(b, err)
	b.Cleanup(func() { conn.Close() })
	answers := bufio.NewReader(conn)
	return func(r *rand.Rand) error {
		var items []batchItem
		for range batchItems {
			items = append(items, batchItem{"person", "identify", map[string]string{"id": someID(r, last)}, someAttributes(r)})
		}
		body, err := json.Marshal(map[string]any{"batch": items})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(conn, "POST /api/v2/batch HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", auth, len(body), body)
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
