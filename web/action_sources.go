package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// showSources compares the imported actions of a campaign with where they came
// from.
func (s *Server) showSources(c echo.Context) error { return s.sources(c, http.StatusOK, "") }

func (s *Server) sources(c echo.Context, status int, refused string) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c).ID
	page := views.Sources{Refused: refused}
	if page.Head, _, err = s.campaignHead(c, camp); err != nil {
		return err
	}
	groups, err := s.store.ActionSources(ctx, ws, camp.ID, me(c))
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	for _, g := range groups {
		one := views.SourceGroup{SourceGroup: g}
		if g.Changed() > 0 && role(c).May(store.RoleAuthor) {
			in := store.ImportRequest{Workspace: g.From.ID, Campaign: g.Campaign.ID, Live: g.Live, Choices: choicesOf(form)}
			for _, a := range g.Actions {
				if a.State == store.SourceChanged {
					in.Picked = append(in.Picked, a.Action.Key)
				}
			}
			if one.Report, err = s.store.PreviewTake(ctx, ws, camp.ID, in, me(c)); err != nil {
				return err
			}
		}
		page.Groups = append(page.Groups, one)
	}
	return s.page(c, status, views.ShowSources(page))
}

// seenHashes is what the page said of the sources of the actions that were
// picked.
func seenHashes(form url.Values) map[string]string {
	hashes := map[string]string{}
	for _, key := range form["pick"] {
		hashes[key] = form.Get("seen." + key)
	}
	return hashes
}

// takeSources brings what changed in the sources into the draft.
func (s *Server) takeSources(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	in, _, err := s.importRequest(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	in.Hashes = seenHashes(form)
	out, err := s.store.TakeSources(c.Request().Context(), here(c).ID, camp.ID, in, me(c))
	if errors.Is(err, store.ErrNotFound) {
		return s.sources(c, http.StatusUnprocessableEntity, "Nothing was taken: the source is gone, or you may not see it any more.")
	}
	in.Seen = "what the page said"
	if status, why := importRefused(err, in); status != 0 {
		return s.sources(c, status, strings.Replace(why, "imported", "taken", 1))
	}
	if err != nil {
		return err
	}
	n := views.Count(out.Count, "action", "actions")
	return s.done(c, views.SourcesPath(here(c), camp.ID), "Took what changed in "+n+" from "+out.From+". Messages that changed are drafts. Undo brings back what was there.")
}

// ignoreSources takes the marks off until the sources change again.
func (s *Server) ignoreSources(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	err = s.store.IgnoreSources(c.Request().Context(), here(c).ID, camp.ID, seenHashes(form), by(c))
	if wrong, ok := invalid(err); ok {
		return s.sources(c, http.StatusUnprocessableEntity, wrong["action"]+wrong["campaign"])
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SourcesPath(here(c), camp.ID), "Ignored until it changes again. What is here stays as it is.")
}
