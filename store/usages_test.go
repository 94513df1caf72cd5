package store

import (
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// sent counts messages, as the engine does when it has handed them over.
func (w *world) sent(ws Workspace, emails, webhooks int) {
	w.Helper()
	w.must(w.update(w.ctx, func(tx *Tx) error {
		for range emails {
			tx.countSent(ws.ID, EmailChannel)
		}
		for range webhooks {
			tx.countSent(ws.ID, WebhookChannel)
		}
		return nil
	}))
}

// What is billed is the sum over all workspaces, in the months in which they
// were there.
func TestUsageOfAllWorkspaces(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	shop := w.workspace("Shop", "email_or_id")
	w.add(w.acme, "1", "", `{}`)
	w.add(w.acme, "2", "", `{}`)
	w.add(shop, "1", "", `{}`) // the same person in two workspaces counts twice
	w.sent(w.acme, 3, 1)
	w.sent(shop, 1, 0)
	november := PeriodOf(w.time)

	w.time = w.time.AddDate(0, 1, 0)
	december := PeriodOf(w.time)
	late := w.workspace("Late", "id")
	w.sent(w.acme, 5, 0)
	w.must(w.DeleteWorkspace(w.ctx, shop.ID, "Shop", w.me))
	w.time = w.time.AddDate(0, 1, 0)
	january := PeriodOf(w.time)

	type used struct{ people, emails, webhooks int }
	for _, c := range []struct {
		period Period
		want   map[WorkspaceID]used
	}{
		{november, map[WorkspaceID]used{w.acme.ID: {2, 3, 1}, shop.ID: {1, 1, 0}}},
		{december, map[WorkspaceID]used{w.acme.ID: {2, 5, 0}, shop.ID: {1, 0, 0}, late.ID: {}}}, // deleted within the month
		{january, map[WorkspaceID]used{w.acme.ID: {2, 0, 0}, late.ID: {}}},
		{202610, map[WorkspaceID]used{}}, // before the account
	} {
		all, total, err := w.Usages(w.ctx, c.period)
		w.must(err)
		var sum used
		for _, u := range all {
			want, ok := c.want[u.Workspace.ID]
			if got := (used{u.People, u.Emails, u.Webhooks}); !ok || got != want || u.Messages() != want.emails+want.webhooks {
				t.Errorf("%d: %s used %+v, want %+v", c.period, u.Workspace.Name, got, want)
			}
			sum = used{sum.people + u.People, sum.emails + u.Emails, sum.webhooks + u.Webhooks}
		}
		if len(all) != len(c.want) || sum != (used{total.People, total.Emails, total.Webhooks}) {
			t.Errorf("%d: %d workspaces, want %d; total %+v", c.period, len(all), len(c.want), total)
		}
	}
	all, total, err := w.Usages(w.ctx, november)
	w.must(err)
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	if all[0].Workspace.ID != w.acme.ID || !all[0].SentAt.Equal(at) || !total.SentAt.Equal(at) {
		t.Errorf("first is %s, which sent %v", all[0].Workspace.Name, all[0].SentAt)
	}
	if one, err := w.Usage(w.ctx, w.acme.ID, december); err != nil || one.People != 2 || one.Emails != 5 {
		t.Errorf("alone: %+v %v", one, err)
	}
	periods, err := w.Periods(w.ctx)
	w.must(err)
	if len(periods) != 3 || periods[0] != january || periods[2] != november {
		t.Errorf("periods %v", periods)
	}
}

func TestOverview(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	shop := w.workspace("Shop", "id")
	empty := Overview{Month: Usage{Workspace: shop}}
	if got, err := w.Overview(w.ctx, shop.ID); err != nil || got.Campaigns+got.Keys+got.Segments+got.Inside != 0 || got.Events || got.Started || got.Month.People != empty.Month.People {
		t.Errorf("%+v %v", got, err)
	}
	key, _, err := w.CreateCredential(w.ctx, w.acme.ID, AppKey, "Backend", w.me)
	w.must(err)
	w.add(w.acme, "1", "", `{}`)
	w.must(w.update(w.ctx, func(tx *Tx) error {
		tx.countUsage(w.acme.ID, usageDelta{events: 1})
		return nil
	}))
	got, err := w.Overview(w.ctx, w.acme.ID)
	w.must(err)
	if got.Keys != 1 || !got.Events || got.Month.People != 1 || got.Month.Events != 1 {
		t.Errorf("%+v", got)
	}
	w.must(w.RevokeCredential(w.ctx, w.acme.ID, key.ID, w.me))
	if got, err = w.Overview(w.ctx, w.acme.ID); err != nil || got.Keys != 0 {
		t.Errorf("%d keys in force after revoking the one %v", got.Keys, err)
	}
}
