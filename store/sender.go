package store

import (
	"context"
	"net/mail"
	"time"

	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// SenderID names a sender identity.
type SenderID int64

// Sender is who a message can be from.
type Sender struct {
	ID        SenderID
	Address   string // Name <email>
	CreatedAt time.Time
}

// Parts is the sender's name, which may be empty, and email address.
func (s Sender) Parts() (name, email string) {
	parsed, err := mail.ParseAddress(s.Address)
	if err != nil {
		return "", s.Address
	}
	return parsed.Name, parsed.Address
}

// SenderList is the workspace's senders, the oldest first or, backwards, the
// newest; from behind page.After on, or from before page.Before.
func (s *Store) SenderList(ctx context.Context, ws WorkspaceID, backwards bool, page Page) ([]Sender, error) {
	compare, order, from := `>`, ``, page.After
	if backwards {
		compare, order, from = `<`, ` desc`, beforeOr(page.Before)
	}
	rows, err := s.read.QueryContext(ctx, `
		select sender_id, address, created_at from senders
		where workspace_id = ? and sender_id `+compare+` ?
		order by sender_id`+order+`
		limit ?`, ws, from, page.Limit)
	return collect(rows, err, scanSender)
}

// Sender is the sender with this id, if the workspace has it.
func (s *Store) Sender(ctx context.Context, ws WorkspaceID, id SenderID) (Sender, error) {
	found, err := scanSender(s.read.QueryRowContext(ctx, `
		select sender_id, address, created_at from senders where workspace_id = ? and sender_id = ?`, ws, id).Scan)
	return found, known(err)
}

func scanSender(scan func(...any) error) (s Sender, err error) {
	var created int64
	err = scan(&s.ID, &s.Address, &created)
	s.CreatedAt = instant(created)
	return s, err
}

// SenderUsers is the campaigns and broadcasts with a message from a sender, in
// their draft or in what runs.
func (s *Store) SenderUsers(ctx context.Context, ws WorkspaceID, who Sender) ([]Campaign, error) {
	return s.campaignsThat(ctx, s.read, ws, func(c workflow.Campaign) bool {
		for a := range workflow.All(c.Actions) {
			if a.Email != nil && sameSender(a.Email.From, who.Address) {
				return true
			}
		}
		return false
	})
}

// sameSender says whether two ways of writing a sender mean the same.
func sameSender(a, b string) bool {
	one, err1 := mail.ParseAddress(a)
	other, err2 := mail.ParseAddress(b)
	return err1 == nil && err2 == nil && *one == *other
}

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
