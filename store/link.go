package store

import (
	"context"
	"errors"
	"slices"
)

// maxLinks is how many links of an action are told apart. Addresses that are
// made for each person would be as many as the people: beyond this they are
// counted together.
const maxLinks = 500

// LinkID names a link of an action's messages that somebody clicked.
type LinkID int64

// countClick counts a click on a link, for the hour in which the message was
// made. first: nobody has clicked it in this message before.
func (tx *Tx) countClick(ws WorkspaceID, d Delivery, href string, first bool) error {
	if d.Campaign == 0 || href == "" {
		return nil
	}
	link, err := tx.link(ws, d, href)
	if err != nil {
		return err
	}
	messages := 0
	if first {
		messages = 1
	}
	_, err = tx.exec(`
		insert into campaign_link_hours (workspace_id, link_id, hour, clicks, messages) values (?, ?, ?, 1, ?)
		on conflict do update set clicks = clicks + 1, messages = messages + excluded.messages`,
		ws, link, hourOf(d.CreatedAt), messages)
	return err
}

// link is the number of a link, which it is given by its first click.
func (tx *Tx) link(ws WorkspaceID, d Delivery, href string) (id LinkID, err error) {
	const find = `select link_id from campaign_links where workspace_id = ? and campaign_id = ? and action_key = ? and href = ?`
	err = known(tx.row(find, ws, d.Campaign, d.Action, href).Scan(&id))
	if !errors.Is(err, ErrNotFound) {
		return id, err
	}
	var links int
	err = tx.row(`
		select count(*) from (select 1 from campaign_links where workspace_id = ? and campaign_id = ? and action_key = ? limit ?)`,
		ws, d.Campaign, d.Action, maxLinks).Scan(&links)
	if err != nil {
		return 0, err
	}
	if links >= maxLinks {
		href = ""
	}
	err = tx.row(`
		insert into campaign_links (workspace_id, campaign_id, action_key, href) values (?, ?, ?, ?)
		on conflict do update set href = href
		returning link_id`, ws, d.Campaign, d.Action, href).Scan(&id)
	return id, err
}

// LinkClicks is how often a link was clicked in each unit of a series, and in
// how many messages.
type LinkClicks struct {
	ID       LinkID
	Href     string // empty: all others, beyond those that are told apart
	Clicks   []int
	Messages []int
	Total    int // clicks in all of them
}

// LinkSeries is the links of a campaign's messages, or of those of one action,
// that were clicked: the one clicked most first. A link that several actions
// have is one.
func (s *Store) LinkSeries(ctx context.Context, ws WorkspaceID, of SeriesOf) ([]LinkClicks, error) {
	if len(of.Begins) == 0 {
		return nil, nil
	}
	end := of.Unit.step(of.Begins[len(of.Begins)-1], 1)
	rows, err := s.read.QueryContext(ctx, `
		select l.link_id, l.href, h.hour, h.clicks, h.messages
		from campaign_links l join campaign_link_hours h on h.workspace_id = l.workspace_id and h.link_id = l.link_id
		where l.workspace_id = ?1 and l.campaign_id = ?2 and (?3 = '' or l.action_key = ?3) and h.hour >= ?4 and h.hour < ?5
		order by l.link_id, h.hour`, ws, of.Campaign, of.Action, hourOf(of.Begins[0]), hourOf(end))
	type hour struct {
		id               LinkID
		href             string
		at               int64
		clicks, messages int
	}
	hours, err := collect(rows, err, func(scan func(...any) error) (h hour, err error) {
		err = scan(&h.id, &h.href, &h.at, &h.clicks, &h.messages)
		return h, err
	})
	links, byHref := []LinkClicks{}, map[string]int{}
	for _, h := range hours {
		i, known := byHref[h.href]
		if !known {
			i = len(links)
			byHref[h.href] = i
			links = append(links, LinkClicks{ID: h.id, Href: h.href, Clicks: make([]int, len(of.Begins)), Messages: make([]int, len(of.Begins))})
		}
		unit := unitAt(of.Begins, h.at)
		links[i].Clicks[unit] += h.clicks
		links[i].Messages[unit] += h.messages
		links[i].Total += h.clicks
	}
	slices.SortStableFunc(links, func(a, b LinkClicks) int { return b.Total - a.Total })
	return links, err
}
