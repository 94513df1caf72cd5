package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// appPage reads where a list of the App API goes on (start, which an earlier
// answer gave as next) and how much of it is wanted.
func appPage(c echo.Context, usual, most int) (store.Page, error) {
	page := store.Page{Limit: usual}
	if text := c.QueryParam("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < 1 {
			return page, badCall("limit must be a number from 1 to %d", most)
		}
		page.Limit = min(limit, most)
	}
	if text := c.QueryParam("start"); text != "" {
		start, err := strconv.ParseInt(text, 10, 64)
		if err != nil || start < 1 {
			return page, badCall("start must be what an earlier answer gave as next")
		}
		page.Before = start
	}
	return page, nil
}

// nextOf is where the list goes on, empty at its end.
func nextOf[T ~int64](id T) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}

// lastKey is where a list goes on that was read up to its limit.
func lastKey[T any](all []T, limit int, key func(T) int64) string {
	if len(all) < limit {
		return ""
	}
	return nextOf(key(all[len(all)-1]))
}

// appPerson is whom the path names, which must be somebody; id_type says in
// which way.
func (s *Server) appPerson(c echo.Context, suffix string) (store.Person, error) {
	name, err := named(c.Request(), "/v1/customers/", suffix)
	if err != nil {
		return store.Person{}, err
	}
	kind, err := idType(c)
	if err != nil {
		return store.Person{}, err
	}
	return s.personNamed(c, kind, name)
}

func (s *Server) personNamed(c echo.Context, kind identity.Kind, name string) (store.Person, error) {
	ref, err := identity.Named(here(c).Identifiers, kind, name)
	if err != nil {
		return store.Person{}, badCall("%s", err)
	}
	p, err := s.store.PersonBy(c.Request().Context(), here(c).ID, ref)
	if err == store.ErrNotFound {
		err = echo.NewHTTPError(http.StatusNotFound, "Nobody in this workspace has this "+string(kind)+".")
	}
	return p, err
}
