package engine

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// asking is a campaign that asks a service and then marks the person with what
// the journey and they know.
func asking(url, sending string) string {
	return `[{"key":"ask","type":"webhook","sending":"` + sending + `","method":"POST","url":"` + url + `","body":"{}","response":[
			{"path":"data.score","attribute":"score"},{"path":"items[0].id","attribute":"first","journey":true}]},
		{"key":"mark","type":"update_person","set":{"marked":"{{customer.score | default: 'none'}} {{journey.first | default: 'none'}}"}}]`
}

const goodAnswer = `{"data":{"score":7.5},"items":[{"id":"x1"},{"id":"x2"}]}`

func answers(body string) func(int, http.ResponseWriter) {
	return func(_ int, w http.ResponseWriter) { w.Write([]byte(body)) }
}

func TestAnswersAreKept(t *testing.T) {
	for name, test := range map[string]struct {
		answer func(int, http.ResponseWriter)
		marked string
		told   string // on the trail
		state  string
	}{
		"good":    {answers(goodAnswer), "7.5 x1", "", "sent"},
		"partial": {answers(`{"data":{"score":null},"items":[{"id":true}]}`), "none true", "data.score is not in it", "sent"},
		"no JSON": {answers(`<html>`), "none none", "no JSON object", "sent"},
		"a list":  {answers(`[1]`), "none none", "no JSON object", "sent"},
		"huge":    {answers(`{"data":{"score":1},"x":"` + strings.Repeat("y", 100<<10) + `"}`), "none none", "longer than 64 KB", "sent"},
		"long":    {answers(`{"data":{"score":"` + strings.Repeat("y", 2000) + `"},"items":[{"id":3}]}`), "none 3", "longer than 1000 bytes", "sent"},
		"refused": {func(_ int, w http.ResponseWriter) { w.WriteHeader(400); w.Write([]byte(goodAnswer)) }, "none none", "400", "failed"},
		"slow": {func(_ int, w http.ResponseWriter) {
			time.Sleep(300 * time.Millisecond)
			w.Write([]byte(goodAnswer))
		}, "7.5 x1", "", "sent"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, smtptest.Options{})
			s := newService(t, test.answer)
			h.run(h.mailer)
			c := h.campaign(h.ws, "joined", asking(s.URL, "automatic"))
			h.event(h.ws, "ada@x.test", "joined", `{}`)
			h.finished(h.ws, c, 1)
			if got := h.attribute(h.ws, "ada@x.test", "marked"); got != test.marked {
				t.Errorf("marked %q, want %q", got, test.marked)
			}
			if n := h.states(h.ws, c)[test.state]; n != 1 {
				t.Errorf("states %v", h.states(h.ws, c))
			}
			trail := h.trail(h.ws, h.personBy(h.ws, identity.Email, "ada@x.test").ID)[0].Trail()
			if got := trail.String(); test.told == "" && strings.Contains(got, "failed") || !strings.Contains(got, test.told) {
				t.Errorf("trail\n%s", got)
			}
			h.whole()
		})
	}
}

// A refusal for now is tried again while the person waits; stopping the engine
// in between changes nothing.
func TestAnswerIsWaitedFor(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	s := newService(t, func(n int, w http.ResponseWriter) {
		if n < 3 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Write([]byte(goodAnswer))
	})
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", asking(s.URL, "automatic"))
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.until("refused", func() bool { return h.states(h.ws, c)["attempted"] == 1 })
	h.event(h.ws, "ada@x.test", "other", `{}`) // stirs who waits
	h.restart()
	h.waiting(h.ws, c, "ask", 1)
	h.clock.advance(time.Minute)
	h.until("refused again", func() bool { return len(s.calls()) == 2 && h.states(h.ws, c)["attempted"] == 1 })
	if h.states(h.ws, c)["finished"] != 0 {
		t.Fatal("went on before the answer")
	}
	h.clock.advance(5 * time.Minute)
	h.finished(h.ws, c, 1)
	if got := h.attribute(h.ws, "ada@x.test", "marked"); got != "7.5 x1" {
		t.Errorf("marked %q", got)
	}
	keys := map[string]bool{}
	for _, call := range s.calls() {
		keys[call.header.Get("Idempotency-Key")] = true
	}
	if len(keys) != 1 {
		t.Errorf("%d keys for one message", len(keys))
	}
	h.whole()
}

// A draft is waited for until somebody sends or discards it.
func TestDraftKeepsAsking(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	s := newService(t, answers(goodAnswer))
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", asking(s.URL, "draft"))
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.event(h.ws, "bob@x.test", "joined", `{}`)
	h.until("drafted", func() bool { return h.states(h.ws, c)["drafted"] == 2 })
	h.waiting(h.ws, c, "ask", 2)
	drafts, err := h.store.Deliveries(ctx, h.ws.ID, store.DeliveryFilter{State: store.Drafted}, store.Page{Limit: 10})
	h.must(err)
	for _, d := range drafts {
		if d.Person.Email == "ada@x.test" {
			h.must(h.store.ApproveDraft(ctx, h.ws.ID, d.ID, store.CommandLine))
		} else {
			h.must(h.store.Discard(ctx, h.ws.ID, d.ID, store.CommandLine))
		}
	}
	h.finished(h.ws, c, 2)
	if a, b := h.attribute(h.ws, "ada@x.test", "marked"), h.attribute(h.ws, "bob@x.test", "marked"); a != "7.5 x1" || b != "none none" {
		t.Errorf("ada %q, bob %q", a, b)
	}
}

// A private address is refused, and the person goes on without an answer; so
// they do when the server was stopped before the answer came.
func TestNoAnswerLetsPeopleOn(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	s := newService(t, answers(goodAnswer))
	e := h.engine(h.mailer)
	e.webhook = channel.NewWebhook(false)
	h.start(e)
	c := h.campaign(h.ws, "joined", asking(s.URL, "automatic"))
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.finished(h.ws, c, 1)
	if n := h.states(h.ws, c); n["failed"] != 1 || len(s.calls()) != 0 {
		t.Errorf("states %v, called %d times", n, len(s.calls()))
	}
	h.stop()

	h.event(h.ws, "bob@x.test", "joined", `{}`)
	h.must(e.moveJourneys(ctx, h.ws.ID))
	due, err := h.store.DueCandidates(ctx, h.ws.ID, nil, 10)
	h.must(err)
	claimed, err := h.store.HandOver(ctx, h.ws.ID, due[0].Delivery, store.Content{})
	if h.must(err); !claimed {
		t.Fatal("not claimed")
	}
	h.restart() // it is uncertain now
	h.finished(h.ws, c, 2)
	if n := h.states(h.ws, c)["uncertain"]; n != 1 {
		t.Errorf("states %v", h.states(h.ws, c))
	}
	h.whole()
}

// How webhooks were answered in the end is counted by the class of the status.
func TestAnswersAreCounted(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	s := newService(t, func(n int, w http.ResponseWriter) {
		w.WriteHeader([]int{200, 404, 204, 500, 301}[n-1])
	})
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", `[{"key":"ask","type":"webhook","sending":"automatic","method":"POST","url":"`+s.URL+`","body":"{}"}]`)
	for n := range 5 {
		h.event(h.ws, fmt.Sprintf("p%d@x.test", n), "joined", `{}`)
		h.until("called", func() bool {
			states := h.states(h.ws, c)
			return states["sent"]+states["failed"]+states["attempted"] == n+1
		})
	}
	series, err := h.store.Series(t.Context(), h.ws.ID, store.SeriesOf{
		Campaign: c.ID, Action: "ask", Metrics: store.AnswerMetrics, Begins: store.Days.Steps(2, h.clock.now()), Unit: store.Days,
	})
	h.must(err)
	for metric, want := range map[string]int{"2xx": 2, "3xx": 1, "4xx": 1, "5xx": 0} { // the last is tried again
		if got := series[metric][0] + series[metric][1]; got != want {
			t.Errorf("%s: %d, want %d", metric, got, want)
		}
	}
	h.whole()
}
