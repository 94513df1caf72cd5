package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/views"
)

func (s *Server) showPersonDevices(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	devices, err := s.store.Devices(c.Request().Context(), here(c).ID, p.ID)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ShowPersonDevices(p, devices))
}
