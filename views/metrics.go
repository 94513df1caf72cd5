package views

import (
	"fmt"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// MetricsPath is what came of a campaign's messages and people, over time.
func MetricsPath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/metrics"
}

// Periods is the spans of time that are offered, and how many units each has.
var Periods = []Period{
	{store.Hours, 24, "24 hours"}, {store.Days, 30, "30 days"}, {store.Weeks, 12, "12 weeks"}, {store.Months, 12, "12 months"},
}

// Period is a span of time up to now.
type Period struct {
	Unit  store.Unit
	Steps int
	Words string
}

// CampaignMetrics is the page of a campaign's figures.
type CampaignMetrics struct {
	Head     CampaignHead
	Period   Period
	Action   string // whose messages alone; empty: all
	Messages workflow.Campaign
	Span     Chart // when: its beginnings and unit
	Series   map[string][]int
	People   map[string][]int
	Links    []store.LinkClicks
}

// Path is the page with another period, or of another action.
func (m CampaignMetrics) Path(ws store.Workspace, period store.Unit, action string) string {
	return MetricsPath(ws, m.Head.ID) + query("period", string(period), "action", action)
}

func (m CampaignMetrics) chart(id, title, empty string) Chart {
	c := m.Span
	c.ID, c.Title, c.Empty = id, title, empty
	return c
}

func lines(from map[string][]int, names ...string) (all []ChartLine) {
	for i := 0; i+1 < len(names); i += 2 {
		all = append(all, ChartLine{names[i+1], from[names[i]]})
	}
	return all
}

// messages is what came of the messages that were made in each unit.
func (m CampaignMetrics) messages() Chart {
	c := m.chart("messages", "Messages", "No message was made in this time.")
	c.Lines = lines(m.Series, "sent", "Sent", "opened", "Opened", "clicked", "Clicked")
	c.Rest = lines(m.Series, "created", "Made", "delivered", "Delivered", "converted", "Converted", "unsubscribed", "Unsubscribed",
		"bounced", "Bounced", "spammed", "Spam", "failed", "Failed", "undeliverable", "Held back")
	return c
}

// people is what became of who entered in each unit.
func (m CampaignMetrics) people() Chart {
	c := m.chart("journeys", "People", "Nobody entered in this time.")
	c.Lines = lines(m.People, "started", "Started", "messaged", "Messaged", store.JourneysConverted, "Converted")
	c.Rest = lines(m.People, "activated", "Let in", "finished", "Finished", "exited_early", "Left early", "never_activated", "Never let in")
	return c
}

// of is a number of messages and, of those sent, its share.
func (m CampaignMetrics) of(metric string) string {
	n, sent := ChartLine{Values: m.Series[metric]}.Sum(), ChartLine{Values: m.Series["sent"]}.Sum()
	if sent == 0 || n == 0 {
		return Number(n)
	}
	return fmt.Sprintf("%s · %s", Number(n), share(n, sent))
}
