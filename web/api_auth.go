package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// unauthorized is a call without a key, or with one that does not open this
// API. Reason is more than that it is so, for who holds a good key of another
// kind.
type unauthorized struct{ reason string }

func (e unauthorized) Error() string { return strings.TrimSpace("Unauthorized request. " + e.reason) }

func (e unauthorized) failure() failure {
	if e.reason == "" {
		return failure{http.StatusUnauthorized, "Unauthorized request", ""}
	}
	return failure{http.StatusUnauthorized, "Unauthorized request", e.Error()}
}

// trackKey lets in who holds a site id and a Track key, before anything of the
// body is read.
func (s *Server) trackKey(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		siteID, secret, _ := basicAuth(c.Request())
		key, ws, err := s.store.TrackWorkspace(c.Request().Context(), siteID, secret)
		if errors.Is(err, store.ErrNotFound) {
			c.Response().Header().Set("WWW-Authenticate", `Basic realm="Track API", charset="UTF-8"`)
			return s.refuse(c, "The Track API takes a site id and a Track key.")
		}
		return s.admit(c, key, ws, err, next)
	}
}

// appKey lets in who holds an App key.
func (s *Server) appKey(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		token, _ := credentials(c.Request(), "Bearer")
		key, ws, err := s.store.KeyWorkspace(c.Request().Context(), store.AppKey, token)
		if errors.Is(err, store.ErrNotFound) {
			c.Response().Header().Set("WWW-Authenticate", `Bearer realm="App API"`)
			return s.refuse(c, "The App API takes an App API key, as a Bearer token.")
		}
		return s.admit(c, key, ws, err, next)
	}
}

func (s *Server) admit(c echo.Context, key store.Credential, ws store.Workspace, err error, next echo.HandlerFunc) error {
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := s.store.CredentialUsed(ctx, key, c.RealIP()); err != nil {
		s.log.WarnContext(ctx, "key not marked as used", "err", err)
	}
	c.Set(workspaceKey, ws)
	err = next(c)
	if errors.Is(err, store.ErrNoWorkspace) {
		return unauthorized{} // it was deleted while this call was under way
	}
	return err
}

// refuse says which kind of key was sent instead, if it is one in force: its
// holder learns nothing that they do not hold.
func (s *Server) refuse(c echo.Context, takes string) error {
	for _, sent := range presented(c.Request()) {
		var err error
		if sent.kind == store.TrackKey {
			_, _, err = s.store.TrackWorkspace(c.Request().Context(), sent.siteID, sent.secret)
		} else {
			_, _, err = s.store.KeyWorkspace(c.Request().Context(), sent.kind, sent.secret)
		}
		if err == nil {
			return unauthorized{"This is " + article(sent.kind) + ". " + takes}
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return unauthorized{}
}

func article(kind store.CredentialKind) string {
	if kind == store.AppKey {
		return "an " + kind.Words()
	}
	return "a " + kind.Words()
}

// presentedKey is what a header may hold.
type presentedKey struct {
	kind           store.CredentialKind
	siteID, secret string
}

func presented(r *http.Request) []presentedKey {
	if token, ok := credentials(r, "Bearer"); ok {
		return []presentedKey{{store.AppKey, "", token}, {store.PipelinesKey, "", token}}
	}
	user, password, ok := basicAuth(r)
	if !ok {
		return nil
	}
	return []presentedKey{
		{store.TrackKey, user, password},
		{store.AppKey, "", user}, {store.AppKey, "", password},
		{store.PipelinesKey, "", user}, {store.PipelinesKey, "", password},
	}
}

// credentials is what the Authorization header holds behind its scheme.
func credentials(r *http.Request, scheme string) (string, bool) {
	name, value, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if !strings.EqualFold(name, scheme) {
		return "", false
	}
	return strings.TrimSpace(value), true
}

// toStandard makes the URL-safe alphabet of base64 the standard one.
var toStandard = strings.NewReplacer("-", "+", "_", "/")

// basicAuth reads a Basic header. The standard library's takes one alphabet
// only, but the official Go client writes the URL-safe one.
func basicAuth(r *http.Request) (user, password string, ok bool) {
	encoded, ok := credentials(r, "Basic")
	if !ok {
		return "", "", false
	}
	decoded, err := base64.RawStdEncoding.DecodeString(toStandard.Replace(strings.TrimRight(encoded, "=")))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(decoded), ":")
}
