package web

import (
	"context"
	"fmt"
	"testing"
)

func TestReportsOfDeliveries(t *testing.T) {
	s := newMailSite(t, "automatic")
	p, other := s.program(s.acme), s.program(s.other)
	d := s.signUp("ada", "Ada")
	token := s.token(d)
	report := func(path, body string) {
		t.Helper()
		s.call("POST", path, "", body).wantAccepted()
	}
	for range 2 { // only the first of a kind counts
		report("/api/v1/metrics", fmt.Sprintf(`{"delivery_id":%q,"metric":"delivered","recipient":"ada@x.test","timestamp":1700000000}`, token))
		report("/api/v1/metrics", fmt.Sprintf(`{"delivery_id":%q,"metric":"Bounced","reason":"550 no such mailbox","timestamp":"whenever"}`, token))
		report("/api/v1/push/events", fmt.Sprintf(`{"delivery_id":%q,"event":"converted","device_id":"t"}`, token))
		report("/push/events", fmt.Sprintf(`{"delivery_id":%q,"event":"opened"}`, token))
	}
	for _, body := range []string{``, `{`, `[]`, `{}`, `{"delivery_id":7}`, fmt.Sprintf(`{"delivery_id":%q,"metric":"eaten"}`, token), `{"delivery_id":"` + token[1:] + `","metric":"delivered"}`} {
		report("/api/v1/metrics", body)
	}
	other.entity(fmt.Sprintf(`{"type":"delivery","action":"event","identifiers":{"id":%q},"name":"dropped"}`, token)).wantAccepted()
	p.entity(fmt.Sprintf(`{"type":"delivery","action":"event","identifiers":{"id":%q},"name":"deferred"}`, token)).wantAccepted()
	if got, want := s.steps(d), `delivered_email{"recipient":"ada@x.test"} bounced_email{"reason":"550 no such mailbox"} converted_email{} opened_email{} deferred_email{}`; got != want {
		t.Errorf("happened\n%s\nwant\n%s", got, want)
	}
	report("/api/v1/metrics", fmt.Sprintf(`{"delivery_id":%q,"metric":"spammed"}`, token))
	if !s.person(d).Unsubscribed {
		t.Error("who calls a message spam still gets more")
	}
	counts, err := s.store.CampaignCounts(context.Background(), s.acme.ID, s.campaign.ID)
	s.must(err)
	for _, metric := range []string{"delivered", "bounced", "converted", "opened", "deferred", "spammed", "unsubscribed"} {
		if n := counts[""][metric]; n != 1 {
			t.Errorf("%s counted %d times", metric, n)
		}
	}
}
