package store

import (
	"context"
	"strings"
)

// WorkspaceRole is what a member may do in a workspace.
type WorkspaceRole string

const (
	RoleNone   WorkspaceRole = ""
	RoleViewer WorkspaceRole = "viewer" // read only
	RoleAuthor WorkspaceRole = "author" // people, campaigns and messages
	RoleAdmin  WorkspaceRole = "admin"  // all inside: imports, credentials, settings
)

// May says whether a role includes another.
func (r WorkspaceRole) May(need WorkspaceRole) bool {
	return r.rank() >= need.rank()
}

func (r WorkspaceRole) rank() int {
	switch r {
	case RoleViewer:
		return 1
	case RoleAuthor:
		return 2
	case RoleAdmin:
		return 3
	}
	return 0
}

// RoleIn is the member's role in a workspace, RoleNone when it is not theirs
// to see.
func (s *Store) RoleIn(ctx context.Context, ws WorkspaceID, m Member) (WorkspaceRole, error) {
	return roleIn(ctx, s.read, ws, m)
}

func roleIn(ctx context.Context, q queryer, ws WorkspaceID, m Member) (WorkspaceRole, error) {
	if m.Admin() {
		return RoleAdmin, nil
	}
	var role WorkspaceRole
	err := known(q.QueryRowContext(ctx, `select role from memberships where member_id = ? and workspace_id = ?`, m.ID, ws).Scan(&role))
	if err == ErrNotFound {
		return RoleNone, nil
	}
	return role, err
}

// mayEdit says whether an actor may edit in a workspace. The command line may
// everywhere; a program's key is one workspace's.
func (tx *Tx) mayEdit(ws WorkspaceID, by Actor) (bool, error) {
	if by == CommandLine || by.ID == 0 {
		return by == CommandLine, nil
	}
	m, err := member(context.Background(), tx, by.ID)
	if err != nil {
		return false, ignoreMissing(err)
	}
	role, err := roleIn(context.Background(), tx, ws, m)
	return role.May(RoleAuthor), err
}

// SetRole gives a member a role in a workspace, or takes it (RoleNone).
func (s *Store) SetRole(ctx context.Context, ws WorkspaceID, member MemberID, role WorkspaceRole, by Actor) error {
	if role != RoleNone && role.rank() == 0 {
		return Invalid{"role": "Choose viewer, author, admin or no access."}
	}
	return s.update(ctx, func(tx *Tx) error {
		if _, err := workspace(ctx, tx, ws); err != nil {
			return err
		}
		var name string
		if err := tx.row(`select name from members where member_id = ?`, member).Scan(&name); err != nil {
			return err
		}
		if role == RoleNone {
			if _, err := tx.exec(`delete from memberships where member_id = ? and workspace_id = ?`, member, ws); err != nil {
				return err
			}
			return tx.noted(ws, by, "Took access", name, "")
		}
		_, err := tx.exec(`
			insert into memberships (member_id, workspace_id, role) values (?, ?, ?)
			on conflict do update set role = excluded.role`, member, ws, role)
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Gave access", name, string(role))
	})
}

// seenBy restricts a query on workspaces w to what a member may see. Admins
// see all.
func seenBy(m Member) (where string, args []any) {
	if m.Admin() {
		return `w.deleted_at is null`, nil
	}
	return `w.deleted_at is null and exists (select 1 from memberships where workspace_id = w.workspace_id and member_id = ?)`, []any{m.ID}
}

// SwitcherLimit is how many workspaces the switcher lists; more are found by
// searching on the server.
const SwitcherLimit = 200

// WorkspacesOf is the workspaces that a member may see whose name contains q,
// by name, after the name key after; at most limit.
func (s *Store) WorkspacesOf(ctx context.Context, m Member, q, after string, limit int) ([]Workspace, error) {
	where, args := seenBy(m)
	if q = strings.TrimSpace(q); q != "" {
		where += ` and instr(w.name_key, ?)`
		args = append(args, nameKey(q))
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+workspaceColumns+` from workspaces w
		where `+where+` and w.name_key > ?
		order by w.name_key
		limit ?`, append(args, after, limit)...)
	return collect(rows, err, scanWorkspace)
}

// RecentWorkspaces is where the member was last, the latest first.
func (s *Store) RecentWorkspaces(ctx context.Context, m Member, limit int) ([]Workspace, error) {
	where, args := seenBy(m)
	rows, err := s.read.QueryContext(ctx, `
		select `+workspaceColumns+` from visits v join workspaces w using (workspace_id)
		where v.member_id = ? and `+where+`
		order by v.visited_at desc
		limit ?`, append(append([]any{m.ID}, args...), limit)...)
	return collect(rows, err, scanWorkspace)
}

// WorkspaceCount is how many workspaces the member may see.
func (s *Store) WorkspaceCount(ctx context.Context, m Member) (n int, err error) {
	where, args := seenBy(m)
	err = s.read.QueryRowContext(ctx, `select count(*) from workspaces w where `+where, args...).Scan(&n)
	return n, err
}

// NameKey is the key by which WorkspacesOf goes on to its next page.
func (w Workspace) NameKey() string { return nameKey(w.Name) }

// Named says whether the name contains q, as a search understands that.
func (w Workspace) Named(q string) bool { return strings.Contains(nameKey(w.Name), nameKey(q)) }

// WorkspacesToEdit is the workspaces in which a member may edit whose name
// contains q, by name; at most limit.
func (s *Store) WorkspacesToEdit(ctx context.Context, m Member, q string, limit int) ([]Workspace, error) {
	return workspacesToEdit(ctx, s.read, m, q, limit)
}

func workspacesToEdit(ctx context.Context, db queryer, m Member, q string, limit int) ([]Workspace, error) {
	where, args := seenBy(m)
	if !m.Admin() {
		where = `w.deleted_at is null and exists (select 1 from memberships where workspace_id = w.workspace_id and member_id = ? and role in ('author', 'admin'))`
	}
	rows, err := db.QueryContext(ctx, `
		select `+prefixedWorkspaceColumns+` from workspaces w
		where `+where+` and instr(w.name_key, ?)
		order by w.name_key
		limit ?`, append(args, nameKey(q), limit)...)
	return collect(rows, err, scanWorkspace)
}
