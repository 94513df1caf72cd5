package engine

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

const manyWaiting = 10_000

// crowd adds people who all are in the segment Everybody.
func (h *house) crowd(n int) {
	h.Helper()
	var wg sync.WaitGroup
	for worker := range 16 {
		wg.Go(func() {
			for i := worker; i < n; i += 16 {
				_, err := h.store.Identify(context.Background(), h.ws.ID, store.Identify{
					Ref: identity.Ref{Kind: identity.Email, Value: fmt.Sprintf("p%d@x.test", i)}, Attributes: store.Attributes{"n": i, "half": i % 2},
				})
				h.must(err)
			}
		})
	}
	wg.Wait()
	g, err := h.store.CreateSegment(context.Background(), h.ws.ID, store.NewSegment{
		Name: "Everybody", Condition: condition.Condition{Attribute: &condition.Attribute{Field: "n", Operator: condition.Exists}},
	}, store.CommandLine)
	h.must(err)
	h.until("everybody in the segment", func() bool {
		g, err = h.store.Segment(context.Background(), h.ws.ID, g.ID)
		h.must(err)
		return g.People == n && !g.Building()
	})
}

// stage is a campaign with everybody inside.
type stage struct {
	*house
	id store.CampaignID
}

// enterAll starts a campaign that everybody enters, and waits until they all
// stand before an action.
func (h *house) enterAll(name, settings, actions, at string) stage {
	h.Helper()
	doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":%q,
		"trigger":{"type":"segment","segment":{"name":"Everybody"},"when":"enter"}%s,"actions":%s}}`, name, settings, actions)))
	h.must(err)
	c, err := h.store.ImportCampaign(context.Background(), h.ws.ID, doc, store.CommandLine)
	h.must(err)
	_, err = h.store.StartCampaign(context.Background(), h.ws.ID, c.ID, true, store.CommandLine)
	h.must(err)
	s := stage{h, c.ID}
	s.wait(at, manyWaiting)
	s.settled(c) // who has come was asked, and waits
	return s
}

// wait is until so many people stand before an action.
func (s stage) wait(at string, n int) {
	s.Helper()
	s.until(fmt.Sprintf("%d at %s", n, at), func() bool { return s.count(at, "waiting") == n })
}

func (s stage) count(action, metric string) int {
	s.Helper()
	counts, err := s.store.CampaignCounts(context.Background(), s.ws.ID, s.id)
	s.must(err)
	return counts[action][metric]
}

// edit publishes a change of the actions' JSON.
func (s stage) edit(old, new string) {
	s.Helper()
	_, err := s.store.EditDraft(context.Background(), s.ws.ID, s.id, store.AnyRevision, "Edit", func(c workflow.Campaign) (workflow.Campaign, error) {
		text, err := workflow.Export(c).JSON()
		s.must(err)
		compact := strings.Join(strings.Fields(string(text)), "")
		if !strings.Contains(compact, old) {
			s.Fatalf("no %s in %s", old, compact)
		}
		doc, err := workflow.Parse([]byte(strings.Replace(compact, old, new, 1)))
		return doc.Campaign, err
	}, store.CommandLine)
	s.must(err)
	began := time.Now()
	_, err = s.store.PublishCampaign(context.Background(), s.ws.ID, s.id, store.CommandLine)
	s.must(err)
	s.Logf("published over %d waiting people in %s", manyWaiting, time.Since(began).Round(time.Millisecond))
}

// stays is that people still stand there after the engine had time to move
// them.
func (s stage) stays(at string, n int) {
	s.Helper()
	time.Sleep(300 * time.Millisecond)
	if got := s.count(at, "waiting"); got != n {
		s.Errorf("%d at %s, want %d", got, at, n)
	}
}

// subject is what all drafts say; empty while they differ.
func (s stage) subject() string {
	s.Helper()
	var one string
	page := store.Page{Limit: 1000}
	for {
		list, err := s.store.Deliveries(context.Background(), s.ws.ID, store.DeliveryFilter{Campaign: s.id}, page)
		s.must(err)
		for _, d := range list {
			if one != "" && d.Subject != one {
				return ""
			}
			one = d.Subject
		}
		if len(list) < page.Limit {
			return one
		}
		page.Before = int64(list[len(list)-1].ID)
	}
}

const (
	pause    = `{"key":"pause","type":"delay","duration":"10d"}`
	mark     = `{"key":"mark","type":"update_person","set":{"marked":true}}`
	hold     = `{"key":"hold","type":"delay","duration":"99d"}`
	nightly  = `{"key":"night","type":"time_window","days":["%s"],"from":"00:00","to":"24:00","zone":"UTC"}`
	awaiting = `{"key":"until","type":"wait_until","paths":[{"name":"Now","when":{"attribute":{"field":"n","operator":"lt","value":0}},"actions":[]}]}`
)

// What a live change means to people who wait, each on ten thousand of them.
func TestLiveEdits(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(nil)
	h.crowd(manyWaiting)
	today := func(days int) string {
		return strings.ToLower(h.clock.now().UTC().AddDate(0, 0, days).Format("Mon"))
	}
	t.Run("a delay is shortened", func(t *testing.T) {
		s := h.with(t).enterAll("Shorten", "", "["+pause+","+mark+","+hold+"]", "pause")
		h.clock.advance(5 * 24 * time.Hour)
		s.edit(`"duration":"10d"`, `"duration":"6d"`)
		s.stays("pause", manyWaiting)
		s.edit(`"duration":"6d"`, `"duration":"4d"`) // they are past it
		s.wait("hold", manyWaiting)
	})
	t.Run("a delay is lengthened", func(t *testing.T) {
		s := h.with(t).enterAll("Lengthen", "", "["+pause+","+hold+"]", "pause")
		h.clock.advance(9 * 24 * time.Hour)
		s.edit(`"duration":"10d"`, `"duration":"12d"`)
		h.clock.advance(2 * 24 * time.Hour)
		s.stays("pause", manyWaiting)
		h.clock.advance(2 * 24 * time.Hour)
		s.wait("hold", manyWaiting)
	})
	t.Run("a delay is deleted", func(t *testing.T) {
		s := h.with(t).enterAll("Delete", "", "["+pause+","+mark+","+hold+"]", "pause")
		s.edit(pause+",", "")
		s.wait("hold", manyWaiting)
		if n := s.count("mark", "reached"); n != manyWaiting {
			t.Errorf("%d came to what follows, want everybody once", n)
		}
	})
	t.Run("a time window changes", func(t *testing.T) {
		s := h.with(t).enterAll("Window", "", "["+fmt.Sprintf(nightly, today(3))+","+hold+"]", "night")
		s.edit(`"`+today(3)+`"`, `"`+today(2)+`"`)
		s.stays("night", manyWaiting)
		s.edit(`"`+today(2)+`"`, `"`+today(0)+`"`) // open now
		s.wait("hold", manyWaiting)
	})
	t.Run("a time window is deleted", func(t *testing.T) {
		window := fmt.Sprintf(nightly, today(3))
		s := h.with(t).enterAll("No window", "", "["+window+","+hold+"]", "night")
		s.edit(window+",", "")
		s.wait("hold", manyWaiting)
	})
	t.Run("a wait gets another condition", func(t *testing.T) {
		s := h.with(t).enterAll("Wait", "", "["+awaiting+","+hold+"]", "until")
		s.edit(`"operator":"lt","value":0`, `"operator":"gte","value":5000`)
		s.wait("hold", manyWaiting/2)
		s.stays("until", manyWaiting/2)
	})
	t.Run("a wait becomes a delay", func(t *testing.T) {
		s := h.with(t).enterAll("Retype", "", "["+awaiting+","+hold+"]", "until")
		s.edit(awaiting, `{"key":"until","type":"delay","duration":"6h"}`)
		s.stays("until", manyWaiting)
		h.clock.advance(7 * time.Hour)
		s.wait("hold", manyWaiting)
	})
	t.Run("drafts are composed anew", func(t *testing.T) {
		s := h.with(t).enterAll("Drafts", "", `[{"key":"mail","type":"email","name":"M","sending":"draft","from":"a@x.test","to":"{{customer.email}}","subject":"Old","body":"<p>{%unsubscribe%}</p>"},`+hold+"]", "hold")
		s.until("drafted", func() bool { return s.count("mail", "drafted") == manyWaiting })
		s.edit(`"subject":"Old"`, `"subject":"New"`)
		s.until("drafted anew", func() bool { return s.count("mail", "drafted") == manyWaiting && s.subject() == "New" })
		s.edit(`"sending":"draft"`, `"sending":"automatic"`)
		s.stays("hold", manyWaiting)
		if drafted, sent := s.count("mail", "drafted"), s.count("mail", "sent"); drafted != manyWaiting || sent != 0 {
			t.Errorf("%d drafts and %d sent: what was drafted waits to be sent by hand", drafted, sent)
		}
	})
	t.Run("the trigger changes", func(t *testing.T) {
		s := h.with(t).enterAll("Trigger", `,"exit":"never"`, "["+pause+","+hold+"]", "pause")
		s.edit(`{"type":"segment","segment":{"id":1},"when":"enter"}`, `{"type":"event","event":"called","filter":{"attribute":{"field":"twice","operator":"is_true"}}}`)
		s.stays("pause", manyWaiting)
		h.event(h.ws, "late@x.test", "called", `{"twice":false}`)
		h.event(h.ws, "late@x.test", "called", `{"twice":true}`)
		s.wait("pause", manyWaiting+1)
		s.edit(`"is_true"`, `"is_false"`) // of who comes from now on
		s.stays("pause", manyWaiting+1)
		h.event(h.ws, "later@x.test", "called", `{"twice":true}`)
		h.event(h.ws, "later@x.test", "called", `{"twice":false}`)
		s.wait("pause", manyWaiting+2)
		h.clock.advance(11 * 24 * time.Hour)
		s.wait("hold", manyWaiting+2)
	})
	t.Run("the filter changes", func(t *testing.T) {
		s := h.with(t).enterAll("Filter", `,"exit":"filter","filter":{"attribute":{"field":"n","operator":"exists"}}`, "["+pause+","+mark+","+hold+"]", "pause")
		s.edit(`"filter":{"attribute":{"field":"n","operator":"exists"}}`, `"filter":{"attribute":{"field":"half","operator":"eq","value":1}}`)
		s.stays("pause", manyWaiting) // asked at the next action that does something
		h.clock.advance(11 * 24 * time.Hour)
		s.wait("hold", manyWaiting/2)
		if n := s.count("", "exited"); n != manyWaiting/2 {
			t.Errorf("%d left, want half of them", n)
		}
	})
	t.Run("the trigger's segment changes", func(t *testing.T) {
		g := store.NewSegment{Name: "Odd", Condition: condition.Condition{Attribute: &condition.Attribute{Field: "half", Operator: condition.Eq, Value: []byte("1")}}}
		made, err := h.store.CreateSegment(context.Background(), h.ws.ID, g, store.CommandLine)
		h.must(err)
		h.until("it is built", func() bool {
			odd, err := h.store.SegmentByName(context.Background(), h.ws.ID, "Odd")
			h.must(err)
			return odd.People == manyWaiting/2 && !odd.Building()
		})
		s := h.with(t).enterAll("Segment", `,"exit":"filter"`, "["+pause+","+mark+","+hold+"]", "pause")
		s.edit(`"segment":{"id":1}`, fmt.Sprintf(`"segment":{"id":%d}`, made.ID))
		s.stays("pause", manyWaiting)
		h.clock.advance(11 * 24 * time.Hour)
		s.wait("hold", manyWaiting/2)
		if n := s.count("", "exited"); n != manyWaiting/2 {
			t.Errorf("%d left, want half of them", n)
		}
	})
	t.Run("the trigger's segment changes before a wait", func(t *testing.T) {
		odd, err := h.store.SegmentByName(context.Background(), h.ws.ID, "Odd")
		h.must(err)
		s := h.with(t).enterAll("Before a wait", `,"exit":"filter"`, "["+pause+","+hold+"]", "pause")
		s.edit(`"segment":{"id":1}`, fmt.Sprintf(`"segment":{"id":%d}`, odd.ID))
		h.clock.advance(11 * 24 * time.Hour)
		s.wait("hold", manyWaiting/2)
		s.until("the others have left", func() bool { return s.count("", "exited") == manyWaiting/2 })
	})
	t.Run("the filter's segment changes", func(t *testing.T) {
		odd, err := h.store.SegmentByName(context.Background(), h.ws.ID, "Odd")
		h.must(err)
		const mail = `{"key":"mail","type":"email","sending":"draft","from":"a@x.test","to":"{{customer.email}}","subject":"S","body":"<p>{%unsubscribe%}</p>"}`
		s := h.with(t).enterAll("Filter segment", `,"exit":"filter","filter":{"segment":{"name":"Everybody"}}`, "["+pause+","+mail+","+hold+"]", "pause")
		s.edit(`"filter":{"segment":{"id":1}}`, fmt.Sprintf(`"filter":{"segment":{"id":%d}}`, odd.ID))
		s.stays("pause", manyWaiting) // asked at the next message
		h.clock.advance(11 * 24 * time.Hour)
		s.wait("hold", manyWaiting/2)
		s.until("the others have left", func() bool { return s.count("", "exited") == manyWaiting/2 })
		s.until("drafted", func() bool { return s.count("mail", "drafted") == manyWaiting/2 })
		if n := s.count("mail", "reached"); n != manyWaiting/2 {
			t.Errorf("%d came to the message, want half of them", n)
		}
	})
	t.Run("the filter changes for who waits to be let in", func(t *testing.T) {
		s := stage{h.with(t), h.started("Door", `"trigger":{"type":"event","event":"knocked"},"filter":{"attribute":{"field":"n","operator":"lt","value":0}},"actions":[`+hold+`]`).ID}
		s.knock()
		s.wait("hold", manyWaiting)
		if n := s.count("", "activated"); n != 0 {
			t.Fatalf("%d are let in", n)
		}
		s.edit(`"operator":"lt","value":0`, `"operator":"gte","value":0`)
		s.until("everybody is let in", func() bool { return s.count("", "activated") == manyWaiting })
	})
	h.whole()
}

// knock lets everybody do what starts a campaign.
func (s stage) knock() {
	s.Helper()
	var wg sync.WaitGroup
	for worker := range 16 {
		wg.Go(func() {
			for i := worker; i < manyWaiting; i += 16 {
				s.event(s.ws, fmt.Sprintf("p%d@x.test", i), "knocked", `{}`)
			}
		})
	}
	wg.Wait()
}

// with is the house for a part of a test.
func (h *house) with(t *testing.T) *house {
	part := *h
	part.T = t
	return &part
}
