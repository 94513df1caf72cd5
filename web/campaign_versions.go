package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// versionsOnPage is few: each is compared with the one before.
const versionsOnPage = 20

func (s *Server) listVersions(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c).ID
	var v views.Versions
	if v.Head, _, err = s.campaignHead(c, camp); err != nil {
		return err
	}
	if v.Versions, err = s.store.CampaignVersions(ctx, ws, camp.ID, int(keyParam(c, "before")), versionsOnPage); err != nil {
		return err
	}
	if n := len(v.Versions); n == versionsOnPage && v.Versions[n-1].Number > 1 {
		v.Older = fmt.Sprintf("%s?before=%d", views.VersionsPath(here(c), camp.ID), v.Versions[n-1].Number)
	}
	if v.Revisions, err = s.store.Revisions(ctx, ws, camp.ID); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.CampaignVersions(v))
}

// version is the version that the path names.
func (s *Server) version(c echo.Context) (store.CampaignVersion, error) {
	id, err := id[store.CampaignID](c, "campaign")
	if err != nil {
		return store.CampaignVersion{}, err
	}
	n, err := strconv.Atoi(c.Param("version"))
	if err != nil {
		return store.CampaignVersion{}, store.ErrNotFound
	}
	return s.store.CampaignVersion(c.Request().Context(), here(c).ID, id, n)
}

func (s *Server) restoreVersion(c echo.Context) error {
	v, err := s.version(c)
	if err != nil {
		return err
	}
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	if _, err := s.store.RestoreVersion(c.Request().Context(), here(c).ID, camp.ID, v.Number, by(c)); err != nil {
		return s.refused(c, camp, "", err)
	}
	return s.done(c, views.WorkflowPath(here(c), camp.ID), fmt.Sprintf("The draft is version %d again. Undo takes that back.", v.Number))
}

func (s *Server) exportVersion(c echo.Context) error {
	v, err := s.version(c)
	if err != nil {
		return err
	}
	named, err := s.store.WithSegmentNames(c.Request().Context(), here(c).ID, v.Campaign)
	if err != nil {
		return err
	}
	return sendDocument(c, workflow.Export(named), fmt.Sprintf("-v%d", v.Number))
}

// goToRevision makes the draft what it was after a change.
func (s *Server) goToRevision(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.FormValue("to"))
	if err != nil {
		n = -1 // which no change has
	}
	_, err = s.store.GoTo(c.Request().Context(), here(c).ID, camp.ID, n, by(c))
	if errors.Is(err, store.ErrNotFound) {
		err = &workflow.Error{Message: "This change is no longer kept. Choose another."}
	}
	if err != nil {
		return s.refused(c, camp, "", err)
	}
	return s.done(c, views.WorkflowPath(here(c), camp.ID), "The draft is as it was then.")
}
