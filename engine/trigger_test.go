package engine

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// started starts a campaign made of the JSON of its fields.
func (h *house) started(name, fields string) store.Campaign {
	h.Helper()
	doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":%q,%s}}`, name, fields)))
	h.must(err)
	c, err := h.store.ImportCampaign(context.Background(), h.ws.ID, doc, store.CommandLine)
	h.must(err)
	c, err = h.store.StartCampaign(context.Background(), h.ws.ID, c.ID, false, store.CommandLine)
	h.must(err)
	return c
}

// reason is why the first journey of somebody ended, with its state.
func (h *house) reason(who store.PersonID) string {
	h.Helper()
	all, err := h.store.JourneysOf(context.Background(), h.ws.ID, who, 10)
	h.must(err)
	return fmt.Sprintf("%s %s", all[len(all)-1].State, all[len(all)-1].Reason)
}

var plain = `"actions":` + strings.ReplaceAll(hello, "{{event.item}}", "it")

// Who does not match the filter when the event comes may do so for 30 minutes.
func TestFilterIsAskedForHalfAnHour(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.started("Pros", `"trigger":{"type":"event","event":"joined"},"filter":{"attribute":{"field":"plan","operator":"eq","value":"pro"}},`+plain)
	ada, bob := h.person(h.ws, "ada@x.test", nil), h.person(h.ws, "bob@x.test", nil)
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.event(h.ws, "bob@x.test", "joined", `{}`)
	h.clock.advance(29 * time.Minute)
	h.person(h.ws, "ada@x.test", store.Attributes{"plan": "pro"})
	h.until("ada is let in", func() bool { return h.states(h.ws, c)["sent"] == 1 })
	if s := h.states(h.ws, c); s["never_activated"] != 0 || s["active"] != 1 {
		t.Errorf("counters %v", s)
	}
	h.clock.advance(2 * time.Minute)
	h.until("bob is not", func() bool { return h.states(h.ws, c)["never_activated"] == 1 })
	h.person(h.ws, "bob@x.test", store.Attributes{"plan": "pro"})
	if got := h.reason(bob); got != "exited "+store.NotAdmitted {
		t.Error(got)
	}
	if s := h.states(h.ws, c); s["started"] != 2 || s["activated"] != 1 || s["messaged"] != 1 || s["finished"] != 1 || s["exited_early"] != 0 || s["active"] != 0 {
		t.Errorf("counters %v", s)
	}
	h.event(h.ws, "bob@x.test", "joined", `{}`)
	h.until("bob is let in when he does it again", func() bool { return h.states(h.ws, c)["sent"] == 2 })
	if got := h.reason(ada); got != "finished " {
		t.Error(got)
	}
	h.whole()
}

// Time alone may make somebody match.
func TestFilterIsAskedWhenTimeHasPassed(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.started("Soon", `"trigger":{"type":"event","event":"joined"},"filter":{"attribute":{"field":"opens_at","operator":"before","value":"-1s"}},`+plain)
	h.person(h.ws, "ada@x.test", store.Attributes{"opens_at": h.clock.now().Add(10 * time.Minute).Unix()})
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	time.Sleep(50 * time.Millisecond)
	if s := h.states(h.ws, c); s["activated"] != 0 {
		t.Errorf("counters %v", s)
	}
	h.clock.advance(11 * time.Minute)
	h.until("let in", func() bool { return h.states(h.ws, c)["sent"] == 1 })
}

// What people must match is asked again before each action that does something.
func TestWhoMatchesNoLongerLeaves(t *testing.T) {
	for name, test := range map[string]struct {
		exit, want string
		sent       int
	}{
		"never":  {"never", "finished ", 1},
		"filter": {"filter", "exited No longer matches the campaign’s filter.", 0},
		"either": {"goal_or_filter", "exited No longer matches the campaign’s filter.", 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, smtptest.Options{})
			h.run(h.mailer)
			c := h.started("Pros", `"exit":"`+test.exit+`","goal":{"event":"bought"},"trigger":{"type":"event","event":"joined"},"filter":{"attribute":{"field":"plan","operator":"eq","value":"pro"}},
				"actions":[{"key":"pause","type":"delay","duration":"2d"},{"key":"rest","type":"delay","duration":"1h"},`+strings.ReplaceAll(hello, "{{event.item}}", "it")[1:])
			ada := h.person(h.ws, "ada@x.test", store.Attributes{"plan": "pro"})
			h.event(h.ws, "ada@x.test", "joined", `{}`)
			h.until("inside", func() bool { return h.states(h.ws, c)["active"] == 1 })
			h.person(h.ws, "ada@x.test", store.Attributes{"plan": "free"})
			h.clock.advance(48 * time.Hour)
			h.until("waits once more", func() bool {
				counts, err := h.store.CampaignCounts(context.Background(), h.ws.ID, c.ID)
				h.must(err)
				return counts["rest"]["waiting"] == 1
			})
			h.clock.advance(2 * time.Hour)
			h.until("over", func() bool { return h.states(h.ws, c)["active"] == 0 && h.states(h.ws, c)["sent"] == test.sent })
			if got := h.reason(ada); got != test.want {
				t.Error(got)
			}
			h.whole()
		})
	}
}

func TestWhoLeavesTheSegmentLeaves(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	ctx := context.Background()
	g, err := h.store.CreateSegment(ctx, h.ws.ID, store.NewSegment{Name: "Pros", Manual: true}, store.CommandLine)
	h.must(err)
	c := h.started("Pros", `"exit":"filter","trigger":{"type":"segment","segment":{"name":"Pros"}},
		"actions":[{"key":"pause","type":"delay","duration":"2d"},`+strings.ReplaceAll(hello, "{{event.item}}", "it")[1:])
	ada := h.person(h.ws, "ada@x.test", nil)
	_, err = h.store.AddToSegment(ctx, h.ws.ID, g.ID, []store.PersonID{ada}, store.CommandLine)
	h.must(err)
	h.until("inside", func() bool { return h.states(h.ws, c)["active"] == 1 })
	_, err = h.store.RemoveFromSegment(ctx, h.ws.ID, g.ID, []store.PersonID{ada}, store.CommandLine)
	h.must(err)
	h.clock.advance(49 * time.Hour)
	h.until("over", func() bool { return h.states(h.ws, c)["exited_early"] == 1 })
	if got := h.reason(ada); got != "exited Left the segment that the campaign is for." {
		t.Error(got)
	}
	if h.smtp.Count() != 0 {
		t.Error("written to all the same")
	}
}

// The goal ends a journey wherever it waits, and the message before it gets
// the credit.
func TestGoalWhileWaiting(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.started("Welcome", `"exit":"goal","goal":{"event":"bought","within":"7d"},"trigger":{"type":"event","event":"joined"},"actions":`+
		strings.TrimSuffix(strings.ReplaceAll(hello, "{{event.item}}", "it"), "]")+`,{"key":"pause","type":"delay","duration":"30d"}]`)
	ada := h.person(h.ws, "ada@x.test", nil)
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.until("sent", func() bool { return h.states(h.ws, c)["sent"] == 1 })
	h.clock.advance(3 * 24 * time.Hour)
	h.event(h.ws, "ada@x.test", "bought", `{}`)
	if s := h.states(h.ws, c); s["active"] != 0 || s["exited_early"] != 1 || s["converted"] != 1 {
		t.Errorf("right after the event: %v", s)
	}
	if got := h.reason(ada); got != "exited "+store.MetGoal {
		t.Error(got)
	}
	h.whole()
}

// The engine works dates out, starts journeys when they come, lets people in
// again and follows schedules, each in turns of its own.
func TestTurnsOfTriggers(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	soon := h.clock.now().UTC().AddDate(0, 0, 3)
	h.person(h.ws, "ada@x.test", store.Attributes{"trial_ends": soon.Format(time.DateOnly)})
	g, err := h.store.CreateSegment(ctx, h.ws.ID, store.NewSegment{Name: "Pros", Manual: true}, store.CommandLine)
	h.must(err)
	dated := h.started("Trial", `"trigger":{"type":"date","attribute":"trial_ends","before":"1d","at":"00:30"},`+plain)
	weekly := h.started("Weekly", `"frequency":{"interval":"7d"},"trigger":{"type":"segment","segment":{"name":"Pros"}},`+plain)
	doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"Planned","trigger":{"type":"event","event":"joined"},` + plain + `}}`))
	h.must(err)
	planned, err := h.store.ImportCampaign(ctx, h.ws.ID, doc, store.CommandLine)
	h.must(err)
	_, err = h.store.PlanCampaign(ctx, h.ws.ID, planned.ID, store.Schedule{
		StartAt: h.clock.now().Add(time.Hour), StopAt: h.clock.now().Add(30 * 24 * time.Hour), Zone: "UTC",
	}, store.CommandLine)
	h.must(err)
	h.run(h.mailer)
	bob := h.person(h.ws, "bob@x.test", nil)
	_, err = h.store.AddToSegment(ctx, h.ws.ID, g.ID, []store.PersonID{bob}, store.CommandLine)
	h.must(err)
	h.until("bob is in", func() bool { return h.states(h.ws, weekly)["sent"] == 1 })
	h.until("the dates are worked out", func() bool {
		works, err := h.store.CampaignWorks(ctx, h.ws.ID)
		h.must(err)
		return len(works) == 0
	})
	if h.states(h.ws, dated)["entered"] != 0 {
		t.Error("the date is not there yet")
	}
	h.clock.advance(soon.Truncate(24 * time.Hour).Add(-23 * time.Hour).Sub(h.clock.now()))
	h.until("the date came", func() bool { return h.states(h.ws, dated)["sent"] == 1 })
	state := func() store.CampaignState {
		c, err := h.store.Campaign(ctx, h.ws.ID, planned.ID)
		h.must(err)
		return c.State
	}
	h.until("the planned one runs", func() bool { return state() == store.CampaignRunning })
	h.clock.advance(7 * 24 * time.Hour)
	h.until("bob is in again", func() bool { return h.states(h.ws, weekly)["sent"] == 2 })
	h.clock.advance(25 * 24 * time.Hour)
	h.until("the planned one is stopped", func() bool { return state() == store.CampaignStopped })
	h.whole()
}

// Who meets the goal by what the campaign itself does leaves at once: nothing
// that follows is done.
func TestGoalMetByTheCampaignItself(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.started("Own goal", `"trigger":{"type":"event","event":"came"},"goal":{"event":"done"},"exit":"goal","actions":[
		{"key":"tell","type":"send_event","event":"done"},
		{"key":"mark","type":"update_person","set":{"marked":"yes"}},`+hello[1:])
	ada := h.person(h.ws, "ada@x.test", nil)
	h.event(h.ws, "ada@x.test", "came", `{"item":"hat"}`)
	h.until("the journey is over", func() bool { return h.states(h.ws, c)["exited"] == 1 })
	h.settled(c)
	if got := h.reason(ada); got != "exited "+store.MetGoal {
		t.Errorf("it is %s", got)
	}
	if got := h.attribute(h.ws, "ada@x.test", "marked"); got != "" || len(h.smtp.Messages()) > 0 {
		t.Errorf("marked %q, %d messages", got, len(h.smtp.Messages()))
	}
	h.whole()
}
