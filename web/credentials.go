package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) listCredentials(c echo.Context) error {
	return s.credentials(c, store.Credential{})
}

// credentials is the list, with the question whether to revoke one of them.
func (s *Server) credentials(c echo.Context, asked store.Credential) error {
	list := views.CredentialList{Revoked: c.QueryParam("revoked") != "", Asked: asked, BaseURL: s.baseURL}
	var err error
	list.Keys, list.Pages, err = readPage(c,
		func(page store.Page) ([]store.Credential, error) {
			return s.store.Credentials(c.Request().Context(), here(c).ID, list.Revoked, page)
		},
		func(k store.Credential) int64 { return int64(k.ID) },
		func(at views.At) string { return views.CredentialsAtPath(here(c), list.Revoked, at) })
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.Credentials(list))
}

func (s *Server) newCredential(c echo.Context) error {
	return s.page(c, http.StatusOK, views.NewCredential(views.CredentialForm{Kind: string(store.TrackKey)}, nil))
}

// createCredential answers with the secret itself. A redirect, as other writes
// answer with, would have to carry it.
func (s *Server) createCredential(c echo.Context) error {
	form := views.CredentialForm{Name: c.FormValue("name"), Kind: c.FormValue("kind")}
	key, secret, err := s.store.CreateCredential(c.Request().Context(), here(c).ID, store.CredentialKind(form.Kind), form.Name, by(c))
	if wrong, ok := invalid(err); ok {
		return s.page(c, http.StatusUnprocessableEntity, views.NewCredential(form, wrong))
	}
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.CredentialCreated(views.NewKey{Credential: key, Secret: secret, BaseURL: s.baseURL}))
}

func (s *Server) askRevokeCredential(c echo.Context) error {
	key, err := s.credential(c)
	if err != nil {
		return err
	}
	if !key.RevokedAt.IsZero() {
		return c.Redirect(http.StatusSeeOther, views.CredentialsPath(here(c)))
	}
	return s.credentials(c, key)
}

func (s *Server) revokeCredential(c echo.Context) error {
	key, err := s.credential(c)
	if err != nil {
		return err
	}
	if err := s.store.RevokeCredential(c.Request().Context(), here(c).ID, key.ID, by(c)); err != nil {
		return err
	}
	return s.done(c, views.CredentialsPath(here(c)), "Revoked “"+key.Name+"”. It is refused from now on.")
}

func (s *Server) credential(c echo.Context) (store.Credential, error) {
	n, err := id[store.CredentialID](c, "key")
	if err != nil {
		return store.Credential{}, err
	}
	return s.store.Credential(c.Request().Context(), here(c).ID, n)
}
