package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) listActivity(c echo.Context) error {
	ctx, ws := c.Request().Context(), here(c)
	all, pages, err := readPage(c,
		func(page store.Page) ([]store.Activity, error) { return s.store.Activities(ctx, ws.ID, page) },
		func(a store.Activity) int64 { return int64(a.ID) },
		func(at views.At) string { return views.ActivityAtPath(ws, at) })
	if err != nil {
		return err
	}
	if err := s.hideChanges(c, all); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ListActivity(all, pages))
}
