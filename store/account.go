package store

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"strings"

	"github.com/postroom/postroom/store/identity"
)

// Account is the installation: one per database.
type Account struct {
	Name string
}

// Setup is what the first run asks for.
type Setup struct {
	Account      string
	Name         string // the owner's
	Email        string
	PasswordHash string
	Workspace    NewWorkspace
	Also         Invalid // what is wrong already, to be told with the rest
}

// SetUp creates the account, its owner and the first workspace, once: the
// loser of a race gets ErrSetUp.
func (s *Store) SetUp(ctx context.Context, in Setup) (Member, Workspace, error) {
	var owner Member
	var first Workspace
	err := s.update(ctx, func(tx *Tx) error {
		wrong := Invalid{}
		maps.Copy(wrong, in.Also)
		name := strings.TrimSpace(in.Account)
		if name == "" {
			wrong["account"] = "Name the account, for example after your company."
		}
		if err := tx.createAccount(name); err != nil {
			return err
		}
		var err error
		owner, err = tx.createMember(NewMember{Name: in.Name, Email: in.Email, PasswordHash: in.PasswordHash, Role: AccountAdmin})
		wrong.take(err, nil)
		first, err = tx.createWorkspace(in.Workspace)
		wrong.take(err, map[string]string{"name": "workspace"})
		if len(wrong) > 0 {
			return wrong
		}
		if err != nil {
			return err
		}
		return tx.audit(AuditEntry{Actor: owner.Name, MemberID: owner.ID, Action: "Set up the account", Subject: name})
	})
	return owner, first, err
}

// take adds the fields of err that are Invalid, renamed where rename says so.
func (e Invalid) take(err error, rename map[string]string) {
	var other Invalid
	if !errors.As(err, &other) {
		return
	}
	for field, problem := range other {
		if to, ok := rename[field]; ok {
			field = to
		}
		e[field] = problem
	}
}

func (tx *Tx) createAccount(name string) error {
	key := make([]byte, 32)
	rand.Read(key)
	_, err := tx.exec(`insert into account (id, name, link_key, created_at) values (1, ?, ?, ?)`, name, key, micros(tx.now))
	if errors.Is(known(err), ErrTaken) {
		return ErrSetUp
	}
	return err
}

// Account is the installation, or ErrNotFound before it is set up.
func (s *Store) Account(ctx context.Context) (Account, error) {
	var a Account
	err := s.read.QueryRowContext(ctx, `select name from account`).Scan(&a.Name)
	return a, known(err)
}

// Identifiers is what makes a person unique in a workspace.
type Identifiers = identity.Mode
