package web

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// newActionImport is the page on which actions of other campaigns are chosen.
func (s *Server) newActionImport(c echo.Context) error {
	f, err := s.importForm(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ImportActions(f))
}

// actionImportDialog is the same over the workflow.
func (s *Server) actionImportDialog(c echo.Context) error {
	f, err := s.importForm(c)
	if err != nil {
		return err
	}
	return s.part(c, http.StatusOK, views.ImportDialog(f))
}

// actionImportPart is what changes while one chooses.
func (s *Server) actionImportPart(c echo.Context) error {
	f, err := s.importForm(c)
	if err != nil {
		return err
	}
	return s.part(c, http.StatusOK, views.ImportPart(f))
}

// importActions brings the chosen actions into the draft.
func (s *Server) importActions(c echo.Context) error {
	id, err := id[store.CampaignID](c, "campaign")
	if err != nil {
		return err
	}
	in, _, err := s.importRequest(c)
	if err != nil {
		return err
	}
	out, err := s.store.ImportActions(c.Request().Context(), here(c).ID, id, in, me(c))
	if status, why := importRefused(err, in); status != 0 {
		return s.importAgain(c, status, why)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.WorkflowPath(here(c), id), importedWords(out))
}

// importAgain shows the page as it was sent, with what is there now.
func (s *Server) importAgain(c echo.Context, status int, why string) error {
	f, err := s.importForm(c)
	if err != nil {
		return err
	}
	f.Refused = why
	return s.page(c, status, views.ImportActions(f))
}

// importRefused words why nothing was imported, if that is for the person to
// cure.
func importRefused(err error, in store.ImportRequest) (status int, why string) {
	var misplaced *workflow.Error
	wrong, isWrong := invalid(err)
	switch {
	case errors.Is(err, store.ErrNotFound) && in.Campaign == 0:
		return http.StatusUnprocessableEntity, "Choose at least one action."
	case errors.Is(err, store.ErrSourceChanged) && in.Seen == "":
		return http.StatusUnprocessableEntity, "Nothing is imported yet. Look at what comes, then import it."
	case errors.Is(err, store.ErrSourceChanged):
		return http.StatusConflict, "The source changed meanwhile, so nothing was imported. Look again at what comes."
	case errors.Is(err, store.ErrChanged):
		return http.StatusConflict, "Somebody changed this campaign meanwhile, so nothing was imported. Look at the place and import again."
	case errors.As(err, &misplaced):
		return http.StatusUnprocessableEntity, misplaced.Message
	case isWrong:
		var all []string
		for _, field := range slices.Sorted(maps.Keys(wrong)) {
			all = append(all, wrong[field])
		}
		return http.StatusUnprocessableEntity, strings.Join(all, " ")
	}
	return 0, ""
}

func importedWords(out store.Imported) string {
	n := views.Count(out.Count, "action", "actions")
	switch {
	case out.Updated == out.Count:
		return fmt.Sprintf("Updated %s from %s. Undo brings back what was there.", n, out.From)
	case out.Updated > 0:
		return fmt.Sprintf("Imported %s from %s; %d of them were here and are updated. Messages are drafts.", n, out.From, out.Updated)
	}
	return fmt.Sprintf("Imported %s from %s. Messages are drafts; nothing is sent.", n, out.From)
}

// importRequest reads what was chosen, and from which workspace.
func (s *Server) importRequest(c echo.Context) (in store.ImportRequest, from store.Workspace, err error) {
	form, err := c.FormParams()
	if err != nil {
		return in, from, err
	}
	if slug := form.Get("from"); slug != "" {
		if from, err = s.store.WorkspaceBySlug(c.Request().Context(), slug); err != nil {
			return in, from, err
		}
	}
	campaign, _ := strconv.ParseInt(form.Get("campaign"), 10, 64)
	base, err := strconv.Atoi(form.Get("base"))
	if err != nil {
		base = -2 // no draft has this revision
	}
	place := workflow.Place{}
	if text := form.Get("place"); text != "" {
		if place, err = workflow.ParsePlace(text); err != nil {
			return in, from, store.ErrNotFound
		}
	}
	in = store.ImportRequest{
		Workspace: from.ID, Campaign: store.CampaignID(campaign), Live: form.Get("version") != "draft", Picked: form["pick"], Place: place,
		Base: base, Seen: form.Get("seen"), Update: form.Get("again") == "update", Choices: choicesOf(form),
	}
	return in, from, nil
}

// choicesOf is what was chosen in a report.
func choicesOf(form url.Values) map[string]string {
	choices := map[string]string{}
	for name := range form {
		if strings.HasPrefix(name, "need.") {
			choices[name] = form.Get(name)
		}
	}
	return choices
}

// importForm is the page for what was chosen so far.
func (s *Server) importForm(c echo.Context) (f views.ImportForm, err error) {
	ctx := c.Request().Context()
	target, err := id[store.CampaignID](c, "campaign")
	if err != nil {
		return f, err
	}
	if f.Target, err = s.store.Campaign(ctx, here(c).ID, target); err != nil {
		return f, err
	}
	in, from, err := s.importRequest(c)
	if err != nil {
		return f, err
	}
	f.Place, f.Picked, f.Report.Update = in.Place, in.Picked, in.Update
	f.Q, f.Opened, f.Look = strings.TrimSpace(c.FormValue("q")), c.FormValue("open") != "", c.FormValue("look")
	if f.Sources, f.More, err = s.store.ImportSources(ctx, here(c).ID, me(c), f.Q); err != nil {
		return f, err
	}
	return f, s.openSource(c, &f, in, from)
}

// campaignsAtOnce is how many campaigns of a workspace the tree lists.
const campaignsAtOnce = 50

// openSource adds the workspace and the campaign that are open in the tree, and
// what the chosen actions bring.
func (s *Server) openSource(c echo.Context, f *views.ImportForm, in store.ImportRequest, from store.Workspace) (err error) {
	if from.ID == 0 {
		return nil
	}
	ctx := c.Request().Context()
	f.Open.Workspace, f.Open.After = from, c.FormValue("after")
	if f.Open.Campaigns, err = s.store.SourceCampaigns(ctx, from.ID, me(c), "", f.Open.After, campaignsAtOnce+1); err != nil {
		return err
	}
	if f.Open.More = len(f.Open.Campaigns) > campaignsAtOnce; f.Open.More {
		f.Open.Campaigns = f.Open.Campaigns[:campaignsAtOnce]
	}
	if in.Campaign == 0 {
		return nil
	}
	if f.Open.Campaign, f.Open.Flow, err = s.store.SourceCampaign(ctx, from.ID, in.Campaign, in.Live, me(c)); err != nil {
		return err
	}
	f.Open.Draft = !in.Live && f.Open.Campaign.Version > 0
	f.Report.ImportPreview, err = s.store.PreviewImport(ctx, here(c).ID, f.Target.ID, in, me(c))
	return err
}

// importBody is a message of another campaign as it is written, with its layout
// around it and its Liquid in it.
func (s *Server) importBody(c echo.Context) error {
	ctx := c.Request().Context()
	in, from, err := s.importRequest(c)
	if err != nil {
		return err
	}
	_, flow, err := s.store.SourceCampaign(ctx, from.ID, in.Campaign, in.Live, me(c))
	if err != nil {
		return err
	}
	a, ok := workflow.Find(flow, c.QueryParam("action"))
	if !ok || a.Email == nil {
		return store.ErrNotFound
	}
	html := a.Email.Body
	if a.Email.Layout != "" {
		l, err := s.store.Layout(ctx, from.ID, a.Email.Layout)
		switch {
		case err == nil:
			html = contentMark.ReplaceAllLiteralString(l.HTML, html)
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
	}
	return s.sandboxed(c, foreign{html: html})
}

// contentMark is where a layout holds the message.
var contentMark = regexp.MustCompile(`\{\{-?\s*content\s*-?\}\}`)
