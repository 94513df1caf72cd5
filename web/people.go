package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) listPeople(c echo.Context) error {
	list, err := s.people(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ListPeople(list))
}

// peopleList is the part of the page that a search swaps. It puts the search
// into the address bar, so that a reload or a link finds the same.
func (s *Server) peopleList(c echo.Context) error {
	list, err := s.people(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("HX-Replace-Url", views.PeopleAtPath(here(c), list.Q, views.At{}))
	return s.part(c, http.StatusOK, views.PeopleFound(list))
}

func (s *Server) people(c echo.Context) (views.PeopleList, error) {
	ctx, ws := c.Request().Context(), here(c)
	list := views.PeopleList{Q: strings.TrimSpace(c.QueryParam("q"))}
	list.Short = store.TooShort(list.Q)
	var err error
	list.People, list.Pages, err = readPage(c,
		func(page store.Page) ([]store.Person, error) { return s.store.People(ctx, ws.ID, list.Q, page) },
		func(p store.Person) int64 { return int64(p.ID) },
		func(at views.At) string { return views.PeopleAtPath(ws, list.Q, at) })
	if list.Short {
		list.Pages = views.Pages{} // what begins with it has one page
	}
	return list, err
}
