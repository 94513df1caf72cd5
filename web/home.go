package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/views"
)

func (s *Server) showHome(c echo.Context) error {
	return s.page(c, http.StatusOK, views.Home())
}
