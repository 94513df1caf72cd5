package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) showSettings(c echo.Context) error {
	return s.page(c, http.StatusOK, views.Settings(formOf(here(c)), nil))
}

// formOf is the form as it shows a workspace.
func formOf(ws store.Workspace) views.WorkspaceForm {
	return views.WorkspaceForm{
		Name: ws.Name, Color: ws.Color, Identifiers: string(ws.Identifiers), Sending: string(ws.Sending), TestAddress: ws.TestAddress,
	}
}

func (s *Server) editSettings(c echo.Context) error {
	form := workspaceForm(c)
	err := s.store.EditWorkspace(c.Request().Context(), here(c).ID, asWorkspace(form), by(c))
	if wrong, ok := invalid(err); ok {
		return s.page(c, http.StatusUnprocessableEntity, views.Settings(form, wrong))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SettingsPath(here(c)), "The settings are saved.")
}

func (s *Server) askDeleteWorkspace(c echo.Context) error {
	return s.deleteWorkspacePage(c, http.StatusOK, nil)
}

func (s *Server) deleteWorkspacePage(c echo.Context, status int, wrong store.Invalid) error {
	has, err := s.store.Overview(c.Request().Context(), here(c).ID)
	if err != nil {
		return err
	}
	return s.page(c, status, views.DeleteWorkspace(formOf(here(c)), has, wrong))
}

func (s *Server) deleteWorkspace(c echo.Context) error {
	typed := strings.TrimSpace(c.FormValue("confirm"))
	err := s.store.DeleteWorkspace(c.Request().Context(), here(c).ID, typed, by(c))
	if wrong, ok := invalid(err); ok {
		return s.deleteWorkspacePage(c, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	until := views.Day(s.store.Now().Add(store.RestoreWithin))
	return s.done(c, views.WorkspacesPath, "“"+here(c).Name+"” is deleted. It can be restored until "+until+".")
}
