package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// healthy says that the process runs.
func (s *Server) healthy(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// ready says that the process can do its work.
func (s *Server) ready(c echo.Context) error {
	if err := s.store.Ready(c.Request().Context()); err != nil {
		return c.String(http.StatusServiceUnavailable, "database: "+err.Error()+"\n")
	}
	return c.String(http.StatusOK, "ok\n")
}
