package web

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

var anyHidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// form is the hidden fields of a page's content, as a browser would send them.
func (a answer) form() url.Values {
	form := url.Values{}
	_, content, _ := strings.Cut(a.Body.String(), "<main")
	for _, m := range anyHidden.FindAllStringSubmatch(content, -1) {
		form.Set(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	return form
}

func (s *site) draft(ws store.Workspace, id store.CampaignID) workflow.Campaign {
	s.Helper()
	c, err := s.store.Campaign(context.Background(), ws.ID, id)
	s.must(err)
	return c.Draft
}

func (s *site) write(ws store.Workspace, id store.CampaignID, change func(*workflow.Campaign)) {
	s.Helper()
	_, err := s.store.EditDraft(context.Background(), ws.ID, id, store.AnyRevision, "Write", func(c workflow.Campaign) (workflow.Campaign, error) {
		change(&c)
		return c, nil
	}, store.CommandLine)
	s.must(err)
}

func TestImportLooksAtActions(t *testing.T) {
	s := newSite(t)
	into := s.document(s.acme, "Trial", `[]`)
	from := s.document(s.other, "Letters", letters)
	path := fmt.Sprintf("/w/acme/campaigns/%d/import", into.ID)
	query := fmt.Sprintf("?from=other&campaign=%d", from.ID)
	s.alice.get(path+query+"&look=hello").want(200, "Email · from Letters", `<mark>{{customer.first_name}}</mark>`, "sandbox", "/import/body?action=hello")
	s.alice.get(path+query+"&look=split").want(200, "plan is ", "everyone else")

	body := s.alice.get(path+"/body"+query+"&action=hello").want(200, "<script>alert(1)</script>")
	if policy := body.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox; default-src 'none'") {
		t.Errorf("the message may do %q", policy)
	}
	s.alice.get(path + "/body" + query + "&action=split").want(404)
	s.alice.get(path + "/body" + query + "&action=gone").want(404)
	s.bob.get(path + "/body" + query + "&action=hello").want(403)
	mine := s.document(s.acme, "Secret plan", letters)
	s.charlie.get(fmt.Sprintf("/w/other/campaigns/%d/import/body?from=acme&campaign=%d&action=hello", from.ID, mine.ID)).want(404)
}

func TestImportTurnsPagesOfCampaigns(t *testing.T) {
	s := newSite(t)
	into := s.document(s.acme, "Trial", `[]`)
	for i := range campaignsAtOnce + 3 {
		s.document(s.other, fmt.Sprintf("Letter %03d", i), `[]`)
	}
	path := fmt.Sprintf("/w/acme/campaigns/%d/import?from=other", into.ID)
	first := s.alice.get(path).want(200, "Letter 000", "Letter 049", "More campaigns")
	if strings.Contains(first.Body.String(), "Letter 050") || strings.Contains(first.Body.String(), "First campaigns") {
		t.Error("the first page has more than its own")
	}
	s.alice.get(path+"&after=Letter+049").want(200, "Letter 050", "Letter 052", "First campaigns")
	last := s.document(s.other, "Zebra", letters)
	s.alice.get(fmt.Sprintf("%s&campaign=%d&pick=hello", path, last.ID)).want(200, "Zebra", `value="hello" checked`, "Letter 000")
}

func TestImportOfDraftsAndWhatRuns(t *testing.T) {
	s := newSite(t)
	into := s.document(s.acme, "Trial", `[]`)
	from := s.document(s.other, "Runs", `[{"key":"a","type":"delay","duration":"1d"}]`)
	_, err := s.store.StartCampaign(context.Background(), s.other.ID, from.ID, false, store.CommandLine)
	s.must(err)
	s.write(s.other, from.ID, func(c *workflow.Campaign) { c.Actions[0].Delay.Duration = "9d" })
	path := fmt.Sprintf("/w/acme/campaigns/%d/import", into.ID)
	query := fmt.Sprintf("?place=start&from=other&campaign=%d", from.ID)
	s.alice.get(path+query).want(200, "Wait 1 day", "Version 1", "Its draft")
	draft := s.alice.get(path+query+"&version=draft&pick=a").want(200, "Wait 9 days", `name="version" value="draft"`)
	form := draft.form()
	form.Set("pick", "a")
	s.alice.send(s.acme, path, form).want(303)
	if got := s.draft(s.acme, into.ID).Actions[0].Delay.Duration; got != "9d" {
		t.Errorf("it waits %s", got)
	}
}

func TestSourcesPage(t *testing.T) {
	s := newSite(t)
	into := s.document(s.acme, "Trial", `[]`)
	from := s.document(s.other, "Letters", letters)
	path := fmt.Sprintf("/w/acme/campaigns/%d", into.ID)
	s.alice.get(path+"/sources").want(200, "Nothing here was imported")
	form := s.alice.get(fmt.Sprintf("%s/import?place=start&from=other&campaign=%d&pick=hello&pick=split", path, from.ID)).want(200).form()
	form["pick"] = []string{"hello", "split"}
	s.alice.send(s.acme, path+"/import", form).want(303)
	s.alice.get(path+"/sources").want(200, "Letters", "Unchanged")
	s.alice.get(path+"/workflow?action=hello").want(200, "Imported from other / Letters")

	s.write(s.other, from.ID, func(c *workflow.Campaign) {
		c.Actions[0].Email.Subject, c.Actions[1].Branch.Paths[0].Actions[0].Delay.Duration = "Dear <b>reader</b>", "4d"
	})
	s.alice.get(path+"/workflow?action=hello").want(200, "The source changed: subject.", "#source-hello")
	page := s.alice.get(path+"/sources").want(200, "Changed in the source: subject.", "<del>Hi</del>", "&lt;", "Take the changes")
	take := page.form()
	take["pick"] = []string{"hello"}
	s.bob.send(s.acme, path+"/sources/take", take).want(403)
	s.bob.get(path+"/sources").want(200, "A source that you cannot see", "The source is gone, or you may not see it.") // it is in Other
	if body := s.bob.get(path + "/sources").Body.String(); strings.Contains(body, "reader</b>") || strings.Contains(body, "Dear") || strings.Contains(body, ">Other<") {
		t.Error("Bob learns what is in Other")
	}
	s.bob.get(path+"/workflow?action=hello").want(200, "The source is gone, or you may not see it.")
	nothing := page.form()
	nothing.Del("pick")
	s.alice.send(s.acme, path+"/sources/take", nothing).want(422, "Choose at least one action.")
	stale := page.form()
	stale.Set("pick", "hello")
	stale.Set("seen.hello", "x")
	s.alice.send(s.acme, path+"/sources/take", stale).want(409, "The source changed meanwhile, so nothing was taken.")
	to := s.alice.send(s.acme, path+"/sources/take", take).want(303).location()
	s.alice.get(to).want(200, "Took what changed in 1 action from Other.")
	if hello, _ := workflow.Find(s.draft(s.acme, into.ID), "hello"); hello.Email.Subject != "Dear <b>reader</b>" || hello.Email.Sending != workflow.Draft {
		t.Errorf("taken %+v", hello.Email)
	}
	ignore := s.alice.get(path+"/sources").want(200, "Changed in the source: duration").form()
	ignore.Set("pick", "pause")
	s.bob.send(s.acme, path+"/sources/ignore", ignore).want(403)
	s.alice.send(s.acme, path+"/sources/ignore", ignore).want(303)
	if body := s.alice.get(path+"/sources").want(200, "Ignored").Body.String(); strings.Contains(body, "Take the changes") {
		t.Error("what is ignored is offered")
	}
}

func TestCopyActionsTo(t *testing.T) {
	s := newSite(t)
	from := s.document(s.acme, "Letters", letters)
	into := s.document(s.other, "Trial", `[{"key":"wait","type":"delay","duration":"2d"}]`)
	path := fmt.Sprintf("/w/acme/campaigns/%d/copy", from.ID)
	s.alice.get(path+"?action=hello").want(200, `value="hello" checked`, "Choose where they go", `<option value="other"`)
	s.alice.get(path+"?keys=hello&keys=split").want(200, `value="split" checked`)
	s.bob.get(path).want(403)
	s.charlie.get(path).want(404)
	query := fmt.Sprintf("?action=hello&to=other&target=%d", into.ID)
	page := s.alice.get(path+query).want(200, "after “Wait 2 days”", "Copy 1 action", "Before it works in Other", `name="need.sender.hi@other.test"`)
	s.alice.get(path+"/part"+query).want(200, "Copy 1 action")
	form := page.form()
	form["action"], form["to"], form["target"], form["place"] = []string{"hello"}, []string{"other"}, []string{fmt.Sprint(into.ID)}, []string{"after:wait"}

	unseen := page.form()
	unseen["action"], unseen["to"] = form["action"], form["to"]
	s.alice.send(s.acme, path, unseen).want(422, "Choose the campaign that gets the copies.")
	to := s.alice.send(s.acme, path, form).want(303).location()
	if to != fmt.Sprintf("/w/other/campaigns/%d/workflow", into.ID) {
		t.Errorf("led to %q", to)
	}
	s.alice.get(to).want(200, "Copied 1 action to “Trial” in Other.", "Undo import 1 action from Acme")
	d := s.draft(s.other, into.ID)
	if len(d.Actions) != 2 || d.Actions[1].Email.Sending != workflow.Draft || d.Actions[1].Origin.Workspace != "acme" {
		t.Errorf("the target has %+v", d.Actions)
	}
	s.alice.send(s.acme, path, form).want(409, "Somebody changed this campaign meanwhile, so nothing was copied.")
	for slug, want := range map[string]string{"acme": "Copied actions to another workspace", "other": "Imported actions"} {
		s.alice.get("/w/"+slug+"/settings/history").want(200, want)
	}
	// Charlie writes in Other alone: Acme is not there for him, neither as a source nor as a target.
	theirs := fmt.Sprintf("/w/other/campaigns/%d/copy", into.ID)
	if body := s.charlie.get(theirs + "?action=wait").want(200).Body.String(); strings.Contains(body, `value="acme"`) || strings.Contains(body, ">Acme<") {
		t.Error("Charlie learns of Acme")
	}
	s.charlie.get(theirs + "?action=wait&to=acme").want(404)
	steal := url.Values{"action": {"wait"}, "to": {"acme"}, "target": {fmt.Sprint(from.ID)}, "place": {"start"}, "base": {"0"}, "seen": {"x"}}
	s.charlie.send(s.other, theirs, steal).want(404)
}

func TestDuplicateToAnotherWorkspace(t *testing.T) {
	s := newSite(t)
	from := s.document(s.acme, "Letters", letters)
	path := fmt.Sprintf("/w/acme/campaigns/%d/duplicate", from.ID)
	s.alice.get(path).want(200, "Duplicate campaign", `<option value="other"`)
	s.bob.get(path).want(403)
	s.alice.send(s.acme, path, nil).want(303) // here, at once
	page := s.alice.get(path+"?to=other").want(200, "Duplicate to Other", "Before it works in Other", `need.sender.hi@other.test`)
	form := page.form()
	form.Set("to", "other")
	s.alice.send(s.acme, path, url.Values{"to": {"other"}}).want(422, "Nothing is copied yet.")
	long := page.form()
	long.Set("to", "other")
	long.Set("name", strings.Repeat("x", 200))
	s.alice.send(s.acme, path, long).want(422, "Use at most 150 characters.")
	to := s.alice.send(s.acme, path, form).want(303).location()
	s.alice.get(to).want(200, "“Letters” is a draft in Other.", "Hello, reader")
	again := s.alice.send(s.acme, path, form).want(303).location()
	s.alice.get(again).want(200, "Letters 2")
	s.alice.send(s.acme, path, url.Values{"to": {"nowhere"}}).want(404)
	own := s.document(s.other, "Own", `[]`)
	s.charlie.send(s.other, fmt.Sprintf("/w/other/campaigns/%d/duplicate", own.ID), url.Values{"to": {"acme"}}).want(404)
}

// hostileActions is a document that tries what it can.
const hostileActions = `[
	{"key":"x","type":"email","name":"<img src=x onerror=alert(1)>","sending":"automatic","from":"Evil <e@evil.test>","subject":"\"><script>alert(2)</script>\r\nBcc: a@b.c",
	 "body":"<script>alert(3)</script><form action=//evil.test><input name=_ws></form>","origin":{"workspace":"other","campaign":"<b>Secret</b>","campaign_id":1,"action":"hello","hash":"x"}},
	{"key":"y","type":"send_event","event":"<svg onload=alert(4)>","workspace":"other"},
	{"key":"z","type":"branch","name":"javascript:alert(5)","paths":[
		{"name":"\u003c/span\u003e\u003cscript\u003ealert(6)\u003c/script\u003e","when":{"segment":{"id":1}},"actions":[{"key":"w","type":"webhook","url":"https://me:pw@evil.test/?key=1","body":"<script>alert(7)</script>"}]},
		{"name":"Rest","when":{"attribute":{"field":"n","operator":"gt","value":1e308}},"actions":[{"key":"n","type":"update_person","set":{"a":123456789012345678901234567890,"<b>":"{{7|times:7}}"}}]}]}]`

var liveHTML = regexp.MustCompile(`<script>alert|<img src=x|<svg onload|href="javascript:|<form action=//`)

// What a document from elsewhere says is text on every page, reaches nothing
// of another workspace, and cannot start.
func TestHostileDocumentsDoNoHarm(t *testing.T) {
	s := newSite(t)
	theirs := s.document(s.other, "Letters", letters) // campaign 1, and the id of a segment of Other
	segment, err := s.store.CreateSegment(context.Background(), s.other.ID, store.NewSegment{Name: "Others", Manual: true}, store.CommandLine)
	s.must(err)
	if segment.ID != 1 || theirs.ID != 1 {
		t.Fatalf("segment %d, campaign %d", segment.ID, theirs.ID)
	}
	hot := s.document(s.acme, "\"><script>alert(0)</script>", hostileActions)
	into := s.document(s.other, "Trial", `[{"key":"wait","type":"delay","duration":"2d"}]`)
	own := fmt.Sprintf("/w/acme/campaigns/%d", hot.ID)
	for _, page := range []string{
		own, own + "/workflow", own + "/workflow?action=x", own + "/workflow?action=y", own + "/workflow?action=z", own + "/trigger", own + "/publish", own + "/versions",
		own + "/sources", own + "/copy?action=x&action=z&to=other&target=" + fmt.Sprint(into.ID), own + "/duplicate?to=other", own + "/messages/x", "/w/acme/campaigns",
		fmt.Sprintf("/w/other/campaigns/%d/import?from=acme&campaign=%d&pick=x&pick=y&pick=z&look=x", into.ID, hot.ID),
		fmt.Sprintf("/w/other/campaigns/%d/import?from=acme&campaign=%d&pick=z&look=z&q=script", into.ID, hot.ID),
	} {
		if found := liveHTML.FindString(s.alice.get(page).want(200).Body.String()); found != "" {
			t.Errorf("%s has %q as it is", page, found)
		}
	}
	if body := s.bob.get(own + "/workflow?action=x").want(200).Body.String(); strings.Contains(body, "Hello, reader") {
		t.Error("an origin that was made up shows another workspace")
	}
	_, err = s.store.StartCampaign(context.Background(), s.acme.ID, hot.ID, false, store.CommandLine)
	if err == nil || !strings.Contains(err.Error(), "The segment that this asks for is gone.") {
		t.Errorf("it started: %v", err)
	}
	bob := s.memberCalled(t, "bob@acme.test")
	s.must(s.store.SetRole(context.Background(), s.acme.ID, bob.ID, store.RoleAuthor, store.CommandLine))
	_, err = s.store.StartCampaign(context.Background(), s.acme.ID, hot.ID, false, store.By(bob))
	if err == nil || !strings.Contains(err.Error(), "There is no workspace “other” in which you may edit.") {
		t.Errorf("Bob lets events go into Other: %v", err)
	}
}

// memberCalled is the member with this address.
func (s *site) memberCalled(t *testing.T, email string) store.Member {
	t.Helper()
	all, err := s.store.Members(context.Background())
	s.must(err)
	for _, m := range all {
		if m.Email == email {
			return m
		}
	}
	t.Fatalf("nobody is %s", email)
	return store.Member{}
}
