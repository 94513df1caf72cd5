package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// A block of every type can be added, and what its form sends is what the
// draft says then.
func TestEveryBlockHasAForm(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Blocks", `[]`)
	_, err := s.store.CreateSegment(t.Context(), s.acme.ID, store.NewSegment{Name: "Hand", Manual: true}, store.CommandLine)
	s.must(err)
	shop, err := s.store.CreateWorkspace(t.Context(), store.NewWorkspace{Name: "Shop", Identifiers: identity.EmailOrID}, store.CommandLine)
	s.must(err)

	for kind, block := range map[workflow.Type]struct {
		form url.Values
		want string // of the action as JSON
	}{
		"sms":         {url.Values{"sending": {"automatic"}, "to": {"{{customer.phone}}"}, "from": {"Acme"}, "text": {"Hi\r\nyou"}}, `"sending":"automatic","from":"Acme","to":"{{customer.phone}}","text":"Hi\nyou"`},
		"push":        {url.Values{"title": {"T"}, "body": {"B"}, "link": {"https://x.test"}, "devices": {"last"}}, `"sending":"draft","devices":"last","title":"T","body":"B","link":"https://x.test"`},
		"slack":       {url.Values{"sending": {"off"}, "url": {""}, "text": {"Hello"}}, `"sending":"off","text":"Hello"`},
		"time_window": {url.Values{"day": {"sun", "mon"}, "from": {"22:00"}, "to": {"00:00"}, "zone": {"Europe/Berlin"}, "person_zone": {"on"}}, `"days":["mon","sun"],"from":"22:00","to":"24:00","zone":"Europe/Berlin","person_zone":true`},
		"wait_until": {url.Values{"path": {"Bought", "Late"}, "path0-waits": {"when"}, "path0-kind": {"event"}, "path0-level": {""}, "path0-operator": {"is"}, "path0-field": {"bought"}, "path0-value": {""}, "path0-times": {""}, "path0-within": {""}, "path0-unit": {"d"},
			"path1-waits": {"after"}, "path1-after": {"3"}, "path1-after-unit": {"d"}}, `"paths":[{"name":"Bought","when":{"event":{"name":"bought"}},"actions":[]},{"name":"Late","after":"3d","actions":[]}]`},
		"random_split":   {url.Values{"path": {"Some", "Others"}, "path0-percent": {"10 %"}, "path1-percent": {"90"}}, `"paths":[{"name":"Some","percent":10,"actions":[]},{"name":"Others","percent":90,"actions":[]}]`},
		"update_person":  {url.Values{"set-name": {"x"}, "set-kind": {"number"}, "set-value": {"5"}, "person-by": {"email"}, "person-value": {"{{event.friend}}"}, "person-create": {"on"}}, `"set":{"x":5},"person":{"by":"email","value":"{{event.friend}}","create":true}`},
		"update_journey": {url.Values{"set-name": {"score"}, "set-kind": {"text"}, "set-value": {"{{event.s}}"}}, `"set":{"score":"{{event.s}}"}`},
		"send_event":     {url.Values{"event": {"told"}, "data-name": {"n"}, "data-kind": {"bool"}, "data-value": {"true"}, "in": {shop.Slug}}, `"event":"told","data":{"n":true},"workspace":"` + shop.Slug + `"`},
		"segment_update": {url.Values{"segment": {"Hand"}, "change": {"remove"}}, `"change":"remove"`},
		"batch_update": {url.Values{"people-field": {"plan"}, "people-operator": {"eq"}, "people-value": {"pro"}, "event": {"told"}, "set-name": {"x"}, "set-kind": {"text"}, "set-value": {"y"}},
			`"people":{"attribute":{"field":"plan","operator":"eq","value":"pro"}},"set":{"x":"y"},"event":"told"`},
		"webhook": {url.Values{"method": {"POST"}, "url": {"https://x.test"}, "kept-path": {"data.score", ""}, "kept-attribute": {"score", ""}, "kept-of": {"journey", "person"}, "converts": {"on"}},
			`"response":[{"path":"data.score","attribute":"score","journey":true}],"converts":true`},
		"email": {url.Values{"from": {"a@x.test"}, "to": {"b@x.test"}, "subscription": {"all"}}, `"subscription":"all","untracked":true`},
	} {
		key := s.added(c.ID, kind)
		path := views.SaveActionPath(s.acme, c.ID, key)
		s.alice.get(views.ActionPath(s.acme, c.ID, key)).want(200, "Save action", kind.Words())
		s.edit(c.ID, path, block.form).want(303)
		a, _ := workflow.Find(s.now(c.ID).Draft, key)
		text, err := json.Marshal(a)
		s.must(err)
		if !strings.Contains(string(text), block.want) {
			t.Errorf("%s became\n%s, want\n%s", kind, text, block.want)
		}
		shown := s.alice.get(views.ActionPath(s.acme, c.ID, key)).want(200)
		if strings.Contains(shown.Body.String(), "Rows cannot say") {
			t.Errorf("%s is shown as JSON", kind)
		}
	}
}

// added adds an action at the end and tells its key.
func (s *site) added(id store.CampaignID, kind workflow.Type) string {
	s.Helper()
	to := s.edit(id, views.WorkflowAct(s.acme, id, "add"), url.Values{"place": {workflow.End(s.now(id).Draft).String()}, "type": {string(kind)}}).want(303).location()
	u, err := url.Parse(to)
	s.must(err)
	return u.Query().Get("action")
}

func TestBlockFormsSayWhatIsWrong(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Blocks", `[
		{"key":"window","type":"time_window"},
		{"key":"until","type":"wait_until","paths":[{"name":"A","at":"event.at"},{"name":"B","after":"1d"}]},
		{"key":"split","type":"random_split","paths":[{"name":"A","percent":50},{"name":"B","percent":50}]},
		{"key":"event","type":"send_event","event":"x"},
		{"key":"member","type":"segment_update"},
		{"key":"batch","type":"batch_update"}]`)
	for _, test := range []struct {
		key  string
		form url.Values
		want []string
	}{
		{"window", url.Values{"from": {"25:00"}, "to": {"17:00"}, "zone": {"Mars/Base"}}, []string{"Choose at least one day.", "Write a time such as 09:00.", "Write the name of a time zone", `value="25:00"`, `value="Mars/Base"`}},
		{"until", url.Values{"path": {"A", "B"}, "path0-waits": {"at"}, "path0-at": {""}, "path1-waits": {"after"}, "path1-after": {"soon"}, "path1-after-unit": {"d"}}, []string{"Name the attribute that holds the moment", "Write a whole number", `value="soon"`}},
		{"split", url.Values{"path": {"A", "B"}, "path0-percent": {"60"}, "path1-percent": {"60"}}, []string{"take 120 percent", `value="60"`}},
		{"split", url.Values{"path": {"A", "B"}, "path0-percent": {"half"}, "path1-percent": {"50"}}, []string{"whole number from 0 to 100", `value="half"`}},
		{"event", url.Values{"event": {" "}, "person-by": {"email"}, "person-value": {""}}, []string{"Name the event to send.", "Say who is meant"}},
		{"member", url.Values{}, []string{"Choose the manual segment."}},
		{"batch", url.Values{}, []string{"Say who is changed.", "Choose attributes to set, or an event"}},
	} {
		s.edit(c.ID, views.SaveActionPath(s.acme, c.ID, test.key), test.form).want(422, test.want...)
	}
}

func TestMessageIsTested(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Test", `[{"key":"mail","type":"email","name":"Hello","subject":"Hi","body":"x","sending":"automatic"},{"key":"end","type":"exit"}]`)
	act := func(key, do string) answer { return s.edit(c.ID, views.ActionAct(s.acme, c.ID, key, do), nil) }
	to := act("mail", "test").want(303).location()
	if !strings.Contains(to, "action=ab_test") {
		t.Errorf("led to %s", to)
	}
	if got := fmt.Sprint(s.actions(c.ID)); got != "[ab_test mail mail-2 end]" {
		t.Fatalf("actions %s", got)
	}
	s.alice.get(to).want(200, "Variant 1", "Make it the winner", "Copy as a new variant", `value="100"`)
	act("mail", "test").want(422, "in a test already")
	act("end", "test").want(422, "Only a message can be tested")
	save := func(do string, shares ...string) answer {
		form := url.Values{"name": {"Hello"}, "do": {do}}
		for i, share := range shares {
			form.Add("path", string(rune('A'+i)))
			form.Set(fmt.Sprintf("path%d-percent", i), share)
		}
		return s.edit(c.ID, views.SaveActionPath(s.acme, c.ID, "ab_test"), form)
	}
	save("variant:1", "50", "50").want(303)
	save("", "40", "40", "20").want(303)
	save("winner:2", "40", "40", "20").want(303)
	s.alice.get(to).want(200, "Test again", "the winner: everybody", "nobody any more")
	a, _ := workflow.Find(s.now(c.ID).Draft, "ab_test")
	if a.Branch.Winner != "C" || a.Branch.Paths[2].Percent != 20 || a.Branch.Paths[2].Actions[0].Email.Subject != "Hi" {
		t.Errorf("%+v", a.Branch)
	}
	save("no-winner:0", "40", "40", "20").want(303)
	save("remove:1", "40", "40", "20").want(303)
	if got := fmt.Sprint(s.actions(c.ID)); got != "[ab_test mail mail-3 end]" {
		t.Errorf("actions %s", got)
	}
}

// What ran before can be looked at, carried away as a file and made the draft
// again, and so can each change of the draft.
func TestVersionsAndChangesAreKept(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Kept", `[{"key":"wait","type":"delay","name":"Pause","duration":"1d"},
		{"key":"mail","type":"email","name":"Hello","subject":"Hi old friend","body":"<p>x</p>","from":"a@x.test","sending":"draft"}]`)
	_, err := s.store.StartCampaign(t.Context(), s.acme.ID, c.ID, false, store.CommandLine)
	s.must(err)
	versions := views.VersionsPath(s.acme, c.ID)
	s.edit(c.ID, views.SaveActionPath(s.acme, c.ID, "wait"), url.Values{"name": {"Pause"}, "duration": {"3"}, "duration-unit": {"d"}}).want(303)
	_, err = s.store.EditDraft(t.Context(), s.acme.ID, c.ID, store.AnyRevision, "Edit Hello", func(draft workflow.Campaign) (workflow.Campaign, error) {
		draft.Actions[1].Email.Subject = "Hi new friend"
		return draft, nil
	}, store.CommandLine)
	s.must(err)
	s.alice.get(views.PublishPath(s.acme, c.ID)).want(200, "duration (wait 1 day before, wait 3 days now)", "<del>old</del>", "<ins>new</ins>")
	_, err = s.store.PublishCampaign(t.Context(), s.acme.ID, c.ID, store.CommandLine)
	s.must(err)

	s.alice.get(versions).want(200, "Version 2", "Version 1", "Live", "Change “Pause”", "Edit Hello", "The draft now")
	s.alice.get(views.VersionPath(s.acme, c.ID, 1)).want(200, "Version 1, to look at.", "Wait 1 day", "Make it the draft")
	s.alice.get(views.VersionPath(s.acme, c.ID, 9)).want(404)
	s.alice.get(views.VersionAct(s.acme, c.ID, 1, "export.json")).want(200, "Hi old friend", `"duration": "1d"`)
	s.alice.send(s.acme, views.VersionAct(s.acme, c.ID, 1, "restore"), nil).want(303)
	if d := s.now(c.ID).Draft; d.Actions[0].Delay.Duration != "1d" || d.Actions[1].Email.Subject != "Hi old friend" {
		t.Errorf("restored %+v %+v", d.Actions[0].Delay, d.Actions[1].Email)
	}
	s.alice.get(views.WorkflowPath(s.acme, c.ID)).want(200, "Undo restore version 1")
	s.edit(c.ID, views.WorkflowAct(s.acme, c.ID, "goto"), url.Values{"to": {"1"}}).want(303)
	if d := s.now(c.ID).Draft; d.Actions[0].Delay.Duration != "3d" || d.Actions[1].Email.Subject != "Hi old friend" {
		t.Errorf("went to %+v %+v", d.Actions[0].Delay, d.Actions[1].Email)
	}
	s.alice.get(versions).want(200, "undone")
	s.edit(c.ID, views.WorkflowAct(s.acme, c.ID, "goto"), url.Values{"to": {"77"}}).want(422, "no longer kept")
}
