package store

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// Suppression is an identifier that nobody may have.
type Suppression struct {
	Actor string // who suppressed it
	At    time.Time
}

// Suppress forgets a person and whatever was sent to them, and keeps anybody
// from having one of their identifiers again: later calls that name them are
// ignored. What is known of an identifier then is a fingerprint, by which it is
// recognised. An identifier of nobody is suppressed too; an unknown cio_id is not.
func (s *Store) Suppress(ctx context.Context, ws WorkspaceID, ref identity.Ref, by Actor) error {
	return s.update(ctx, func(tx *Tx) error { return tx.suppressBy(ws, ref, by) })
}

func (tx *Tx) suppressBy(ws WorkspaceID, ref identity.Ref, by Actor) error {
	w, err := tx.workspace(ws)
	if err != nil {
		return err
	}
	p, err := personBy(context.Background(), tx, ws, ref)
	if err == ErrNotFound {
		if ref.Kind == identity.CioID {
			return nil
		}
		return tx.suppress(w, []identity.Ref{ref}, by)
	}
	if err != nil {
		return err
	}
	if err := tx.suppress(w, p.refs(w), by); err != nil {
		return err
	}
	if err := tx.erase(w.ID, p); err != nil || by == APICalls {
		return err
	}
	return tx.noted(ws, by, "Suppressed a person", p.ID.CioID(), "")
}

// refs is a person by each of their identifiers.
func (p Person) refs(w Workspace) []identity.Ref {
	refs := []identity.Ref{{Kind: identity.CioID, Value: p.ID.CioID()}}
	if p.ExternalID != "" && w.Identifiers.ID() {
		refs = append(refs, identity.Ref{Kind: identity.ID, Value: p.ExternalID})
	}
	if p.Email != "" && w.Identifiers.Email() {
		refs = append(refs, identity.Ref{Kind: identity.Email, Value: p.Email})
	}
	return refs
}

// suppress writes down identifiers of one person.
func (tx *Tx) suppress(w Workspace, refs []identity.Ref, by Actor) error {
	subject, count := mark(refs[0]), int64(0)
	for _, ref := range refs {
		n, err := tx.exec(`
			insert into suppressions (workspace_id, mark, subject, actor, at) values (?, ?, ?, ?, ?)
			on conflict do nothing`, w.ID, mark(ref), subject, by.Name, micros(tx.now))
		if err != nil {
			return err
		}
		count += n
	}
	return tx.execOne(`update workspaces set suppressed = suppressed + ? where workspace_id = ?`, count, w.ID)
}

// Unsuppress frees an identifier and all others that were suppressed with it.
// Nobody comes back by it. ErrNotFound when it is not suppressed.
func (s *Store) Unsuppress(ctx context.Context, ws WorkspaceID, ref identity.Ref, by Actor) error {
	return s.update(ctx, func(tx *Tx) error { return tx.unsuppress(ws, ref, by) })
}

func (tx *Tx) unsuppress(ws WorkspaceID, ref identity.Ref, by Actor) error {
	n, err := tx.exec(`
		delete from suppressions
		where workspace_id = ?1 and subject in (select subject from suppressions where workspace_id = ?1 and mark = ?2)`, ws, mark(ref))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNotFound
	}
	if err := tx.execOne(`update workspaces set suppressed = suppressed - ? where workspace_id = ?`, n, ws); err != nil || by == APICalls {
		return err
	}
	return tx.noted(ws, by, "Freed a suppressed identifier", string(ref.Kind), "")
}

// Suppressed is when and by whom an identifier was suppressed, ErrNotFound when
// it is not.
func (s *Store) Suppressed(ctx context.Context, ws WorkspaceID, ref identity.Ref) (found Suppression, err error) {
	var at int64
	err = s.read.QueryRowContext(ctx, `select actor, at from suppressions where workspace_id = ? and mark = ?`, ws, mark(ref)).Scan(&found.Actor, &at)
	found.At = instant(at)
	return found, known(err)
}

// markSize is how many bytes of a hash tell identifiers apart.
const markSize = 16

// mark is the fingerprint of an identifier. An email has the same in every
// spelling.
func mark(ref identity.Ref) []byte {
	value := ref.Value
	if ref.Kind == identity.Email {
		if key, err := identity.EmailKey(value); err == nil {
			value = key
		}
	}
	sum := sha256.Sum256([]byte(string(ref.Kind) + "\x00" + value))
	return sum[:markSize]
}

// bars is which of the identifiers that a decision sets are suppressed.
type bars struct{ id, email bool }

// barred looks whether a decision sets suppressed identifiers. A call that sets
// none costs nothing here.
func (tx *Tx) barred(w Workspace, d identity.Decision) (bars, error) {
	return barred(context.Background(), tx, w, d)
}

func barred(ctx context.Context, q queryer, w Workspace, d identity.Decision) (b bars, err error) {
	if w.Suppressed == 0 {
		return b, nil
	}
	if d.SetID != nil {
		if b.id, err = isSuppressed(ctx, q, w.ID, identity.Ref{Kind: identity.ID, Value: *d.SetID}); err != nil {
			return b, err
		}
	}
	if d.SetEmail != nil && w.Identifiers.Email() {
		b.email, err = isSuppressed(ctx, q, w.ID, identity.Ref{Kind: identity.Email, Value: *d.SetEmail})
	}
	return b, err
}

func isSuppressed(ctx context.Context, q queryer, ws WorkspaceID, ref identity.Ref) (yes bool, err error) {
	if ref.Value == "" {
		return false, nil
	}
	err = q.QueryRowContext(ctx, `select exists (select 1 from suppressions where workspace_id = ? and mark = ?)`, ws, mark(ref)).Scan(&yes)
	return yes, err
}

// drops says whether the call as a whole is ignored: it would create somebody
// suppressed, or its path names them.
func (b bars) drops(path identity.Ref, d identity.Decision) bool {
	return d.Outcome == identity.Create && (b.id || b.email) || b.id && path.Kind == identity.ID || b.email && path.Kind == identity.Email
}

// leaveOut is the decision without suppressed identifiers.
func (b bars) leaveOut(d identity.Decision) identity.Decision {
	if b.id {
		d.SetID = nil
	}
	if b.email {
		d.SetEmail = nil
	}
	return d
}

// refuseBarred tells whoever fills in a form.
func (tx *Tx) refuseBarred(w Workspace, d identity.Decision) error {
	b, err := tx.barred(w, d)
	if err != nil {
		return err
	}
	wrong := Invalid{}
	if b.id {
		wrong["id"] = "This id is suppressed. Free it under Suppressed before you use it."
	}
	if b.email {
		wrong["email"] = "This email is suppressed. Free it under Suppressed before you use it."
	}
	return wrong.orNil()
}
