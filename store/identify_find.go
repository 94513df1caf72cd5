package store

import (
	"context"

	"github.com/postroom/postroom/store/identity"
)

// find looks up whomever the call's identifiers name. Most calls repeat in their
// body what the person of the path has already; that is not looked up again.
func find(ctx context.Context, q queryer, w Workspace, in Identify) (identity.Found, map[PersonID]Person, error) {
	people := map[PersonID]Person{}
	found, err := findBy(w, in, func(ref identity.Ref) (*identity.Person, error) {
		p, err := personBy(ctx, q, w.ID, ref)
		if err == nil {
			people[p.ID] = p
		}
		return p.identity(), err
	})
	return found, people, err
}

// findBy looks up with look, which says ErrNotFound where an identifier is
// nobody's.
func findBy(w Workspace, in Identify, look func(identity.Ref) (*identity.Person, error)) (found identity.Found, err error) {
	by := func(ref identity.Ref) *identity.Person {
		if err != nil || found.ByPath != nil && isNamed(*found.ByPath, ref) {
			return found.ByPath
		}
		p, e := look(ref)
		if e != nil {
			err = ignoreMissing(e)
			return nil
		}
		return p
	}
	found.ByPath = by(in.Ref)
	if id := in.Body.ID; id != nil && *id != "" && w.Identifiers.ID() {
		found.ByID = by(identity.Ref{Kind: identity.ID, Value: *id})
	}
	if email := in.Body.Email; email != nil && *email != "" && w.Identifiers.Email() {
		found.ByEmail = by(identity.Ref{Kind: identity.Email, Value: *email})
	}
	return found, err
}

// isNamed says whether an id or an email of a call is this person's, as it is
// written. Another spelling is left to the index.
func isNamed(p identity.Person, ref identity.Ref) bool {
	return ref.Kind == identity.ID && ref.Value == p.ID || ref.Kind == identity.Email && ref.Value == p.Email
}

// identity is what the identifier rules need to know of a person.
func (p Person) identity() *identity.Person {
	return &identity.Person{Key: int64(p.ID), ID: p.ExternalID, Email: p.Email, CreatedAt: p.CreatedAt}
}
