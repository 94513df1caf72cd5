package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// links is how often each link was clicked, and in how many messages.
func (r *campaignRoom) links(of SeriesOf) string {
	r.Helper()
	all, err := r.LinkSeries(r.ctx, r.ws, of)
	r.must(err)
	var said []string
	for _, l := range all {
		said = append(said, fmt.Sprintf("%s %v %v", l.Href, l.Clicks, l.Messages))
	}
	return strings.Join(said, ", ")
}

func TestClicksCountForEachLink(t *testing.T) {
	r := newCampaignRoom(t)
	c, all := r.delivered("1", "2")
	click := func(d Delivery, href string) {
		t.Helper()
		r.must(r.Clicked(r.ctx, r.ws, d, Engagement{Href: href}))
		r.at = r.at.Add(2 * time.Minute)
	}
	of := SeriesOf{Campaign: c.ID, Begins: Days.Steps(2, r.at.UTC()), Unit: Days}
	if got := r.links(of); got != "" {
		t.Errorf("clicked before anybody did: %s", got)
	}
	r.at = r.at.Add(48 * time.Hour) // it counts for the day of the message all the same
	click(all[0], "https://x.test/a")
	click(all[0], "https://x.test/a")
	click(all[1], "https://x.test/a")
	click(all[1], "https://x.test/b")
	r.must(r.Clicked(r.ctx, r.ws, all[1], Engagement{Href: "https://x.test/c", Machine: true}))
	want := "https://x.test/a [0 3] [0 2], https://x.test/b [0 1] [0 1]"
	if got := r.links(of); got != want {
		t.Errorf("clicked %s, want %s", got, want)
	}
	of.Action = "hello"
	if got := r.links(of); got != want {
		t.Errorf("in the action %s, want %s", got, want)
	}
	of.Action = "other"
	if got := r.links(of); got != "" {
		t.Errorf("in another action %s", got)
	}
	of.Action = ""
	if got, err := r.LinkSeries(r.ctx, r.ws+1, of); err != nil || len(got) > 0 {
		t.Errorf("in another workspace %v, %v", got, err)
	}
}

func TestVeryManyLinksAreCountedTogether(t *testing.T) {
	r := newCampaignRoom(t)
	c, all := r.delivered("1")
	r.must(r.update(r.ctx, func(tx *Tx) error {
		for i := range maxLinks + 20 {
			if err := tx.countClick(r.ws, all[0], fmt.Sprintf("https://x.test/%d", i), true); err != nil {
				return err
			}
		}
		return nil
	}))
	links, err := r.LinkSeries(r.ctx, r.ws, SeriesOf{Campaign: c.ID, Begins: Days.Steps(1, r.at), Unit: Days})
	r.must(err)
	if len(links) != maxLinks+1 || links[0].Href != "" || links[0].Total != 20 {
		t.Errorf("%d links, the first %+v", len(links), links[0])
	}
}

// What a database has that is older than numbers and links is worked out from
// what happened, and is what would have been kept.
func TestOldClicksAndActionsAreWorkedOut(t *testing.T) {
	r := newCampaignRoom(t)
	_, all := r.delivered("1", "2")
	for i, d := range []Delivery{all[0], all[0], all[1]} {
		r.must(r.Clicked(r.ctx, r.ws, d, Engagement{Href: fmt.Sprintf("https://x.test/%d", i/2)}))
		r.at = r.at.Add(2 * time.Minute)
	}
	kept := func() string {
		t.Helper()
		lines, err := r.strings(r.ctx, `
			select action_key || ' ' || type from campaign_actions union all
			select action_key || ' ' || href || ' ' || hour || ' ' || clicks || ' ' || messages from campaign_links join campaign_link_hours using (workspace_id, link_id)
			order by 1`)
		r.must(err)
		return strings.Join(lines, ", ")
	}
	before := kept()
	text, err := migrations.ReadFile("migrations/012_campaign_actions.sql")
	r.must(err)
	r.must(r.update(r.ctx, func(tx *Tx) error {
		for _, table := range []string{"campaign_link_hours", "campaign_links", "campaign_actions"} {
			if _, err := tx.exec(`delete from ` + table); err != nil {
				return err
			}
		}
		for statement := range strings.SplitSeq(string(text), ";\n") {
			if at := strings.Index(statement, "insert into"); at >= 0 {
				if _, err := tx.exec(statement[at:]); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	if after := kept(); after != before || !strings.Contains(before, "hello email") || !strings.Contains(before, "https://x.test/0") {
		t.Errorf("worked out %s, kept %s", after, before)
	}
}

func TestLinksUseIndexes(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	of := SeriesOf{Campaign: 1, Begins: Days.Steps(30, time.Now().UTC()), Unit: Days}
	w.noScan(w.spied(func() {
		w.must(second(w.LinkSeries(context.Background(), w.acme.ID, of)))
		of.Action = "hello"
		w.must(second(w.LinkSeries(context.Background(), w.acme.ID, of)))
	}))
}

// A message that is tried again is one message in every figure.
func TestTryingAgainCountsOnce(t *testing.T) {
	r := newCampaignRoom(t)
	c, all := r.delivered("1")
	for range 2 {
		r.must(r.Hold(r.ctx, r.ws, r.state(all[0].ID), Failed, "a test"))
		r.must(r.SendAgain(r.ctx, r.ws, all[0].ID, r.by))
	}
	series, err := r.Series(r.ctx, r.ws, SeriesOf{Campaign: c.ID, Metrics: MessageMetrics, Begins: Days.Steps(1, r.at), Unit: Days})
	r.must(err)
	if got := fmt.Sprint(series["created"], series["failed"], series["sent"]); got != "[1] [1] [0]" {
		t.Errorf("created, failed and sent are %s", got)
	}
}
