package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// MailID names a message in the built-in mailbox.
type MailID int64

// Mail is a message in the built-in mailbox, where messages land while no mail
// server is set.
type Mail struct {
	ID         MailID
	DeliveryID DeliveryID // zero for a test
	Sender     string
	Recipient  string
	Subject    string
	Raw        []byte // as a mail server would have got it; only from Mail
	ArrivedAt  time.Time
}

const (
	keptMails = 5000 // what a workspace's mailbox holds; older messages make room
	trimMails = 100  // room is made once in so many messages
)

// PutTest puts a test message into the mailbox.
func (s *Store) PutTest(ctx context.Context, ws WorkspaceID, content Content, raw []byte) error {
	return s.update(ctx, func(tx *Tx) error { return tx.putInMailbox(ws, 0, content, raw) })
}

func (tx *Tx) putInMailbox(ws WorkspaceID, d DeliveryID, content Content, raw []byte) error {
	var id MailID
	err := tx.row(`
		insert into mailbox (workspace_id, delivery_id, sender, recipient, subject, raw, arrived_at) values (?, ?, ?, ?, ?, ?, ?)
		returning mail_id`,
		ws, orZero(d), content.Sender, content.Recipient, content.Subject, raw, micros(tx.now)).Scan(&id)
	if err != nil || id%trimMails != 0 {
		return err
	}
	_, err = tx.exec(`
		delete from mailbox where workspace_id = ? and mail_id <= (
			select mail_id from mailbox where workspace_id = ? order by mail_id desc limit 1 offset ?)`, ws, ws, keptMails)
	return err
}

// Mails is the workspace's mailbox, the latest first; q is searched in
// recipients and subjects. A search may read all of a mailbox, which is
// bounded.
func (s *Store) Mails(ctx context.Context, ws WorkspaceID, q string, page Page) ([]Mail, error) {
	compare, order, from := `<`, ` desc`, beforeOr(page.Before)
	if page.After != 0 {
		compare, order, from = `>`, ``, page.After
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+mailColumns+` from mailbox
		where workspace_id = ? and mail_id `+compare+` ?
		order by mail_id`+order, ws, from)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	words := nameKey(q)
	var found []Mail
	for len(found) < page.Limit && rows.Next() {
		m, err := scanMail(rows.Scan)
		if err != nil {
			return nil, err
		}
		if strings.Contains(nameKey(m.Recipient+" "+m.Subject), words) {
			found = append(found, m)
		}
	}
	if page.After != 0 {
		slices.Reverse(found)
	}
	return found, rows.Err()
}

// Mail is one message of the workspace's mailbox, whole.
func (s *Store) Mail(ctx context.Context, ws WorkspaceID, id MailID) (Mail, error) {
	var raw []byte
	m, err := scanMail(func(dest ...any) error {
		return s.read.QueryRowContext(ctx, `
			select `+mailColumns+`, raw from mailbox where workspace_id = ? and mail_id = ?`, ws, id).Scan(append(dest, &raw)...)
	})
	m.Raw = raw
	return m, known(err)
}

// EmptyMailbox throws away what is in the workspace's mailbox. The ledger
// keeps its rows.
func (s *Store) EmptyMailbox(ctx context.Context, ws WorkspaceID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		if _, err := tx.exec(`delete from mailbox where workspace_id = ?`, ws); err != nil {
			return err
		}
		return tx.noted(ws, by, "Emptied the mailbox", "", "")
	})
}

const mailColumns = `mail_id, coalesce(delivery_id, 0), sender, recipient, subject, arrived_at`

func scanMail(scan func(...any) error) (m Mail, err error) {
	var at int64
	err = scan(&m.ID, &m.DeliveryID, &m.Sender, &m.Recipient, &m.Subject, &at)
	m.ArrivedAt = instant(at)
	return m, err
}
