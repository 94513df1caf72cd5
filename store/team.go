package store

import (
	"context"
	"time"
)

// TeamMember is a member as the team's list shows them.
type TeamMember struct {
	Member
	Workspaces int       // that they were given; an admin has all of them
	SeenAt     time.Time // in any browser that is still signed in; zero: in none
}

// Team is everybody who may sign in and whose name or email contains q, by
// name, after a member (zero: from the first).
func (s *Store) Team(ctx context.Context, q string, after MemberID, limit int) ([]TeamMember, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+memberColumns+`,
			(select count(*) from memberships p join workspaces w using (workspace_id) where p.member_id = m.member_id and w.deleted_at is null),
			coalesce((select max(seen_at) from sessions where member_id = m.member_id), 0)
		from members m
		where (instr(name_key, ?1) > 0 or instr(email_key, ?1) > 0)
			and (?2 = 0 or (name_key, member_id) > (select name_key, member_id from members where member_id = ?2))
		order by name_key, member_id
		limit ?3`, nameKey(q), after, limit)
	return collect(rows, err, func(scan func(...any) error) (t TeamMember, err error) {
		var seen int64
		t.Member, err = scanMember(func(dest ...any) error { return scan(append(dest, &t.Workspaces, &seen)...) })
		t.SeenAt = instant(seen)
		return t, err
	})
}

// Access is a member's role in one workspace.
type Access struct {
	Workspace Workspace
	Role      WorkspaceRole
}

// AccessOf is every workspace whose name contains q, by name, after the name
// key after, with the role that a member was given there; at most limit.
func (s *Store) AccessOf(ctx context.Context, id MemberID, q, after string, limit int) ([]Access, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+workspaceColumns+`, coalesce((select role from memberships where member_id = ? and workspace_id = w.workspace_id), '')
		from workspaces w
		where deleted_at is null and instr(name_key, ?) and name_key > ?
		order by name_key
		limit ?`, id, nameKey(q), after, limit)
	return collect(rows, err, func(scan func(...any) error) (a Access, err error) {
		a.Workspace, err = scanWorkspace(func(dest ...any) error { return scan(append(dest, &a.Role)...) })
		return a, err
	})
}

// SetAccountRole makes a member an admin of the account, or no longer one.
// The last admin stays one.
func (s *Store) SetAccountRole(ctx context.Context, id MemberID, role AccountRole, by Actor) error {
	if role != AccountAdmin && role != AccountMember {
		return Invalid{"role": "Choose admin or member."}
	}
	return s.update(ctx, func(tx *Tx) error {
		m, err := member(ctx, tx, id)
		if err != nil || m.Role == role {
			return err
		}
		if m.Admin() {
			if err := tx.keepAnAdmin(id, "role"); err != nil {
				return err
			}
		}
		if err := tx.execOne(`update members set role = ? where member_id = ?`, role, id); err != nil {
			return err
		}
		return tx.noted(0, by, "Changed a role", m.Name, string(m.Role)+" → "+string(role))
	})
}

// RemoveMember takes somebody out of the team and signs them out at once. What
// they made stays. Nobody removes themselves, nor the last admin.
func (s *Store) RemoveMember(ctx context.Context, id MemberID, by Actor) error {
	if id == by.ID {
		return Invalid{"member": "You cannot remove yourself. Ask another admin."}
	}
	return s.update(ctx, func(tx *Tx) error {
		m, err := member(ctx, tx, id)
		if err != nil {
			return err
		}
		if m.Admin() {
			if err := tx.keepAnAdmin(id, "member"); err != nil {
				return err
			}
		}
		if err := tx.execOne(`delete from members where member_id = ?`, id); err != nil {
			return err
		}
		return tx.noted(0, by, "Removed a member", m.Name, m.Email)
	})
}

// keepAnAdmin refuses what would leave the account without an admin.
func (tx *Tx) keepAnAdmin(without MemberID, field string) error {
	var others bool
	err := tx.row(`select exists (select 1 from members where role = 'admin' and member_id <> ?)`, without).Scan(&others)
	if err == nil && !others {
		return Invalid{field: "The account needs an admin. Make somebody else admin first."}
	}
	return err
}
