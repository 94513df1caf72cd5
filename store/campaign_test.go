package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// campaignRoom is a store with a workspace and a clock that stands still.
type campaignRoom struct {
	*testing.T
	*Store
	ctx context.Context
	ws  WorkspaceID
	by  Actor
	at  time.Time
}

func newCampaignRoom(t *testing.T) *campaignRoom {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	r := &campaignRoom{T: t, Store: s, ctx: context.Background(), at: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	s.SetClock(func() time.Time { return r.at })
	member, ws, err := s.SetUp(r.ctx, Setup{
		Account: "Acme", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: NewWorkspace{Name: "Acme", Color: "moss", Identifiers: "email_or_id"},
	})
	r.must(err)
	r.ws, r.by = ws.ID, By(member)
	return r
}

func (r *campaignRoom) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// imported is a campaign made of the JSON of its actions.
func (r *campaignRoom) imported(name, trigger, actions string) Campaign {
	r.Helper()
	doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":%q,"trigger":%s,"actions":%s}}`, name, trigger, actions)))
	r.must(err)
	c, err := r.ImportCampaign(r.ctx, r.ws, doc, r.by)
	r.must(err)
	return c
}

const signedUp = `{"type":"event","event":"signed_up"}`

func (r *campaignRoom) signUp(id string) {
	r.Helper()
	r.must(r.Track(r.ctx, r.ws, Event{Ref: identity.Ref{Kind: identity.ID, Value: id}, Type: EventActivity, Name: "signed_up"}))
}

// count is a kept counter of a campaign.
func (r *campaignRoom) count(id CampaignID, action, metric string) int {
	r.Helper()
	all, err := r.CampaignCounts(r.ctx, r.ws, id)
	r.must(err)
	return all[action][metric]
}

func (r *campaignRoom) journeys(id CampaignID) (all []Journey) {
	r.Helper()
	rows, err := r.read.Query(`select `+journeyColumns+` from journeys j where campaign_id = ? order by journey_id`, id)
	all, err = collect(rows, err, scanJourney)
	r.must(err)
	return all
}

func (r *campaignRoom) allDue(limit int) ([]DueJourney, error) {
	ids, err := r.DueKeys(r.ctx, r.ws, limit)
	r.must(err)
	return r.DueJourneys(r.ctx, r.ws, ids)
}

// wait makes everybody who is due wait before their delay.
func (r *campaignRoom) wait() {
	r.Helper()
	due, err := r.allDue(100)
	r.must(err)
	for _, d := range due {
		a, _ := d.Plan.Action(d.Position)
		length, err := a.Delay.Length()
		r.must(err)
		r.must(r.MoveJourneys(r.ctx, r.ws, []Move{{Journey: d.Journey, Position: d.Position, Waits: workflow.Waiting, DueAt: d.ArrivedAt.Add(length)}}))
	}
}

func TestCampaignNames(t *testing.T) {
	r := newCampaignRoom(t)
	c, err := r.CreateCampaign(r.ctx, r.ws, "  Welcome   mail ", r.by)
	r.must(err)
	if c.Name != "Welcome mail" || c.State != CampaignDraft || c.Draft.Trigger.Type != "" || c.Draft.Exit != workflow.ExitNever {
		t.Errorf("made %+v", c)
	}
	for name, want := range map[string]string{
		"":                       "Name the campaign.",
		"WELCOME MAIL":           "already the name",
		strings.Repeat("é", 151): "at most 150",
	} {
		if _, err := r.CreateCampaign(r.ctx, r.ws, name, r.by); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("name %.20q: %v, want %q", name, err, want)
		}
	}
	again := r.imported("Welcome mail", signedUp, `[]`)
	third := r.imported("welcome mail", signedUp, `[]`)
	if again.Name != "Welcome mail 2" || third.Name != "welcome mail 3" {
		t.Errorf("imported as %q and %q", again.Name, third.Name)
	}
	r.must(r.RenameCampaign(r.ctx, r.ws, third.ID, "Other", r.by))
	if err := r.RenameCampaign(r.ctx, r.ws, third.ID, "Welcome Mail", r.by); err == nil {
		t.Error("two campaigns have one name")
	}
	other, err := r.CreateWorkspace(r.ctx, NewWorkspace{Name: "Other", Color: "iris", Identifiers: "id"}, r.by)
	r.must(err)
	if _, err := r.CreateCampaign(r.ctx, other.ID, "Other", r.by); err != nil {
		t.Errorf("a name is taken in another workspace: %v", err)
	}
	if _, err := r.Campaign(r.ctx, other.ID, c.ID); err != ErrNotFound {
		t.Errorf("another workspace sees the campaign: %v", err)
	}
}

func TestImportKeepsSendingAndAddsSenders(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.imported("Welcome", signedUp, `[{"key":"hello","type":"email","sending":"automatic","from":"Acme <hi@acme.test>"}]`)
	if got := c.Draft.Actions[0].Email.Sending; got != workflow.Automatic {
		t.Errorf("sending %q", got)
	}
	senders, err := r.Senders(r.ctx, r.ws)
	r.must(err)
	if !slices.Contains(senders, "Acme <hi@acme.test>") {
		t.Errorf("senders %q", senders)
	}
	copied, err := r.DuplicateCampaign(r.ctx, r.ws, c.ID, r.by)
	r.must(err)
	if copied.Name != "Welcome 2" || len(copied.Draft.Actions) != 1 {
		t.Errorf("copied %+v", copied)
	}
}

// addDelay is an edit that adds a delay at the end.
func addDelay(length string) func(workflow.Campaign) (workflow.Campaign, error) {
	return func(c workflow.Campaign) (workflow.Campaign, error) {
		return workflow.Insert(c, workflow.End(c), workflow.Action{Type: workflow.TypeDelay, Delay: &workflow.Delay{Duration: length}})
	}
}

func TestUndoAndRedo(t *testing.T) {
	r := newCampaignRoom(t)
	c, err := r.CreateCampaign(r.ctx, r.ws, "Welcome", r.by)
	r.must(err)
	if _, err := r.Undo(r.ctx, r.ws, c.ID, r.by); err != ErrNotFound {
		t.Errorf("undo of nothing: %v", err)
	}
	for i, length := range []string{"1d", "2d", "3d"} {
		c, err = r.EditDraft(r.ctx, r.ws, c.ID, c.Revision, "Add "+length, addDelay(length), r.by)
		r.must(err)
		if c.Revision != i+1 || len(c.Draft.Actions) != i+1 {
			t.Fatalf("after %s: %+v", length, c)
		}
	}
	c, err = r.Undo(r.ctx, r.ws, c.ID, r.by)
	r.must(err)
	if len(c.Draft.Actions) != 2 {
		t.Errorf("undo left %d actions", len(c.Draft.Actions))
	}
	h, err := r.History(r.ctx, r.ws, c.ID)
	r.must(err)
	if h != (History{Undo: "Add 2d", Redo: "Add 3d"}) {
		t.Errorf("history %+v", h)
	}
	c, err = r.Redo(r.ctx, r.ws, c.ID, r.by)
	r.must(err)
	if len(c.Draft.Actions) != 3 {
		t.Errorf("redo left %d actions", len(c.Draft.Actions))
	}
	c, err = r.Undo(r.ctx, r.ws, c.ID, r.by)
	r.must(err)
	seen := 3 // by somebody who looked before the undo
	c, err = r.EditDraft(r.ctx, r.ws, c.ID, AnyRevision, "Add 4d", addDelay("4d"), r.by)
	r.must(err)
	if _, err := r.EditDraft(r.ctx, r.ws, c.ID, seen, "Add 5d", addDelay("5d"), r.by); err != ErrChanged {
		t.Errorf("an edit of what was undone: %v", err)
	}
	if _, err := r.Redo(r.ctx, r.ws, c.ID, r.by); err != ErrNotFound {
		t.Errorf("redo after a change: %v", err)
	}
	if c.Draft.Actions[2].Delay.Duration != "4d" {
		t.Errorf("draft %+v", c.Draft.Actions)
	}
}

func TestRefusedAndEmptyEditsLeaveNoTrace(t *testing.T) {
	r := newCampaignRoom(t)
	c, err := r.CreateCampaign(r.ctx, r.ws, "Welcome", r.by)
	r.must(err)
	_, err = r.EditDraft(r.ctx, r.ws, c.ID, 0, "Delete nothing", func(c workflow.Campaign) (workflow.Campaign, error) {
		return workflow.Delete(c, []string{"gone"})
	}, r.by)
	if wrong := (*workflow.Error)(nil); !errors.As(err, &wrong) {
		t.Errorf("error %v", err)
	}
	_, err = r.EditDraft(r.ctx, r.ws, c.ID, 0, "Nothing", func(c workflow.Campaign) (workflow.Campaign, error) { return c, nil }, r.by)
	r.must(err)
	if h, err := r.History(r.ctx, r.ws, c.ID); err != nil || h.Undo != "" {
		t.Errorf("history %+v %v", h, err)
	}
}

func TestOnlyTheLastHundredChangesAreKept(t *testing.T) {
	r := newCampaignRoom(t)
	c, err := r.CreateCampaign(r.ctx, r.ws, "Welcome", r.by)
	r.must(err)
	for i := range 120 {
		_, err = r.EditDraft(r.ctx, r.ws, c.ID, AnyRevision, "Add", addDelay(fmt.Sprintf("%dd", i+1)), r.by)
		r.must(err)
	}
	undone := 0
	for ; ; undone++ {
		if _, err := r.Undo(r.ctx, r.ws, c.ID, r.by); err == ErrNotFound {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if undone != 100 {
		t.Errorf("%d changes could be undone, want 100", undone)
	}
}

func TestStartNeedsACampaignWithoutProblems(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.imported("Welcome", `{"type":"segment","segment":{"name":"Pros"}}`, `[
		{"key":"hello","type":"email","sending":"automatic","from":"hi@acme.test","layout":"Nowhere","body":"{% unsubscribe_url %}"},
		{"key":"split","type":"branch","paths":[{"when":{"segment":{"name":"Trials"}}},{"name":"Else"}]}]`)
	_, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	var problems NotReady
	if !errors.As(err, &problems) {
		t.Fatalf("error %v", err)
	}
	for _, want := range []string{"trigger.segment: There is no segment “Pros”", "hello subject: Write a subject.", "hello layout: There is no layout “Nowhere”", "split paths[0].when: There is no segment “Trials”"} {
		if !strings.Contains(problems.Error(), want) {
			t.Errorf("no %q in %s", want, problems)
		}
	}
	if after, _ := r.Campaign(r.ctx, r.ws, c.ID); after.State != CampaignDraft || after.Version != 0 {
		t.Errorf("it is %s v%d", after.State, after.Version)
	}
}

func TestEventStartsJourneysOnlyWhileRunning(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.imported("Welcome", signedUp, `[{"key":"pause","type":"delay","duration":"2d"}]`)
	r.signUp("early")
	c, err := r.StartCampaign(r.ctx, r.ws, c.ID, true, r.by)
	r.must(err)
	if c.State != CampaignRunning || c.Version != 1 || c.StartedAt.IsZero() || c.Unpublished() {
		t.Fatalf("started %+v", c)
	}
	r.signUp("ada")
	if n := len(r.journeys(c.ID)); n != 1 {
		t.Errorf("%d journeys", n)
	}
	c, err = r.StopCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	if c.State != CampaignStopping {
		t.Errorf("it is %s", c.State)
	}
	r.signUp("bob")
	if n := len(r.journeys(c.ID)); n != 1 {
		t.Errorf("%d journeys after the stop", n)
	}
	if err := r.ArchiveCampaign(r.ctx, r.ws, c.ID, r.by); err == nil {
		t.Error("archived while somebody is inside")
	}
	j := r.journeys(c.ID)[0]
	r.must(r.MoveJourneys(r.ctx, r.ws, []Move{{Journey: j, Ended: JourneyFinished}}))
	if c, _ = r.Campaign(r.ctx, r.ws, c.ID); c.State != CampaignStopped {
		t.Errorf("it is %s when the last one has left", c.State)
	}
	r.must(r.ArchiveCampaign(r.ctx, r.ws, c.ID, r.by))
	if _, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by); err == nil {
		t.Error("started from the archive")
	}
	r.must(r.UnarchiveCampaign(r.ctx, r.ws, c.ID, r.by))
	c, err = r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	if c.Version != 1 {
		t.Errorf("an unchanged campaign became version %d", c.Version)
	}
	if err := r.DeleteCampaign(r.ctx, r.ws, c.ID, r.by); err == nil {
		t.Error("what ran was deleted")
	}
}

func TestStopNowTakesEverybodyOut(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.imported("Welcome", signedUp, `[{"key":"pause","type":"delay","duration":"2d"}]`)
	_, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	r.signUp("ada")
	r.signUp("bob")
	c, err = r.StopCampaign(r.ctx, r.ws, c.ID, true, r.by)
	r.must(err)
	if c.State != CampaignStopped || !c.Exiting {
		t.Errorf("stopped %+v", c)
	}
	if _, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by); err == nil {
		t.Error("started while people are being taken out")
	}
	work, err := r.CampaignWorks(r.ctx, r.ws)
	r.must(err)
	if len(work) != 1 || !work[0].Exiting {
		t.Errorf("work %+v", work)
	}
	r.must(r.ExitCampaign(r.ctx, r.ws, c.ID, 100))
	if got := []int{r.count(c.ID, "", "entered"), r.count(c.ID, "", "active"), r.count(c.ID, "", "exited"), r.count(c.ID, "pause", "waiting")}; !slices.Equal(got, []int{2, 0, 2, 0}) {
		t.Errorf("counts %v", got)
	}
}

func TestSegmentCampaignMayTakeCurrentMembers(t *testing.T) {
	for _, current := range []bool{false, true} {
		t.Run(fmt.Sprint(current), func(t *testing.T) {
			r := newCampaignRoom(t)
			for _, id := range []string{"ada", "bob"} {
				_, err := r.Identify(r.ctx, r.ws, Identify{Ref: identity.Ref{Kind: identity.ID, Value: id}, Attributes: Attributes{"plan": "pro"}})
				r.must(err)
			}
			cond, err := condition.Parse([]byte(`{"attribute":{"field":"plan","operator":"eq","value":"pro"}}`))
			r.must(err)
			_, err = r.CreateSegment(r.ctx, r.ws, NewSegment{Name: "Pros", Condition: *cond}, r.by)
			r.must(err)
			c := r.imported("Pros", `{"type":"segment","segment":{"name":"pros"}}`, `[{"key":"pause","type":"delay","duration":"2d"}]`)
			if c.Draft.Trigger.Segment.ID == 0 {
				t.Error("the segment was not found when imported")
			}
			if _, err := r.StartCampaign(r.ctx, r.ws, c.ID, current, r.by); err == nil || !strings.Contains(err.Error(), "still being built") {
				t.Errorf("started on a segment that is not built: %v", err)
			}
			r.must(r.BuildSegments(r.ctx, r.ws, 100))
			_, err = r.StartCampaign(r.ctx, r.ws, c.ID, current, r.by)
			r.must(err)
			if current {
				r.must(r.EnterMembers(r.ctx, r.ws, c.ID, 100))
			}
			_, err = r.Identify(r.ctx, r.ws, Identify{Ref: identity.Ref{Kind: identity.ID, Value: "cleo"}, Attributes: Attributes{"plan": "pro"}})
			r.must(err)
			want := 1
			if current {
				want = 3
			}
			if n := len(r.journeys(c.ID)); n != want {
				t.Errorf("%d journeys, want %d", n, want)
			}
			named, err := r.WithSegmentNames(r.ctx, r.ws, c.Draft)
			r.must(err)
			if words := named.Trigger.Words(); words != "Enters the segment “Pros”" {
				t.Errorf("trigger %q", words)
			}
		})
	}
}

func TestPublishCarriesPeopleOver(t *testing.T) {
	const before = `[
		{"key":"one","type":"delay","duration":"2d"},
		{"key":"two","type":"delay","duration":"1d"},
		{"key":"end","type":"exit"}]`
	tests := map[string]struct {
		edit     func(workflow.Campaign) (workflow.Campaign, error)
		position string
		due      time.Duration // after arriving at one
		state    JourneyState
	}{
		"a shorter delay": {func(c workflow.Campaign) (workflow.Campaign, error) {
			return workflow.Replace(c, workflow.Action{Key: "one", Type: workflow.TypeDelay, Delay: &workflow.Delay{Duration: "1h"}})
		}, "one", time.Hour, JourneyActive},
		"a longer delay": {func(c workflow.Campaign) (workflow.Campaign, error) {
			return workflow.Replace(c, workflow.Action{Key: "one", Type: workflow.TypeDelay, Delay: &workflow.Delay{Duration: "1w"}})
		}, "one", 7 * 24 * time.Hour, JourneyActive},
		"no delay": {func(c workflow.Campaign) (workflow.Campaign, error) {
			return workflow.Delete(c, []string{"one"})
		}, "two", time.Hour, JourneyActive},
		"another delay": {addDelay("5d"), "one", 48 * time.Hour, JourneyActive},
		"nothing left": {func(c workflow.Campaign) (workflow.Campaign, error) {
			c, err := workflow.Delete(c, []string{"one", "two", "end"})
			if err != nil {
				return c, err
			}
			return workflow.Insert(c, workflow.Place{}, workflow.Action{Key: "new", Type: workflow.TypeExit})
		}, "", 0, JourneyFinished},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newCampaignRoom(t)
			c := r.imported("Welcome", signedUp, before)
			_, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
			r.must(err)
			arrived := r.at
			r.signUp("ada")
			r.wait()
			r.at = r.at.Add(time.Hour)
			c, err = r.EditDraft(r.ctx, r.ws, c.ID, AnyRevision, "Edit", test.edit, r.by)
			r.must(err)
			if !c.Unpublished() {
				t.Error("the draft counts as published")
			}
			if live, version, err := r.Live(r.ctx, r.ws, c.ID); err != nil || version != 1 || len(live.Actions) != 3 {
				t.Errorf("live v%d %+v %v", version, live, err)
			}
			c, err = r.PublishCampaign(r.ctx, r.ws, c.ID, r.by)
			r.must(err)
			if c.Version != 2 || c.Unpublished() {
				t.Errorf("published %+v", c)
			}
			j := r.journeys(c.ID)[0]
			if j.Position != test.position || j.State != test.state || test.due > 0 && !j.DueAt.Equal(arrived.Add(test.due)) {
				t.Errorf("journey %+v", j)
			}
			waiting := 0
			for _, key := range []string{"one", "two", "end", "new"} {
				n := r.count(c.ID, key, "waiting")
				if n < 0 || key == test.position && n != 1 {
					t.Errorf("%d wait at %s", n, key)
				}
				waiting += n
			}
			if active := r.count(c.ID, "", "active"); waiting != active {
				t.Errorf("%d wait, %d are active", waiting, active)
			}
		})
	}
}

func TestMoveOfAnOlderVersionIsNotMade(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.imported("Welcome", signedUp, `[{"key":"one","type":"delay","duration":"1h"},{"key":"two","type":"exit"}]`)
	_, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	r.signUp("ada")
	due, err := r.allDue(10)
	r.must(err)
	_, err = r.EditDraft(r.ctx, r.ws, c.ID, AnyRevision, "Delete", func(c workflow.Campaign) (workflow.Campaign, error) {
		return workflow.Delete(c, []string{"two"})
	}, r.by)
	r.must(err)
	_, err = r.PublishCampaign(r.ctx, r.ws, c.ID, r.by)
	r.must(err)
	r.must(r.MoveJourneys(r.ctx, r.ws, []Move{{Journey: due[0].Journey, Position: "two", DueAt: r.at}}))
	if j := r.journeys(c.ID)[0]; j.Position != "one" {
		t.Errorf("the journey went to %q, which is gone", j.Position)
	}
}

func TestCampaignsPageByPage(t *testing.T) {
	r := newCampaignRoom(t)
	for i := range 5 {
		r.at = r.at.Add(time.Second)
		_, err := r.CreateCampaign(r.ctx, r.ws, fmt.Sprintf("Wave %d", i), r.by)
		r.must(err)
	}
	names := func(list []CampaignSummary, err error) (all []string) {
		r.must(err)
		for _, c := range list {
			all = append(all, c.Name)
		}
		return all
	}
	list, err := r.Campaigns(r.ctx, r.ws, CampaignFilter{}, CampaignPage{Limit: 2})
	if got := names(list, err); !slices.Equal(got, []string{"Wave 4", "Wave 3"}) {
		t.Errorf("first page %q", got)
	}
	list, err = r.Campaigns(r.ctx, r.ws, CampaignFilter{}, CampaignPage{Before: ParseCampaignCursor(list[1].Cursor().String()), Limit: 2})
	if got := names(list, err); !slices.Equal(got, []string{"Wave 2", "Wave 1"}) {
		t.Errorf("second page %q", got)
	}
	list, err = r.Campaigns(r.ctx, r.ws, CampaignFilter{}, CampaignPage{After: list[0].Cursor(), Limit: 2})
	if got := names(list, err); !slices.Equal(got, []string{"Wave 4", "Wave 3"}) {
		t.Errorf("back on %q", got)
	}
	list, err = r.Campaigns(r.ctx, r.ws, CampaignFilter{Q: "WAVE 2"}, CampaignPage{Limit: 2})
	if got := names(list, err); !slices.Equal(got, []string{"Wave 2"}) {
		t.Errorf("found %q", got)
	}
	r.must(r.ArchiveCampaign(r.ctx, r.ws, list[0].ID, r.by))
	list, err = r.Campaigns(r.ctx, r.ws, CampaignFilter{Archived: true}, CampaignPage{Limit: 2})
	if got := names(list, err); !slices.Equal(got, []string{"Wave 2"}) {
		t.Errorf("archive %q", got)
	}
}

func TestCampaignQueriesUseIndexes(t *testing.T) {
	r := newCampaignRoom(t)
	for query, args := range map[string]int{
		olderCampaigns: 7, newerCampaigns: 7, findSnippets: 4, revisionBefore: 3, revisionAfter: 3,
		`update journeys set due_at = arrived_at + 1 where workspace_id = ? and campaign_id = ? and position = ? and due_at > arrived_at`: 3,
		`update journeys set position = '' where workspace_id = ? and campaign_id = ? and position = ? and due_at is not null`:            3,
		`update campaigns set state = 'stopped' where workspace_id = ?1 and state = 'stopping' and not exists (
			select 1 from journeys j where j.workspace_id = ?1 and j.campaign_id = campaigns.campaign_id and j.due_at is not null)`: 1,
	} {
		rows, err := r.read.Query(`explain query plan `+query, make([]any, args)...)
		plan, err := collect(rows, err, func(scan func(...any) error) (detail string, err error) {
			var skip any
			err = scan(&skip, &skip, &skip, &detail)
			return detail, err
		})
		r.must(err)
		for _, step := range plan {
			if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s in %s", step, query)
			}
		}
	}
}
