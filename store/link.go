package store

import (
	"errors"
	"time"
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
		ws, link, d.CreatedAt.Unix()/int64(time.Hour/time.Second), messages)
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
