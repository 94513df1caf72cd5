package store

import (
	"context"
	"errors"

	"github.com/postroom/postroom/store/identity"
)

// Whereabouts is somebody in one of the workspaces that a member may see.
type Whereabouts struct {
	Workspace Workspace
	Role      WorkspaceRole
	Person    Person
}

// MaxWhereabouts is how many people one search for somebody finds.
const MaxWhereabouts = 200

// Whereabouts is everybody with this email, id or cio_id, whole and in any
// spelling, in the workspaces that a member may see, by the workspace's name.
func (s *Store) Whereabouts(ctx context.Context, m Member, q string) (found []Whereabouts, err error) {
	after := ""
	for {
		page, err := s.WorkspacesOf(ctx, m, "", after, SwitcherLimit)
		if err != nil || len(page) == 0 {
			return found, err
		}
		for _, w := range page {
			people, err := s.namedBy(ctx, w, q)
			if err != nil {
				return found, err
			}
			role, err := s.RoleIn(ctx, w.ID, m)
			if err != nil {
				return found, err
			}
			for _, p := range people {
				found = append(found, Whereabouts{w, role, p})
			}
			if len(found) >= MaxWhereabouts {
				return found[:MaxWhereabouts], nil
			}
		}
		after = page[len(page)-1].NameKey()
	}
}

// namedBy is the people of a workspace whose identifier is q, each once.
func (s *Store) namedBy(ctx context.Context, w Workspace, q string) ([]Person, error) {
	people, err := s.PeopleByEmail(ctx, w, q)
	if err != nil {
		return nil, err
	}
	seen := map[PersonID]bool{}
	for _, p := range people {
		seen[p.ID] = true
	}
	for _, kind := range []identity.Kind{identity.ID, identity.CioID} {
		p, err := s.PersonBy(ctx, w.ID, identity.Ref{Kind: kind, Value: q})
		if errors.Is(err, ErrNotFound) || seen[p.ID] {
			continue
		}
		if err != nil {
			return nil, err
		}
		seen[p.ID] = true
		people = append(people, p)
	}
	return people, nil
}
