package web

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// showWhere looks for somebody in all workspaces that the member may see.
func (s *Server) showWhere(c echo.Context) error {
	w, err := s.where(c, c.QueryParam("q"))
	if err != nil {
		return err
	}
	w.Ask = c.QueryParam("ask") == "erase"
	return s.page(c, http.StatusOK, views.Where(w))
}

func (s *Server) where(c echo.Context, q string) (w views.Whereabouts, err error) {
	if w.Q = strings.TrimSpace(q); w.Q != "" {
		w.Found, err = s.store.Whereabouts(c.Request().Context(), me(c), w.Q)
	}
	return w, err
}

// exportEverywhere is what each workspace knows of somebody, where the member
// may export.
func (s *Server) exportEverywhere(c echo.Context) error {
	w, err := s.where(c, c.QueryParam("q"))
	if err != nil {
		return err
	}
	theirs := w.Administered()
	if len(theirs) == 0 {
		return store.ErrNotFound
	}
	startFile(c, "application/json; charset=utf-8", "person.json")
	sign := "[\n"
	for _, found := range theirs {
		if _, err := io.WriteString(c.Response(), sign); err != nil {
			return err
		}
		if err := s.store.ExportPerson(c.Request().Context(), found.Workspace, found.Person.ID, c.Response()); err != nil {
			return err
		}
		sign = ","
	}
	_, err = io.WriteString(c.Response(), "]\n")
	return err
}

// eraseEverywhere forgets somebody in every workspace where the member may.
// What is typed must be what was looked for, so that nobody erases by mistake.
func (s *Server) eraseEverywhere(c echo.Context) error {
	w, err := s.where(c, c.FormValue("q"))
	if err != nil {
		return err
	}
	if w.Q == "" || len(w.Administered()) == 0 {
		return store.ErrNotFound
	}
	if strings.TrimSpace(c.FormValue("confirm")) != w.Q {
		w.Ask, w.Wrong = true, store.Invalid{"confirm": "Type “" + w.Q + "” to erase them."}
		return s.page(c, http.StatusUnprocessableEntity, views.Where(w))
	}
	for _, found := range w.Administered() {
		err := s.store.ErasePerson(c.Request().Context(), found.Workspace.ID, found.Person.ID, by(c))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return s.done(c, views.WherePath, views.Count(len(w.Administered()), "person is", "people are")+" erased.")
}
