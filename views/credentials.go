package views

import (
	"context"
	"fmt"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// CredentialsPath is the list of a workspace's keys.
func CredentialsPath(ws store.Workspace) string { return HomePath(ws) + "/credentials" }

// RevokedCredentialsPath is the list of those that were revoked.
func RevokedCredentialsPath(ws store.Workspace) string { return CredentialsPath(ws) + "?revoked=1" }

// CredentialsAtPath is a page of either list.
func CredentialsAtPath(ws store.Workspace, revoked bool, at At) string {
	return CredentialsPath(ws) + query("revoked", map[bool]string{true: "1"}[revoked], "before", at.before(), "after", at.after())
}

// CredentialList is a page of a workspace's keys.
type CredentialList struct {
	Revoked bool // those that open nothing any more
	Keys    []store.Credential
	Pages   Pages
	Asked   store.Credential // the one that is about to be revoked; zero: none is
	BaseURL string
}

// NewCredentialPath is the form of a new key.
func NewCredentialPath(ws store.Workspace) string { return CredentialsPath(ws) + "/new" }

// RevokeCredentialPath asks whether to revoke a key, and does it.
func RevokeCredentialPath(ws store.Workspace, id store.CredentialID) string {
	return fmt.Sprintf("%s/%d/revoke", CredentialsPath(ws), id)
}

// CredentialForm is what the form held.
type CredentialForm struct{ Name, Kind string }

// NewKey is a key that was just made, with its secret and the address that
// programs call.
type NewKey struct {
	store.Credential
	Secret  string
	BaseURL string
}

// secretLabel is what the secret is called where programs ask for it.
func (k NewKey) secretLabel() string {
	switch k.Kind {
	case store.TrackKey:
		return "API key"
	case store.AppKey:
		return "App API key"
	}
	return "Write key"
}

// someone is a person's identifier in the workspace, for examples.
func someone(ctx context.Context) string {
	if here(ctx).Identifiers == identity.IDOnly {
		return "42"
	}
	return "ada@example.com"
}

// curl is a command that shows that the key works.
func (k NewKey) curl(person string) string {
	if k.Kind == store.AppKey {
		return fmt.Sprintf("curl %s/v1/workspaces \\\n  -H 'Authorization: Bearer %s'", k.BaseURL, k.Secret)
	}
	return fmt.Sprintf("curl -X PUT %s/api/v1/customers/%s \\\n  -u %s:%s \\\n  -d '{\"first_name\": \"Ada\"}'", k.BaseURL, person, k.SiteID, k.Secret)
}

// node is the same with the official client.
func (k NewKey) node(person string) string {
	if k.Kind == store.AppKey {
		return fmt.Sprintf("import { APIClient } from \"customerio-node\";\n\nconst api = new APIClient(\n  \"%s\",\n  { url: \"%s/v1\" },\n);\nconsole.log(await api.listWorkspaces());", k.Secret, k.BaseURL)
	}
	return fmt.Sprintf("import { TrackClient } from \"customerio-node\";\n\nconst track = new TrackClient(\n  \"%s\",\n  \"%s\",\n  { url: \"%s/api/v1\" },\n);\nawait track.identify(\"%s\", { first_name: \"Ada\" });", k.SiteID, k.Secret, k.BaseURL, person)
}

// keyDetail tells keys with the same name apart.
func keyDetail(c store.Credential) string {
	if c.SiteID != "" {
		return "Site ID " + c.SiteID + ", key …" + c.Hint
	}
	return c.Kind.Words() + " …" + c.Hint
}
