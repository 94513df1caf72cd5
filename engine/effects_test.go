package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

func (h *house) finished(ws store.Workspace, c store.Campaign, n int) {
	h.Helper()
	h.until(fmt.Sprintf("%d finished", n), func() bool { return h.states(ws, c)["finished"] == n })
}

// trail is the journeys of somebody, the latest first, each with what happened.
func (h *house) trail(ws store.Workspace, id store.PersonID) []store.PersonJourney {
	h.Helper()
	all, err := h.store.JourneysOf(context.Background(), ws.ID, id, 100)
	h.must(err)
	return all
}

func (h *house) personBy(ws store.Workspace, kind identity.Kind, value string) store.Person {
	h.Helper()
	p, err := h.store.PersonBy(context.Background(), ws.ID, identity.Ref{Kind: kind, Value: value})
	h.must(err)
	return p
}

// told is the reasons on somebody's time line of a type.
func (h *house) told(ws store.Workspace, id store.PersonID, kind store.ActivityType) string {
	h.Helper()
	all, err := h.store.ActivitiesOf(context.Background(), ws.ID, id, store.Page{Limit: 200})
	h.must(err)
	var b strings.Builder
	for _, a := range all {
		if a.Type == kind {
			b.WriteString(a.Name + " " + string(a.Data) + "\n")
		}
	}
	return b.String()
}

func attributeIs(name, value string) condition.Condition {
	return condition.Condition{Attribute: &condition.Attribute{Field: name, Operator: condition.Eq, Value: []byte(`"` + value + `"`)}}
}

func TestUpdateOfAnotherPerson(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	h.run(h.mailer)
	h.person(h.ws, "friend@x.test", store.Attributes{"n": "1"})
	_, err := h.store.Identify(ctx, h.ws.ID, store.Identify{Ref: identity.Ref{Kind: identity.ID, Value: "taken"}, Body: identity.Body{Email: new("owner@x.test")}})
	h.must(err)
	h.must(h.store.Suppress(ctx, h.ws.ID, identity.Ref{Kind: identity.Email, Value: "gone@x.test"}, store.CommandLine))
	c := h.campaign(h.ws, "invited", `[
		{"key":"other","type":"update_person","set":{"invited_by":"{{customer.email}}","id":"{{event.id | default: ''}}"},"person":{"by":"email","value":"{{event.friend}}","create":true}},
		{"key":"only","type":"update_person","set":{"seen":true},"person":{"by":"email","value":"{{event.friend}}x"}},
		{"key":"own","type":"update_person","set":{"through":"yes"}}]`)
	ada := h.person(h.ws, "ada@x.test", nil)
	for _, data := range []string{`{"friend":"friend@x.test","id":"taken"}`, `{"friend":"new@x.test","id":"fresh"}`, `{"friend":"gone@x.test"}`, `{}`} {
		h.event(h.ws, "ada@x.test", "invited", data)
	}
	h.finished(h.ws, c, 4)
	if got := h.attribute(h.ws, "friend@x.test", "invited_by"); got != "ada@x.test" {
		t.Errorf("the friend was invited by %q", got)
	}
	if p := h.personBy(h.ws, identity.Email, "friend@x.test"); p.ExternalID != "" {
		t.Errorf("an id that is taken was set: %q", p.ExternalID)
	}
	problems, err := h.store.DataProblems(ctx, h.ws.ID, "", false, store.Page{Limit: 10})
	h.must(err)
	if len(problems) != 1 {
		t.Errorf("%d data problems", len(problems))
	}
	if p := h.personBy(h.ws, identity.ID, "fresh"); p.Email != "new@x.test" || p.Attributes["invited_by"] != "ada@x.test" {
		t.Errorf("created %+v", p)
	}
	for _, address := range []string{"gone@x.test", "friend@x.testx"} {
		if _, err := h.store.PersonBy(ctx, h.ws.ID, identity.Ref{Kind: identity.Email, Value: address}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s is here: %v", address, err)
		}
	}
	journeys := h.trail(h.ws, ada)
	for i, want := range []string{ // the latest first
		"event.friend", "suppressed", "", "associated",
	} {
		stop := journeys[i].Trail()[0]
		failed := stop.What == store.StopFailed
		if failed != (want != "") || !strings.Contains(stop.Reason, want) || journeys[i].Trail()[2].What != store.StopDone {
			t.Errorf("journey %d: %+v", i, journeys[i].Trail())
		}
	}
	if told := h.told(h.ws, ada, store.FailedStepActivity); !strings.Contains(told, "event.friend") || !strings.Contains(told, "Nobody here") {
		t.Errorf("the time line tells\n%s", told)
	}
	h.whole()
}

func TestUpdateOfTheJourney(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.campaign(h.ws, "bought", `[
		{"key":"keep","type":"update_journey","set":{"item":"{{event.item}}","n":3,"old":"x"}},
		{"key":"more","type":"update_journey","set":{"item":"big {{journey.item}}","old":null}},
		{"key":"lack","type":"update_journey","set":{"item":"{{event.nothing}}"}},
		{"key":"rest","type":"delay","duration":"1h"},
		{"key":"split","type":"branch","paths":[{"name":"Three","when":{"and":[
			{"attribute":{"field":"journey.n","operator":"eq","value":3}},{"attribute":{"field":"journey.old","operator":"not_exists"}}]},"actions":[
			{"key":"m","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"A {{journey.item}}","body":"<p>x</p>"}]},{"name":"Else","actions":[]}]}]`)
	h.event(h.ws, "ada@x.test", "bought", `{"item":"lamp"}`)
	h.waiting(h.ws, c, "rest", 1)
	h.clock.advance(2 * time.Hour)
	h.until("sent", func() bool { return h.states(h.ws, c)["sent"] == 1 })
	if raw := string(h.smtp.Messages()[0].Raw); !strings.Contains(raw, "Subject: A big lamp") {
		t.Errorf("received\n%s", raw)
	}
	j := h.trail(h.ws, h.personBy(h.ws, identity.Email, "ada@x.test").ID)[0]
	if j.Trail()[2].What != store.StopFailed || !strings.Contains(j.Trail()[2].Reason, "event.nothing") || len(j.Attributes) != 2 {
		t.Errorf("journey %+v", j)
	}
}

func TestSendEvent(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	h.run(h.mailer)
	byID, err := h.store.CreateWorkspace(ctx, store.NewWorkspace{Name: "By id", Identifiers: identity.IDOnly}, store.CommandLine)
	h.must(err)
	byEmail, err := h.store.CreateWorkspace(ctx, store.NewWorkspace{Name: "By email", Identifiers: identity.EmailOnly}, store.CommandLine)
	h.must(err)
	away := h.campaign(byEmail, "moved", `[{"key":"mark","type":"update_person","set":{"item":"{{event.item}}"}}]`)
	c := h.campaign(h.ws, "bought", `[
		{"key":"own","type":"send_event","event":"counted","data":{"item":"{{event.item}}","n":2}},
		{"key":"split","type":"branch","paths":[{"name":"Did","when":{"event":{"name":"counted"}},"actions":[{"key":"did","type":"update_person","set":{"did":"yes"}}]},{"name":"Else","actions":[]}]},
		{"key":"friend","type":"send_event","event":"given","person":{"by":"email","value":"{{event.friend}}","create":true}},
		{"key":"id","type":"send_event","event":"moved","workspace":"by-id"},
		{"key":"email","type":"send_event","event":"moved","data":{"item":"{{event.item}}"},"workspace":"by-email"},
		{"key":"bad","type":"send_event","event":"never","data":{"x":"{{event.nothing}}"}}]`)
	given := h.campaign(h.ws, "given", `[{"key":"mark","type":"update_person","set":{"given":"yes"}}]`)
	_, err = h.store.Identify(ctx, h.ws.ID, store.Identify{Ref: identity.Ref{Kind: identity.ID, Value: "7"}, Body: identity.Body{Email: new("ada@x.test")}})
	h.must(err)
	h.event(h.ws, "ada@x.test", "bought", `{"item":"lamp","friend":"bob@x.test"}`)
	h.event(h.ws, "eve@x.test", "bought", `{"item":"sofa","friend":"bob@x.test"}`)
	h.finished(h.ws, c, 2)
	h.finished(byEmail, away, 2)
	h.finished(h.ws, given, 2)
	if did, got := h.attribute(h.ws, "ada@x.test", "did"), h.attribute(byEmail, "ada@x.test", "item"); did != "yes" || got != "lamp" {
		t.Errorf("did %q, there %q", did, got)
	}
	if p := h.personBy(byID, identity.ID, "7"); !strings.Contains(h.told(byID, p.ID, store.EventActivity), "moved") {
		t.Error("nothing happened where people have ids")
	}
	eve := h.personBy(h.ws, identity.Email, "eve@x.test").ID
	if told := h.told(h.ws, eve, store.FailedStepActivity); !strings.Contains(told, "By id") || !strings.Contains(told, "event.nothing") {
		t.Errorf("told %s", told)
	}
	h.must(h.store.DeleteWorkspace(ctx, byEmail.ID, byEmail.Name, store.CommandLine))
	h.event(h.ws, "eve@x.test", "bought", `{"item":"sofa","friend":"bob@x.test"}`)
	h.finished(h.ws, c, 3)
	if told := h.told(h.ws, eve, store.FailedStepActivity); !strings.Contains(told, "no workspace “by-email” any more") {
		t.Errorf("told %s", told)
	}
	h.whole()
}

// Who publishes must be allowed to edit where the events go, and learns
// nothing of a workspace that they may not see.
func TestEventsAbroadNeedARoleThere(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	there, err := h.store.CreateWorkspace(ctx, store.NewWorkspace{Name: "There", Identifiers: identity.EmailOnly}, store.CommandLine)
	h.must(err)
	bob, err := h.store.CreateMember(ctx, store.NewMember{Name: "Bob", Email: "bob@acme.test", Role: store.AccountMember, PasswordHash: "x"}, store.CommandLine)
	h.must(err)
	h.must(h.store.SetRole(ctx, h.ws.ID, bob.ID, store.RoleAuthor, store.CommandLine))
	draft := func(slug string) store.CampaignID {
		doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"To ` + slug + `","trigger":{"type":"event","event":"x"},"actions":[{"key":"a","type":"send_event","event":"y","workspace":"` + slug + `"}]}}`))
		h.must(err)
		c, err := h.store.ImportCampaign(ctx, h.ws.ID, doc, store.CommandLine)
		h.must(err)
		return c.ID
	}
	there1, nowhere := draft("there"), draft("nowhere")
	for _, step := range []struct {
		role store.WorkspaceRole
		may  bool
	}{{store.RoleNone, false}, {store.RoleViewer, false}, {store.RoleAuthor, true}} {
		h.must(h.store.SetRole(ctx, there.ID, bob.ID, step.role, store.CommandLine))
		_, err := h.store.StartCampaign(ctx, h.ws.ID, there1, false, store.By(bob))
		var no store.NotReady
		if step.may != (err == nil) || !step.may && !errors.As(err, &no) {
			t.Errorf("as %q there: %v", step.role, err)
		}
	}
	if _, err := h.store.StartCampaign(ctx, h.ws.ID, nowhere, false, store.APICalls); err == nil {
		t.Error("started by a program")
	}
	_, err = h.store.StartCampaign(ctx, h.ws.ID, nowhere, false, store.By(bob))
	if err == nil || !strings.Contains(err.Error(), "in which you may edit") {
		t.Errorf("into a workspace that is not there: %v", err)
	}
}

// Campaigns that start each other come to an end.
func TestCampaignsDoNotGoRoundForEver(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	ping := h.campaign(h.ws, "ping", `[{"key":"a","type":"send_event","event":"pong"}]`)
	pong := h.campaign(h.ws, "pong", `[{"key":"a","type":"send_event","event":"ping"}]`)
	h.event(h.ws, "ada@x.test", "ping", `{}`)
	rounds := func() int { return h.states(h.ws, ping)["finished"] + h.states(h.ws, pong)["finished"] }
	h.until("they stop", func() bool {
		return rounds() == 11 && h.states(h.ws, ping)["active"]+h.states(h.ws, pong)["active"] == 0
	})
	time.Sleep(100 * time.Millisecond)
	if n := rounds(); n != 11 {
		t.Errorf("%d rounds", n)
	}
	ada := h.personBy(h.ws, identity.Email, "ada@x.test").ID
	if told := h.told(h.ws, ada, store.FailedStepActivity); strings.Count(told, "go on for ever") != 1 {
		t.Errorf("told %s", told)
	}

	// Segments: each update moves them into the segment of the other campaign.
	ctx := context.Background()
	for _, name := range []string{"a", "b"} {
		_, err := h.store.CreateSegment(ctx, h.ws.ID, store.NewSegment{Name: "Side " + name, Condition: attributeIs("side", name)}, store.CommandLine)
		h.must(err)
	}
	h.until("built", func() bool {
		g, err := h.store.SegmentByName(ctx, h.ws.ID, "Side b")
		h.must(err)
		return !g.Building()
	})
	var both []store.Campaign
	for name, other := range map[string]string{"a": "b", "b": "a"} {
		doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":"From %s","trigger":{"type":"segment","segment":{"name":"Side %s"}},"frequency":"every","actions":[
			{"key":"a","type":"update_person","set":{"side":%q}}]}}`, name, name, other)))
		h.must(err)
		c, err := h.store.ImportCampaign(ctx, h.ws.ID, doc, store.CommandLine)
		h.must(err)
		_, err = h.store.StartCampaign(ctx, h.ws.ID, c.ID, false, store.CommandLine)
		h.must(err)
		both = append(both, c)
	}
	h.person(h.ws, "ada@x.test", store.Attributes{"side": "a"})
	rounds = func() int { return h.states(h.ws, both[0])["finished"] + h.states(h.ws, both[1])["finished"] }
	h.until("they stop", func() bool { return rounds() == 11 })
	time.Sleep(100 * time.Millisecond)
	if n := rounds(); n != 11 {
		t.Errorf("%d rounds through segments", n)
	}
	h.whole()
}

func TestSegmentUpdateIsSeenAtOnce(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	h.run(h.mailer)
	g, err := h.store.CreateSegment(ctx, h.ws.ID, store.NewSegment{Name: "Friends", Manual: true}, store.CommandLine)
	h.must(err)
	c := h.campaign(h.ws, "joined", `[
		{"key":"in","type":"segment_update","segment":{"name":"Friends"}},
		{"key":"split","type":"branch","paths":[{"name":"In","when":{"segment":{"name":"Friends"}},"actions":[
			{"key":"out","type":"segment_update","segment":{"name":"Friends"},"change":"remove"},
			{"key":"mark","type":"update_person","condition":{"not":{"segment":{"name":"Friends"}}},"set":{"both":"yes"}}]},{"name":"Else","actions":[]}]}]`)
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.finished(h.ws, c, 1)
	if both := h.attribute(h.ws, "ada@x.test", "both"); both != "yes" {
		t.Errorf("both %q", both)
	}
	if g, err = h.store.Segment(ctx, h.ws.ID, g.ID); err != nil || g.People != 0 {
		t.Errorf("%d people, %v", g.People, err)
	}
	h.whole()
	_, err = h.store.CreateSegment(ctx, h.ws.ID, store.NewSegment{Name: "Dynamic", Condition: attributeIs("a", "b")}, store.CommandLine)
	h.must(err)
	for name, want := range map[string]string{"Dynamic": "by hand", "Nobody": "There is no segment"} {
		doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"x","trigger":{"type":"event","event":"x"},"actions":[{"key":"a","type":"segment_update","segment":{"name":"` + name + `"}}]}}`))
		h.must(err)
		problems, err := h.store.CampaignProblems(ctx, h.ws.ID, doc.Campaign)
		h.must(err)
		if got := fmt.Sprint(problems); !strings.Contains(got, want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A batch changes a thousand people at most, each once, also when the engine
// is stopped on the way.
func TestBatchUpdate(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	const many = workflow.MaxBatch + 50
	for n := range many {
		h.person(h.ws, fmt.Sprintf("p%d@x.test", n), store.Attributes{"team": "red"})
	}
	told := h.campaign(h.ws, "told", `[{"key":"n","type":"update_person","set":{"told":"{{event.from}}"}}]`)
	c := h.campaign(h.ws, "won", `[{"key":"all","type":"batch_update","name":"Tell all","people":{"attribute":{"field":"team","operator":"eq","value":"red"}},
		"set":{"prize":"{{event.prize}}"},"event":"told","data":{"from":"{{customer.email}}"}}]`)
	h.event(h.ws, "ada@x.test", "won", `{"prize":"cup"}`)
	e := h.engine(h.mailer)
	h.must(e.moveJourneys(ctx, h.ws.ID))
	h.must(e.runJobs(ctx, h.ws.ID))
	h.must(e.runJobs(ctx, h.ws.ID))
	h.restart() // in the middle
	h.finished(h.ws, told, workflow.MaxBatch)
	jobs, err := h.store.Jobs(ctx, h.ws.ID, "tell all", store.Page{Limit: 10})
	h.must(err)
	if len(jobs) != 1 || jobs[0].State != store.JobDone || jobs[0].Found != workflow.MaxBatch || jobs[0].Changed != workflow.MaxBatch {
		t.Errorf("jobs %+v", jobs)
	}
	if n := h.states(h.ws, told)["entered"]; n != workflow.MaxBatch {
		t.Errorf("%d were told", n)
	}
	if prize, from := h.attribute(h.ws, "p7@x.test", "prize"), h.attribute(h.ws, "p7@x.test", "told"); prize != "cup" || from != "ada@x.test" {
		t.Errorf("prize %q, told by %q", prize, from)
	}
	h.finished(h.ws, c, 1)
	h.whole()
}

// Who meets the goal by what the campaign itself does gets nothing more of it.
func TestOwnUpdateMayEndTheJourney(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"x","trigger":{"type":"event","event":"x"},"goal":{"event":"done"},"exit":"goal","actions":[
		{"key":"a","type":"send_event","event":"done"},
		{"key":"m","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"A","body":"<p>x</p>"}]}}`))
	h.must(err)
	c, err := h.store.ImportCampaign(context.Background(), h.ws.ID, doc, store.CommandLine)
	h.must(err)
	_, err = h.store.StartCampaign(context.Background(), h.ws.ID, c.ID, false, store.CommandLine)
	h.must(err)
	h.event(h.ws, "ada@x.test", "x", `{}`)
	h.until("left", func() bool { return h.states(h.ws, c)["exited"] == 1 })
	if n := h.states(h.ws, c)["candidates"]; n != 0 {
		t.Errorf("%d messages", n)
	}
	h.whole()
}
