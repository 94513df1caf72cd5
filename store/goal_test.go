package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

func conditionOf(metric string, id CampaignID) condition.Message {
	return condition.Message{Metric: metric, CampaignID: int64(id)}
}

// mailing starts a campaign of an email and a long delay, with other fields,
// and sends the email to ada.
func (r *campaignRoom) mailing(fields string) (Campaign, Journey, Delivery) {
	r.Helper()
	doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":"Welcome","trigger":%s,%s,"actions":[
		{"key":"hello","type":"email","sending":"automatic","from":"hi@acme.test","to":"x@x.test","subject":"Hi","body":"<p>Hi</p>"},
		{"key":"call","type":"webhook","sending":"automatic","url":"https://crm.test","converts":true},
		{"key":"log","type":"webhook","sending":"automatic","url":"https://crm.test"},
		{"key":"pause","type":"delay","duration":"90d"}]}}`, signedUp, fields)))
	r.must(err)
	c, err := r.ImportCampaign(r.ctx, r.ws, doc, r.by)
	r.must(err)
	c, err = r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	r.signUp("ada")
	return c, r.journeys(c.ID)[0], r.sends(c, "hello")
}

// sends makes the action's message of the campaign's first journey, sent.
func (r *campaignRoom) sends(c Campaign, key string) Delivery {
	r.Helper()
	j := r.journeys(c.ID)[0]
	plan, err := r.plans.get(r.ctx, r.read, r.ws, live{c.ID, c.Version})
	r.must(err)
	a, _ := plan.Action(key)
	var d Delivery
	r.must(r.update(r.ctx, func(tx *Tx) error {
		if err := tx.queue(r.ws, j, *a); err != nil {
			return err
		}
		d, err = scanDelivery(tx.row(`select `+deliveryColumns+` from deliveries d where action_key = ? order by delivery_id desc`, key).Scan)
		if err != nil {
			return err
		}
		_, err = tx.step(r.ws, d, step{to: Sent})
		return err
	}))
	return r.delivery(d.ID)
}

func (r *campaignRoom) delivery(id DeliveryID) (d Delivery) {
	r.Helper()
	d, err := scanDelivery(r.read.QueryRow(`select `+deliveryColumns+` from deliveries d where delivery_id = ?`, id).Scan)
	r.must(err)
	return d
}

func TestGoalConvertsTheLastMessageInTime(t *testing.T) {
	day := 24 * time.Hour
	for name, test := range map[string]struct {
		goal      string
		opens     time.Duration // after the message; zero: never
		waits     time.Duration // until they do it
		converted bool
	}{
		"at any time":                     {`{"event":"bought"}`, 0, 60 * day, true},
		"at the same moment":              {`{"event":"bought"}`, 0, 0, true},
		"90 days at most":                 {`{"event":"bought"}`, 0, 90*day + time.Second, false},
		"in time":                         {`{"event":"bought","within":"2d"}`, 0, 2 * day, true},
		"too late":                        {`{"event":"bought","within":"2d"}`, 0, 2*day + time.Second, false},
		"of another event":                {`{"event":"paid"}`, 0, day, false},
		"since an open, not opened":       {`{"event":"bought","since":"opened"}`, 0, day, false},
		"since an open":                   {`{"event":"bought","since":"opened","within":"2d"}`, day, 3 * day, true},
		"since an open, too late":         {`{"event":"bought","since":"opened","within":"2d"}`, day, 3*day + time.Second, false},
		"since a click, only opened":      {`{"event":"bought","since":"clicked"}`, day, 3 * day, false},
		"entering a segment":              {`{"segment":{"name":"Pros"}}`, 0, day, true},
		"leaving a segment, but entering": {`{"segment":{"name":"Pros"},"when":"leave"}`, 0, day, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newCampaignRoom(t)
			r.pros()
			c, j, d := r.mailing(`"exit":"never","goal":` + test.goal)
			sent := r.at
			if test.opens > 0 {
				r.at = sent.Add(test.opens)
				r.must(r.Opened(r.ctx, r.ws, d, Engagement{}))
			}
			r.at = sent.Add(test.waits)
			r.does("ada", "bought", `{}`)
			r.does("ada", "bought", `{}`)
			r.is("ada", Attributes{"plan": "pro"})
			d, j = r.delivery(d.ID), r.journeys(c.ID)[0]
			if d.ConvertedAt.IsZero() == test.converted || j.ConvertedAt.IsZero() == test.converted {
				t.Fatalf("delivery %s, journey %s", d.ConvertedAt, j.ConvertedAt)
			}
			if j.State != JourneyActive {
				t.Errorf("the journey ended: %s", j.Reason)
			}
			if got := []int{r.count(c.ID, "", "converted"), r.count(c.ID, "hello", "converted")}; test.converted && !slices.Equal(got, []int{1, 1}) {
				t.Errorf("counted %v", got)
			}
			s := r.Subject(r.ctx, r.ws, Person{ID: j.PersonID}, TriggerEvent{}, nil)
			if at := s.Message(conditionOf("converted", c.ID)); at.IsZero() == test.converted {
				t.Errorf("a condition sees %s", at)
			}
		})
	}
}

func TestWebhooksCountForGoalsWhenTheySaySo(t *testing.T) {
	r := newCampaignRoom(t)
	c, _, hello := r.mailing(`"goal":{"event":"bought"}`)
	r.at = r.at.Add(time.Hour)
	call := r.sends(c, "call")
	r.at = r.at.Add(time.Hour)
	log := r.sends(c, "log")
	r.at = r.at.Add(time.Hour)
	r.does("ada", "bought", `{}`)
	if !r.delivery(hello.ID).ConvertedAt.IsZero() || r.delivery(call.ID).ConvertedAt.IsZero() || !r.delivery(log.ID).ConvertedAt.IsZero() {
		t.Error("another message than the last that counts was converted")
	}
}

// Leaving at the goal happens in the transaction of what meets it.
func TestGoalEndsTheJourneyAtOnce(t *testing.T) {
	r := newCampaignRoom(t)
	c, j, _ := r.mailing(`"exit":"goal","frequency":"every","goal":{"event":"bought"}`)
	var draft Delivery
	r.must(r.update(r.ctx, func(tx *Tx) error {
		if err := tx.queue(r.ws, j, workflow.Action{Key: "pause", Type: workflow.TypeEmail, Email: &workflow.Email{}}); err != nil {
			return err
		}
		var err error
		draft, err = scanDelivery(tx.row(`select ` + deliveryColumns + ` from deliveries d where action_key = 'pause'`).Scan)
		return err
	}))
	_, err := r.StopCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	r.does("ada", "bought", `{}`)
	if j = r.journeys(c.ID)[0]; j.State != JourneyExited || j.Reason != MetGoal || !j.DueAt.IsZero() {
		t.Errorf("journey %+v", j)
	}
	if d := r.delivery(draft.ID); d.State != Undeliverable || d.Reason != MetGoal {
		t.Errorf("what was not sent yet is %s: %s", d.State, d.Reason)
	}
	if got := r.counts(c.ID, "started", "activated", "exited_early", "converted", "active"); !slices.Equal(got, []int{1, 1, 1, 1, 0}) {
		t.Errorf("counters %v", got)
	}
	if c, err = r.Campaign(r.ctx, r.ws, c.ID); err != nil || c.State != CampaignStopped {
		t.Errorf("with nobody inside it is %s", c.State)
	}
}

func TestGoalIsNotRetroactive(t *testing.T) {
	r := newCampaignRoom(t)
	c, _, d := r.mailing(`"goal":{"event":"bought"}`)
	r.does("ada", "paid", `{}`)
	_, err := r.EditDraft(r.ctx, r.ws, c.ID, AnyRevision, "Goal", func(c workflow.Campaign) (workflow.Campaign, error) {
		c.Goal = &workflow.Goal{Event: "paid"}
		return c, nil
	}, r.by)
	r.must(err)
	_, err = r.PublishCampaign(r.ctx, r.ws, c.ID, r.by)
	r.must(err)
	r.does("ada", "bought", `{}`)
	if !r.delivery(d.ID).ConvertedAt.IsZero() {
		t.Error("what was done before, or is the goal no longer, counts")
	}
	r.does("ada", "paid", `{}`)
	if r.delivery(d.ID).ConvertedAt.IsZero() {
		t.Error("the new goal does not count")
	}
}
