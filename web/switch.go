package web

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// switchWorkspace makes another workspace the session's active one and lands
// on the same section there.
func (s *Server) switchWorkspace(c echo.Context) error {
	ctx := c.Request().Context()
	ws, err := s.store.WorkspaceBySlug(ctx, c.FormValue("workspace"))
	if err != nil {
		return err
	}
	role, err := s.store.RoleIn(ctx, ws.ID, me(c))
	if err != nil {
		return err
	}
	if role == store.RoleNone {
		return store.ErrNotFound
	}
	if err := s.store.Switch(ctx, ws.ID, session(c)); err != nil {
		return err
	}
	messages := []string{switchedFlash}
	if section, ok := views.SectionNamed(c.FormValue("from")); ok && !role.May(section.Needs) {
		messages = append(messages, fmt.Sprintf("Your role in %s does not include “%s”, so this is its home.", ws.Name, section.Title))
	}
	return s.done(c, landing(ws, c.FormValue("from"), role), messages...)
}

// switcherMenu is the part of the switcher that lists what a search found.
func (s *Server) switcherMenu(c echo.Context) error {
	found, err := s.store.WorkspacesOf(c.Request().Context(), me(c), c.QueryParam("q"), "", 50)
	if err != nil {
		return err
	}
	return s.part(c, http.StatusOK, views.SwitcherFound(found, c.QueryParam("from"), c.QueryParam("here")))
}

// goHome leads the addresses without a workspace to the active one.
func (s *Server) goHome(c echo.Context) error {
	ws, role, err := s.active(c)
	if err != nil {
		return err
	}
	if ws.ID == 0 {
		return c.Redirect(http.StatusFound, views.WorkspacesPath)
	}
	to := landing(ws, c.Path()[1:], role)
	if q := c.Request().URL.RawQuery; q != "" {
		to += "?" + q
	}
	return c.Redirect(http.StatusFound, to)
}

// active is the session's active workspace, else the one last visited, else
// the first that the member may see.
func (s *Server) active(c echo.Context) (store.Workspace, store.WorkspaceRole, error) {
	ctx := c.Request().Context()
	ws, err := s.visible(ctx, session(c).Workspace, me(c))
	if err != nil {
		return ws, "", err
	}
	for _, others := range []func() ([]store.Workspace, error){
		func() ([]store.Workspace, error) { return s.store.RecentWorkspaces(ctx, me(c), 1) },
		func() ([]store.Workspace, error) { return s.store.WorkspacesOf(ctx, me(c), "", "", 1) },
	} {
		if ws.ID != 0 {
			break
		}
		found, err := others()
		if err != nil {
			return ws, "", err
		}
		if len(found) > 0 {
			ws = found[0]
		}
	}
	if ws.ID == 0 {
		return ws, "", nil
	}
	role, err := s.store.RoleIn(ctx, ws.ID, me(c))
	return ws, role, err
}
