package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// workspacesPage is how many workspaces one page of the list shows.
const workspacesPage = 50

func (s *Server) showWorkspaces(c echo.Context) error {
	ctx := c.Request().Context()
	list := views.WorkspaceList{Q: c.QueryParam("q"), After: c.QueryParam("after")}
	found, err := s.store.WorkspacesOf(ctx, me(c), list.Q, list.After, workspacesPage+1)
	if err != nil {
		return err
	}
	if len(found) > workspacesPage {
		found = found[:workspacesPage]
		list.Next = found[workspacesPage-1].NameKey()
	}
	for _, ws := range found {
		role, err := s.store.RoleIn(ctx, ws.ID, me(c))
		if err != nil {
			return err
		}
		list.Rows = append(list.Rows, views.WorkspaceRow{Workspace: ws, Role: role})
	}
	if me(c).Admin() && list.Q == "" && list.After == "" {
		list.Deleted, err = s.store.DeletedWorkspaces(ctx)
	}
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.Workspaces(list))
}

func (s *Server) newWorkspace(c echo.Context) error {
	count, err := s.store.WorkspaceCount(c.Request().Context(), me(c))
	if err != nil {
		return err
	}
	color := store.Colors[(3+count*5)%len(store.Colors)] // far from the one before
	form := views.WorkspaceForm{Color: color, Identifiers: "email_or_id", Sending: string(store.SendNormal), TestAddress: me(c).Email}
	return s.page(c, http.StatusOK, views.NewWorkspace(form, nil))
}

func (s *Server) createWorkspace(c echo.Context) error {
	ctx, form := c.Request().Context(), workspaceForm(c)
	ws, err := s.store.CreateWorkspace(ctx, asWorkspace(form), by(c))
	if wrong, ok := invalid(err); ok {
		return s.page(c, http.StatusUnprocessableEntity, views.NewWorkspace(form, wrong))
	}
	if err != nil {
		return err
	}
	if err := s.store.Switch(ctx, ws.ID, session(c)); err != nil {
		return err
	}
	return s.done(c, views.HomePath(ws), "The workspace “"+ws.Name+"” is ready.", switchedFlash)
}

// workspaceForm is what was typed; what was left out is what a new workspace
// begins with.
func workspaceForm(c echo.Context) views.WorkspaceForm {
	form := views.WorkspaceForm{
		Name: c.FormValue("name"), Color: c.FormValue("color"), Identifiers: c.FormValue("identifiers"),
		Sending: c.FormValue("sending"), TestAddress: c.FormValue("test_address"),
	}
	if form.Color == "" {
		form.Color = "moss"
	}
	if form.Sending == "" {
		form.Sending = string(store.SendNormal)
	}
	return form
}

func asWorkspace(form views.WorkspaceForm) store.NewWorkspace {
	return store.NewWorkspace{
		Name: form.Name, Color: form.Color, Identifiers: store.Identifiers(form.Identifiers),
		Sending: store.Sending(form.Sending), TestAddress: form.TestAddress,
	}
}

func (s *Server) restoreWorkspace(c echo.Context) error {
	ws, err := id[store.WorkspaceID](c, "id")
	if err != nil {
		return err
	}
	restored, err := s.store.RestoreWorkspace(c.Request().Context(), ws, by(c))
	if err != nil {
		return err
	}
	return s.done(c, views.WorkspacesPath, "“"+restored.Name+"” is back as it was.")
}
