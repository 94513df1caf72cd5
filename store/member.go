package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// MemberID names a team member.
type MemberID int64

// Member is somebody who may sign in.
type Member struct {
	ID           MemberID
	Name         string
	Email        string
	PasswordHash string
	Role         AccountRole
	Theme        string // system, light or dark
	Shortcuts    bool   // one-letter keys; WCAG 2.1.4 wants a switch
	CreatedAt    time.Time
}

// AccountRole is what a member may do with the account.
type AccountRole string

const (
	AccountAdmin  AccountRole = "admin"  // everything; is admin in every workspace
	AccountMember AccountRole = "member" // sees the workspaces they were given
)

// Admin says whether the member may do everything.
func (m Member) Admin() bool { return m.Role == AccountAdmin }

// FirstName is the first word of the member's name.
func (m Member) FirstName() string {
	first, _, _ := strings.Cut(m.Name, " ")
	return first
}

// NewMember is what a new member needs.
type NewMember struct {
	Name, Email, PasswordHash string
	Role                      AccountRole
}

// CreateMember adds somebody who may sign in.
func (s *Store) CreateMember(ctx context.Context, in NewMember, by Actor) (m Member, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		if m, err = tx.createMember(in); err != nil {
			return err
		}
		return tx.noted(0, by, "Added a member", m.Name, string(m.Role))
	})
	return m, err
}

func (tx *Tx) createMember(in NewMember) (Member, error) {
	m := Member{Name: strings.TrimSpace(in.Name), Email: strings.TrimSpace(in.Email), PasswordHash: in.PasswordHash, Role: in.Role, Theme: "system", Shortcuts: true, CreatedAt: tx.now}
	wrong := Invalid{}
	if m.Name == "" {
		wrong["name"] = "Enter a name."
	}
	key, err := identity.EmailKey(m.Email)
	if err != nil {
		wrong["email"] = err.Error()
	}
	if m.Role != AccountAdmin && m.Role != AccountMember {
		wrong["role"] = "Choose admin or member."
	}
	if len(wrong) > 0 {
		return m, wrong
	}
	err = tx.row(`
		insert into members (name, name_key, email, email_key, password_hash, role, created_at)
		values (?, ?, ?, ?, ?, ?, ?)
		returning member_id`, m.Name, nameKey(m.Name), m.Email, key, m.PasswordHash, m.Role, micros(tx.now)).Scan(&m.ID)
	if errors.Is(known(err), ErrTaken) {
		return m, Invalid{"email": "Somebody with this email address is already in the team."}
	}
	return m, err
}

// MemberByEmail is the member who signs in with this address.
func (s *Store) MemberByEmail(ctx context.Context, email string) (Member, error) {
	key, err := identity.EmailKey(email)
	if err != nil {
		return Member{}, ErrNotFound
	}
	m, err := scanMember(s.read.QueryRowContext(ctx, `select `+memberColumns+` from members where email_key = ?`, key).Scan)
	return m, known(err)
}

// Member is the member with this id.
func (s *Store) Member(ctx context.Context, id MemberID) (Member, error) {
	return member(ctx, s.read, id)
}

func member(ctx context.Context, q queryer, id MemberID) (Member, error) {
	m, err := scanMember(q.QueryRowContext(ctx, `select `+memberColumns+` from members where member_id = ?`, id).Scan)
	return m, known(err)
}

// Members is the team, by name.
func (s *Store) Members(ctx context.Context) ([]Member, error) {
	rows, err := s.read.QueryContext(ctx, `select `+memberColumns+` from members order by name, member_id limit 500`)
	return collect(rows, err, scanMember)
}

// SetPreferences keeps how a member wants the dashboard.
func (s *Store) SetPreferences(ctx context.Context, id MemberID, theme string, shortcuts bool) error {
	if theme != "system" && theme != "light" && theme != "dark" {
		return Invalid{"theme": "Choose system, light or dark."}
	}
	return s.update(ctx, func(tx *Tx) error {
		return tx.execOne(`update members set theme = ?, shortcuts = ? where member_id = ?`, theme, shortcuts, id)
	})
}

// SetPassword replaces a member's password and ends their sessions but keep.
func (s *Store) SetPassword(ctx context.Context, id MemberID, hash string, keep SessionID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		var name string
		if err := tx.row(`update members set password_hash = ? where member_id = ? returning name`, hash, id).Scan(&name); err != nil {
			return err
		}
		if _, err := tx.exec(`delete from sessions where member_id = ? and session_id <> ?`, id, keep); err != nil {
			return err
		}
		return tx.noted(0, by, "Changed a password", name, "")
	})
}

const memberColumns = `member_id, name, email, password_hash, role, theme, shortcuts, created_at`

func scanMember(scan func(...any) error) (m Member, err error) {
	var created int64
	err = scan(&m.ID, &m.Name, &m.Email, &m.PasswordHash, &m.Role, &m.Theme, &m.Shortcuts, &created)
	m.CreatedAt = instant(created)
	return m, err
}
