package store

import (
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

func refOf(id string) identity.Ref { return identity.Ref{Kind: identity.ID, Value: id} }

func (r *campaignRoom) campaignNow(id CampaignID) Campaign {
	r.Helper()
	c, err := r.Campaign(r.ctx, r.ws, id)
	r.must(err)
	return c
}

func TestPlannedCampaignsStartAndStop(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.imported("Welcome", signedUp, `[{"key":"pause","type":"delay","duration":"2d"}]`)
	hour := time.Hour
	plan := Schedule{StartAt: r.at.Add(hour), StopAt: r.at.Add(3 * hour), ExitNow: true, Zone: "Europe/Berlin"}
	_, err := r.PlanCampaign(r.ctx, r.ws, c.ID, plan, r.by)
	r.must(err)
	if c = r.campaignNow(c.ID); c.State != CampaignDraft || c.Version != 1 || c.Schedule != plan {
		t.Fatalf("planned %+v", c)
	}
	// What is changed after that stays a draft.
	_, err = r.EditDraft(r.ctx, r.ws, c.ID, AnyRevision, "Add", addDelay("5d"), r.by)
	r.must(err)
	r.signUp("early")
	r.at = r.at.Add(hour - time.Second)
	r.must(r.FollowSchedules(r.ctx, r.ws))
	if c = r.campaignNow(c.ID); c.State != CampaignDraft {
		t.Errorf("a second before, it is %s", c.State)
	}
	due, next, err := r.Turns(r.ctx, Schedules, 10)
	if err != nil || len(due) != 0 || !next.Equal(plan.StartAt) {
		t.Errorf("the next turn is at %s, %v", next, err)
	}
	r.at = r.at.Add(time.Second)
	r.must(r.FollowSchedules(r.ctx, r.ws))
	if c = r.campaignNow(c.ID); c.State != CampaignRunning || c.Version != 1 || !c.Unpublished() || !c.Schedule.StartAt.IsZero() || c.Schedule.StopAt.IsZero() {
		t.Fatalf("started %+v", c)
	}
	r.signUp("ada")
	r.at = plan.StopAt.Add(time.Minute)
	r.must(r.FollowSchedules(r.ctx, r.ws))
	if c = r.campaignNow(c.ID); c.State != CampaignStopped || !c.Exiting || c.Schedule.Planned() {
		t.Errorf("stopped %+v", c)
	}
	if n := len(r.journeys(c.ID)); n != 1 {
		t.Errorf("%d journeys", n)
	}
}

func TestPlannedStartLetsMembersIn(t *testing.T) {
	r := newCampaignRoom(t)
	r.pros()
	c := r.imported("Pros", `{"type":"segment","segment":{"name":"Pros"}}`, `[{"key":"pause","type":"delay","duration":"2d"}]`)
	_, err := r.PlanCampaign(r.ctx, r.ws, c.ID, Schedule{StartAt: r.at.Add(time.Hour), Current: true, Zone: "UTC"}, r.by)
	r.must(err)
	r.is("ada", Attributes{"plan": "pro"})
	r.at = r.at.Add(100 * time.Hour) // it was off meanwhile
	r.must(r.FollowSchedules(r.ctx, r.ws))
	r.must(r.EnterMembers(r.ctx, r.ws, c.ID, 10))
	if n := len(r.journeys(c.ID)); n != 1 {
		t.Errorf("%d journeys", n)
	}
}

// A run that is over when it is noticed does not happen, and the campaign says
// so; neither does one that lost what it needs.
func TestPlansThatCannotBeKept(t *testing.T) {
	r := newCampaignRoom(t)
	g := r.pros()
	missed := r.imported("Missed", signedUp, `[{"key":"x","type":"exit"}]`)
	lost := r.imported("Lost", `{"type":"segment","segment":{"name":"Pros"}}`, `[{"key":"x","type":"exit"}]`)
	_, err := r.PlanCampaign(r.ctx, r.ws, missed.ID, Schedule{StartAt: r.at.Add(time.Hour), StopAt: r.at.Add(2 * time.Hour), Zone: "UTC"}, r.by)
	r.must(err)
	_, err = r.PlanCampaign(r.ctx, r.ws, lost.ID, Schedule{StartAt: r.at.Add(time.Hour), Zone: "UTC"}, r.by)
	r.must(err)
	r.must(r.update(r.ctx, func(tx *Tx) error {
		_, err := tx.exec(`update segments set built_at = null where segment_id = ?`, g.ID)
		return err
	}))
	r.at = r.at.Add(3 * time.Hour)
	r.must(r.FollowSchedules(r.ctx, r.ws))
	for id, want := range map[CampaignID]string{missed.ID: "not running", lost.ID: "being built"} {
		if c := r.campaignNow(id); c.State != CampaignDraft || c.Schedule.Planned() || !strings.Contains(c.Problem, want) {
			t.Errorf("%s: %q, %+v", c.State, c.Problem, c.Schedule)
		}
	}
	if _, err := r.StartCampaign(r.ctx, r.ws, missed.ID, false, r.by); err != nil || r.campaignNow(missed.ID).Problem != "" {
		t.Errorf("the note stays: %v", err)
	}
}

func TestPlansAreChecked(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.imported("Welcome", signedUp, `[{"key":"x","type":"exit"}]`)
	unready := r.imported("Unready", signedUp, `[]`)
	hour := time.Hour
	for name, test := range map[string]struct {
		plan  Schedule
		field string
	}{
		"nothing":           {Schedule{Zone: "UTC"}, "start"},
		"no zone":           {Schedule{StartAt: r.at.Add(hour)}, "zone"},
		"an offset":         {Schedule{StartAt: r.at.Add(hour), Zone: "+02:00"}, "zone"},
		"over":              {Schedule{StartAt: r.at, Zone: "UTC"}, "start"},
		"far":               {Schedule{StartAt: r.at.Add(50_000 * hour), Zone: "UTC"}, "start"},
		"stop before start": {Schedule{StartAt: r.at.Add(2 * hour), StopAt: r.at.Add(hour), Zone: "UTC"}, "stop"},
		"stop alone":        {Schedule{StopAt: r.at.Add(hour), Zone: "UTC"}, "stop"},
	} {
		_, err := r.PlanCampaign(r.ctx, r.ws, c.ID, test.plan, r.by)
		if wrong, ok := err.(Invalid); !ok || wrong[test.field] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.PlanCampaign(r.ctx, r.ws, unready.ID, Schedule{StartAt: r.at.Add(hour), Zone: "UTC"}, r.by); err == nil {
		t.Error("a campaign without actions is planned")
	}
	_, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	_, err = r.PlanCampaign(r.ctx, r.ws, c.ID, Schedule{StopAt: r.at.Add(hour), Zone: "UTC"}, r.by)
	r.must(err)
	r.must(r.CancelSchedule(r.ctx, r.ws, c.ID, r.by))
	r.at = r.at.Add(2 * hour)
	r.must(r.FollowSchedules(r.ctx, r.ws))
	if got := r.campaignNow(c.ID).State; got != CampaignRunning {
		t.Errorf("with the schedule cancelled it is %s", got)
	}
	if err := r.CancelSchedule(r.ctx, r.ws, c.ID, r.by); err == nil {
		t.Error("nothing was cancelled")
	}
	r.searches(plannedCampaigns, 1)
	r.searches(turnQueries[Schedules], 1)
}

func TestPlannedDraftsCanBeDeleted(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.imported("Welcome", signedUp, `[{"key":"x","type":"exit"}]`)
	_, err := r.PlanCampaign(r.ctx, r.ws, c.ID, Schedule{StartAt: r.at.Add(time.Hour), Zone: "UTC"}, r.by)
	r.must(err)
	r.must(r.DeleteCampaign(r.ctx, r.ws, c.ID, r.by))
}

func TestFormsStartCampaigns(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.campaignWith("Form", `"frequency":"every","trigger":{"type":"form","form":"contact","filter":{"attribute":{"field":"topic","operator":"eq","value":"sales"}}}`)
	submit := func(form string, fields Attributes) {
		t.Helper()
		for _, err := range r.Do(r.ctx, r.ws, Submission{Form: Form{ID: form, Name: "Contact us"}, Person: Identify{Ref: refOf("ada"), Attributes: fields}}) {
			r.must(err)
		}
	}
	submit("contact", Attributes{"topic": "sales"})
	submit("contact", Attributes{"topic": "press"})
	submit("other", Attributes{"topic": "sales"})
	all := r.journeys(c.ID)
	if len(all) != 1 || all[0].Event.Name != "Contact us" || !strings.Contains(string(all[0].Event.Data), `"topic":"sales"`) || !strings.Contains(string(all[0].Event.Data), `"id":"ada"`) {
		t.Errorf("journeys %+v", all)
	}
	forms, err := r.Forms(r.ctx, r.ws)
	if err != nil || len(forms) != 2 {
		t.Errorf("forms %v %v", forms, err)
	}
}

func TestCampaignsGetHooks(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.campaignWith("Hook", `"trigger":{"type":"webhook"}`)
	if c.Hook == "" || len(c.Hook) < 27 {
		t.Fatalf("hook %q", c.Hook)
	}
	other, err := r.DuplicateCampaign(r.ctx, r.ws, c.ID, r.by)
	r.must(err)
	if other.Hook == c.Hook || r.campaignNow(other.ID).Hook == "" {
		t.Error("a copy has the same address, or none")
	}
	if _, err := r.Hook(r.ctx, other.Hook); err != ErrNotFound {
		t.Errorf("one that does not run: %v", err)
	}
	_, err = r.EditDraft(r.ctx, r.ws, c.ID, AnyRevision, "Edit", func(c workflow.Campaign) (workflow.Campaign, error) {
		c.Frequency.Repeat = true
		return c, nil
	}, r.by)
	r.must(err)
	if h, err := r.Hook(r.ctx, c.Hook); err != nil || h.Campaign != c.ID || h.Workspace.ID != r.ws {
		t.Errorf("%+v %v", h, err)
	}
	r.must(r.RenewHook(r.ctx, r.ws, c.ID, r.by))
	if _, err := r.Hook(r.ctx, c.Hook); err != ErrNotFound {
		t.Errorf("the address before: %v", err)
	}
	// What is about nobody happens as often as it does.
	for range 2 {
		answer, err := r.CallHook(r.ctx, r.ws, HookCall{Campaign: c.ID, Data: []byte(`{"n":1}`)})
		if err != nil || !answer.Entered {
			t.Errorf("%+v %v", answer, err)
		}
	}
	if all := r.journeys(c.ID); len(all) != 2 || all[0].PersonID != 0 {
		t.Errorf("journeys %+v", all)
	}
}
