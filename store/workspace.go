package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/store/identity"
)

// WorkspaceID keeps apart what belongs to different workspaces. Every method
// that touches such records takes one, right after the context. It is never
// handed out twice.
type WorkspaceID int64

// Workspace is a container for people, campaigns and messages.
type Workspace struct {
	ID                WorkspaceID
	Slug              string // in addresses; never changes, never handed out twice
	Name              string
	Color             string // one of Colors
	Identifiers       identity.Mode
	Next              identity.Mode // to which Identifiers is about to change; empty: it is not
	EmailByID         bool          // an email may be changed by a call that names the person by id
	AutoMerge         bool          // a call that names two people by id and by email may make them one
	Sending           Sending
	TestAddress       string
	LanguageAttribute string // the attribute that says the language of a person
	People            int    // kept, not counted
	Suppressed        int    // identifiers that nobody may have
	CreatedAt         time.Time
	DeletedAt         time.Time // zero unless deleted
}

// Sending is what happens to a workspace's messages.
type Sending string

const (
	SendNormal Sending = "normal" // to people
	SendTest   Sending = "test"   // emails go to TestAddress
	SendNever  Sending = "never"
)

// Words is the line under a workspace's name.
func (s Sending) Words() string {
	switch s {
	case SendTest:
		return "Test delivery"
	case SendNever:
		return "Never sends"
	}
	return "Sending normally"
}

// Colors is the hues a workspace may have. The name is stored, so that every
// one of them keeps its contrast.
var Colors = []string{"tomato", "rust", "ochre", "moss", "fern", "teal", "sea", "blue", "iris", "plum", "rose", "slate"}

// RestoreWithin is how long a deleted workspace can be had back.
const RestoreWithin = 7 * 24 * time.Hour

// Initials is what its stamp shows: the first letters of two words, or two of
// one.
func (w Workspace) Initials() string {
	words := strings.FieldsFunc(w.Name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	if len(words) == 0 {
		return "?"
	}
	first, size := utf8.DecodeRuneInString(words[0])
	if len(words) > 1 {
		second, _ := utf8.DecodeRuneInString(words[1])
		return strings.ToUpper(string(first)) + string(second)
	}
	second, _ := utf8.DecodeRuneInString(words[0][size:])
	if second == utf8.RuneError {
		return strings.ToUpper(string(first))
	}
	return strings.ToUpper(string(first)) + string(second)
}

// NewWorkspace is what the form asks for; editing leaves Identifiers alone.
type NewWorkspace struct {
	Name        string
	Color       string
	Identifiers identity.Mode
	Sending     Sending
	TestAddress string
}

func (in *NewWorkspace) check() Invalid {
	wrong := Invalid{}
	in.Name = strings.Join(strings.Fields(in.Name), " ")
	in.TestAddress = strings.TrimSpace(in.TestAddress)
	switch {
	case in.Name == "":
		wrong["name"] = "Name the workspace."
	case utf8.RuneCountInString(in.Name) > 80:
		wrong["name"] = "Use at most 80 characters."
	}
	if !slices.Contains(Colors, in.Color) {
		wrong["color"] = "Choose one of the colours."
	}
	if _, err := identity.ParseMode(string(in.Identifiers)); err != nil {
		wrong["identifiers"] = "Choose how people are identified."
	}
	switch in.Sending {
	case SendNormal, SendNever:
	case SendTest:
		if _, err := identity.EmailKey(in.TestAddress); err != nil {
			wrong["test_address"] = "Enter the address that receives the test messages."
		}
	default:
		wrong["sending"] = "Choose what happens to messages."
	}
	return wrong
}

// CreateWorkspace adds a workspace. A member who may create one is admin in
// it by being an account admin.
func (s *Store) CreateWorkspace(ctx context.Context, in NewWorkspace, by Actor) (w Workspace, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		if w, err = tx.createWorkspace(in); err != nil {
			return err
		}
		return tx.noted(w.ID, by, "Created the workspace", w.Name, "People are identified by "+w.Identifiers.Words()+".")
	})
	return w, err
}

func (tx *Tx) createWorkspace(in NewWorkspace) (Workspace, error) {
	if in.Color == "" {
		in.Color = "moss"
	}
	if in.Sending == "" {
		in.Sending = SendNormal
	}
	if wrong := in.check(); len(wrong) > 0 {
		return Workspace{}, wrong
	}
	slug, err := tx.freeSlug(in.Name)
	if err != nil {
		return Workspace{}, err
	}
	w := Workspace{Slug: slug, Name: in.Name, Color: in.Color, Identifiers: in.Identifiers, Sending: in.Sending, TestAddress: in.TestAddress, LanguageAttribute: "language", CreatedAt: tx.now}
	err = tx.row(`
		insert into workspaces (slug, name, name_key, color, identifiers, sending, test_address, created_at)
		values (?, ?, ?, ?, ?, ?, ?, ?)
		returning workspace_id`,
		w.Slug, w.Name, nameKey(w.Name), w.Color, w.Identifiers, w.Sending, w.TestAddress, micros(tx.now)).Scan(&w.ID)
	if errors.Is(known(err), ErrTaken) {
		return w, nameTaken(in.Name)
	}
	if err != nil {
		return w, err
	}
	return w, tx.furnish(w.ID)
}

// furnish gives a new workspace what every one has.
func (tx *Tx) furnish(ws WorkspaceID) error {
	_, err := tx.exec(`insert into layouts (workspace_id, name, name_key, html, updated_at) values (?, ?, ?, ?, ?)`,
		ws, DefaultLayout, nameKey(DefaultLayout), defaultLayoutHTML, micros(tx.now))
	return err
}

func nameTaken(name string) Invalid {
	return Invalid{"name": fmt.Sprintf("“%s” is already the name of a workspace. Choose another name.", name)}
}

// freeSlug is a slug made from name that no workspace ever had.
func (tx *Tx) freeSlug(name string) (string, error) {
	base := slug(name)
	for n := 1; ; n++ {
		try := base
		if n > 1 {
			try = fmt.Sprintf("%s-%d", base, n)
		}
		var taken bool
		if err := tx.row(`select exists (select 1 from workspaces where slug = ?)`, try).Scan(&taken); err != nil {
			return "", err
		}
		if !taken {
			return try, nil
		}
	}
}

// EditWorkspace changes all but the identifiers, which are changed by a job
// that checks everybody first.
func (s *Store) EditWorkspace(ctx context.Context, ws WorkspaceID, in NewWorkspace, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		w, err := workspace(ctx, tx, ws)
		if err != nil {
			return err
		}
		in.Identifiers = w.Identifiers
		if wrong := in.check(); len(wrong) > 0 {
			return wrong
		}
		err = tx.execOne(`
			update workspaces set name = ?, name_key = ?, color = ?, sending = ?, test_address = ?
			where workspace_id = ? and deleted_at is null`,
			in.Name, nameKey(in.Name), in.Color, in.Sending, in.TestAddress, ws)
		if errors.Is(known(err), ErrTaken) {
			return nameTaken(in.Name)
		}
		if err != nil {
			return err
		}
		detail := ""
		if in.Sending != w.Sending {
			detail = fmt.Sprintf("%s → %s.", w.Sending.Words(), in.Sending.Words())
		}
		return tx.noted(ws, by, "Changed the workspace", in.Name, detail)
	})
}

// IdentifierRules is what calls may do with identifiers that are set.
type IdentifierRules struct {
	EmailByID bool // change an email by naming the person by id
	AutoMerge bool // make one of two people, of whom one lacks the id and the other the email
}

// SetIdentifierRules says what calls may do with identifiers that are set.
func (s *Store) SetIdentifierRules(ctx context.Context, ws WorkspaceID, rules IdentifierRules, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		err := tx.execOne(`update workspaces set email_by_id = ?, auto_merge = ? where workspace_id = ?`, rules.EmailByID, rules.AutoMerge, ws)
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Changed how identifiers are updated", "", fmt.Sprintf("Allow updates to email using id: %v. Merge automatically: %v.", rules.EmailByID, rules.AutoMerge))
	})
}

// DeleteWorkspace hides a workspace and stops everything in it at once. Its
// contents go after RestoreWithin; until then it can be restored. The last
// workspace cannot be deleted. typed must be the workspace's name.
func (s *Store) DeleteWorkspace(ctx context.Context, ws WorkspaceID, typed string, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		w, err := workspace(ctx, tx, ws)
		if err != nil {
			return err
		}
		if typed != w.Name {
			return Invalid{"confirm": fmt.Sprintf("Type “%s” to delete it.", w.Name)}
		}
		var others int
		if err := tx.row(`select count(*) from (select 1 from workspaces where deleted_at is null and workspace_id <> ? limit 1)`, ws).Scan(&others); err != nil {
			return err
		}
		if others == 0 {
			return Invalid{"confirm": "This is the only workspace. Create another one before you delete it."}
		}
		if err := tx.execOne(`update workspaces set deleted_at = ? where workspace_id = ?`, micros(tx.now), ws); err != nil {
			return err
		}
		if _, err := tx.exec(`update sessions set workspace_id = null where workspace_id = ?`, ws); err != nil {
			return err
		}
		if _, err := tx.exec(`delete from turns where workspace_id = ?`, ws); err != nil {
			return err
		}
		tx.wake(Purges, ws, tx.now.Add(RestoreWithin))
		return tx.noted(ws, by, "Deleted the workspace", w.Name, fmt.Sprintf("%d people. It can be restored for 7 days.", w.People))
	})
}

// RestoreWorkspace brings a deleted workspace back as it was, unless
// RestoreWithin is over and its contents are going. Another one may
// have taken its name meanwhile; then it gets a number.
func (s *Store) RestoreWorkspace(ctx context.Context, ws WorkspaceID, by Actor) (w Workspace, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		w, err = scanWorkspace(tx.row(`
			select `+workspaceColumns+` from workspaces
			where workspace_id = ? and deleted_at > ? and purged_at is null`, ws, micros(tx.now.Add(-RestoreWithin))).Scan)
		if err != nil {
			return err
		}
		for kind := range turnQueries {
			tx.wake(kind, ws, tx.now)
		}
		name := w.Name
		for n := 2; ; n++ {
			err := tx.execOne(`update workspaces set deleted_at = null, name = ?, name_key = ? where workspace_id = ?`, w.Name, nameKey(w.Name), ws)
			if !errors.Is(known(err), ErrTaken) {
				if err != nil {
					return err
				}
				break
			}
			w.Name = fmt.Sprintf("%s %d", name, n)
		}
		return tx.noted(ws, by, "Restored the workspace", w.Name, "")
	})
	return w, err
}

// DeletedWorkspaces is what can still be restored, the latest first.
func (s *Store) DeletedWorkspaces(ctx context.Context) ([]Workspace, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+workspaceColumns+` from workspaces
		where deleted_at > ? and purged_at is null
		order by deleted_at desc, workspace_id desc
		limit 100`, micros(s.now().Add(-RestoreWithin)))
	return collect(rows, err, scanWorkspace)
}

// Workspace is the workspace with this id, unless it is deleted.
func (s *Store) Workspace(ctx context.Context, ws WorkspaceID) (Workspace, error) {
	return workspace(ctx, s.read, ws)
}

func workspace(ctx context.Context, q queryer, ws WorkspaceID) (Workspace, error) {
	w, err := scanWorkspace(q.QueryRowContext(ctx, `
		select `+workspaceColumns+` from workspaces where workspace_id = ? and deleted_at is null`, ws).Scan)
	return w, known(err)
}

// WorkspaceBySlug is the workspace with this slug, unless it is deleted.
func (s *Store) WorkspaceBySlug(ctx context.Context, slug string) (Workspace, error) {
	return workspaceBySlug(ctx, s.read, slug)
}

func workspaceBySlug(ctx context.Context, q queryer, slug string) (Workspace, error) {
	w, err := scanWorkspace(q.QueryRowContext(ctx, `
		select `+workspaceColumns+` from workspaces where slug = ? and deleted_at is null`, slug).Scan)
	return w, known(err)
}

const workspaceColumns = `workspace_id, slug, name, color, identifiers, coalesce(next_identifiers, ''), email_by_id, auto_merge, sending, test_address, language_attribute, people, suppressed, created_at, coalesce(deleted_at, 0)`

const prefixedWorkspaceColumns = `w.workspace_id, w.slug, w.name, w.color, w.identifiers, coalesce(w.next_identifiers, ''), w.email_by_id, w.auto_merge, w.sending, w.test_address, w.language_attribute, w.people, w.suppressed, w.created_at, coalesce(w.deleted_at, 0)`

func scanWorkspace(scan func(...any) error) (w Workspace, err error) {
	var created, deleted int64
	err = scan(&w.ID, &w.Slug, &w.Name, &w.Color, &w.Identifiers, &w.Next, &w.EmailByID, &w.AutoMerge, &w.Sending, &w.TestAddress, &w.LanguageAttribute, &w.People, &w.Suppressed, &created, &deleted)
	w.CreatedAt, w.DeletedAt = instant(created), instant(deleted)
	return w, err
}
