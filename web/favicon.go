package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/static"
)

// workspaceFavicon is the workspace's stamp. Its address holds the colour, so
// a browser may keep it.
func (s *Server) workspaceFavicon(c echo.Context) error {
	return favicon(c, here(c).Color, "private, max-age=86400")
}

// accountFavicon is the stamp where there is no workspace.
func (s *Server) accountFavicon(c echo.Context) error {
	return favicon(c, "slate", "public, max-age=86400")
}

func favicon(c echo.Context, color, keep string) error {
	c.Response().Header().Set("Cache-Control", keep)
	return c.Blob(http.StatusOK, "image/svg+xml", static.Favicon(color))
}
