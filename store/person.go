package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// PersonID is a person's key within the database. Written in hexadecimal it is
// their cio_id: always there, never changed, never handed out twice.
type PersonID int64

// CioID is the identifier that Postroom itself gives each person.
func (id PersonID) CioID() string { return fmt.Sprintf("%08x", int64(id)) }

// ParseCioID is the person that a cio_id names.
func ParseCioID(s string) (PersonID, error) {
	n, err := strconv.ParseInt(s, 16, 64)
	if err != nil || PersonID(n).CioID() != s {
		return 0, ErrNotFound
	}
	return PersonID(n), nil
}

// Person is somebody whom a workspace knows.
type Person struct {
	ID           PersonID
	ExternalID   string // the identifier "id"
	Email        string // as it was written
	Unsubscribed bool
	Attributes   Attributes
	Changed      map[string]int64 // attribute: when it was last set, unix seconds; missing: when the person was created
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Name is what people call them, from the attributes that usually hold it.
func (p Person) Name() string {
	if name := p.Attributes.text("name"); name != "" {
		return name
	}
	return strings.TrimSpace(p.Attributes.text("first_name") + " " + p.Attributes.text("last_name"))
}

// Label is the best word for them: their email, id or cio_id.
func (p Person) Label() string {
	switch {
	case p.Email != "":
		return p.Email
	case p.ExternalID != "":
		return p.ExternalID
	}
	return p.ID.CioID()
}

// Person is the person with this key, if the workspace has them.
func (s *Store) Person(ctx context.Context, ws WorkspaceID, id PersonID) (Person, error) {
	return person(ctx, s.read, ws, id)
}

// PersonBy is the person whom an identifier names.
func (s *Store) PersonBy(ctx context.Context, ws WorkspaceID, ref identity.Ref) (Person, error) {
	return personBy(ctx, s.read, ws, ref)
}

// PersonIDs is whom the identifiers name. Those that name nobody are left out.
func (s *Store) PersonIDs(ctx context.Context, ws WorkspaceID, refs []identity.Ref) ([]PersonID, error) {
	var ids []PersonID
	for _, ref := range refs {
		p, err := personBy(ctx, s.read, ws, ref)
		if err == ErrNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, p.ID)
	}
	return ids, nil
}

func person(ctx context.Context, q queryer, ws WorkspaceID, id PersonID) (Person, error) {
	p, err := scanPerson(q.QueryRowContext(ctx, `
		select `+personColumns+` from people where workspace_id = ? and person_id = ?`, ws, id).Scan)
	return p, known(err)
}

func personBy(ctx context.Context, q queryer, ws WorkspaceID, ref identity.Ref) (Person, error) {
	switch ref.Kind {
	case identity.CioID:
		id, err := ParseCioID(ref.Value)
		if err != nil {
			return Person{}, err
		}
		return person(ctx, q, ws, id)
	case identity.Email:
		key, err := identity.EmailKey(ref.Value)
		if err != nil {
			return Person{}, ErrNotFound
		}
		p, err := scanPerson(q.QueryRowContext(ctx, `
			select `+personColumns+` from people where workspace_id = ? and email_key = ?`, ws, key).Scan)
		return p, known(err)
	}
	p, err := scanPerson(q.QueryRowContext(ctx, `
		select `+personColumns+` from people where workspace_id = ? and id = ?`, ws, ref.Value).Scan)
	return p, known(err)
}

// PeopleByEmail is everybody with this address, several where email is not an
// identifier; at most 100.
func (s *Store) PeopleByEmail(ctx context.Context, w Workspace, email string) ([]Person, error) {
	key, err := identity.EmailKey(email)
	if err != nil {
		return nil, nil
	}
	if w.Identifiers.Email() {
		p, err := s.PersonBy(ctx, w.ID, identity.Ref{Kind: identity.Email, Value: email})
		if err == ErrNotFound {
			return nil, nil
		}
		return []Person{p}, err
	}
	return s.peopleWithAddress(ctx, w.ID, key)
}

// peopleWithAddress finds by the search index, where no other knows addresses.
func (s *Store) peopleWithAddress(ctx context.Context, ws WorkspaceID, key string) ([]Person, error) {
	way, err := s.way(ctx, ws, PeopleQuery{Q: key}, Page{})
	if err != nil {
		return nil, err
	}
	way.matches = func(p Person) bool {
		has, err := identity.EmailKey(p.Email)
		return err == nil && has == key
	}
	return s.walk(ctx, way, 100, time.Now().Add(searchTime))
}

const personColumns = `person_id, coalesce(id, ''), coalesce(email, ''), unsubscribed, attributes, changed, created_at, updated_at`

const prefixedPersonColumns = `p.person_id, coalesce(p.id, ''), coalesce(p.email, ''), p.unsubscribed, p.attributes, p.changed, p.created_at, p.updated_at`

// maybePersonColumns is of a left join: nobody is the zero Person.
const maybePersonColumns = `coalesce(p.person_id, 0), coalesce(p.id, ''), coalesce(p.email, ''), coalesce(p.unsubscribed, 0),
	coalesce(p.attributes, '{}'), coalesce(p.changed, '{}'), coalesce(p.created_at, 0), coalesce(p.updated_at, 0)`

func scanPerson(scan func(...any) error) (p Person, err error) {
	var attributes, changed string
	var created, updated int64
	if err := scan(&p.ID, &p.ExternalID, &p.Email, &p.Unsubscribed, &attributes, &changed, &created, &updated); err != nil {
		return p, err
	}
	p.CreatedAt, p.UpdatedAt = instant(created), instant(updated)
	if p.Attributes, err = decodeAttributes(attributes); err != nil {
		return p, err
	}
	p.Changed, err = decodeChanged(changed)
	return p, err
}
