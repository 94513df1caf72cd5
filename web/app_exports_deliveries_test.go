package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
)

const twoMails = `[
	{"key":"hello","type":"email","name":"Hello","sending":"automatic","from":"Acme <a@x.test>","to":"{{customer.email}}","subject":"Hi {{customer.plan}}","body":"<p>x</p>"},
	{"key":"held","type":"email","name":"Held","sending":"draft","from":"a@x.test","to":"{{customer.email}}","subject":"Held","body":"<p>y</p>"}]`

// signedUp is a campaign of Acme that people have walked through: ada and grace.
func (s *site) signedUp(name, actions string) store.Campaign {
	s.Helper()
	c := s.campaignOf(name, actions)
	c, err := s.store.StartCampaign(s.Context(), s.acme.ID, c.ID, false, store.CommandLine)
	s.must(err)
	p := s.program(s.acme)
	for id, plan := range map[string]string{"ada": "pro", "grace": "free"} {
		p.put(id, fmt.Sprintf(`{"email":"%s@x.test","plan":%q}`, id, plan)).wantAccepted()
		p.call("POST", "/api/v1/customers/"+id+"/events", p.track, `{"name":"signed_up"}`).wantAccepted()
	}
	s.walk()
	return c
}

// exported is the rows that a program's export wrote, by their first column,
// and its header.
func (p *program) exported(body string) (header []string, rows [][]string) {
	p.Helper()
	var made struct{ Export struct{ ID int64 } }
	p.must(json.Unmarshal(p.call("POST", "/v1/exports/deliveries", p.app, body).want(200, `"type": "deliveries"`, `"status": "pending"`).Body.Bytes(), &made))
	p.walk()
	export := fmt.Sprintf("/v1/exports/%d", made.Export.ID)
	p.call("GET", export, p.app, "").want(200, `"status": "done"`)
	var link struct{ Link string }
	p.must(json.Unmarshal(p.call("GET", export+"/download", p.app, "").want(200).Body.Bytes(), &link))
	file := p.site.nobody.get(strings.TrimPrefix(link.Link, "http://example.com")).want(200)
	if got := file.Header().Get("Content-Disposition"); !strings.Contains(got, fmt.Sprintf("acme-deliveries-%d.csv", made.Export.ID)) {
		p.Errorf("the file is called %s", got)
	}
	all, err := csv.NewReader(file.Body).ReadAll()
	p.must(err)
	slices.SortFunc(all[1:], func(a, b []string) int { return strings.Compare(strings.Join(a[1:], ","), strings.Join(b[1:], ",")) })
	return all[0], all[1:]
}

func TestProgramsExportDeliveries(t *testing.T) {
	s := newSite(t)
	c := s.signedUp("Welcome", twoMails)
	p := s.program(s.acme)
	ids, err := s.store.ActionIDs(t.Context(), s.acme.ID, c.ID)
	s.must(err)
	for body, want := range map[string]string{
		`{"campaign_id": %d, "attributes": ["plan", "subject", "customer_id", "state"]}`:                               "pro,Hi pro,ada,sent free,Hi free,grace,sent",
		`{"newsletter_id": "%d", "attributes": ["action_key", "email"], "drafts": true}`:                               "held,ada@x.test held,grace@x.test hello,ada@x.test hello,grace@x.test",
		fmt.Sprintf(`{"campaign_id": %%d, "action_id": %d, "attributes": ["action_id"], "drafts": true}`, ids["held"]): fmt.Sprintf("%[1]d %[1]d", ids["held"]),
		`{"campaign_id": %d, "attributes": ["recipient"], "metric": "sent", "drafts": true}`:                           "ada@x.test grace@x.test",
		`{"campaign_id": %d, "attributes": ["recipient"], "metric": "opened"}`:                                         "",
		`{"campaign_id": %d, "attributes": ["recipient"], "end": 1000}`:                                                "",
		`{"campaign_id": %d, "attributes": ["recipient"], "start": 9999999999}`:                                        "",
	} {
		_, rows := p.exported(fmt.Sprintf(body, c.ID))
		var got []string
		for _, row := range rows {
			got = append(got, strings.Join(row[1:], ","))
		}
		slices.Sort(got)
		expect := strings.Fields(strings.ReplaceAll(want, "Hi ", "Hi_"))
		slices.Sort(expect)
		if strings.ReplaceAll(strings.Join(got, " "), "Hi ", "Hi_") != strings.Join(expect, " ") {
			t.Errorf("%s wrote %q, want %q", body, got, want)
		}
	}
	header, rows := p.exported(fmt.Sprintf(`{"campaign_id": %d}`, c.ID))
	if !slices.Equal(header, store.DeliveryColumns) || len(rows) != 2 {
		t.Errorf("%q, %d rows", header, len(rows))
	}
	sent, opened := slices.Index(header, "sent"), slices.Index(header, "opened")
	if rows[0][sent] == "" || rows[0][opened] != "" {
		t.Errorf("sent at %q, opened at %q", rows[0][sent], rows[0][opened])
	}
	s.alice.get("/w/acme/jobs").want(200, "Export the deliveries of “Welcome”")
	s.alice.get("/w/acme/jobs/8").want(200, "2 deliveries written", "What was to be sent when it began.")
}

func TestExportsOfDeliveriesRefuseInWords(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", twoMails)
	p, other := s.program(s.acme), s.program(s.other)
	ids, err := s.store.ActionIDs(t.Context(), s.acme.ID, c.ID)
	s.must(err)
	for body, want := range map[string]string{
		`{}`:                                         "name a campaign_id",
		`{"campaign_id": "x"}`:                       "campaign_id must be the number",
		`{"campaign_id": 1, "newsletter_id": 1}`:     "the only one",
		`{"campaign_id": 1, "metric": "liked"}`:      "metric must be one of created",
		`{"campaign_id": 1, "attributes": "all"}`:    "attributes must be a list",
		`{"campaign_id": 1, "attributes": [1]}`:      "attributes must be a list of names",
		`{"campaign_id": 1, "start": "soon"}`:        "start must be a time in unix seconds",
		`{"campaign_id": 1, "start": 20, "end": 10}`: "end must be after start",
		`{"action_id": true}`:                        "action_id must be the number",
	} {
		p.call("POST", "/v1/exports/deliveries", p.app, body).want(400, want)
	}
	p.call("POST", "/v1/exports/deliveries", p.app, `{"campaign_id": 99}`).want(404, "There is no campaign or newsletter")
	p.call("POST", "/v1/exports/deliveries", p.app, `{"transactional_message_id": 1}`).want(404, "no transactional messages")
	other.call("POST", "/v1/exports/deliveries", other.app, fmt.Sprintf(`{"campaign_id": %d}`, c.ID)).want(404)
	other.call("POST", "/v1/exports/deliveries", other.app, fmt.Sprintf(`{"action_id": %d}`, ids["hello"])).want(404, "no action")
}

func TestSenderIdentities(t *testing.T) {
	s := newSite(t)
	p, other := s.program(s.acme), s.program(s.other)
	p.call("GET", "/v1/sender_identities", p.app, "").want(200, `"sender_identities": []`, `"next": ""`)
	p.call("GET", "/v1/transactional", p.app, "").want(200, `"messages": []`)
	c := s.campaignOf("Welcome", twoMails)
	p.call("GET", "/v1/sender_identities", p.app, "").want(200, `"id": 1`, `"name": "Acme"`, `"email": "a@x.test"`, `"deduplicate_id": "1:`, `"template_type": "email"`)
	p.call("GET", "/v1/sender_identities?limit=1", p.app, "").want(200, `"next": "1"`).without(`"id": 2`)
	p.call("GET", "/v1/sender_identities?limit=1&start=1", p.app, "").want(200, `"id": 2`).without(`"id": 1`)
	p.call("GET", "/v1/sender_identities?limit=1&sort=desc", p.app, "").want(200, `"id": 2`).without(`"id": 1`)
	p.call("GET", "/v1/sender_identities?limit=1&sort=desc&start=2", p.app, "").want(200, `"id": 1`)
	p.call("GET", "/v1/sender_identities?sort=up", p.app, "").want(400, "sort must be")
	p.call("GET", "/v1/sender_identities?hidden=true", p.app, "").want(200, `"sender_identities": []`)
	p.call("GET", "/v1/sender_identities/1", p.app, "").want(200, `"sender_identity": {`)
	p.call("GET", "/v1/sender_identities/9", p.app, "").want(404)
	other.call("GET", "/v1/sender_identities/1", other.app, "").want(404)
	other.call("GET", "/v1/sender_identities/1/used_by", other.app, "").want(404)

	users := func(want string) {
		t.Helper()
		var got struct {
			UsedBy map[string][]int64 `json:"used_by"`
		}
		s.must(json.Unmarshal(p.call("GET", "/v1/sender_identities/1/used_by", p.app, "").want(200).Body.Bytes(), &got))
		if fmt.Sprint(got.UsedBy) != want {
			t.Errorf("used by %v, want %s", got.UsedBy, want)
		}
	}
	users(fmt.Sprintf("map[campaigns:[%d] draft_newsletters:[] sent_newsletters:[]]", c.ID))
}
