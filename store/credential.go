package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// CredentialID names a credential in lists; it is no secret.
type CredentialID int64

// CredentialKind is the API that a credential opens.
type CredentialKind string

const (
	TrackKey     CredentialKind = "track"     // site id and key, Basic
	AppKey       CredentialKind = "app"       // Bearer
	PipelinesKey CredentialKind = "pipelines" // Basic with an empty password
)

// Words is the kind as people read it.
func (k CredentialKind) Words() string {
	switch k {
	case TrackKey:
		return "Track API key"
	case AppKey:
		return "App API key"
	}
	return "Pipelines write key"
}

// Credential lets a program act in one workspace.
type Credential struct {
	ID        CredentialID
	Workspace WorkspaceID
	Kind      CredentialKind
	Name      string
	SiteID    string // track only; not secret
	Hint      string // the last four characters of the secret
	CreatedAt time.Time
	UsedAt    time.Time // zero: never
	UsedFrom  string
	RevokedAt time.Time // zero: in force
}

// CreateCredential makes a credential and gives its secret, which cannot be
// had again: only a hash of it is kept.
func (s *Store) CreateCredential(ctx context.Context, ws WorkspaceID, kind CredentialKind, name string, by Actor) (c Credential, secret string, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		c, secret, err = tx.createCredential(ws, kind, name, by)
		return err
	})
	return c, secret, err
}

func (tx *Tx) createCredential(ws WorkspaceID, kind CredentialKind, name string, by Actor) (Credential, string, error) {
	c := Credential{Workspace: ws, Kind: kind, Name: strings.TrimSpace(name), CreatedAt: tx.now}
	switch {
	case c.Name == "":
		return c, "", Invalid{"name": "Name the key after what will use it, for example “Backend”."}
	case utf8.RuneCountInString(c.Name) > 80:
		return c, "", Invalid{"name": "Use at most 80 characters."}
	}
	var secret string
	switch kind {
	case TrackKey:
		c.SiteID, secret = randomHex(10), randomHex(10)
	case AppKey, PipelinesKey:
		secret = randomHex(16)
	default:
		return c, "", Invalid{"kind": "Choose the API that the key opens."}
	}
	c.Hint = secret[len(secret)-4:]
	err := tx.row(`
		insert into credentials (workspace_id, kind, name, site_id, secret_hash, hint, created_at, created_by)
		values (?, ?, ?, ?, ?, ?, ?, ?)
		returning credential_id`,
		ws, kind, c.Name, orNull(c.SiteID), secretHash(kind, c.SiteID, secret), c.Hint, micros(tx.now), orZero(by.ID)).Scan(&c.ID)
	if err != nil {
		return c, "", err
	}
	return c, secret, tx.noted(ws, by, "Created a key", c.Name, kind.Words())
}

// Credentials is the workspace's keys that are in force, or those that were
// revoked, the newest first.
func (s *Store) Credentials(ctx context.Context, ws WorkspaceID, revoked bool, page Page) ([]Credential, error) {
	if page.After != 0 {
		rows, err := s.read.QueryContext(ctx, `
			select `+credentialColumns+` from credentials
			where workspace_id = ? and (revoked_at is not null) = ? and credential_id > ?
			order by credential_id
			limit ?`, ws, revoked, page.After, page.Limit)
		newer, err := collect(rows, err, scanCredential)
		slices.Reverse(newer)
		return newer, err
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+credentialColumns+` from credentials
		where workspace_id = ? and (revoked_at is not null) = ? and credential_id < ?
		order by credential_id desc
		limit ?`, ws, revoked, beforeOr(page.Before), page.Limit)
	return collect(rows, err, scanCredential)
}

// Credential is one key of the workspace.
func (s *Store) Credential(ctx context.Context, ws WorkspaceID, id CredentialID) (Credential, error) {
	c, err := scanCredential(s.read.QueryRowContext(ctx, `
		select `+credentialColumns+` from credentials where workspace_id = ? and credential_id = ?`, ws, id).Scan)
	return c, known(err)
}

// RevokeCredential ends a key at once and for good.
func (s *Store) RevokeCredential(ctx context.Context, ws WorkspaceID, id CredentialID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		var name string
		err := tx.row(`
			update credentials set revoked_at = ? where workspace_id = ? and credential_id = ? and revoked_at is null
			returning name`, micros(tx.now), ws, id).Scan(&name)
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Revoked a key", name, "")
	})
}

// TrackWorkspace is the workspace that a Track key opens; ErrNotFound for a
// key that is wrong, revoked or of a deleted workspace.
func (s *Store) TrackWorkspace(ctx context.Context, siteID, secret string) (Credential, Workspace, error) {
	return s.authenticate(ctx, TrackKey, siteID, secret)
}

// KeyWorkspace is the workspace that an App or Pipelines key opens.
func (s *Store) KeyWorkspace(ctx context.Context, kind CredentialKind, secret string) (Credential, Workspace, error) {
	return s.authenticate(ctx, kind, "", secret)
}

func (s *Store) authenticate(ctx context.Context, kind CredentialKind, siteID, secret string) (Credential, Workspace, error) {
	hash := secretHash(kind, siteID, secret)
	var kept []byte
	c, err := scanCredential(func(dest ...any) error {
		return s.read.QueryRowContext(ctx, `
			select `+credentialColumns+`, secret_hash from credentials
			where secret_hash = ? and kind = ? and revoked_at is null`, hash, kind).Scan(append(dest, &kept)...)
	})
	if err != nil {
		return c, Workspace{}, known(err)
	}
	if subtle.ConstantTimeCompare(hash, kept) != 1 {
		return c, Workspace{}, ErrNotFound
	}
	w, err := s.Workspace(ctx, c.Workspace)
	return c, w, err
}

// CredentialUsed notes when and from where a key was last used. It writes once
// in a minute.
func (s *Store) CredentialUsed(ctx context.Context, c Credential, address string) error {
	if s.now().Sub(c.UsedAt) < time.Minute {
		return nil
	}
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`update credentials set used_at = ?, used_from = ? where credential_id = ?`, micros(tx.now), address, c.ID)
		return err
	})
}

const credentialColumns = `credential_id, workspace_id, kind, name, coalesce(site_id, ''), hint, created_at, coalesce(used_at, 0), used_from, coalesce(revoked_at, 0)`

func scanCredential(scan func(...any) error) (c Credential, err error) {
	var created, used, revoked int64
	err = scan(&c.ID, &c.Workspace, &c.Kind, &c.Name, &c.SiteID, &c.Hint, &created, &used, &c.UsedFrom, &revoked)
	c.CreatedAt, c.UsedAt, c.RevokedAt = instant(created), instant(used), instant(revoked)
	return c, err
}

// secretHash needs no salt and no slow hash: the secrets are random.
func secretHash(kind CredentialKind, siteID, secret string) []byte {
	sum := sha256.Sum256([]byte(string(kind) + "\x00" + siteID + "\x00" + secret))
	return sum[:]
}

// randomHex is n random bytes in hexadecimal.
func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
