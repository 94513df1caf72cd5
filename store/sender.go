package store

import (
	"context"
	"net/mail"

	"github.com/postroom/postroom/store/identity"
)

// Senders is the workspace's sender identities, "Name <email>", by address.
func (s *Store) Senders(ctx context.Context, ws WorkspaceID) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, `select address from senders where workspace_id = ? order by email_key, address limit 500`, ws)
	return collect(rows, err, func(scan func(...any) error) (address string, err error) {
		err = scan(&address)
		return address, err
	})
}

// addSender remembers a sender identity. What is no plain address, such as one
// made by Liquid, is left out.
func (tx *Tx) addSender(ws WorkspaceID, address string) error {
	parsed, err := mail.ParseAddress(address)
	if err != nil {
		return nil
	}
	key, err := identity.EmailKey(parsed.Address)
	if err != nil {
		return nil
	}
	_, err = tx.exec(`insert into senders (workspace_id, address, email_key, created_at) values (?, ?, ?, ?) on conflict do nothing`,
		ws, address, key, micros(tx.now))
	return err
}
