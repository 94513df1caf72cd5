package web

import (
	"context"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

var shownSecret = regexp.MustCompile(`<code id="(site-id|secret)">([0-9a-f]+)</code>`)

func TestCredentialsPages(t *testing.T) {
	s := newSite(t)
	list, create := views.CredentialsPath(s.acme), views.NewCredentialPath(s.acme)
	s.alice.get(list).want(200, "No key in force", "http://example.com/api/v1")
	s.alice.get(create).want(200, `name="name"`, `name="kind"`, `name="_ws"`)
	s.alice.send(s.acme, create, url.Values{"kind": {"track"}, "name": {" "}}).want(422, "Name the key after what will use it")
	s.alice.send(s.acme, create, url.Values{"kind": {"root"}, "name": {"Backend"}}).want(422, "Choose the API that the key opens.", `value="Backend"`)
	s.alice.send(s.acme, create, url.Values{"kind": {"track"}, "name": {strings.Repeat("x", 81)}}).want(422, "Use at most 80 characters.")

	made := s.alice.send(s.acme, create, url.Values{"kind": {"track"}, "name": {"Backend <1>"}}).
		want(200, "Backend &lt;1&gt;", "not shown again", "curl -X PUT http://example.com/api/v1/customers/ada@example.com", "new TrackClient(")
	if got := made.Header().Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("the secret may be kept: %q", got)
	}
	shown := shownSecret.FindAllStringSubmatch(made.Body.String(), -1)
	if len(shown) != 2 {
		t.Fatalf("shown %q in\n%s", shown, made.Body)
	}
	siteID, secret := shown[0][2], shown[1][2]
	auth := basic(base64.StdEncoding, siteID, secret)
	s.call("PUT", "/api/v1/customers/5", auth, `{}`).wantAccepted()

	page := s.alice.get(list).want(200, "Backend &lt;1&gt;", siteID, "from 192.0.2.1", "…"+secret[len(secret)-4:])
	if strings.Contains(page.Body.String(), secret) {
		t.Error("the secret was shown again")
	}
	keys, err := s.store.Credentials(context.Background(), s.acme.ID, false, store.Page{Limit: 10})
	s.must(err)
	revoke := views.RevokeCredentialPath(s.acme, keys[0].ID)
	s.alice.get(revoke).want(200, "Revoke the key", "refused at once", "It was last used")
	if to := s.alice.send(s.acme, revoke, nil).want(303).location(); to != list {
		t.Errorf("led to %q", to)
	}
	s.alice.get(list).want(200, "Revoked “Backend &lt;1&gt;”", "No key in force")
	s.alice.get(views.RevokedCredentialsPath(s.acme)).want(200, "Backend &lt;1&gt;", "Revoked keys, the newest first")
	s.alice.get(revoke).want(303)
	s.alice.send(s.acme, revoke, nil).want(404)
	s.call("PUT", "/api/v1/customers/5", auth, `{}`).want(401)

	s.alice.send(s.acme, create, url.Values{"kind": {"app"}, "name": {"Reports"}}).want(200, "new APIClient(", "curl http://example.com/v1/workspaces")
	s.alice.send(s.other, views.NewCredentialPath(s.other), url.Values{"kind": {"track"}, "name": {"Ids"}}).want(200, "/api/v1/customers/42 ")
	s.alice.send(s.acme, create, url.Values{"kind": {"pipelines"}, "name": {"Site"}}).want(200, "Write key")
}

func TestCredentialsAreForAdmins(t *testing.T) {
	s := newSite(t)
	key, _, err := s.store.CreateCredential(context.Background(), s.acme.ID, store.TrackKey, "Backend", store.CommandLine)
	s.must(err)
	form := url.Values{"kind": {"app"}, "name": {"Mine"}}
	revoke := views.RevokeCredentialPath(s.acme, key.ID)
	for _, who := range []struct {
		*browser
		code int
	}{{s.bob, 403}, {s.charlie, 404}} {
		who.get(views.CredentialsPath(s.acme)).want(who.code)
		who.get(views.NewCredentialPath(s.acme)).want(who.code)
		who.send(s.acme, views.NewCredentialPath(s.acme), form).want(who.code)
		who.get(revoke).want(who.code)
		who.send(s.acme, revoke, nil).want(who.code)
	}
	s.charlie.get(views.RevokeCredentialPath(s.other, key.ID)).want(404)
	s.charlie.send(s.other, views.RevokeCredentialPath(s.other, key.ID), nil).want(404)
	s.alice.post(views.NewCredentialPath(s.acme), url.Values{"kind": {"app"}, "name": {"Mine"}}).want(409)
	s.alice.send(s.other, views.NewCredentialPath(s.acme), form).want(409)
	s.alice.send(s.other, revoke, nil).want(409)
	keys, err := s.store.Credentials(context.Background(), s.acme.ID, false, store.Page{Limit: 10})
	s.must(err)
	if len(keys) != 1 || !keys[0].RevokedAt.IsZero() {
		t.Errorf("keys %+v", keys)
	}
}
