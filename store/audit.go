package store

import (
	"context"
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
		insert into audit (workspace_id, member_id, actor, action, subject, detail, at) values (?, ?, ?, ?, ?, ?, ?)`,
		orZero(e.Workspace), orZero(e.MemberID), e.Actor, e.Action, e.Subject, e.Detail, micros(tx.now))
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

// Audit is what happened in the account, the latest first, before the entry
// with id before (zero: from the newest).
func (s *Store) Audit(ctx context.Context, before int64, limit int) ([]AuditEntry, error) {
	rows, err := s.read.QueryContext(ctx, `
		select audit_id, coalesce(workspace_id, 0), coalesce(member_id, 0), actor, action, subject, detail, at from audit
		where ? = 0 or audit_id < ?
		order by audit_id desc
		limit ?`, before, before, limit)
	return collect(rows, err, scanAudit)
}

// WorkspaceAudit is the same for one workspace.
func (s *Store) WorkspaceAudit(ctx context.Context, ws WorkspaceID, before int64, limit int) ([]AuditEntry, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	rows, err := s.read.QueryContext(ctx, `
		select audit_id, coalesce(workspace_id, 0), coalesce(member_id, 0), actor, action, subject, detail, at from audit
		where workspace_id = ? and audit_id < ?
		order by audit_id desc
		limit ?`, ws, before, limit)
	return collect(rows, err, scanAudit)
}

func scanAudit(scan func(...any) error) (e AuditEntry, err error) {
	var at int64
	err = scan(&e.ID, &e.Workspace, &e.MemberID, &e.Actor, &e.Action, &e.Subject, &e.Detail, &at)
	e.At = instant(at)
	return e, err
}
