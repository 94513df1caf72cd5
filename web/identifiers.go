package web

import (
	"encoding/csv"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/views"
)

// showIdentifiers is how people are identified, what calls may do about it and
// how a change stands.
func (s *Server) showIdentifiers(c echo.Context) error {
	return s.identifiersPage(c, http.StatusOK, views.IdentifiersPage{})
}

func (s *Server) identifiersPage(c echo.Context, status int, page views.IdentifiersPage) error {
	if err := s.readChange(c, &page); err != nil {
		return err
	}
	if page.Change == nil || page.Change.State != store.ChangeChecked {
		return s.page(c, status, views.ShowIdentifiers(page))
	}
	page.After = afterConflict(c)
	var err error
	page.Conflicts, err = s.store.IdentifierConflicts(c.Request().Context(), here(c).ID, page.After, pageSize+1)
	if err != nil {
		return err
	}
	if len(page.Conflicts) > pageSize {
		page.Conflicts, page.More = page.Conflicts[:pageSize], true
	}
	return s.page(c, status, views.ShowIdentifiers(page))
}

// readChange is the change that is under way, if one is.
func (s *Server) readChange(c echo.Context, page *views.IdentifiersPage) error {
	change, err := s.store.IdentifierChange(c.Request().Context(), here(c).ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	page.Change = &change
	page.Count, err = s.store.ConflictCount(c.Request().Context(), here(c).ID)
	return err
}

// afterConflict is the last row of the page before.
func afterConflict(c echo.Context) store.IdentifierConflict {
	who, err := store.ParseCioID(c.QueryParam("person"))
	if err != nil {
		return store.IdentifierConflict{}
	}
	return store.IdentifierConflict{Problem: store.Conflict(c.QueryParam("problem")), Value: c.QueryParam("value"), Person: store.Person{ID: who}}
}

// showIdentifierProgress is the part of the page that is asked for again and
// again while people are checked.
func (s *Server) showIdentifierProgress(c echo.Context) error {
	var page views.IdentifiersPage
	if err := s.readChange(c, &page); err != nil {
		return err
	}
	if page.Change == nil || page.Change.State != store.ChangeChecking {
		c.Response().Header().Set("HX-Refresh", "true")
		return c.NoContent(286)
	}
	return s.part(c, http.StatusOK, views.IdentifierProgress(*page.Change, page.Count))
}

// editIdentifiers says what calls may do with identifiers that are set.
func (s *Server) editIdentifiers(c echo.Context) error {
	rules := store.IdentifierRules{EmailByID: c.FormValue("email_by_id") != "", AutoMerge: c.FormValue("auto_merge") != ""}
	if err := s.store.SetIdentifierRules(c.Request().Context(), here(c).ID, rules, by(c)); err != nil {
		return err
	}
	return s.done(c, views.IdentifiersPath(here(c)), "What calls may do with identifiers is saved.")
}

// checkIdentifiers begins to check everybody, or does it again.
func (s *Server) checkIdentifiers(c echo.Context) error {
	to := identity.Mode(c.FormValue("identifiers"))
	err := s.store.CheckIdentifiers(c.Request().Context(), here(c).ID, to, by(c))
	if wrong, ok := invalid(err); ok {
		return s.identifiersPage(c, http.StatusUnprocessableEntity, views.IdentifiersPage{Chosen: string(to), Wrong: wrong})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.IdentifiersPath(here(c)))
}

func (s *Server) cancelIdentifiers(c echo.Context) error {
	err := s.store.CancelIdentifiers(c.Request().Context(), here(c).ID)
	if errors.Is(err, store.ErrNotFound) {
		return store.ErrChanged
	}
	if err != nil {
		return err
	}
	return s.done(c, views.IdentifiersPath(here(c)), "The change is given up. People are identified as before.")
}

// askIdentifiers tells what a change brings before it is applied.
func (s *Server) askIdentifiers(c echo.Context) error {
	return s.identifiersPage(c, http.StatusOK, views.IdentifiersPage{Ask: true})
}

func (s *Server) applyIdentifiers(c echo.Context) error {
	err := s.store.ApplyIdentifiers(c.Request().Context(), here(c).ID, by(c))
	if wrong, ok := invalid(err); ok {
		return s.identifiersPage(c, http.StatusUnprocessableEntity, views.IdentifiersPage{Wrong: wrong})
	}
	if errors.Is(err, store.ErrNotFound) {
		return store.ErrChanged
	}
	if err != nil {
		return err
	}
	return s.done(c, views.IdentifiersPath(here(c)), "People are identified in the new way from now on.")
}

// conflictsFile is everybody who stands in the way, as a CSV file.
func (s *Server) conflictsFile(c echo.Context) error {
	startFile(c, "text/csv; charset=utf-8", here(c).Slug+"-identifier-conflicts.csv")
	w := csv.NewWriter(c.Response())
	w.Write([]string{"cio_id", "id", "email", "problem", "people_sharing_it", "profile"})
	var after store.IdentifierConflict
	for {
		page, err := s.store.IdentifierConflicts(c.Request().Context(), here(c).ID, after, 1000)
		if err != nil {
			return err
		}
		for _, conflict := range page {
			p := conflict.Person
			w.Write([]string{p.ID.CioID(), p.ExternalID, p.Email, string(conflict.Problem), strconv.Itoa(conflict.Sharing), s.baseURL + views.PersonPath(here(c), p.ID)})
			after = conflict
		}
		w.Flush()
		if err := w.Error(); err != nil || len(page) < 1000 {
			return err
		}
	}
}
