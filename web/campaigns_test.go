package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// campaignOf is a campaign of Acme made of the JSON of its actions.
func (s *site) campaignOf(name, actions string) store.Campaign {
	s.Helper()
	doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":%q,"trigger":{"type":"event","event":"signed_up"},"actions":%s}}`, name, actions)))
	s.must(err)
	c, err := s.store.ImportCampaign(context.Background(), s.acme.ID, doc, store.CommandLine)
	s.must(err)
	return c
}

// now is the campaign as it is in the store.
func (s *site) now(id store.CampaignID) store.Campaign {
	s.Helper()
	c, err := s.store.Campaign(context.Background(), s.acme.ID, id)
	s.must(err)
	return c
}

const oneDelay = `[{"key":"pause","type":"delay","name":"Pause","duration":"2d"}]`

func TestCampaignListAndNew(t *testing.T) {
	s := newSite(t)
	s.alice.get("/w/acme/campaigns").want(200, "No campaigns yet", "New campaign")
	s.bob.get("/w/acme/campaigns").want(200, "No campaigns yet")
	s.alice.get("/w/acme/campaigns?archived=1").want(200, "The archive is empty")
	s.alice.get("/w/acme/campaigns/new").want(200, `name="name"`, `name="event"`)
	for want, form := range map[string]url.Values{
		"Name the campaign.":   {"trigger": {"later"}},
		"Name the event":       {"name": {"Welcome"}, "trigger": {"event"}},
		"Choose a segment":     {"name": {"Welcome"}, "trigger": {"segment"}, "segment": {"77"}},
		"at most 150":          {"name": {strings.Repeat("x", 151)}, "trigger": {"later"}},
		"There is a problem":   {"name": {" "}, "trigger": {"event"}, "event": {"typed_before"}},
		`value="typed_before"`: {"name": {" "}, "trigger": {"event"}, "event": {"typed_before"}},
	} {
		s.alice.send(s.acme, "/w/acme/campaigns/new", form).want(422, want)
	}
	form := url.Values{"name": {"Welcome <b>"}, "trigger": {"event"}, "event": {"signed_up"}}
	to := s.alice.send(s.acme, "/w/acme/campaigns/new", form).want(303).location()
	s.alice.get(to).want(200, "Welcome &lt;b&gt;", "signed_up", "Add at least one action.")
	s.alice.send(s.acme, "/w/acme/campaigns/new", form).want(422, "already the name of a campaign")
	s.alice.get("/w/acme/campaigns?q=WELC").want(200, "Welcome &lt;b&gt;", "Draft")
	s.alice.get("/w/acme/campaigns?q=nope").want(200, "Nothing found")
}

func TestCampaignListPages(t *testing.T) {
	s := newSite(t)
	for i := range campaignPageSize + 1 {
		_, err := s.store.CreateCampaign(context.Background(), s.acme.ID, fmt.Sprintf("Wave %03d", i), store.CommandLine)
		s.must(err)
	}
	first := s.alice.get("/w/acme/campaigns").want(200, "Wave 050", "Wave 001", `rel="next"`)
	if strings.Contains(first.Body.String(), "Wave 000") {
		t.Error("the first page has too many")
	}
	_, rest, _ := strings.Cut(first.Body.String(), `rel="next" href="`)
	older, _, _ := strings.Cut(rest, `"`)
	second := s.alice.get(strings.ReplaceAll(older, "&amp;", "&")).want(200, "Wave 000", `rel="prev"`)
	_, rest, _ = strings.Cut(second.Body.String(), `rel="prev" href="`)
	newer, _, _ := strings.Cut(rest, `"`)
	s.alice.get(strings.ReplaceAll(newer, "&amp;", "&")).want(200, "Wave 050", "Wave 001")
}

func TestCampaignLife(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", oneDelay)
	path := views.CampaignPath(s.acme, c.ID)
	s.alice.get(path).want(200, "Start…", "Delete “Welcome”?", "Does “signed_up”")
	s.alice.get(path+"/publish").want(200, "Start campaign", "1 action")
	s.alice.send(s.acme, path+"/publish", url.Values{"revision": {"7"}}).want(409, "Somebody changed the draft")
	s.alice.send(s.acme, path+"/publish", url.Values{"revision": {"0"}}).want(303)
	s.alice.get(path).want(200, "Running · v1", "“Welcome” runs.", "Stop “Welcome”?")
	s.alice.send(s.acme, path+"/delete", nil).want(422, "Archive it instead.")
	s.alice.send(s.acme, path+"/archive", nil).want(422, "Stop the campaign first")

	s.alice.send(s.acme, path+"/workflow/actions/pause", url.Values{"revision": {"0"}, "name": {"Pause"}, "duration": {"3"}, "duration-unit": {"h"}}).want(303)
	s.alice.get(path).want(200, "Draft · 1 change", "Publish v2…")
	s.alice.get(path+"/publish").want(200, "1 change since version 1", "wait 2 days before, wait 3 hours now")
	s.alice.get(path+"/workflow?view=live").want(200, "Version 1", "Wait 2 days")
	s.alice.send(s.acme, path+"/publish", url.Values{"revision": {"1"}}).want(303)
	s.alice.get(path+"/workflow?view=live").want(200, "Version 2", "Wait 3 hours")

	s.alice.send(s.acme, path+"/stop", url.Values{"exit": {"finish"}}).want(303)
	if got := s.now(c.ID).State; got != store.CampaignStopped {
		t.Errorf("state %s with nobody inside", got)
	}
	s.alice.send(s.acme, path+"/stop", nil).want(422, "does not run")
	s.alice.send(s.acme, path+"/archive", nil).want(303)
	s.alice.get("/w/acme/campaigns?archived=1").want(200, "Welcome")
	s.alice.get(path+"/workflow?action=pause").want(200, "disabled", "Take out of the archive")
	s.alice.send(s.acme, path+"/workflow/actions/pause/delete", url.Values{"revision": {"1"}}).want(422, "archived")
	s.alice.send(s.acme, path+"/unarchive", nil).want(303)
	s.alice.send(s.acme, path+"/rename", url.Values{"name": {"Hello"}}).want(303)
	to := s.alice.send(s.acme, path+"/duplicate", nil).want(303).location()
	s.alice.get(to).want(200, "Hello 2", "Draft")
	s.alice.send(s.acme, to+"/delete", nil).want(303)
	s.alice.get(to).want(404)
}

func TestCampaignWithProblemsDoesNotStart(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", `[{"key":"hello","type":"email","name":"Hello"}]`)
	path := views.CampaignPath(s.acme, c.ID)
	s.alice.get(path+"/publish").want(200, "3 problems stop this campaign", "Hello: Write a subject.", views.MessagePath(s.acme, c.ID, "hello"), "disabled")
	s.alice.send(s.acme, path+"/publish", nil).want(422, "Hello: Write a subject.")
	s.alice.get(path+"/workflow").want(200, "3 problems stop publishing", "Say who this email is from.")
	if s.now(c.ID).State != store.CampaignDraft {
		t.Error("it runs")
	}
}

func TestSegmentCampaignAsksAboutMembers(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	plan, err := condition.Parse([]byte(`{"attribute":{"field":"plan","operator":"eq","value":"pro"}}`))
	s.must(err)
	g, err := s.store.CreateSegment(ctx, s.acme.ID, store.NewSegment{Name: "Pros", Condition: *plan}, store.CommandLine)
	s.must(err)
	s.must(s.store.BuildSegments(ctx, s.acme.ID, 100))
	to := s.alice.send(s.acme, "/w/acme/campaigns/new", url.Values{"name": {"Pros"}, "trigger": {"segment"}, "segment": {idText(g.ID)}}).want(303).location()
	s.alice.get(to).want(200, "Enters the segment “Pros”")
	s.alice.send(s.acme, to+"/add", url.Values{"place": {"start"}, "type": {"exit"}}).want(303)
	publish := strings.TrimSuffix(to, "/workflow") + "/publish"
	s.alice.get(publish).want(200, "Who enters?", "The 0 people in it now, too")
	s.alice.send(s.acme, publish, url.Values{"current": {"1"}}).want(303)
	work, err := s.store.CampaignWorks(ctx, s.acme.ID)
	s.must(err)
	if len(work) != 1 || work[0].Exiting {
		t.Errorf("nobody is entered: %+v", work)
	}
}

func TestTriggerForm(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", oneDelay)
	path := views.TriggerPath(s.acme, c.ID)
	s.alice.get(path).want(200, `value="signed_up"`)
	good := url.Values{
		"revision": {"0"}, "trigger": {"event"}, "event": {"bought"}, "join": {"and"},
		"field": {"total", ""}, "operator": {"gte", "eq"}, "value": {"10", ""},
		"frequency": {"interval"}, "every": {"7"}, "every-unit": {"d"},
		"goal": {"paid"}, "goal_within": {"2"}, "goal_within-unit": {"w"}, "exit": {"goal"},
	}
	for field, bad := range map[string]struct{ value, want string }{
		"event":       {"", "Name the event that starts this campaign."},
		"every":       {"soon", "Write a whole number"},
		"value":       {"much", "needs a number"},
		"goal_within": {"-1", "Write a whole number"},
		"goal":        {"", "cannot leave at the goal"},
		"condition":   {`{"segment":{"name":"x"}}`, "Only attributes of the event"},
	} {
		form := url.Values{}
		for name, values := range good {
			form[name] = values
		}
		form.Set(field, bad.value)
		s.alice.send(s.acme, path, form).want(422, bad.want, "There is a problem")
	}
	s.alice.send(s.acme, path, good).want(303)
	draft := s.now(c.ID).Draft
	if words := draft.Trigger.Words(); words != "Does “bought” where total is at least 10" {
		t.Errorf("trigger %q", words)
	}
	if draft.Frequency.Every != "7d" || draft.Goal.Within != "2w" || draft.Exit != workflow.ExitGoal {
		t.Errorf("draft %+v", draft)
	}
	s.alice.send(s.acme, path, good).want(409, "Somebody changed this campaign")
	s.bob.get(path).want(200, "disabled")
}

func TestCampaignsOfOthers(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", oneDelay)
	paths := []string{
		views.CampaignPath(s.acme, c.ID), views.TriggerPath(s.acme, c.ID), views.PublishPath(s.acme, c.ID), views.WorkflowPath(s.acme, c.ID),
	}
	for _, path := range paths {
		s.charlie.get(path).want(404)
		s.alice.get(strings.Replace(path, "/acme/", "/other/", 1)).want(404)
	}
	writes := []string{views.TriggerPath(s.acme, c.ID), views.PublishPath(s.acme, c.ID), views.SaveActionPath(s.acme, c.ID, "pause")}
	for _, act := range []string{"schedule", "unschedule", "hook", "stop", "archive", "unarchive", "rename", "duplicate", "delete"} {
		writes = append(writes, views.CampaignAct(s.acme, c.ID, act))
	}
	for _, act := range []string{"add", "undo", "redo"} {
		writes = append(writes, views.WorkflowAct(s.acme, c.ID, act))
	}
	for _, act := range []string{"move", "duplicate", "delete"} {
		writes = append(writes, views.ActionAct(s.acme, c.ID, "pause", act))
	}
	for _, path := range writes {
		s.bob.send(s.acme, path, nil).want(403)
		s.charlie.send(s.acme, path, nil).want(404)
		s.alice.post(path, nil).want(409, "Nothing was saved")
		s.alice.send(s.other, path, nil).want(409)
		s.alice.send(s.other, strings.Replace(path, "/acme/", "/other/", 1), nil).want(404)
	}
	if after := s.now(c.ID); after.Revision != 0 || after.State != store.CampaignDraft {
		t.Errorf("something was written: %+v", after)
	}
}
