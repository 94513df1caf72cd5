package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) showHome(c echo.Context) error {
	ctx, ws := c.Request().Context(), here(c).ID
	facts := views.HomeFacts{Mailbox: s.engine.UsesMailbox()}
	var err error
	if facts.Overview, err = s.store.Overview(ctx, ws); err != nil {
		return err
	}
	if facts.Live, err = s.store.RunningCampaigns(ctx, ws, 10); err != nil {
		return err
	}
	if facts.Activities, err = s.store.Activities(ctx, ws, store.Page{Limit: 8}); err != nil {
		return err
	}
	if err := s.hideChanges(c, facts.Activities); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.Home(facts))
}
