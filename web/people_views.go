package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) listViews(c echo.Context) error { return s.viewsPage(c, nil) }

func (s *Server) viewsPage(c echo.Context, ask *store.View) error {
	q := strings.TrimSpace(c.QueryParam("q"))
	all, err := s.store.Views(c.Request().Context(), here(c).ID, me(c).ID, q)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ListViews(q, all, ask))
}

// view is the one that the address names, if the member sees it.
func (s *Server) view(c echo.Context) (store.View, error) {
	id, err := id[store.ViewID](c, "view")
	if err != nil {
		return store.View{}, err
	}
	return s.store.View(c.Request().Context(), here(c).ID, id, me(c).ID)
}

func (s *Server) newView(c echo.Context) error {
	return s.peoplePage(c, http.StatusOK, views.PeopleList{Ask: "view"})
}

func (s *Server) createView(c echo.Context) error { return s.saveView(c, store.View{}) }

// editView asks for the name of a view that becomes what the list shows.
func (s *Server) editView(c echo.Context) error {
	v, err := s.view(c)
	if err != nil {
		return err
	}
	return s.peoplePage(c, http.StatusOK, views.PeopleList{Ask: "view", Editing: v.ID, Name: v.Name, Shared: v.Shared})
}

func (s *Server) updateView(c echo.Context) error {
	v, err := s.view(c)
	if err != nil {
		return err
	}
	return s.saveView(c, v)
}

func (s *Server) saveView(c echo.Context, v store.View) error {
	state, broken := s.peopleState(c)
	v.Name, v.Shared = c.FormValue("name"), c.FormValue("shared") == "true"
	prefs, err := s.store.PeoplePreferences(c.Request().Context(), here(c).ID, me(c).ID)
	if err != nil {
		return err
	}
	state.Columns = firstColumns(state.Columns, prefs.Columns, views.PeopleColumns)
	v.Query, v.Columns = state.Query, state.Columns
	err = store.Invalid{"filter": broken}
	if broken == "" {
		v.ID, err = s.store.SaveView(c.Request().Context(), here(c).ID, v, me(c).ID)
	}
	if wrong, ok := invalid(err); ok {
		return s.peoplePage(c, http.StatusUnprocessableEntity, views.PeopleList{Ask: "view", Editing: v.ID, Name: v.Name, Shared: v.Shared, Wrong: wrong})
	}
	if err != nil {
		return err
	}
	state.View = v.ID
	return s.done(c, views.PeopleStatePath(here(c), state, views.At{}), "The view was saved.")
}

func (s *Server) askDeleteView(c echo.Context) error {
	v, err := s.view(c)
	if err != nil {
		return err
	}
	return s.viewsPage(c, &v)
}

func (s *Server) deleteView(c echo.Context) error {
	v, err := s.view(c)
	if err != nil {
		return err
	}
	if err := s.store.DeleteView(c.Request().Context(), here(c).ID, v.ID, me(c).ID); err != nil {
		return err
	}
	return s.done(c, views.ViewsPath(here(c)), "“"+v.Name+"” was deleted.")
}
