package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// actions is the keys of the draft's actions, in the order of the tree.
func (s *site) actions(id store.CampaignID) (keys []string) {
	s.Helper()
	for a := range workflow.All(s.now(id).Draft.Actions) {
		keys = append(keys, a.Key)
	}
	return keys
}

// edit posts a form of the workflow page that is made from the present draft.
func (s *site) edit(id store.CampaignID, path string, form url.Values) answer {
	s.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("revision", strconv.Itoa(s.now(id).Revision))
	return s.alice.send(s.acme, path, form)
}

func TestWorkflowIsBuiltActionByAction(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", `[]`)
	path := views.WorkflowPath(s.acme, c.ID)
	s.alice.get(path).want(200, "Add an action at the end", "?add=start")
	s.alice.get(path+"?add=start").want(200, "Add an action", `name="place" value="start"`)
	for _, kind := range []string{"email", "delay", "branch"} {
		place := workflow.End(s.now(c.ID).Draft).String()
		to := s.edit(c.ID, path+"/add", url.Values{"place": {place}, "type": {kind}}).want(303).location()
		if to != path+"?action="+kind+"&focus=inspector" {
			t.Errorf("adding led to %s", to)
		}
		s.alice.get(to).want(200, `aria-current="true"`, "Save action")
	}
	s.edit(c.ID, path+"/add", url.Values{"place": {"path:branch:0"}, "type": {"update_person"}}).want(303)
	s.edit(c.ID, path+"/add", url.Values{"place": {"path:branch:1"}, "type": {"exit"}}).want(303)
	if got := s.actions(c.ID); !slices.Equal(got, []string{"email", "delay", "branch", "update_person", "exit"}) {
		t.Errorf("actions %q", got)
	}
	email := s.now(c.ID).Draft.Actions[0].Email
	if email.Layout != store.DefaultLayout || email.Sending != workflow.Draft {
		t.Errorf("the new email is %+v", email)
	}
	s.edit(c.ID, path+"/add", url.Values{"place": {"after:gone"}, "type": {"exit"}}).want(422, "no longer in the workflow")
	s.edit(c.ID, path+"/add", url.Values{"place": {"nowhere"}, "type": {"exit"}}).want(422, "not a place")
	s.edit(c.ID, path+"/add", url.Values{"place": {"start"}, "type": {"teleport"}}).want(422, "not an action")
}

const threeActions = `[
	{"key":"one","type":"delay","name":"One","duration":"1d"},
	{"key":"split","type":"branch","name":"Split","paths":[
		{"name":"Pro","when":{"attribute":{"field":"plan","operator":"eq","value":"pro"}},"actions":[{"key":"in","type":"update_person","set":{"a":"b"}}]},
		{"name":"Else"}]},
	{"key":"two","type":"delay","name":"Two","duration":"2d"}]`

func TestActionsMoveAndComeBack(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", threeActions)
	path := views.WorkflowPath(s.acme, c.ID)
	act := func(key, act, to string) answer {
		return s.edit(c.ID, views.ActionAct(s.acme, c.ID, key, act), url.Values{"to": {to}})
	}
	actions := func(want ...string) {
		t.Helper()
		if got := s.actions(c.ID); !slices.Equal(got, want) {
			t.Errorf("actions %q, want %q", got, want)
		}
	}
	s.alice.get(path+"?move=two").want(200, "Choose where to move", "Place here", `value="path:split:1"`)
	if to := act("two", "move", "path:split:1").want(303).location(); !strings.HasSuffix(to, "?action=two&focus=action") {
		t.Errorf("moving led to %s", to)
	}
	s.alice.get(path+"?action=two&focus=action").want(200, "data-focus", "“Two” moved.", "Undo move “Two”")
	act("one", "move", "down").want(303)
	actions("split", "one", "in", "two")
	act("one", "move", "up").want(303)
	act("one", "move", "up").want(422, "comes first already")
	act("split", "move", "path:split:0").want(422, "cannot be moved into itself")
	act("split", "delete", "").want(303)
	actions("one")
	s.alice.get(path).want(200, "“Split” deleted. Undo brings it back.", "Undo delete “Split”")
	s.alice.send(s.acme, path+"/undo", nil).want(303)
	actions("one", "split", "in", "two")
	s.alice.get(path).want(200, "Redo delete “Split”")
	s.alice.send(s.acme, path+"/redo", nil).want(303)
	actions("one")
	s.alice.send(s.acme, path+"/redo", nil).want(422, "nothing to redo")
	act("one", "duplicate", "").want(303)
	actions("one", "one-2")
	act("gone", "delete", "").want(422, "no longer in the workflow")
	s.alice.send(s.acme, views.ActionAct(s.acme, c.ID, "one", "delete"), url.Values{"revision": {"0"}}).want(409, "Somebody changed this workflow")
	actions("one", "one-2")
}

func TestActionSettings(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", `[
		{"key":"mail","type":"email","subject":"Hi <there>"},
		{"key":"hook","type":"webhook","left_out":["Authorization"]},
		{"key":"wait","type":"delay","duration":"1d"},
		{"key":"set","type":"update_person","set":{"old":1}},
		{"key":"out","type":"exit"}]`)
	save := func(key string, form url.Values) answer {
		return s.edit(c.ID, views.SaveActionPath(s.acme, c.ID, key), form)
	}
	find := func(key string) workflow.Action {
		a, _ := workflow.Find(s.now(c.ID).Draft, key)
		return a
	}
	s.alice.get(views.ActionPath(s.acme, c.ID, "mail")).want(200, "Hi &lt;there&gt;", views.MessagePath(s.acme, c.ID, "mail"))
	save("mail", url.Values{"name": {" Hello  you "}, "sending": {"automatic"}, "from": {"Acme <hi@acme.test>"}, "to": {"{{customer.email}}"}}).want(303)
	if a := find("mail"); a.Name != "Hello you" || a.Email.Sending != workflow.Automatic || a.Email.From != "Acme <hi@acme.test>" || a.Email.Subject != "Hi <there>" {
		t.Errorf("email %+v %+v", a, a.Email)
	}
	save("hook", url.Values{"method": {"PUT"}, "url": {"https://crm.test/x"}, "headers": {"X-Key: a:b\r\n\r\nX-Two:c"}, "body": {"{}"}}).want(303)
	if w := find("hook").Webhook; w.Method != "PUT" || len(w.Headers) != 2 || w.Headers[0] != (workflow.Header{Name: "X-Key", Value: "a:b"}) || w.LeftOut != nil || w.Sending != workflow.Draft {
		t.Errorf("webhook %+v", w)
	}
	save("hook", url.Values{"method": {"PUT"}, "headers": {"no colon here"}}).want(422, "Write each header as Name: value", "no colon here")
	save("hook", url.Values{"method": {"SHOUT"}}).want(422, "Choose one of the methods.")
	save("wait", url.Values{"duration": {"two"}, "duration-unit": {"d"}}).want(422, "Write a whole number", `value="two"`)
	save("wait", url.Values{"duration": {"90"}, "duration-unit": {"m"}, "field": {"plan"}, "operator": {"exists"}, "value": {""}}).want(303)
	if a := find("wait"); a.Delay.Duration != "90m" || a.Condition.Words() != "plan exists" {
		t.Errorf("delay %+v %s", a.Delay, a.Condition.Words())
	}
	save("set", url.Values{"set-name": {"a", "b", "c", "d", ""}, "set-kind": {"text", "number", "bool", "remove", "text"}, "set-value": {"{{event.x}}", "1.50", "true", "", ""}}).want(303)
	if got := fmt.Sprint(find("set").UpdatePerson.Set); got != "map[a:{{event.x}} b:1.50 c:true d:<nil>]" {
		t.Errorf("set %s", got)
	}
	for want, row := range map[string][3]string{"Write a number for a": {"a", "number", "x"}, "Write true or false": {"a", "bool", "yes"}, "Name each attribute": {"", "text", "x"}} {
		save("set", url.Values{"set-name": {row[0]}, "set-kind": {row[1]}, "set-value": {row[2]}}).want(422, want)
	}
	save("out", url.Values{"name": {"Bye"}}).want(303)
	save("gone", nil).want(422, "no longer in the workflow")
	s.alice.send(s.acme, views.SaveActionPath(s.acme, c.ID, "out"), url.Values{"revision": {"0"}, "name": {"Typed"}}).want(409, "What you typed is still here", `value="Typed"`)
}

func TestBranchPaths(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", threeActions)
	paths := func() (words []string) {
		a, _ := workflow.Find(s.now(c.ID).Draft, "split")
		for _, p := range a.Branch.Paths {
			words = append(words, fmt.Sprintf("%s: %s (%d)", p.Name, p.Words(), len(p.Actions)))
		}
		return words
	}
	// save sends the form as it is shown, with what was pressed.
	save := func(do string, extra url.Values) answer {
		a, _ := workflow.Find(s.now(c.ID).Draft, "split")
		form := url.Values{"name": {"Split"}, "do": {do}}
		for i, p := range a.Branch.Paths {
			form.Add("path", p.Name)
			for name, values := range posted(conditionForm(pathPrefix(i), p.When)) {
				form[name] = values
			}
		}
		for name, values := range extra {
			form[name] = values
		}
		return s.edit(c.ID, views.SaveActionPath(s.acme, c.ID, "split"), form)
	}
	s.alice.get(views.ActionPath(s.acme, c.ID, "split")).want(200, "Takes everyone else", "Swap actions with path 2")
	for _, press := range []struct {
		do    string
		extra url.Values
		want  []string
	}{
		{"", nil, []string{`Pro: plan is "pro" (1)`, "Else: everyone else (0)"}},
		{"add", url.Values{"path": {"Paying", "Else"}}, []string{`Paying: plan is "pro" (1)`, "Path 2: everyone else (0)", "Else: everyone else (0)"}},
		{"earlier:1", nil, []string{"Path 2: everyone else (0)", `Paying: plan is "pro" (1)`, "Else: everyone else (0)"}},
		{"swap:0", nil, []string{"Path 2: everyone else (1)", `Paying: plan is "pro" (0)`, "Else: everyone else (0)"}},
		{"remove:0", nil, []string{`Paying: plan is "pro" (0)`, "Else: everyone else (0)"}},
	} {
		save(press.do, press.extra).want(303)
		if got := paths(); !slices.Equal(got, press.want) {
			t.Errorf("%q led to %q, want %q", press.do, got, press.want)
		}
	}
	save("remove:0", nil).want(422, "A branch has 2 to 20 paths")
	save("swap:9", nil).want(422, "no longer in the branch")
	save("", url.Values{"path0-value": {"", ""}}).want(422, "Write a value for plan.")
}

func TestViewersSeeTheWorkflowOnly(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", threeActions)
	page := s.bob.get(views.ActionPath(s.acme, c.ID, "one")).want(200, "Wait 1 day", "disabled").Body.String()
	for _, never := range []string{"Save action", "add-menu", "Move up", "Delete action", `name="to"`} {
		if strings.Contains(page, never) {
			t.Errorf("a viewer is offered %q", never)
		}
	}
}
