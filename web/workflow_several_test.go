package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

func TestSeveralActionsAtOnce(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", threeActions)
	path := views.WorkflowPath(s.acme, c.ID)
	act := func(what string, form url.Values) answer { return s.edit(c.ID, path+"/"+what, form) }
	actions := func(want ...string) {
		t.Helper()
		if got := s.actions(c.ID); !slices.Equal(got, want) {
			t.Errorf("actions %q, want %q", got, want)
		}
	}
	s.alice.get(path).want(200, views.SelectActionsPath(s.acme, c.ID))
	s.alice.get(path+"?select=1&keys=two").want(200, `name="keys" value="split"`, `value="two" checked`, "A branch brings what is in it")
	s.alice.get(path+"?move=&keys=one&keys=two").want(200, "Choose where to move", "2 actions", `name="keys" value="two"`, `value="path:split:0"`)
	s.alice.get(path+"?move=&keys=one&keys=gone").want(200, "Add an action at the end")

	to := act("move", url.Values{"keys": {"two", "one"}, "to": {"path:split:1"}}).want(303).location()
	if !strings.HasSuffix(to, "?action=one&focus=action") {
		t.Errorf("moving led to %s", to)
	}
	s.alice.get(to).want(200, "2 actions moved. It is 1 of 2 in “Else” of “Split” now.", "Undo move 2 actions")
	actions("split", "in", "one", "two")
	act("undo", nil).want(303)
	actions("one", "split", "in", "two")
	act("duplicate", url.Values{"keys": {"one", "split"}}).want(303)
	actions("one", "split", "in", "one-2", "split-2", "in-2", "two")
	act("delete", url.Values{"keys": {"split", "in", "one-2"}}).want(303)
	s.alice.get(path).want(200, "2 actions deleted. Undo brings it all back.")
	actions("one", "split-2", "in-2", "two")

	act("move", url.Values{"to": {"start"}}).want(422, "Choose at least one action first.")
	act("move", url.Values{"keys": {"two"}, "to": {"nowhere"}}).want(422, "not a place")
	act("move", url.Values{"keys": {"split-2"}, "to": {"path:split-2:0"}}).want(422, "cannot be moved into itself")
	act("delete", url.Values{"keys": {"gone"}}).want(422, "no longer in the workflow")
	s.alice.send(s.acme, path+"/delete", url.Values{"keys": {"one"}, "revision": {"0"}}).want(409, "Somebody changed this workflow")
	actions("one", "split-2", "in-2", "two")
}

func TestActionsAreCopiedToOtherCampaigns(t *testing.T) {
	s := newSite(t)
	from := s.campaignOf("Welcome", `[
		{"key":"mail","type":"email","name":"Mail","sending":"automatic","from":"a@acme.test","subject":"Hi","body":"<p>Hi</p>"},
		{"key":"split","type":"branch","name":"Split","paths":[
			{"name":"Opened","when":{"message":{"metric":"opened","action":"mail"}},"actions":[{"key":"out","type":"exit"}]},{"name":"Else"}]}]`)
	into := s.campaignOf("Second", `[{"key":"mail","type":"delay","duration":"1d"}]`)
	source, target := views.WorkflowPath(s.acme, from.ID), views.WorkflowPath(s.acme, into.ID)

	s.edit(into.ID, target+"/paste", url.Values{"place": {"start"}}).want(422, "There is nothing to paste")
	s.alice.send(s.acme, source+"/copy", url.Values{"keys": {"gone"}}).want(422, "Choose at least one action first.")
	s.alice.send(s.acme, source+"/copy", url.Values{"keys": {"split"}}).want(303)
	s.alice.get(target).want(200, "“Split” copied.", "Paste 2 actions")
	s.alice.get(target+"?add=start").want(200, "Paste 2 actions", `name="place" value="start"`)
	s.edit(into.ID, target+"/paste", url.Values{"place": {"after:mail"}}).want(303)
	s.alice.get(target).want(200, "2 actions pasted.", "Undo paste 2 actions")
	split, _ := workflow.Find(s.now(into.ID).Draft, "split")
	if split.Origin == nil || split.Origin.Campaign != "Welcome" {
		t.Errorf("the copy does not remember where it is from: %+v", split.Origin)
	}
	if m := split.Branch.Paths[0].When.Message; m.Action != "mail" || m.CampaignID != int64(from.ID) {
		t.Errorf("it asks about %+v, which is another message", m)
	}

	// In its own campaign it asks about the same message as before.
	s.edit(from.ID, source+"/paste", url.Values{"place": {"after:split"}}).want(303)
	twin, _ := workflow.Find(s.now(from.ID).Draft, "split-2")
	if twin.Origin != nil || twin.Branch.Paths[0].When.Message.CampaignID != 0 {
		t.Errorf("the copy at home is %+v", twin)
	}

	// The clipboard is one member's, in one workspace.
	bob, err := s.store.MemberByEmail(t.Context(), "bob@acme.test")
	s.must(err)
	s.must(s.store.SetRole(t.Context(), s.acme.ID, bob.ID, store.RoleAuthor, store.CommandLine))
	if page := s.bob.get(target).want(200).Body.String(); strings.Contains(page, "Paste 2 actions") {
		t.Error("somebody else can paste it")
	}
	s.bob.send(s.acme, target+"/paste", url.Values{"place": {"start"}}).want(422, "There is nothing to paste")
}

func TestClipboardsAreBounded(t *testing.T) {
	var all clipboards
	big := make([]workflow.Action, 1)
	big[0].Email = &workflow.Email{Body: strings.Repeat("x", maxClipboards/4)}
	of := func(member store.MemberID) owner { return owner{member, 1} }
	for member := range store.MemberID(10) {
		all.put(clipping{owner: of(member), actions: big, count: 1})
		all.put(clipping{owner: of(member), actions: big, count: 2})
	}
	if all.bytes > maxClipboards || len(all.kept) != 4 {
		t.Errorf("%d clipboards hold %d bytes", len(all.kept), all.bytes)
	}
	if n := all.of(of(9)).count; n != 2 {
		t.Errorf("the newest holds %d actions", n)
	}
	if all.of(of(0)).count != 0 {
		t.Error("the oldest is still there")
	}
	if all.of(owner{9, 2}).count != 0 {
		t.Error("a clipboard is there in another workspace")
	}
}

// What only a variant's figures can tell is said before everybody gets it, and
// what shares make together.
func TestWinnersAreAskedFor(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", `[{"key":"ab","type":"ab_test","paths":[
		{"name":"Short","percent":60,"actions":[{"key":"a","type":"slack","text":"a"}]},
		{"name":"Long","percent":30,"actions":[{"key":"b","type":"slack","text":"b"}]}]}]`)
	s.alice.get(views.ActionPath(s.acme, c.ID, "ab")).want(200, "Make “Long” the winner?", "nobody the other variants", "90 % of 100 %")
	s.edit(c.ID, views.SaveActionPath(s.acme, c.ID, "ab"), url.Values{"path": {"Short", "Long"}, "path0-percent": {"70"}, "path1-percent": {"30"}, "do": {"winner:1"}}).want(303)
	s.alice.get(views.ActionPath(s.acme, c.ID, "ab")).want(200, "Everybody gets <b", "Test again", "the winner: everybody", ">100 %</output>")
}
