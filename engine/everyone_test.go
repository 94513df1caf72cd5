package engine

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

var everyoneFlag = flag.Int("everyone", 20_000, "people whom TestEveryoneGoesTheirWay leads through its campaign; make proof: 100,000")

// everyone is a campaign with every type of action. What it does to somebody
// is worked out a second time, in plain words, by resident.life.
const everyone = `[
	{"key":"hello","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Hi","body":"<p>x</p>",
		"condition":{"and":[{"attribute":{"field":"written","operator":"is_true"}},{"attribute":{"field":"email","operator":"exists"}}]}},
	{"key":"days","type":"delay","duration":"4d"},
	{"key":"hours","type":"time_window","days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"17:00","zone":"UTC","person_zone":true},
	{"key":"plan","type":"branch","paths":[
		{"name":"Pro","when":{"attribute":{"field":"plan","operator":"eq","value":"pro"}},"actions":[
			{"key":"mark","type":"update_person","set":{"plan":"gold"}},
			{"key":"tell","type":"send_event","event":"marked","data":{"plan":"{{customer.plan}}"}},
			{"key":"join","type":"segment_update","segment":{"name":"Friends"},"change":"add"}]},
		{"name":"Free","when":{"attribute":{"field":"plan","operator":"eq","value":"free"}},"actions":[
			{"key":"text","type":"sms","sending":"automatic","to":"{{customer.phone}}","text":"Hi","condition":{"attribute":{"field":"phone","operator":"exists"}}}]},
		{"name":"Else","actions":[{"key":"post","type":"slack","sending":"automatic","text":"{{customer.n}}","condition":{"attribute":{"field":"n","operator":"lt","value":3000}}}]}]},
	{"key":"chance","type":"random_split","paths":[
		{"name":"A","percent":30,"actions":[{"key":"side","type":"update_journey","set":{"side":"a"}}]},
		{"name":"B","percent":70,"actions":[]}]},
	{"key":"push","type":"push","sending":"automatic","title":"Hi","body":"x","condition":{"attribute":{"field":"journey.side","operator":"eq","value":"a"}}},
	{"key":"test","type":"ab_test","paths":[
		{"name":"One","percent":50,"actions":[{"key":"one","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"1","body":"<p>x</p>",
			"condition":{"attribute":{"field":"written","operator":"is_true"}}}]},
		{"name":"Two","percent":50,"actions":[{"key":"two","type":"email","sending":"off","from":"hi@acme.test","to":"{{customer.email}}","subject":"2","body":"<p>x</p>"}]}]},
	{"key":"ask","type":"webhook","sending":"automatic","method":"POST","url":"SERVICE/ask","body":"{\"n\":{{customer.n}}}","response":[{"path":"tier","attribute":"tier"}],
		"condition":{"attribute":{"field":"asked","operator":"is_true"}}},
	{"key":"hold","type":"wait_until","paths":[
		{"name":"Bought","when":{"event":{"name":"bought"}},"actions":[
			{"key":"batch","type":"batch_update","people":{"attribute":{"field":"crew","operator":"is_true"}},"set":{"seen":"yes"},
				"condition":{"attribute":{"field":"captain","operator":"is_true"}}}]},
		{"name":"VIP","when":{"attribute":{"field":"vip","operator":"is_true"}},"actions":[{"key":"out","type":"exit"}]},
		{"name":"Late","after":"3d","actions":[]}]},
	{"key":"in","type":"branch","paths":[{"name":"Friend","when":{"segment":{"name":"Friends"}},"actions":[
		{"key":"gift","type":"email","sending":"draft","from":"hi@acme.test","to":"{{customer.email}}","subject":"A gift","body":"<p>x</p>",
			"condition":{"attribute":{"field":"written","operator":"is_true"}}},
		{"key":"leave","type":"segment_update","segment":{"name":"Friends"},"change":"remove","condition":{"event":{"name":"marked","where":{"attribute":{"field":"plan","operator":"eq","value":"gold"}}}}}]},{"name":"Else","actions":[]}]},
	{"key":"pause","type":"delay","duration":"2h"},
	{"key":"done","type":"update_person","set":{"done":"{{customer.tier | default: 'none'}}"}}]`

// What happens from outside meanwhile, and when.
var (
	monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) // the first enter
	buying = monday.Add(7*24*time.Hour + 7*time.Minute)
	vips   = monday.Add(8*24*time.Hour + 12*time.Hour + 11*time.Minute)
	waves  = 4 // six hours apart
)

// resident is one of them; all about them follows from their number.
type resident int

func (n resident) plan() string { return []string{"pro", "free", "none"}[n%3] }
func (n resident) zone() string {
	return []string{"", "Europe/Vienna", "America/New_York", "Asia/Kolkata"}[n/3%4]
}
func (n resident) mail() bool    { return n%11 != 0 }
func (n resident) written() bool { return n%5 == 2 }
func (n resident) phone() bool   { return n%5 == 0 }
func (n resident) device() bool  { return n%10 == 1 }
func (n resident) asked() bool   { return n%5 == 1 }
func (n resident) buyer() bool   { return n%7 == 0 }
func (n resident) vip() bool     { return n%13 == 0 }
func (n resident) refuses() bool { return n%17 == 0 }
func (n resident) captain() bool { return n == 7 || n == 21 }
func (n resident) crew() bool    { return n%1000 == 2 }

func (n resident) enters() time.Time {
	return monday.Add(time.Duration(int(n)%waves) * 6 * time.Hour)
}

func (n resident) ref() identity.Ref {
	return identity.Ref{Kind: identity.ID, Value: fmt.Sprint("u", int(n))}
}

func (n resident) attributes() store.Attributes {
	a := store.Attributes{"n": int(n), "plan": n.plan(), "asked": n.asked(), "captain": n.captain(), "crew": n.crew(), "written": n.written()}
	if n.zone() != "" {
		a["timezone"] = n.zone()
	}
	if n.phone() {
		a["phone"] = fmt.Sprint("+49", int(n))
	}
	return a
}

// answer is what the service says of them; empty: nothing that can be read.
func (n resident) answer() string {
	if n%50 == 1 {
		return ""
	}
	return fmt.Sprint("t", n%4)
}

// lifetime is what became of somebody.
type lifetime struct {
	Steps    []string // action, what happened, path, when
	Ended    store.JourneyState
	Messages []string // action and state
	Plan     any
	Done     any
	Tier     any
	Friend   bool
	Marked   int // how often they were
}

// life is what should become of them, told in plain words. How chance dealt is
// taken from what became of them.
func (n resident) life(chance, test int) (l lifetime) {
	now := n.enters()
	step := func(action, what string, path int) {
		l.Steps = append(l.Steps, fmt.Sprintf("%s %s %d %s", action, what, path, now.Format(time.RFC3339)))
	}
	message := func(action string, reaches bool) {
		state := store.Sent
		switch {
		case action != "post" && n.refuses():
			state = store.Undeliverable
		case !reaches && action == "push":
			state = store.Undeliverable
		case !reaches:
			state = store.Failed
		case action == "gift":
			state = store.Drafted
		}
		l.Messages = append(l.Messages, action+" "+string(state))
		step(action, "done", 0)
	}
	l.Plan = n.plan()

	if n.mail() && n.written() {
		message("hello", true)
	} else {
		step("hello", "skipped", 0)
	}
	now = now.Add(4 * 24 * time.Hour)
	step("days", "done", 0)
	now = opens(now, n.zone())
	step("hours", "done", 0)

	switch n.plan() {
	case "pro":
		step("plan", "done", 1)
		step("mark", "done", 0)
		step("tell", "done", 0)
		step("join", "done", 0)
		l.Plan, l.Friend, l.Marked = "gold", true, 1
	case "free":
		step("plan", "done", 2)
		if n.phone() {
			message("text", true)
		} else {
			step("text", "skipped", 0)
		}
	default:
		step("plan", "done", 3)
		if n < 3000 {
			message("post", true)
		} else {
			step("post", "skipped", 0)
		}
	}

	step("chance", "done", chance)
	if chance == 1 {
		step("side", "done", 0)
		message("push", n.device())
	} else {
		step("push", "skipped", 0)
	}
	step("test", "done", test)
	switch {
	case test == 2:
		step("two", "done", 0) // it is off
	case n.written():
		message("one", n.mail())
	default:
		step("one", "skipped", 0)
	}

	switch {
	case !n.asked():
		step("ask", "skipped", 0)
	case n.answer() == "":
		step("ask", "failed", 0)
		l.Messages = append(l.Messages, "ask sent")
	default:
		step("ask", "done", 0)
		l.Messages = append(l.Messages, "ask sent")
		l.Tier = n.answer()
	}

	bought, made, late := later(now, buying), later(now, vips), now.Add(3*24*time.Hour)
	switch {
	case n.buyer() && !bought.After(late) && !(n.vip() && made.Before(bought)):
		now = bought
		step("hold", "done", 1)
		if n.captain() {
			step("batch", "done", 0)
		} else {
			step("batch", "skipped", 0)
		}
	case n.vip() && !made.After(late):
		now = made
		step("hold", "done", 2)
		step("out", "done", 0)
		l.Ended = store.JourneyFinished
		return l
	default:
		now = late
		step("hold", "done", 3)
	}

	if l.Friend {
		step("in", "done", 1)
		if n.written() {
			message("gift", n.mail())
		} else {
			step("gift", "skipped", 0)
		}
		step("leave", "done", 0)
		l.Friend = false
	} else {
		step("in", "done", 2)
	}
	now = now.Add(2 * time.Hour)
	step("pause", "done", 0)
	step("done", "done", 0)
	l.Done = "none"
	if l.Tier != nil {
		l.Done = l.Tier
	}
	l.Ended = store.JourneyFinished
	return l
}

// opens is the first moment from then on when the clocks of a zone show office
// hours, found by looking every half hour.
func opens(from time.Time, zone string) time.Time {
	place := time.UTC
	if zone != "" {
		place, _ = time.LoadLocation(zone)
	}
	for now := from; ; now = now.Truncate(30 * time.Minute).Add(30 * time.Minute) {
		local := now.In(place)
		weekend := local.Weekday() == time.Saturday || local.Weekday() == time.Sunday
		if !weekend && local.Hour() >= 9 && local.Hour() < 17 {
			return now
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// residents is the house with all of them in it.
type residents struct {
	*house
	n        int
	campaign store.Campaign
	friends  store.Segment
}

// each does something for every one of them whom it is about, on several
// goroutines at once.
func (r *residents) each(about func(resident) bool, do func(resident) error) {
	r.Helper()
	var wg sync.WaitGroup
	const hands = 32
	failed := make([]error, hands)
	for hand := range hands {
		wg.Go(func() {
			for n := resident(hand); int(n) < r.n && failed[hand] == nil; n += hands {
				if about(n) {
					failed[hand] = do(n)
				}
			}
		})
	}
	wg.Wait()
	r.must(errors.Join(failed...))
}

func everybody(resident) bool { return true }

func (r *residents) moveIn() {
	ctx := context.Background()
	r.each(everybody, func(n resident) error {
		in := store.Identify{Ref: n.ref(), Attributes: n.attributes()}
		if n.mail() {
			in.Body.Email = new(fmt.Sprintf("p%d@x.test", int(n)))
		}
		if n.refuses() {
			in.Unsubscribed = new(true)
		}
		_, err := r.store.Identify(ctx, r.ws.ID, in)
		return err
	})
	r.each(resident.device, func(n resident) error {
		return errors.Join(r.store.Do(ctx, r.ws.ID, store.DeviceChange{Ref: n.ref(), Device: store.Device{Token: fmt.Sprint("d", int(n)), Platform: "ios", UsedAt: monday}})...)
	})
}

func (r *residents) does(event string) func(resident) error {
	return func(n resident) error {
		return r.store.Track(context.Background(), r.ws.ID, store.Event{Ref: n.ref(), Type: store.EventActivity, Name: event, Data: []byte(`{}`)})
	}
}

// to lets the clock show a moment, having stopped at each before it at which
// something was due.
func (r *residents) to(end time.Time) {
	r.Helper()
	for {
		r.rest()
		_, next, err := r.store.Turns(context.Background(), store.Journeys, 1)
		r.must(err)
		if next.IsZero() || next.After(end) {
			r.clock.stand(end)
			r.rest()
			return
		}
		r.clock.stand(next)
	}
}

// rest waits until nothing is to be done at the moment that the clock shows.
func (r *residents) rest() {
	r.Helper()
	ctx := context.Background()
	busy := func() bool {
		for _, kind := range []store.Kind{store.Journeys, store.Deliveries, store.Segments, store.Campaigns, store.Jobs} {
			due, _, err := r.store.Turns(ctx, kind, 1)
			r.must(err)
			if len(due) > 0 {
				return true
			}
		}
		return r.states(r.ws, r.campaign)["handed"] > 0
	}
	for deadline := time.Now().Add(5 * time.Minute); busy(); time.Sleep(25 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.Fatalf("still busy at %s: %v", r.store.Now(), r.states(r.ws, r.campaign))
		}
	}
}

// lived is what became of one of them.
func (r *residents) lived(n resident) (l lifetime, chance, test int, err error) {
	ctx := context.Background()
	p, err := r.store.PersonBy(ctx, r.ws.ID, n.ref())
	if err != nil {
		return l, 0, 0, err
	}
	l.Plan, l.Done, l.Tier = p.Attributes["plan"], p.Attributes["done"], p.Attributes["tier"]
	journeys, err := r.store.JourneysOf(ctx, r.ws.ID, p.ID, 10)
	if err != nil || len(journeys) != 1 {
		return l, 0, 0, fmt.Errorf("%d journeys, %w", len(journeys), err)
	}
	l.Ended = journeys[0].State
	for _, s := range journeys[0].Trail() {
		if s.What == store.StopWaiting {
			continue
		}
		l.Steps = append(l.Steps, fmt.Sprintf("%s %s %d %s", s.Action, s.What, s.Path, s.At.UTC().Format(time.RFC3339)))
		switch s.Action {
		case "chance":
			chance = s.Path
		case "test":
			test = s.Path
		}
	}
	sent, err := r.store.DeliveriesOn(ctx, r.ws.ID, journeys[0].ID)
	if err != nil {
		return l, 0, 0, err
	}
	for _, d := range sent {
		l.Messages = append(l.Messages, d.Action+" "+string(d.State))
	}
	segments, err := r.store.SegmentsOf(ctx, r.ws.ID, p.ID)
	if err != nil {
		return l, 0, 0, err
	}
	l.Friend = len(segments) > 0
	if n.plan() == "pro" || n%100 == 0 {
		told, err := r.store.ActivitiesOfTypes(ctx, r.ws.ID, p.ID, []store.ActivityType{store.EventActivity}, store.Page{Limit: 50})
		if err != nil {
			return l, 0, 0, err
		}
		for _, a := range told {
			if a.Name == "marked" {
				l.Marked++
			}
		}
	}
	return l, chance, test, nil
}

// Many people go through every type of action, by a clock that stands still
// while they move. Each goes exactly the way that the plain words
// tell, at the very second, and gets exactly the messages that are on it.
func TestEveryoneGoesTheirWay(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	ctx := context.Background()
	r := &residents{house: newHouse(t, smtptest.Options{Discard: true}), n: *everyoneFlag}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		var body struct{ N resident }
		if raw, _ := io.ReadAll(req.Body); req.URL.Path != "/ask" || json.Unmarshal(raw, &body) != nil || body.N.answer() == "" {
			return
		}
		fmt.Fprintf(w, `{"tier":%q}`, body.N.answer())
	}))
	defer service.Close()
	for _, c := range store.GatewayChannels {
		r.gateway(c, service.URL+"/"+string(c))
	}
	r.clock.stand(monday.Add(-time.Hour))
	var err error
	r.friends, err = r.store.CreateSegment(ctx, r.ws.ID, store.NewSegment{Name: "Friends", Manual: true}, store.CommandLine)
	r.must(err)
	began := time.Now()
	r.moveIn()
	r.campaign = r.started("Everything", `"trigger":{"type":"event","event":"joined"},"exit":"never","actions":`+strings.ReplaceAll(everyone, "SERVICE", service.URL))
	t.Logf("%d moved in after %s", r.n, time.Since(began).Round(time.Second))

	r.run(r.mailer)
	for wave := range waves {
		r.to(monday.Add(time.Duration(wave) * 6 * time.Hour))
		r.each(func(n resident) bool { return int(n)%waves == wave }, r.does("joined"))
	}
	r.to(buying)
	r.each(resident.buyer, r.does("bought"))
	r.to(vips)
	r.each(resident.vip, func(n resident) error {
		_, err := r.store.Identify(ctx, r.ws.ID, store.Identify{Ref: n.ref(), Attributes: store.Attributes{"vip": true}})
		return err
	})
	r.to(monday.Add(30 * 24 * time.Hour))
	r.stop()
	t.Logf("all walked after %s", time.Since(began).Round(time.Second))
	r.check()
	t.Logf("checked after %s", time.Since(began).Round(time.Second))
	r.whole()
}

func (r *residents) check() {
	var mu sync.Mutex
	dealt, met, messages, wrong := map[string]int{}, map[string]map[string]int{}, 0, 0
	var wg sync.WaitGroup
	for hand := range runtime.NumCPU() {
		wg.Go(func() {
			for n := resident(hand); int(n) < r.n; n += resident(runtime.NumCPU()) {
				got, chance, test, err := r.lived(n)
				want := n.life(chance, test)
				if n.plan() != "pro" && n%100 != 0 {
					want.Marked = 0 // not looked at
				}
				slices.Sort(got.Messages)
				slices.Sort(want.Messages)
				mu.Lock()
				dealt[fmt.Sprint("chance ", chance)]++
				dealt[fmt.Sprint("test ", test)]++
				messages += len(got.Messages)
				for _, step := range want.Steps {
					var action, what string
					fmt.Sscan(step, &action, &what)
					if met[action] == nil {
						met[action] = map[string]int{}
					}
					met[action][map[string]string{"skipped": "skipped", "done": "reached", "failed": "reached"}[what]]++
				}
				if a, b := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); err != nil || a != b {
					if wrong++; wrong <= 5 {
						r.Errorf("%d lived (%v)\n%s\nbut should have\n%s", n, err, strings.Join(strings.SplitAfter(a, "Z "), "\n"), strings.Join(strings.SplitAfter(b, "Z "), "\n"))
					}
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if wrong > 0 {
		r.Errorf("%d of %d went another way", wrong, r.n)
	}
	for path, share := range map[string]float64{"chance 1": .3, "chance 2": .7, "test 1": .5, "test 2": .5} {
		n, want := float64(dealt[path]), share*float64(r.n)
		if math.Abs(n-want) > 5*math.Sqrt(float64(r.n)*share*(1-share)) { // once in a million
			r.Errorf("%s was dealt to %.0f of %d", path, n, r.n)
		}
	}
	counts, err := r.store.CampaignCounts(context.Background(), r.ws.ID, r.campaign.ID)
	r.must(err)
	for action, want := range met {
		if got := counts[action]; got["reached"] != want["reached"] || got["skipped"] != want["skipped"] || got["waiting"] != 0 {
			r.Errorf("of %s it is counted %v, want %v", action, got, want)
		}
	}
	r.crewSaw()
	r.Logf("%d messages, dealt %v", messages, dealt)
}

// crewSaw looks whether the batches that captains began changed their crew, and
// nobody else.
func (r *residents) crewSaw() {
	r.each(func(n resident) bool { return n < 5000 }, func(n resident) error {
		p, err := r.store.PersonBy(context.Background(), r.ws.ID, n.ref())
		if err != nil {
			return err
		}
		if saw := p.Attributes["seen"] == "yes"; saw != n.crew() {
			return fmt.Errorf("%d: seen is %v", n, p.Attributes["seen"])
		}
		return nil
	})
}
