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

// document makes a campaign of the JSON of its actions.
func (s *site) document(ws store.Workspace, name, actions string) store.Campaign {
	s.Helper()
	doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":%q,"trigger":{"type":"event","event":"x"},"actions":%s}}`, name, actions)))
	s.must(err)
	c, err := s.store.ImportCampaign(context.Background(), ws.ID, doc, store.CommandLine)
	s.must(err)
	return c
}

const letters = `[
	{"key":"hello","type":"email","name":"Hello, reader","sending":"automatic","from":"Letters <hi@other.test>","subject":"Hi {{customer.first_name}}",
	 "body":"<style>p{}</style><p>One long <script>alert(1)</script>letter &amp; <b>more</b>.</p><p>Bye</p>"},
	{"key":"split","type":"branch","name":"Which?","paths":[
		{"name":"Pro","when":{"attribute":{"field":"plan","operator":"eq","value":"pro"}},"actions":[{"key":"pause","type":"delay","duration":"1d"}]},
		{"name":"Rest","actions":[{"key":"bye","type":"exit"}]}]}]`

var hiddenField = regexp.MustCompile(`name="(_ws|place|base|from|campaign|seen)" value="([^"]*)"`)

// filled is a page's form as a browser without script would send it, with these
// actions ticked.
func (a answer) filled(picks ...string) url.Values {
	form := url.Values{"pick": picks}
	for _, m := range hiddenField.FindAllStringSubmatch(a.Body.String(), -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	return form
}

func TestImportActionsWithoutScript(t *testing.T) {
	s := newSite(t)
	into := s.document(s.acme, "Trial", `[{"key":"wait","type":"delay","duration":"2d"}]`)
	from := s.document(s.other, "Letters", letters)
	path := fmt.Sprintf("/w/acme/campaigns/%d/import", into.ID)

	page := s.alice.get(path+"?place=after:wait").want(200, "Import actions", "after “Wait 2 days”", "Other", "1 campaign", `href="`+path+"?from=other")
	opened := s.alice.get(path+"?place=after:wait&from=other").want(200, "Letters", "4 actions · Draft")
	if strings.Contains(opened.Body.String(), "Hello, reader") || strings.Contains(page.Body.String(), "Letters") {
		t.Error("what is closed is in the page")
	}
	campaign := s.alice.get(fmt.Sprintf("%s?place=after:wait&from=other&campaign=%d", path, from.ID)).
		want(200, "Hello, reader", "branch · 2 paths, 2 actions", "Choose actions")
	s.alice.send(s.acme, path, campaign.filled()).want(422, "Choose at least one action.")
	s.alice.send(s.acme, path, campaign.filled("hello")).want(422, "Nothing is imported yet. Look at what comes", "Import 1 action")

	preview := s.alice.get(path+"?"+campaign.filled("hello", "split").Encode()).
		want(200, "2 chosen · 4 actions with branches", "Import 4 actions", "1 email, 1 delay, 1 branch, 1 exit", "One long letter &amp; more. Bye",
			"<mark>{{customer.first_name}}</mark>", "Nobody in Acme has it, and there is no fallback", `name="need.sender.hi@other.test"`, "Metrics, people in progress")
	if strings.Contains(preview.Body.String(), "alert(1)") {
		t.Error("the message's own script is in the page")
	}
	to := s.alice.send(s.acme, path, preview.filled("hello", "split")).want(303).location()
	if to != fmt.Sprintf("/w/acme/campaigns/%d/workflow", into.ID) {
		t.Errorf("led to %q", to)
	}
	s.alice.get(to).want(200, "Imported 4 actions from Other. Messages are drafts; nothing is sent.", "Undo import 4 actions from Other", "Hello, reader")
	s.alice.send(s.acme, path, preview.filled("hello", "split")).want(409, "Somebody changed this campaign meanwhile")

	again := s.alice.get(path+"?"+preview.filled("hello", "split").Encode()).want(200, "These actions came here before", "Update what came before").filled("hello", "split")
	again.Set("again", "update")
	s.alice.send(s.acme, path, again).want(303)
	c, err := s.store.Campaign(context.Background(), s.acme.ID, into.ID)
	s.must(err)
	if len(c.Draft.Actions) != 3 {
		t.Errorf("%d actions after the update", len(c.Draft.Actions))
	}
}

func TestImportActionsIsForThoseWhoMay(t *testing.T) {
	s := newSite(t)
	into := s.document(s.acme, "Trial", `[]`)
	theirs := s.document(s.other, "Letters", letters)
	path := fmt.Sprintf("/w/acme/campaigns/%d/import", into.ID)
	for _, part := range []string{"", "/part", "/dialog"} {
		s.bob.get(path + part).want(403)
		s.charlie.get(path + part).want(404)
		s.nobody.get(path + part).want(303)
		s.alice.get(path + part + "?from=nowhere").want(404)
		s.alice.get(path + part + "?place=nowhere").want(404)
		s.alice.get(fmt.Sprintf("/w/acme/campaigns/%d/import%s", theirs.ID, part)).want(404)
	}
	form := url.Values{"from": {"other"}, "campaign": {fmt.Sprint(theirs.ID)}, "pick": {"hello"}, "place": {"start"}, "base": {"0"}}
	s.bob.send(s.acme, path, form).want(403)
	s.charlie.send(s.acme, path, form).want(404)
	s.alice.send(s.other, path, form).want(409, "Nothing was saved")
	s.alice.get(path+"/part", "X-Workspace", fmt.Sprint(s.other.ID)).want(409)

	// Charlie writes in Other; Acme does not exist for him.
	own := fmt.Sprintf("/w/other/campaigns/%d/import", theirs.ID)
	mine := s.document(s.acme, "Secret plan", letters)
	for _, query := range []string{"", "?q=secret", "?q=trial", "?q=acme"} {
		if body := s.charlie.get(own + query).want(200).Body.String(); strings.Contains(body, "Secret plan") || strings.Contains(body, ">Acme<") {
			t.Errorf("%s shows Charlie what is in Acme", query)
		}
	}
	s.charlie.get(own + "?from=acme").want(404)
	s.charlie.get(fmt.Sprintf("%s?from=other&campaign=%d&pick=hello", own, mine.ID)).want(404)
	steal := url.Values{"from": {"acme"}, "campaign": {fmt.Sprint(mine.ID)}, "pick": {"hello"}, "place": {"start"}, "base": {"0"}, "seen": {"x"}}
	s.charlie.send(s.other, own, steal).want(404)
}

func TestImportActionsSearch(t *testing.T) {
	s := newSite(t)
	into := s.document(s.acme, "Trial", `[]`)
	from := s.document(s.other, "Letters", letters)
	s.document(s.other, "Birthday", `[]`)
	path := fmt.Sprintf("/w/acme/campaigns/%d/import/part", into.ID)
	for q, want := range map[string]string{"hello, READER": "Letters", "birth": "Birthday", "oth": "2 campaigns", "nonsense": "Nothing that you may see has this in its name."} {
		body := s.alice.get(path+"?q="+url.QueryEscape(q)).want(200, want).Body.String()
		if q == "birth" && strings.Contains(body, "Letters") {
			t.Error("a search for a campaign shows others")
		}
	}
	// What is chosen stays in the form while one looks for something else.
	s.alice.get(fmt.Sprintf("%s?q=birth&from=other&campaign=%d&pick=hello", path, from.ID)).
		want(200, "Birthday", `name="pick" value="hello" checked`, "Import 1 action")
	s.alice.get(fmt.Sprintf("/w/acme/campaigns/%d/import/dialog?place=start", into.ID)).want(200, "<dialog open data-modal", "at the start")
}

func TestImportActionsRefusals(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	into := s.document(s.acme, "Trial", `[{"key":"wait","type":"delay","duration":"2d"}]`)
	from := s.document(s.other, "Letters", letters)
	path := fmt.Sprintf("/w/acme/campaigns/%d/import", into.ID)
	query := fmt.Sprintf("?place=after:wait&from=other&campaign=%d&pick=hello", from.ID)
	form := s.alice.get(path + query).want(200).filled("hello")
	_, err := s.store.EditDraft(ctx, s.other.ID, from.ID, store.AnyRevision, "Write", func(c workflow.Campaign) (workflow.Campaign, error) {
		c.Actions[0].Email.Subject = "Another subject"
		return c, nil
	}, store.CommandLine)
	s.must(err)
	page := s.alice.send(s.acme, path, form).want(409, "The source changed meanwhile", "Another subject", "Import 1 action")
	form = page.filled("hello")
	form.Set("need.sender.hi@other.test", "here:evil@evil.test")
	s.alice.send(s.acme, path, form).want(422, "no longer here. Choose again.")
	form = page.filled("hello")
	form.Set("place", "after:gone")
	s.alice.send(s.acme, path, form).want(422, "This action is no longer in the workflow.")
	form.Set("place", "start")
	form.Set("base", "x")
	s.alice.send(s.acme, path, form).want(409, "Somebody changed this campaign meanwhile")
	s.alice.send(s.acme, path, page.filled("hello")).want(303)
}
