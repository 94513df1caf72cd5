package store

import "time"

// tallies is what a transaction counts and wakes. Counters are kept, not
// counted; they are added up in memory and written once for each transaction,
// so that a thousand identify calls do not write the same row a thousand times.
type tallies struct {
	usage  map[WorkspaceID]usageDelta
	counts map[countKey]int
	hours  map[hourKey]int
	turns  map[turnKey]time.Time
	names  map[seenName]int // how often each was seen
	search map[PersonID]searchChange
}

// usageDelta is what a transaction adds to a workspace's usage.
type usageDelta struct {
	people, emails, webhooks, events int
}

// countKey names one counter of a campaign; Action is "" for the campaign.
type countKey struct {
	Workspace WorkspaceID
	Campaign  CampaignID
	Action    string
	Metric    string
}

type turnKey struct {
	kind      Kind
	workspace WorkspaceID
}

func newTallies() tallies {
	return tallies{usage: map[WorkspaceID]usageDelta{}, counts: map[countKey]int{}, hours: map[hourKey]int{}, turns: map[turnKey]time.Time{}, names: map[seenName]int{}, search: map[PersonID]searchChange{}}
}

// countUsage adds to the workspace's usage of this month.
func (t tallies) countUsage(ws WorkspaceID, d usageDelta) {
	sum := t.usage[ws]
	sum.people += d.people
	sum.emails += d.emails
	sum.webhooks += d.webhooks
	sum.events += d.events
	t.usage[ws] = sum
}

// count adds n to a counter of a campaign.
func (t tallies) count(ws WorkspaceID, campaign CampaignID, action, metric string, n int) {
	t.counts[countKey{ws, campaign, action, metric}] += n
}

// wake says that the workspace has work of a kind at a time.
func (t tallies) wake(kind Kind, ws WorkspaceID, at time.Time) {
	key := turnKey{kind, ws}
	if before, ok := t.turns[key]; !ok || at.Before(before) {
		t.turns[key] = at
	}
}

// add takes over what a change that went well has counted.
func (t tallies) add(other tallies) {
	for ws, d := range other.usage {
		t.countUsage(ws, d)
	}
	for key, n := range other.counts {
		t.counts[key] += n
	}
	for key, n := range other.hours {
		t.hours[key] += n
	}
	for key, at := range other.turns {
		t.wake(key.kind, key.workspace, at)
	}
	for name, n := range other.names {
		t.names[name] += n
	}
	t.addSearch(other)
}

// flush writes what the transaction counted.
func (tx *Tx) flush() error {
	for ws, d := range tx.usage {
		if err := tx.flushUsage(ws, d); err != nil {
			return err
		}
	}
	for key, n := range tx.counts {
		if n == 0 {
			continue
		}
		_, err := tx.exec(`
			insert into campaign_counts (workspace_id, campaign_id, action_key, metric, n)
			select ?1, ?2, ?3, ?4, ?5 where exists (select 1 from campaigns where workspace_id = ?1 and campaign_id = ?2)
			on conflict do update set n = n + excluded.n`,
			key.Workspace, key.Campaign, key.Action, key.Metric, n)
		if err != nil {
			return err
		}
	}
	if err := tx.flushHours(); err != nil {
		return err
	}
	for key, at := range tx.turns {
		_, err := tx.exec(`
			insert into turns (kind, workspace_id, due_at) values (?, ?, ?)
			on conflict do update set due_at = excluded.due_at where excluded.due_at < due_at`,
			key.kind, key.workspace, micros(at))
		if err != nil {
			return err
		}
	}
	if err := tx.flushSearch(); err != nil {
		return err
	}
	return tx.flushNames()
}

func (tx *Tx) flushUsage(ws WorkspaceID, d usageDelta) error {
	if d.people != 0 {
		if err := tx.execOne(`update workspaces set people = people + ? where workspace_id = ?`, d.people, ws); err != nil {
			return err
		}
	}
	var sent any
	if d.emails+d.webhooks > 0 {
		sent = micros(tx.now)
	}
	// people before this transaction counts for the peak too: the month may
	// have begun with more than there are now.
	_, err := tx.exec(`
		insert into usage (workspace_id, period, people, people_peak, emails, webhooks, events, sent_at)
		select workspace_id, ?2, people, max(people, people - ?3), ?4, ?5, ?6, ?7 from workspaces where workspace_id = ?1
		on conflict do update set
			people = excluded.people, people_peak = max(people_peak, excluded.people_peak),
			emails = emails + excluded.emails, webhooks = webhooks + excluded.webhooks, events = events + excluded.events,
			sent_at = coalesce(excluded.sent_at, sent_at)`,
		ws, PeriodOf(tx.now), d.people, d.emails, d.webhooks, d.events, sent)
	return err
}
