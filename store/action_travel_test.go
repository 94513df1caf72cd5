package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// need is the line of a report about one thing.
func needIn(t *testing.T, p ImportPreview, kind workflow.Kind, name string) Need {
	t.Helper()
	i := slices.IndexFunc(p.Needs, func(n Need) bool { return n.Kind == kind && n.Name == name })
	if i < 0 {
		t.Fatalf("no %s %s in %+v", kind, name, p.Needs)
	}
	return p.Needs[i]
}

// askOf is a request for actions of another campaign of Fieldnotes.
func (r *importRoom) askOf(from Campaign, choices map[string]string, keys ...string) ImportRequest {
	r.Helper()
	in := ImportRequest{Workspace: r.field.ID, Campaign: from.ID, Picked: keys, Place: workflow.Place{After: "hello"}, Choices: choices}
	c, err := r.Campaign(r.ctx, r.ws, r.trial.ID)
	r.must(err)
	in.Base, in.Seen = c.Revision, r.preview(in).Seen
	return in
}

func (r *importRoom) segmentOf(ws WorkspaceID, name string, manual bool, c condition.Condition) Segment {
	r.Helper()
	g, err := r.CreateSegment(r.ctx, ws, NewSegment{Name: name, Manual: manual, Condition: c}, r.by)
	r.must(err)
	return g
}

// A segment is copied with every segment that it asks for in turn; none is
// meant by the number that it had.
func TestImportCopiesSegmentsWithWhatTheyNeed(t *testing.T) {
	r := newImportRoom(t)
	r.segmentOf(r.field.ID, "Filler", true, condition.Condition{}) // ids of the two workspaces differ
	inner := r.segmentOf(r.field.ID, "Inner", true, condition.Condition{})
	middle := r.segmentOf(r.field.ID, "Middle", false, condition.Condition{Segment: &condition.Segment{ID: int64(inner.ID)}})
	r.segmentOf(r.field.ID, "Outer", false, condition.Condition{And: []condition.Condition{
		{Segment: &condition.Segment{ID: int64(middle.ID)}}, {Event: &condition.Event{Name: "read"}},
	}})
	from := r.importedTo(r.field.ID, "Deep", `[{"key":"a","type":"delay","duration":"1d","condition":{"segment":{"name":"Outer"}}}]`)
	p := r.preview(r.askOf(from, nil, "a"))
	for _, name := range []string{"Outer", "Middle", "Inner"} {
		if n := needIn(t, p, workflow.NeedsSegment, name); n.Choice != "copy" {
			t.Errorf("%s: %+v", name, n)
		}
	}
	needIn(t, p, workflow.NeedsEvent, "read")
	if n := needIn(t, p, workflow.NeedsSegment, "Inner"); !strings.Contains(n.Detail, "people are not copied") || slices.ContainsFunc(n.Options, func(o NeedOption) bool { return o.Value == "none" }) {
		t.Errorf("inner %+v", n)
	}
	c := r.bring(r.askOf(from, nil, "a")).Campaign
	a, _ := workflow.Find(c.Draft, "a")
	outer, err := segment(r.ctx, r.read, r.ws, SegmentID(a.Condition.Segment.ID))
	r.must(err)
	between, err := segment(r.ctx, r.read, r.ws, SegmentID(outer.Condition.And[0].Segment.ID))
	r.must(err)
	last, err := segment(r.ctx, r.read, r.ws, SegmentID(between.Condition.Segment.ID))
	if err != nil || outer.Name != "Outer" || between.Name != "Middle" || last.Name != "Inner" || !last.Manual {
		t.Errorf("%+v asks for %+v asks for %+v (%v)", outer, between, last, err)
	}
}

// A segment that asks about messages of the source cannot mean anything here.
func TestImportDoesNotCopySegmentsAboutMessages(t *testing.T) {
	r := newImportRoom(t)
	r.segmentOf(r.field.ID, "Openers", false, condition.Condition{Message: &condition.Message{Metric: "opened", CampaignID: int64(r.from.ID)}})
	from := r.importedTo(r.field.ID, "Openers", `[{"key":"a","type":"exit","condition":{"segment":{"name":"Openers"}}}]`)
	n := needIn(t, r.preview(r.askOf(from, nil, "a")), workflow.NeedsSegment, "Openers")
	if n.Choice != "none" || slices.ContainsFunc(n.Options, func(o NeedOption) bool { return o.Value == "copy" }) || !strings.Contains(n.Detail, "messages of Fieldnotes") {
		t.Errorf("need %+v", n)
	}
}

// A hole that was left on purpose is not filled by a segment of the same name.
func TestImportLeavesHolesOpen(t *testing.T) {
	r := newImportRoom(t)
	r.segmentIn(r.ws, "readers", "another")
	c := r.bring(r.askOf(r.from, map[string]string{"need.segment.Readers": "none"}, "split")).Campaign
	_, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	if err == nil || !strings.Contains(err.Error(), "There is no segment “Readers (left open)” here.") {
		t.Errorf("started: %v", err)
	}
}

func TestImportOfWhatPutsPeopleIntoSegments(t *testing.T) {
	r := newImportRoom(t)
	r.segmentOf(r.field.ID, "Hand-picked", true, condition.Condition{})
	r.segmentIn(r.ws, "Hand-picked", "x") // here it keeps itself
	from := r.importedTo(r.field.ID, "Put", `[{"key":"put","type":"segment_update","segment":{"name":"Hand-picked"}}]`)
	n := needIn(t, r.preview(r.askOf(from, nil, "put")), workflow.NeedsSegment, "Hand-picked")
	if n.State != NeedChoose || n.Choice != "copy" || !strings.Contains(n.Detail, "keeps itself by its condition") {
		t.Errorf("need %+v", n)
	}
	c := r.bring(r.askOf(from, nil, "put")).Campaign
	put, _ := workflow.Find(c.Draft, "put")
	g, err := r.Segment(r.ctx, r.ws, SegmentID(put.SegmentUpdate.Segment.ID))
	if err != nil || g.Name != "Hand-picked 2" || !g.Manual {
		t.Errorf("segment %+v %v", g, err)
	}
}

func TestImportOfEventsForOtherWorkspaces(t *testing.T) {
	r := newImportRoom(t)
	secret, err := r.CreateWorkspace(r.ctx, NewWorkspace{Name: "Secret lab", Color: "rose", Identifiers: "id"}, r.by)
	r.must(err)
	from := r.importedTo(r.field.ID, "Events", fmt.Sprintf(`[{"key":"a","type":"send_event","event":"x","workspace":%q},{"key":"b","type":"send_event","event":"x","workspace":"fieldnotes"}]`, secret.Slug))
	p := r.preview(r.askOf(from, nil, "a", "b"))
	n := needIn(t, p, workflow.NeedsWorkspace, secret.Slug)
	if n.Choice != "none" || n.Title != "" || strings.Contains(encode(n.Options), "Secret lab") {
		t.Errorf("Bob may not see it: %+v", n)
	}
	if n := needIn(t, p, workflow.NeedsWorkspace, "fieldnotes"); n.Choice != "none" { // there Bob may only look
		t.Errorf("need %+v", n)
	}
	c := r.bring(r.askOf(from, map[string]string{"need.workspace.fieldnotes": "here:acme"}, "a", "b")).Campaign
	a, _ := workflow.Find(c.Draft, "a")
	b, _ := workflow.Find(c.Draft, "b")
	if a.SendEvent.Workspace != "?" || b.SendEvent.Workspace != "" {
		t.Errorf("events go to %q and %q", a.SendEvent.Workspace, b.SendEvent.Workspace)
	}
	if strings.Contains(encode(c.Draft), secret.Slug) {
		t.Error("the slug of what Bob may not see is in the draft")
	}
	_, err = r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	if err == nil || strings.Count(err.Error(), "Choose the workspace in which it happens.") != 1 {
		t.Errorf("started: %v", err)
	}
	in := r.askOf(from, nil, "a", "b")
	in.Choices = map[string]string{"need.workspace." + secret.Slug: "same"}
	if _, err := r.ImportActions(r.ctx, r.ws, r.trial.ID, in, r.bob); err == nil {
		t.Error("Bob lets events go where he may not edit")
	}
}

func TestImportOfQuestionsAboutMessages(t *testing.T) {
	r := newImportRoom(t)
	r.bring(r.ask("hello"))
	p := r.preview(r.ask("split"))
	n := needIn(t, p, workflow.NeedsMessage, "hello")
	if n.State != NeedSame || n.Choice != "here:hello-2" || n.Title != "Hello, reader" {
		t.Errorf("need %+v", n)
	}
	c := r.bring(r.ask("split")).Campaign
	split, _ := workflow.Find(c.Draft, "split")
	if m := split.Branch.Paths[0].When.And[0].Message; m.Action != "hello-2" || m.CampaignID != 0 {
		t.Errorf("it asks about %+v", m)
	}
}

func TestImportOfRepliesNumbersAndChannels(t *testing.T) {
	r := newImportRoom(t)
	from := r.importedTo(r.field.ID, "Ways", `[{"key":"m","type":"email","reply_to":"help@field.test"},{"key":"s","type":"sms","from":"+491234","text":"x"}]`)
	p := r.preview(r.askOf(from, nil, "m", "s"))
	if n := needIn(t, p, workflow.NeedsReply, "help@field.test"); n.State != NeedChoose || n.Choice != "none" {
		t.Errorf("reply %+v", n)
	}
	if n := needIn(t, p, workflow.NeedsChannel, "sms"); n.State != NeedMissing {
		t.Errorf("channel %+v", n)
	}
	c := r.bring(r.askOf(from, nil, "m", "s")).Campaign
	m, _ := workflow.Find(c.Draft, "m")
	s, _ := workflow.Find(c.Draft, "s")
	if m.Email.ReplyTo != "" || s.SMS.From != "" {
		t.Errorf("replies to %q, from %q", m.Email.ReplyTo, s.SMS.From)
	}
	c = r.bring(r.askOf(from, map[string]string{"need.reply_to.help@field.test": "same", "need.number.+491234": "same"}, "m", "s")).Campaign
	m, _ = workflow.Find(c.Draft, "m-2")
	s, _ = workflow.Find(c.Draft, "s-2")
	if m.Email.ReplyTo != "help@field.test" || s.SMS.From != "+491234" {
		t.Errorf("replies to %q, from %q", m.Email.ReplyTo, s.SMS.From)
	}
}

func TestImportOfTheLiveVersion(t *testing.T) {
	r := newImportRoom(t)
	from := r.importedTo(r.field.ID, "Runs", `[{"key":"a","type":"delay","duration":"1d"}]`)
	_, err := r.StartCampaign(r.ctx, r.field.ID, from.ID, false, r.by)
	r.must(err)
	r.edit(r.field.ID, from.ID, func(c *workflow.Campaign) {
		c.Actions[0].Delay.Duration = "9d"
		c.Actions = append(c.Actions, workflow.Action{Key: "new", Type: workflow.TypeExit})
	})
	in := r.askOf(from, nil, "a", "new")
	in.Live = true
	in.Seen = r.preview(in).Seen
	out := r.bring(in)
	a, _ := workflow.Find(out.Campaign.Draft, "a")
	if out.Count != 1 || a.Delay.Duration != "1d" || a.Origin.Version != 1 {
		t.Errorf("%d came: %+v", out.Count, a)
	}
	b := r.bring(r.askOf(from, nil, "a", "new"))
	a, _ = workflow.Find(b.Campaign.Draft, "a-2")
	if b.Count != 2 || a.Delay.Duration != "9d" || a.Origin.Version != 0 {
		t.Errorf("%d came: %+v", b.Count, a)
	}
}

// edit changes the draft of a campaign.
func (r *importRoom) edit(ws WorkspaceID, id CampaignID, change func(*workflow.Campaign)) {
	r.Helper()
	_, err := r.EditDraft(r.ctx, ws, id, AnyRevision, "Write", func(c workflow.Campaign) (workflow.Campaign, error) {
		change(&c)
		return c, nil
	}, r.by)
	r.must(err)
}

// states is how the sources of a campaign's actions stand.
func (r *importRoom) states(m Member) string {
	r.Helper()
	groups, err := r.ActionSources(r.ctx, r.ws, r.trial.ID, m)
	r.must(err)
	var all []string
	for _, g := range groups {
		for _, a := range g.Actions {
			all = append(all, fmt.Sprintf("%s %s %s", a.Action.Key, a.State, strings.Join(a.Taken.Fields, "+")))
		}
	}
	return strings.Join(all, ", ")
}

func (r *importRoom) takeOf(keys ...string) ImportRequest {
	r.Helper()
	in := ImportRequest{Workspace: r.field.ID, Campaign: r.from.ID, Picked: keys}
	c, err := r.Campaign(r.ctx, r.ws, r.trial.ID)
	r.must(err)
	_, err = r.PreviewTake(r.ctx, r.ws, r.trial.ID, in, r.bob)
	r.must(err)
	groups, err := r.ActionSources(r.ctx, r.ws, r.trial.ID, r.bob)
	r.must(err)
	in.Base, in.Hashes = c.Revision, map[string]string{}
	for _, a := range groups[0].Actions {
		in.Hashes[a.Action.Key] = a.Hash
	}
	return in
}

func TestSourcesThatChanged(t *testing.T) {
	r := newImportRoom(t)
	r.bring(r.ask("hello", "pause"))
	if got := r.states(r.bob); got != "hello-2 same , pause same " {
		t.Errorf("at first: %s", got)
	}
	r.edit(r.ws, r.trial.ID, func(c *workflow.Campaign) { // somebody writes here
		c.Actions[1].Email.Subject, c.Actions[1].Email.Sending = "Ours", workflow.Automatic
	})
	if got := r.states(r.bob); got != "hello-2 same , pause same " {
		t.Errorf("after a change here: %s", got)
	}
	r.edit(r.field.ID, r.from.ID, func(c *workflow.Campaign) {
		c.Actions[0].Email.Body, c.Actions[1].Delay.Duration = "<p>New</p>", "3d"
	})
	if got := r.states(r.bob); got != "hello-2 changed body, pause changed duration (wait 1 day before, wait 3 days now)" {
		t.Errorf("after a change there: %s", got)
	}
	stale := r.takeOf("hello-2")
	stale.Hashes["hello-2"] = "what it said before"
	if _, err := r.TakeSources(r.ctx, r.ws, r.trial.ID, stale, r.bob); err != ErrSourceChanged {
		t.Errorf("what was not seen is taken: %v", err)
	}
	out, err := r.TakeSources(r.ctx, r.ws, r.trial.ID, r.takeOf("hello-2"), r.bob)
	r.must(err)
	hello, _ := workflow.Find(out.Campaign.Draft, "hello-2")
	if e := hello.Email; e.Subject != "Ours" || e.Body != "<p>New</p>" || e.Sending != workflow.Draft || e.Layout != "Letter" || e.From != "Letters <hi@field.test>" {
		t.Errorf("taken %+v", e)
	}
	if got := r.states(r.bob); got != "hello-2 same , pause changed duration (wait 1 day before, wait 3 days now)" {
		t.Errorf("after taking one: %s", got)
	}
	h, err := r.History(r.ctx, r.ws, r.trial.ID)
	r.must(err)
	if h.Undo != "Take changes of 1 action from Fieldnotes" {
		t.Errorf("undo %q", h.Undo)
	}
	_, err = r.Undo(r.ctx, r.ws, r.trial.ID, r.by)
	r.must(err)
	if got := r.states(r.bob); !strings.HasPrefix(got, "hello-2 changed body") {
		t.Errorf("after undo: %s", got)
	}
}

func TestSourcesThatAreIgnored(t *testing.T) {
	r := newImportRoom(t)
	r.bring(r.ask("pause"))
	days := func(n int) {
		r.edit(r.field.ID, r.from.ID, func(c *workflow.Campaign) { c.Actions[1].Delay.Duration = fmt.Sprintf("%dd", n) })
	}
	days(3)
	groups, err := r.ActionSources(r.ctx, r.ws, r.trial.ID, r.bob)
	r.must(err)
	r.must(r.IgnoreSources(r.ctx, r.ws, r.trial.ID, map[string]string{"pause": groups[0].Actions[0].Hash}, r.by))
	if got := r.states(r.bob); !strings.HasPrefix(got, "pause ignored") {
		t.Errorf("ignored: %s", got)
	}
	days(4)
	if got := r.states(r.bob); !strings.HasPrefix(got, "pause changed") {
		t.Errorf("another change: %s", got)
	}
	days(3) // back to what was looked at
	if got := r.states(r.bob); !strings.HasPrefix(got, "pause ignored") {
		t.Errorf("back again: %s", got)
	}
	if err := r.IgnoreSources(r.ctx, r.ws, r.trial.ID, map[string]string{"end": "x", "gone": "x"}, r.by); err == nil {
		t.Error("what was not imported is ignored")
	}
}

// Who may not see the source any more learns nothing of it.
func TestSourcesThatAreGone(t *testing.T) {
	r := newImportRoom(t)
	r.bring(r.ask("pause"))
	r.edit(r.field.ID, r.from.ID, func(c *workflow.Campaign) { c.Actions[1].Delay.Duration = "9d" })
	r.must(r.SetRole(r.ctx, r.field.ID, r.bob.ID, RoleNone, r.by))
	groups, err := r.ActionSources(r.ctx, r.ws, r.trial.ID, r.bob)
	r.must(err)
	g := groups[0]
	if g.Actions[0].State != SourceGone || g.From.ID != 0 || g.Campaign.ID != 0 || g.Actions[0].Hash != "" || len(g.Actions[0].Taken.Fields) > 0 {
		t.Errorf("Bob learns %+v", g)
	}
	in := ImportRequest{Workspace: r.field.ID, Campaign: r.from.ID, Picked: []string{"pause"}}
	if _, err := r.PreviewTake(r.ctx, r.ws, r.trial.ID, in, r.bob); err != ErrNotFound {
		t.Errorf("Bob looks: %v", err)
	}
	if _, err := r.TakeSources(r.ctx, r.ws, r.trial.ID, in, r.bob); err != ErrNotFound {
		t.Errorf("Bob takes: %v", err)
	}
	if got := r.states(r.alice); !strings.HasPrefix(got, "pause changed") {
		t.Errorf("Alice sees %s", got)
	}
	r.edit(r.field.ID, r.from.ID, func(c *workflow.Campaign) { c.Actions = c.Actions[:1] })
	if got := r.states(r.alice); !strings.HasPrefix(got, "pause gone") {
		t.Errorf("without its source: %s", got)
	}
}

// Importing again with update keeps what was changed here, and twice changes
// nothing.
func TestImportAgainKeepsWhatWasChangedHere(t *testing.T) {
	r := newImportRoom(t)
	r.bring(r.ask("hello", "split"))
	r.edit(r.ws, r.trial.ID, func(c *workflow.Campaign) {
		for a := range workflow.All(c.Actions) {
			if a.Webhook != nil {
				a.Webhook.Headers[0].Value, a.Webhook.URL, a.Webhook.LeftOut = "Bearer ours", "https://crm.test/x?token=ours", nil
			}
			if a.Email != nil {
				a.Email.Subject = "Ours"
			}
		}
	})
	before, err := r.Campaign(r.ctx, r.ws, r.trial.ID)
	r.must(err)
	in := r.ask("hello", "split")
	in.Update = true
	if c := r.bring(in).Campaign; c.Revision != before.Revision || encode(c.Draft) != encode(before.Draft) {
		t.Errorf("what did not change came as %v", workflow.Diff(before.Draft, c.Draft))
	}
	r.edit(r.field.ID, r.from.ID, func(c *workflow.Campaign) {
		c.Actions[0].Email.Body = "<p>New</p>"
		c.Actions[2].Branch.Paths[0].Actions[0].Webhook.Body = "{}"
	})
	in = r.ask("hello", "split")
	in.Update = true
	c := r.bring(in).Campaign
	hello, _ := workflow.Find(c.Draft, "hello-2")
	crm, _ := workflow.Find(c.Draft, "crm")
	if hello.Email.Subject != "Ours" || hello.Email.Body != "<p>New</p>" || crm.Webhook.Headers[0].Value != "Bearer ours" || crm.Webhook.Body != "{}" || len(crm.Webhook.LeftOut) != 0 {
		t.Errorf("came %+v %+v", hello.Email, crm.Webhook)
	}
}

// What was tried in a sandbox is brought home.
func TestImportBringsHome(t *testing.T) {
	r := newImportRoom(t)
	out := r.bring(r.ask("pause"))
	r.edit(r.ws, r.trial.ID, func(c *workflow.Campaign) { c.Actions[1].Delay.Duration = "5d" })
	source, err := r.Campaign(r.ctx, r.field.ID, r.from.ID)
	r.must(err)
	in := ImportRequest{Workspace: r.ws, Campaign: out.Campaign.ID, Picked: []string{"pause"}, Place: workflow.Place{After: "pause"}, Update: true, Base: source.Revision}
	p, err := r.PreviewImport(r.ctx, r.field.ID, r.from.ID, in, r.alice)
	r.must(err)
	in.Seen = p.Seen
	back, err := r.ImportActions(r.ctx, r.field.ID, r.from.ID, in, r.alice)
	r.must(err)
	pause, _ := workflow.Find(back.Campaign.Draft, "pause")
	if p.Before != 1 || back.Updated != 1 || keysOf(back.Campaign) != keysOf(source) || pause.Delay.Duration != "5d" {
		t.Errorf("home is %s with %+v (%+v)", keysOf(back.Campaign), pause.Delay, back)
	}
}

func TestDuplicateTo(t *testing.T) {
	r := newImportRoom(t)
	g := r.segmentIn(r.field.ID, "Goal", "paid")
	vips := r.segmentIn(r.field.ID, "Triggers", "vip")
	r.edit(r.field.ID, r.from.ID, func(c *workflow.Campaign) {
		c.Trigger = workflow.Trigger{Type: workflow.OnSegment, Segment: &condition.Segment{ID: int64(vips.ID)}, When: workflow.Enter}
		c.Goal = &workflow.Goal{Segment: &condition.Segment{ID: int64(g.ID)}, When: workflow.Enter, Since: workflow.SinceSent}
		c.Filter = &condition.Condition{Message: &condition.Message{Metric: "opened", Action: "x", CampaignID: int64(r.trial.ID)}}
		c.Subscription = workflow.OfTopic("News")
	})
	in := Duplicate{Workspace: r.field.ID, Campaign: r.from.ID, Name: "trial", Choices: map[string]string{"need.segment.Goal": "none"}}
	p, err := r.PreviewDuplicate(r.ctx, r.ws, in, r.bob)
	r.must(err)
	needIn(t, p, workflow.NeedsTopic, "News")
	if n := needIn(t, p, workflow.NeedsSegment, "Triggers"); n.Choice != "copy" || n.UsedBy[0] != "Trigger" {
		t.Errorf("need %+v", n)
	}
	if _, err := r.DuplicateTo(r.ctx, r.ws, in, r.bob); err != ErrSourceChanged {
		t.Errorf("unseen: %v", err)
	}
	in.Seen = p.Seen
	c, err := r.DuplicateTo(r.ctx, r.ws, in, r.bob)
	r.must(err)
	trigger, err := r.Segment(r.ctx, r.ws, SegmentID(c.Draft.Trigger.Segment.ID))
	if err != nil || trigger.Name != "Triggers" || c.Name != "trial 2" || c.State != CampaignDraft {
		t.Errorf("%q is triggered by %+v (%v)", c.Name, trigger, err)
	}
	if c.Draft.Goal.Segment.Name != "Goal" || c.Draft.Filter.Message.CampaignID != 0 || c.Draft.Filter.Message.Action != "?x" {
		t.Errorf("goal %+v, filter %s", c.Draft.Goal.Segment, encode(c.Draft.Filter))
	}
	if keysOf(c) != "hello pause split crm bye" || strings.Contains(encode(c.Draft), "s3cret") || strings.Contains(encode(c.Draft), "automatic") {
		t.Errorf("the draft is %s", encode(c.Draft))
	}
	if split, _ := workflow.Find(c.Draft, "split"); split.Branch.Paths[0].When.And[0].Message.Action != "hello" {
		t.Errorf("it asks about %s", encode(split.Branch.Paths[0].When))
	}
	r.must(r.SetRole(r.ctx, r.field.ID, r.bob.ID, RoleNone, r.by))
	if _, err := r.DuplicateTo(r.ctx, r.ws, in, r.bob); err != ErrNotFound {
		t.Errorf("Bob may not look: %v", err)
	}
	r.must(r.SetRole(r.ctx, r.field.ID, r.bob.ID, RoleViewer, r.by))
	r.must(r.SetRole(r.ctx, r.ws, r.bob.ID, RoleViewer, r.by))
	if _, err := r.DuplicateTo(r.ctx, r.ws, in, r.bob); err == nil {
		t.Error("Bob may not write here")
	}
}
