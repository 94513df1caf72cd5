package store

import (
	"context"
	"slices"
	"time"
)

// AuditEntry is one act that others may have to answer for.
type AuditEntry struct {
	ID        int64
	Workspace WorkspaceID // zero: the account itself
	MemberID  MemberID    // zero: the command line
	Actor     string      // the member's name at that time
	Action    string      // "Deleted the workspace"
	Subject   string
	Detail    string
	At        time.Time
}

// Actor is who does something: a member, or the command line.
type Actor struct {
	ID   MemberID
	Name string
}

// CommandLine is the actor of the commands.
var CommandLine = Actor{Name: "Command line"}

// APICalls is the actor of what a program does. Its calls are told where they
// change something, not in the audit: there are too many.
var APICalls = Actor{Name: "API"}

// By is the actor that a member is.
func By(m Member) Actor { return Actor{ID: m.ID, Name: m.Name} }

func (tx *Tx) audit(e AuditEntry) error {
	_, err := tx.exec(`
		insert into audit (workspace_id, member_id, actor, action, subject, detail, folded, at) values (?, ?, ?, ?, ?, ?, ?, ?)`,
		orZero(e.Workspace), orZero(e.MemberID), e.Actor, e.Action, e.Subject, e.Detail,
		nameKey(e.Action+" "+e.Subject+" "+e.Detail+" "+e.Actor), micros(tx.now))
	return err
}

// noted writes an audit entry of an actor.
func (tx *Tx) noted(ws WorkspaceID, by Actor, action, subject, detail string) error {
	return tx.audit(AuditEntry{Workspace: ws, MemberID: by.ID, Actor: by.Name, Action: action, Subject: subject, Detail: detail})
}

// orZero is null for a zero id.
func orZero[T ~int64](id T) any {
	if id == 0 {
		return nil
	}
	return id
}

// Audit is what happened in the account, the latest first. q is searched in
// the words of the entries.
func (s *Store) Audit(ctx context.Context, q string, page Page) ([]AuditEntry, error) {
	if page.After != 0 {
		rows, err := s.read.QueryContext(ctx, `
			select `+auditColumns+` from audit
			where audit_id > ? and instr(folded, ?) > 0
			order by audit_id
			limit ?`, page.After, nameKey(q), page.Limit)
		newer, err := collect(rows, err, scanAudit)
		slices.Reverse(newer)
		return newer, err
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+auditColumns+` from audit
		where audit_id < ? and instr(folded, ?) > 0
		order by audit_id desc
		limit ?`, beforeOr(page.Before), nameKey(q), page.Limit)
	return collect(rows, err, scanAudit)
}

// WorkspaceAudit is the same for one workspace.
func (s *Store) WorkspaceAudit(ctx context.Context, ws WorkspaceID, q string, page Page) ([]AuditEntry, error) {
	if page.After != 0 {
		rows, err := s.read.QueryContext(ctx, `
			select `+auditColumns+` from audit
			where workspace_id = ? and audit_id > ? and instr(folded, ?) > 0
			order by audit_id
			limit ?`, ws, page.After, nameKey(q), page.Limit)
		newer, err := collect(rows, err, scanAudit)
		slices.Reverse(newer)
		return newer, err
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+auditColumns+` from audit
		where workspace_id = ? and audit_id < ? and instr(folded, ?) > 0
		order by audit_id desc
		limit ?`, ws, beforeOr(page.Before), nameKey(q), page.Limit)
	return collect(rows, err, scanAudit)
}

const auditColumns = `audit_id, coalesce(workspace_id, 0), coalesce(member_id, 0), actor, action, subject, detail, at`

func scanAudit(scan func(...any) error) (e AuditEntry, err error) {
	var at int64
	err = scan(&e.ID, &e.Workspace, &e.MemberID, &e.Actor, &e.Action, &e.Subject, &e.Detail, &at)
	e.At = instant(at)
	return e, err
}
