package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// SessionID names a session in lists; it is no secret.
type SessionID int64

// Session is one browser in which a member is signed in.
type Session struct {
	ID        SessionID
	Member    Member
	Workspace WorkspaceID // the active one; zero: none yet
	Agent     string
	Address   string
	CreatedAt time.Time
	SeenAt    time.Time
}

const (
	sessionLife  = 30 * 24 * time.Hour // since it was last seen
	sessionTouch = 5 * time.Minute     // how exactly "last seen" is kept
)

// SignIn starts a session and gives the secret that names it. Only a hash of
// the secret is kept.
func (s *Store) SignIn(ctx context.Context, member MemberID, agent, address string) (token string, err error) {
	secret := make([]byte, 32)
	rand.Read(secret)
	token = base64.RawURLEncoding.EncodeToString(secret)
	err = s.update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`
			insert into sessions (token_hash, member_id, workspace_id, agent, address, created_at, seen_at)
			values (?, ?, (select workspace_id from visits where member_id = ? order by visited_at desc limit 1), ?, ?, ?, ?)`,
			tokenHash(token), member, member, clip(agent, 300), address, micros(tx.now), micros(tx.now))
		return err
	})
	return token, err
}

// Session is the session that token names, if it has not ended.
func (s *Store) Session(ctx context.Context, token string) (Session, error) {
	session, err := scanSession(s.read.QueryRowContext(ctx, `
		select `+sessionColumns+` from sessions s join members m using (member_id)
		where token_hash = ? and seen_at > ?`,
		tokenHash(token), micros(s.now().Add(-sessionLife))).Scan)
	return session, known(err)
}

// Seen notes that a session is in use. It writes once in five minutes.
func (s *Store) Seen(ctx context.Context, session Session) error {
	if s.now().Sub(session.SeenAt) < sessionTouch {
		return nil
	}
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`update sessions set seen_at = ? where session_id = ?`, micros(tx.now), session.ID)
		return err
	})
}

// Sessions is where a member is signed in, the latest first.
func (s *Store) Sessions(ctx context.Context, member MemberID) ([]Session, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+sessionColumns+` from sessions s join members m using (member_id)
		where s.member_id = ? and seen_at > ?
		order by seen_at desc
		limit 100`, member, micros(s.now().Add(-sessionLife)))
	return collect(rows, err, scanSession)
}

// EndSession signs one of the member's browsers out.
func (s *Store) EndSession(ctx context.Context, member MemberID, id SessionID) error {
	return s.update(ctx, func(tx *Tx) error {
		return tx.execOne(`delete from sessions where member_id = ? and session_id = ?`, member, id)
	})
}

// EndOtherSessions signs the member out everywhere but here.
func (s *Store) EndOtherSessions(ctx context.Context, here Session) error {
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`delete from sessions where member_id = ? and session_id <> ?`, here.Member.ID, here.ID)
		return err
	})
}

// Switch makes a workspace the session's active one. It is the only change of
// the active workspace.
func (s *Store) Switch(ctx context.Context, ws WorkspaceID, session Session) error {
	return s.update(ctx, func(tx *Tx) error {
		if err := tx.execOne(`update sessions set workspace_id = ? where session_id = ?`, ws, session.ID); err != nil {
			return err
		}
		_, err := tx.exec(`
			insert into visits (member_id, workspace_id, visited_at) values (?, ?, ?)
			on conflict do update set visited_at = excluded.visited_at`, session.Member.ID, ws, micros(tx.now))
		return err
	})
}

const sessionColumns = `session_id, coalesce(s.workspace_id, 0), agent, address, s.created_at, seen_at,
	m.member_id, m.name, m.email, m.password_hash, m.role, m.theme, m.shortcuts, m.created_at`

func scanSession(scan func(...any) error) (s Session, err error) {
	var created, seen, joined int64
	err = scan(&s.ID, &s.Workspace, &s.Agent, &s.Address, &created, &seen,
		&s.Member.ID, &s.Member.Name, &s.Member.Email, &s.Member.PasswordHash, &s.Member.Role, &s.Member.Theme, &s.Member.Shortcuts, &joined)
	s.CreatedAt, s.SeenAt, s.Member.CreatedAt = instant(created), instant(seen), instant(joined)
	return s, err
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// clip keeps the first n bytes of s, whole characters only.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
