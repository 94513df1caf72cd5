package web

import (
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func TestMetricsOfACampaignAreShown(t *testing.T) {
	s := newSite(t)
	fresh := s.campaignOf("Never ran", oneDelay)
	s.alice.get(views.MetricsPath(s.acme, fresh.ID)).want(200, "No message was made in this time.", "Nobody entered in this time.", "No link was clicked")

	c := s.signedUp("Welcome", twoMails)
	sent, err := s.store.Deliveries(t.Context(), s.acme.ID, store.DeliveryFilter{State: store.Sent}, store.Page{Limit: 10})
	s.must(err)
	s.must(s.store.Clicked(t.Context(), s.acme.ID, sent[0].Delivery, store.Engagement{Href: "https://x.test/offer?a=1&b=2"}))
	path := views.MetricsPath(s.acme, c.ID)
	page := s.bob.get(path).want(200,
		`<dt>Sent</dt><dd>2</dd>`, `<dt>Opened</dt><dd>1 · 50%</dd>`, `<dt>Clicked</dt><dd>1 · 50%</dd>`,
		`aria-label="Messages by the day, from `, "Sent: 2 in all, most on ", `https://x.test/offer?a=1&amp;b=2`,
		`aria-label="People by the day`, "Started: 2 in all", `aria-current="true">30 days`, `<caption class="vh">Messages, the latest first</caption>`)
	page.without("No link was clicked")
	s.bob.get(path+"?period=hours&action=held").want(200,
		`<dt>Sent</dt><dd>0</dd>`, `aria-current="true">24 hours`, "No link was clicked", `<option value="held" selected>`,
		"period=weeks").without("People by the")
	s.bob.get(path+"?period=years&action=gone").want(200, `aria-current="true">30 days`, `<dt>Sent</dt><dd>2</dd>`)
	s.alice.get(path).want(200, `aria-current="page">Metrics`)
	s.charlie.get(path).want(404)
	s.alice.get(views.MetricsPath(s.other, c.ID)).want(404)
}

func TestNamesAtLinesDoNotCover(t *testing.T) {
	for _, test := range []struct {
		ends []int
		want []float64
	}{
		{[]int{0, 0, 0}, []float64{100, 91, 82}},
		{[]int{10, 5, 0}, []float64{0, 50, 100}},
		{[]int{5, 5, 10}, []float64{50, 41, 0}},
	} {
		chart := views.Chart{}
		for _, n := range test.ends {
			chart.Lines = append(chart.Lines, views.ChartLine{Values: []int{10, n}})
		}
		if got := chart.Labels(); len(got) != 3 || got[0] != test.want[0] || got[1] != test.want[1] || got[2] != test.want[2] {
			t.Errorf("%v are named at %v, want %v", test.ends, got, test.want)
		}
	}
}
