package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// newDuplicate asks where a campaign is to be duplicated to.
func (s *Server) newDuplicate(c echo.Context) error {
	return s.duplicatePage(c, http.StatusOK, nil, "")
}

func (s *Server) duplicatePage(c echo.Context, status int, wrong store.Invalid, refused string) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	f := views.DuplicateForm{Campaign: camp, To: here(c), Name: c.FormValue("name"), Wrong: wrong, Refused: refused}
	ctx := c.Request().Context()
	if slug := c.FormValue("to"); slug != "" {
		if f.To, err = s.mayWriteTo(c, slug); err != nil {
			return err
		}
	}
	if f.Workspaces, err = s.store.WorkspacesToEdit(ctx, me(c), "", store.SwitcherLimit); err != nil {
		return err
	}
	if f.To.ID != here(c).ID {
		in, err := s.duplicateRequest(c, camp)
		if err != nil {
			return err
		}
		if f.Report.ImportPreview, err = s.store.PreviewDuplicate(ctx, f.To.ID, in, me(c)); err != nil {
			return err
		}
		f.Report.Whole = true
	}
	return s.page(c, status, views.DuplicateCampaign(f))
}

func (s *Server) duplicateRequest(c echo.Context, camp store.Campaign) (store.Duplicate, error) {
	form, err := c.FormParams()
	return store.Duplicate{Workspace: here(c).ID, Campaign: camp.ID, Name: strings.TrimSpace(form.Get("name")), Seen: form.Get("seen"), Choices: choicesOf(form)}, err
}

// duplicateElsewhere adds a copy of a campaign to another workspace.
func (s *Server) duplicateElsewhere(c echo.Context, slug string) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	to, err := s.mayWriteTo(c, slug)
	if err != nil {
		return err
	}
	in, err := s.duplicateRequest(c, camp)
	if err != nil {
		return err
	}
	made, err := s.store.DuplicateTo(c.Request().Context(), to.ID, in, me(c))
	wrong, isWrong := invalid(err)
	switch {
	case isWrong && wrong["name"] != "":
		return s.duplicatePage(c, http.StatusUnprocessableEntity, wrong, "")
	case errors.Is(err, store.ErrSourceChanged) && in.Seen == "":
		return s.duplicatePage(c, http.StatusUnprocessableEntity, nil, "Nothing is copied yet. Look at what it needs there, then duplicate it.")
	case isWrong, errors.Is(err, store.ErrSourceChanged):
		_, why := importRefused(err, store.ImportRequest{Campaign: camp.ID, Seen: in.Seen})
		return s.duplicatePage(c, http.StatusConflict, nil, strings.Replace(why, "imported", "copied", 1))
	case err != nil:
		return err
	}
	return s.done(c, views.WorkflowPath(to, made.ID), "“"+made.Name+"” is a draft in "+to.Name+". Mend what it lacks here, then start it.")
}
