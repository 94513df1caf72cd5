package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// newActionCopy asks where actions of a campaign are to be copied to.
func (s *Server) newActionCopy(c echo.Context) error { return s.copyPage(c, http.StatusOK, "") }

func (s *Server) copyPage(c echo.Context, status int, refused string) error {
	f, err := s.copyForm(c)
	if err != nil {
		return err
	}
	f.Refused = refused
	return s.page(c, status, views.CopyActions(f))
}

// actionCopyPart is what changes while one chooses.
func (s *Server) actionCopyPart(c echo.Context) error {
	f, err := s.copyForm(c)
	if err != nil {
		return err
	}
	return s.part(c, http.StatusOK, views.CopyPart(f))
}

// copyActionsTo brings the chosen actions into another campaign, maybe of
// another workspace.
func (s *Server) copyActionsTo(c echo.Context) error {
	f, err := s.copyForm(c)
	if err != nil {
		return err
	}
	in, err := s.copyRequest(c, f.Source)
	if err != nil {
		return err
	}
	if f.Target.ID == 0 {
		return s.copyPage(c, http.StatusUnprocessableEntity, "Choose the campaign that gets the copies.")
	}
	out, err := s.store.ImportActions(c.Request().Context(), f.To.ID, f.Target.ID, in, me(c))
	if errors.Is(err, store.ErrNotFound) {
		return err
	}
	if status, why := importRefused(err, in); status != 0 {
		return s.copyPage(c, status, strings.Replace(why, "imported", "copied", 1))
	}
	if err != nil {
		return err
	}
	said := "Copied " + views.Count(out.Count, "action", "actions") + " to “" + f.Target.Name + "” in " + f.To.Name + ". Messages there are drafts; nothing is sent."
	return s.done(c, views.WorkflowPath(f.To, f.Target.ID), said)
}

// copyRequest is the chosen actions as the other campaign would import them.
func (s *Server) copyRequest(c echo.Context, source store.Campaign) (store.ImportRequest, error) {
	in, _, err := s.importRequest(c)
	if err != nil {
		return in, err
	}
	form, err := c.FormParams()
	in.Workspace, in.Campaign, in.Live = here(c).ID, source.ID, false
	in.Picked = append(form["action"], chosenKeys(form, "keys")...)
	return in, err
}

// copyForm is the page for what was chosen so far.
func (s *Server) copyForm(c echo.Context) (f views.CopyForm, err error) {
	ctx := c.Request().Context()
	if f.Source, err = s.campaign(c); err != nil {
		return f, err
	}
	in, err := s.copyRequest(c, f.Source)
	if err != nil {
		return f, err
	}
	if f.Flow, err = s.store.WithSegmentNames(ctx, here(c).ID, f.Source.Draft); err != nil {
		return f, err
	}
	f.Picked, f.Place, f.Q, f.Report.Update = in.Picked, in.Place, strings.TrimSpace(c.FormValue("q")), in.Update
	if f.Workspaces, err = s.store.WorkspacesToEdit(ctx, me(c), "", store.SwitcherLimit); err != nil {
		return f, err
	}
	f.To = here(c)
	if slug := c.FormValue("to"); slug != "" {
		if f.To, err = s.mayWriteTo(c, slug); err != nil {
			return f, err
		}
	}
	if f.Campaigns, err = s.store.SourceCampaigns(ctx, f.To.ID, me(c), f.Q, "", campaignsAtOnce+1); err != nil {
		return f, err
	}
	if f.More = len(f.Campaigns) > campaignsAtOnce; f.More {
		f.Campaigns = f.Campaigns[:campaignsAtOnce]
	}
	target, _ := strconv.ParseInt(c.FormValue("target"), 10, 64)
	if target == 0 || f.To.ID == here(c).ID && store.CampaignID(target) == f.Source.ID {
		return f, nil
	}
	f.Target, err = s.store.Campaign(ctx, f.To.ID, store.CampaignID(target))
	if errors.Is(err, store.ErrNotFound) {
		return f, nil // of the workspace that was chosen before
	}
	if err != nil {
		return f, err
	}
	if c.FormValue("place") == "" {
		f.Place = workflow.End(f.Target.Draft)
	}
	if len(in.Picked) == 0 {
		return f, nil
	}
	f.Report.ImportPreview, err = s.store.PreviewImport(ctx, f.To.ID, f.Target.ID, in, me(c))
	return f, err
}

// mayWriteTo is a workspace in which the member may edit. Others are not there.
func (s *Server) mayWriteTo(c echo.Context, slug string) (store.Workspace, error) {
	w, err := s.store.WorkspaceBySlug(c.Request().Context(), slug)
	if err != nil {
		return w, err
	}
	r, err := s.store.RoleIn(c.Request().Context(), w.ID, me(c))
	if err == nil && !r.May(store.RoleAuthor) {
		err = store.ErrNotFound
	}
	return w, err
}
