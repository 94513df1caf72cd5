package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/views"
)

// exportPerson is all that the workspace knows of a person, as a file.
func (s *Server) exportPerson(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	startFile(c, "application/json; charset=utf-8", here(c).Slug+"-"+p.ID.CioID()+".json")
	return s.store.ExportPerson(c.Request().Context(), here(c), p.ID, c.Response())
}

// startFile begins an answer that a browser keeps as a file.
func startFile(c echo.Context, kind, name string) {
	h := c.Response().Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Response().WriteHeader(http.StatusOK)
}

// erasePerson forgets a person and what was sent to them.
func (s *Server) erasePerson(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	if err := s.store.ErasePerson(c.Request().Context(), here(c).ID, p.ID, by(c)); err != nil {
		return err
	}
	return s.done(c, views.PeoplePath(here(c)), "The person is erased.")
}

// suppressPerson does the same and keeps them from coming back.
func (s *Server) suppressPerson(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	err = s.store.Suppress(c.Request().Context(), here(c).ID, identity.Ref{Kind: identity.CioID, Value: p.ID.CioID()}, by(c))
	if err != nil {
		return err
	}
	return s.done(c, views.PeoplePath(here(c)), "The person is suppressed.")
}

// showSuppressed looks an identifier up among the suppressed ones.
func (s *Server) showSuppressed(c echo.Context) error {
	return s.suppressedPage(c, http.StatusOK, views.Suppressed{Q: c.QueryParam("q")})
}

func (s *Server) suppressedPage(c echo.Context, status int, page views.Suppressed) error {
	for _, ref := range suppressedRefs(here(c), page.Q) {
		found, err := s.store.Suppressed(c.Request().Context(), here(c).ID, ref)
		if err == nil {
			page.Found, page.Kind = &found, string(ref.Kind)
			break
		}
		if err != store.ErrNotFound {
			return err
		}
	}
	return s.page(c, status, views.ShowSuppressed(page))
}

// suppressedRefs is what a text may be as an identifier of the workspace.
func suppressedRefs(ws store.Workspace, q string) []identity.Ref {
	if q == "" {
		return nil
	}
	refs := []identity.Ref{{Kind: identity.CioID, Value: q}}
	if ws.Identifiers.ID() {
		refs = append(refs, identity.Ref{Kind: identity.ID, Value: q})
	}
	if _, err := identity.EmailKey(q); err == nil {
		refs = append(refs, identity.Ref{Kind: identity.Email, Value: q})
	}
	return refs
}

// unsuppress frees an identifier and all that were suppressed with it.
func (s *Server) unsuppress(c echo.Context) error {
	ref := identity.Ref{Kind: identity.Kind(c.FormValue("kind")), Value: c.FormValue("value")}
	err := s.store.Unsuppress(c.Request().Context(), here(c).ID, ref, by(c))
	if err == store.ErrNotFound {
		return store.ErrChanged
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SuppressedPath(here(c), ""), "The identifier is free, and so are all that were suppressed with it.")
}
