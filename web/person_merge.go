package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/views"
)

// maxMergeFound is how many people the search for the other one lists.
const maxMergeFound = 20

// showMerge is the search for the other person and, once there is one, what the
// merge would do.
func (s *Server) showMerge(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	if with := c.QueryParam("with"); with != "" {
		return s.mergePreview(c, p, with)
	}
	m := views.MergeSearch{Person: p, Q: strings.TrimSpace(c.QueryParam("q"))}
	if m.Q == "" {
		return s.page(c, http.StatusOK, views.FindMerge(m))
	}
	found, err := s.store.People(c.Request().Context(), here(c).ID, m.Q, store.Page{Limit: maxMergeFound + 1})
	if err != nil {
		return err
	}
	for _, other := range found {
		if other.ID != p.ID && len(m.Found) < maxMergeFound {
			m.Found = append(m.Found, other)
		}
	}
	return s.page(c, http.StatusOK, views.FindMerge(m))
}

func (s *Server) mergePreview(c echo.Context, p store.Person, with string) error {
	other, err := store.ParseCioID(with)
	if err != nil {
		return err
	}
	preview, err := s.store.MergePreview(c.Request().Context(), here(c).ID, p.ID, other)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ConfirmMerge(preview))
}

// mergePerson makes the other person a part of the one of the address.
func (s *Server) mergePerson(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	err = s.store.Merge(c.Request().Context(), here(c).ID,
		identity.Ref{Kind: identity.CioID, Value: p.ID.CioID()}, identity.Ref{Kind: identity.CioID, Value: c.FormValue("with")}, by(c))
	if errors.Is(err, store.ErrNotFound) {
		return store.ErrChanged // the other one has gone since the preview
	}
	if err != nil {
		return err
	}
	return s.done(c, views.PersonPath(here(c), p.ID), "The two are one person now.")
}
