package web

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/postroom/postroom/store"
)

const testedMails = `[
	{"key":"ab","type":"ab_test","name":"Which","paths":[
		{"name":"A","percent":100,"actions":[{"key":"one","type":"email","name":"One","sending":"automatic","from":"a@x.test","to":"{{customer.email}}","subject":"One","body":"<p>x</p>"}]},
		{"name":"B","actions":[{"key":"two","type":"email","name":"Two","sending":"automatic","from":"a@x.test","to":"{{customer.email}}","subject":"Two","body":"<p>x</p>"}]}]},
	{"key":"text","type":"sms","name":"Text","sending":"draft","to":"{{customer.phone | default: '+31'}}","text":"Hi"}]`

func (p *program) read(path string, into any) {
	p.Helper()
	p.must(json.Unmarshal(p.call("GET", path, p.app, "").want(200).Body.Bytes(), into))
}

// Programs name actions by numbers, the same in every answer.
func TestProgramsNameActionsByNumbers(t *testing.T) {
	s := newSite(t)
	c := s.signedUp("Tested", testedMails)
	p := s.program(s.acme)
	ids, err := s.store.ActionIDs(t.Context(), s.acme.ID, c.ID)
	s.must(err)
	of := fmt.Sprintf("/v1/campaigns/%d", c.ID)

	var one struct{ Action appAction }
	for _, name := range []string{fmt.Sprint(ids["one"]), "one"} {
		if p.read(of+"/actions/"+name, &one); one.Action.ID != ids["one"] || one.Action.Key != "one" || one.Action.ParentActionID == nil || *one.Action.ParentActionID != ids["ab"] {
			t.Errorf("%s is %+v", name, one.Action)
		}
	}
	var list struct {
		Actions []appAction
		Next    string
	}
	if p.read(of+"/actions?limit=3", &list); len(list.Actions) != 3 || list.Next != "3" || list.Actions[0].ParentActionID != nil {
		t.Errorf("the first page is %+v", list)
	}
	if p.read(of+"/actions?start=3", &list); len(list.Actions) != 1 || list.Next != "" || list.Actions[0].Type != "twilio" {
		t.Errorf("the rest is %+v", list)
	}

	var messages struct{ Messages []appMessage }
	p.read(fmt.Sprintf("/v1/messages?action_id=%d", ids["one"]), &messages)
	if len(messages.Messages) != 2 {
		t.Fatalf("messages %+v", messages)
	}
	m := messages.Messages[0]
	if m.ActionID != ids["one"] || m.TemplateID != m.ActionID || *m.ParentActionID != ids["ab"] || *m.CampaignID != c.ID || m.NewsletterID != nil || m.BroadcastID != nil {
		t.Errorf("a message is %+v", m)
	}
	other := s.campaignOf("Other", oneDelay)
	p.call("GET", fmt.Sprintf("/v1/campaigns/%d/actions/%d", other.ID, ids["one"]), p.app, "").want(404)
	p.call("PUT", fmt.Sprintf("%s/actions/%d", of, ids["one"]), p.app, `{"subject":"Uno"}`).want(200, `"subject": "Uno"`, fmt.Sprintf(`"id": %d`, ids["one"]))
	if p.read(fmt.Sprintf("/v1/messages?campaign_id=%d&action_id=%d", other.ID, ids["one"]), &messages); len(messages.Messages) != 0 {
		t.Errorf("another campaign's action has %+v", messages)
	}
}

func TestProgramsFindMessagesByWhatHappened(t *testing.T) {
	s := newSite(t)
	c := s.signedUp("Tested", testedMails)
	p := s.program(s.acme)
	var all struct{ Messages []appMessage }
	p.read("/v1/messages?type=email", &all)
	if len(all.Messages) != 2 {
		t.Fatalf("messages %+v", all)
	}
	bounced := all.Messages[1]
	p.call("POST", "/api/v1/metrics", "", fmt.Sprintf(`{"delivery_id":%q,"metric":"bounced","timestamp":1700000000}`, bounced.ID)).wantAccepted()
	count := func(query string, want int) {
		t.Helper()
		if p.read("/v1/messages?"+query, &all); len(all.Messages) != want {
			t.Errorf("%s finds %d, want %d", query, len(all.Messages), want)
		}
	}
	count("metric=bounced", 1)
	if got := all.Messages[0]; got.ID != bounced.ID || got.Metrics["bounced"] != 1700000000 || got.Metrics["sent"] == 0 {
		t.Errorf("bounced is %+v", got)
	}
	count("metric=sent", 2)
	count("type=twilio", 2)
	count("drafts=true", 2)
	count("drafts=false", 2)
	count("", 4)
	count("start_ts=9999999999", 0)
	count("end_ts=1", 0)
	count("type=twilio&metric=sent", 0)
	p.call("GET", "/v1/messages?start_ts=soon", p.app, "").want(400, "start_ts must be a time")

	d, err := s.store.Deliveries(t.Context(), s.acme.ID, store.DeliveryFilter{State: store.Sent}, store.Page{Limit: 5})
	s.must(err)
	s.must(s.store.Opened(t.Context(), s.acme.ID, d[0].Delivery, store.Engagement{Prefetched: true}))
	count("metric=opened", 0)
	for range 2 {
		s.must(s.store.Clicked(t.Context(), s.acme.ID, d[0].Delivery, store.Engagement{Href: "https://x.test/a"}))
	}
	count("metric=opened", 1)
	ids, err := s.store.ActionIDs(t.Context(), s.acme.ID, c.ID)
	s.must(err)
	of := fmt.Sprintf("/v1/campaigns/%d", c.ID)
	for path, links := range map[string]int{"/metrics/links": 1, fmt.Sprintf("/actions/%d/metrics/links?unique=true", ids["one"]): 1, "/actions/text/metrics/links": 0} {
		var answer struct {
			Links []struct {
				Link   struct{ Href string }
				Metric struct{ Series map[string][]int }
			}
		}
		if p.read(of+path, &answer); len(answer.Links) != links || links == 1 && (answer.Links[0].Link.Href != "https://x.test/a" || sum(answer.Links[0].Metric.Series["clicked"]) != 1) {
			t.Errorf("%s: %+v", path, answer)
		}
	}
	for kind, want := range map[string]int{"email": 2, "twilio": 0, "": 2} {
		var answer struct {
			Metric struct{ Series map[string][]int }
		}
		if p.read(of+"/metrics?type="+kind, &answer); sum(answer.Metric.Series["sent"]) != want {
			t.Errorf("%s: %v sent, want %d", kind, answer.Metric.Series["sent"], want)
		}
	}
	p.call("GET", of+"/actions/gone/metrics/links", p.app, "").want(404)
}
