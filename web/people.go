package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/views"
)

func (s *Server) listPeople(c echo.Context) error {
	return s.peoplePage(c, http.StatusOK, views.PeopleList{})
}

// peopleList is the part of the page that a search swaps. It puts the search
// into the address bar, so that a reload or a link finds the same.
func (s *Server) peopleList(c echo.Context) error {
	list := views.PeopleList{}
	if err := s.people(c, &list); err != nil {
		return err
	}
	c.Response().Header().Set("HX-Replace-Url", views.PeopleStatePath(here(c), list.State, views.At{}))
	return s.part(c, http.StatusOK, views.PeopleFound(list))
}

// peoplePage is the list, with whatever is asked over it.
func (s *Server) peoplePage(c echo.Context, status int, list views.PeopleList) error {
	if err := s.people(c, &list); err != nil {
		return err
	}
	if list.Broken != "" {
		status = http.StatusUnprocessableEntity
	}
	var err error
	if list.Views, err = s.store.Views(c.Request().Context(), here(c).ID, me(c).ID, ""); err != nil {
		return err
	}
	return s.page(c, status, views.ListPeople(list))
}

// people reads the list that the address names.
func (s *Server) people(c echo.Context, list *views.PeopleList) error {
	hidden, err := s.hidden(c)
	if err != nil {
		return err
	}
	list.State, list.Broken = s.peopleState(c)
	prefs, err := s.store.PeoplePreferences(c.Request().Context(), here(c).ID, me(c).ID)
	if err != nil {
		return err
	}
	list.Compact = prefs.Compact
	list.Columns = firstColumns(list.State.Columns, prefs.Columns, views.PeopleColumns)
	list.Short = store.TooShort(list.State.Query.Q)
	if list.Broken != "" {
		return nil
	}
	if err := s.findPeople(c, list); err != nil {
		return err
	}
	for i, p := range list.People {
		list.People[i] = p.Without(hidden)
	}
	return nil
}

func (s *Server) findPeople(c echo.Context, list *views.PeopleList) error {
	ws := here(c)
	page := store.Page{Before: keyParam(c, "before"), After: keyParam(c, "after"), Limit: pageSize}
	found, err := s.store.FindPeople(c.Request().Context(), ws.ID, list.State.Query, page)
	if err != nil {
		return err
	}
	list.People, list.Searched = found.People, found.Searched
	if found.Newer != 0 {
		list.Pages.Newer = views.PeopleStatePath(ws, list.State, views.At{After: int64(found.Newer)})
	}
	if found.Older != 0 {
		list.Pages.Older = views.PeopleStatePath(ws, list.State, views.At{Before: int64(found.Older)})
	}
	return nil
}

func firstColumns(choices ...[]string) []string {
	for _, columns := range choices {
		if columns != nil {
			return columns
		}
	}
	return nil
}

// peopleState is what the address, or a form that carries it, says of the list.
// broken says why its filter cannot be read.
func (s *Server) peopleState(c echo.Context) (state views.PeopleState, broken string) {
	form, err := c.FormParams()
	if err != nil {
		return state, "Reload the page and try again."
	}
	state.Query.Q = strings.TrimSpace(form.Get("q"))
	state.View = store.ViewID(number(form.Get("view")))
	if by := store.PeopleSort(form.Get("sort")); slices.Contains(here(c).PeopleSorts(), by) {
		state.Query.Sort = by
	}
	if columns := form["col"]; len(columns) > 0 && len(columns) <= store.MaxColumns {
		state.Columns = columns
	}
	state.Query.Filter, broken = s.readFilter(c, form.Get("f"))
	return state, broken
}

// readFilter is the condition of an address. One that names a segment that
// there is not would find nobody, and nobody would know why.
func (s *Server) readFilter(c echo.Context, text string) (*condition.Condition, string) {
	if text == "" {
		return nil, ""
	}
	filter, err := condition.Parse([]byte(text))
	if err != nil {
		return nil, sentence(err.Error())
	}
	hidden, err := s.hidden(c)
	if err != nil {
		return nil, "Reload the page and try again."
	}
	if name, asks := asksFor(filter, hidden); asks {
		return nil, "Only admins filter by “" + name + "”: it is sensitive."
	}
	for _, name := range filter.Uses().Segments {
		if _, err := s.store.SegmentByName(c.Request().Context(), here(c).ID, name); err != nil {
			return nil, "There is no segment “" + name + "”. It may have been renamed or deleted."
		}
	}
	return filter, ""
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}
