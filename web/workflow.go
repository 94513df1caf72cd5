package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

func (s *Server) showWorkflow(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	e, err := s.editor(c, camp)
	if err != nil {
		return err
	}
	e.Focus = c.QueryParam("focus")
	if _, err := workflow.ParsePlace(c.QueryParam("add")); err == nil && role(c).May(store.RoleAuthor) {
		e.Add = c.QueryParam("add")
	}
	s.picking(c, &e)
	if err := s.choose(c, &e, c.QueryParam("action")); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.EditWorkflow(e))
}

// editor is the page of a campaign's workflow with nothing chosen.
func (s *Server) editor(c echo.Context, camp store.Campaign) (views.Editor, error) {
	ctx, ws := c.Request().Context(), here(c).ID
	var e views.Editor
	var err error
	if e.Head, e.Problems, err = s.campaignHead(c, camp); err != nil {
		return e, err
	}
	e.Shown = camp.Draft
	if c.QueryParam("view") == "live" && camp.Version > 0 {
		e.Still = true
		if e.Shown, _, err = s.store.Live(ctx, ws, camp.ID); err != nil {
			return e, err
		}
		if e.Counts, err = s.store.CampaignCounts(ctx, ws, camp.ID); err != nil {
			return e, err
		}
	}
	if n := int(keyParam(c, "version")); n != 0 {
		v, err := s.store.CampaignVersion(ctx, ws, camp.ID, n)
		if err != nil {
			return e, err
		}
		e.Still, e.Old, e.Shown = true, n, v.Campaign
	}
	e.Clipboard = s.clipboards.of(s.owner(c)).count
	e.Shown, err = s.store.WithSegmentNames(ctx, ws, e.Shown)
	return e, err
}

// picking is which actions are chosen, and whether a place is wanted for them.
func (s *Server) picking(c echo.Context, e *views.Editor) {
	q := c.QueryParams()
	if !role(c).May(store.RoleAuthor) || e.Still {
		return
	}
	move := chosenKeys(q, "move")
	if q.Has("move") && len(move) == 0 {
		move = chosenKeys(q, "keys")
	}
	if len(move) > 0 && workflow.Has(e.Shown, move) {
		e.Move = move
		return
	}
	if q.Has("select") {
		e.Select, e.Picked = true, chosenKeys(q, "keys")
	}
}

// choose opens the action with this key in the inspector, if it is there.
func (s *Server) choose(c echo.Context, e *views.Editor, key string) error {
	a, ok := workflow.Find(e.Shown, key)
	if !ok || key == "" || e.Still {
		return nil
	}
	if a.Origin != nil {
		source, err := s.store.ActionSource(c.Request().Context(), here(c).ID, store.Campaign{ID: e.Head.ID, Draft: e.Shown}, key, me(c))
		if err != nil {
			return err
		}
		e.Source = &source
	}
	form := actionForm(a)
	return s.openAction(c, e, &form)
}

// openAction shows a form in the inspector, with what its fields suggest.
func (s *Server) openAction(c echo.Context, e *views.Editor, form *views.ActionForm) error {
	ctx, ws := c.Request().Context(), here(c).ID
	var err error
	if form.Names, err = s.conditionNames(c); err != nil {
		return err
	}
	switch a := form.Action; {
	case a.Email != nil:
		form.Senders, err = s.store.Senders(ctx, ws)
	case a.SendEvent != nil:
		form.Workspaces, err = s.otherWorkspaces(c)
	}
	e.Chosen = form
	return err
}

// otherWorkspaces is where else the member may change campaigns.
func (s *Server) otherWorkspaces(c echo.Context) (others []store.Workspace, err error) {
	ctx := c.Request().Context()
	all, err := s.store.WorkspacesOf(ctx, me(c), "", "", store.SwitcherLimit)
	if err != nil {
		return nil, err
	}
	for _, ws := range all {
		role, err := s.store.RoleIn(ctx, ws.ID, me(c))
		if err != nil {
			return nil, err
		}
		if ws.ID != here(c).ID && role.May(store.RoleAuthor) {
			others = append(others, ws)
		}
	}
	return others, nil
}

// refused shows the workflow as it is now, and why a change was not made.
func (s *Server) refused(c echo.Context, camp store.Campaign, key string, err error) error {
	status, why := http.StatusUnprocessableEntity, ""
	var wrong *workflow.Error
	bad, isInvalid := invalid(err)
	switch {
	case errors.Is(err, store.ErrChanged):
		status, why = http.StatusConflict, changedMeanwhile
	case errors.As(err, &wrong):
		why = wrong.Message
	case isInvalid:
		why = bad["campaign"]
	default:
		return err
	}
	camp, err = s.store.Campaign(c.Request().Context(), here(c).ID, camp.ID)
	if err != nil {
		return err
	}
	e, err := s.editor(c, camp)
	if err != nil {
		return err
	}
	e.Refused = why
	if err := s.choose(c, &e, key); err != nil {
		return err
	}
	return s.page(c, status, views.EditWorkflow(e))
}

const changedMeanwhile = "Somebody changed this workflow while you had it open. Nothing was saved; this is how it is now. Do it again if it still fits."
