package web

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/views"
)

func (s *Server) listImports(c echo.Context) error {
	ctx, ws := c.Request().Context(), here(c)
	list := views.ImportList{Q: strings.TrimSpace(c.QueryParam("q"))}
	var err error
	list.Imports, list.Pages, err = readPage(c,
		func(page store.Page) ([]store.Import, error) { return s.store.Imports(ctx, ws.ID, list.Q, page) },
		func(i store.Import) int64 { return int64(i.ID) },
		func(at views.At) string { return views.ImportsAtPath(ws, list.Q, at) })
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ListImports(list))
}

func (s *Server) newImport(c echo.Context) error {
	return s.page(c, http.StatusOK, views.NewImport(asksForEvents(c), nil))
}

// asksForEvents says whether the rows of the file are events.
func asksForEvents(c echo.Context) bool { return c.QueryParam("kind") == "events" }

// createImport takes a file. It is streamed to disk, and understood there.
func (s *Server) createImport(c echo.Context) error {
	upload, err := s.receive(c.Request())
	if wrong, ok := invalid(err); ok {
		return s.page(c, http.StatusUnprocessableEntity, views.NewImport(asksForEvents(c), wrong))
	}
	if err != nil {
		return err
	}
	upload.Events = asksForEvents(c)
	id, err := s.store.CreateImport(c.Request().Context(), here(c).ID, upload, by(c))
	if err != nil {
		os.Remove(filepath.Join(s.uploads, upload.File))
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.ImportPath(here(c), id))
}

// showImport is an import as far as it is. Its columns can be matched again
// until it has begun.
func (s *Server) showImport(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	if i.State == store.Uploaded || !i.State.Begun() && !i.State.Working() && c.QueryParam("step") == "columns" {
		return s.matchColumns(c, http.StatusOK, i, nil)
	}
	return s.importPage(c, i, "")
}

// importPage shows an import, with the question whether to stop or delete it.
func (s *Server) importPage(c echo.Context, i store.Import, ask string) error {
	ctx, ws := c.Request().Context(), here(c).ID
	details := views.ImportDetails{Ask: ask}
	if i.State.Working() {
		return s.page(c, http.StatusOK, views.ShowImport(i, details))
	}
	var err error
	if details.Rejects, err = s.store.ImportRejects(ctx, ws, i.ID, 0, views.ShownRejects+1); err != nil {
		return err
	}
	if i.State == store.Checked {
		details.Samples, err = s.store.ImportSamples(ctx, ws, i.ID)
	} else {
		details.Kept, err = s.store.ImportKept(ctx, ws, i.ID, 0, views.ShownRejects+1)
	}
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ShowImport(i, details))
}

func (s *Server) matchColumns(c echo.Context, status int, i store.Import, wrong store.Invalid) error {
	ctx, ws := c.Request().Context(), here(c).ID
	known, err := s.store.AttributeNames(ctx, ws)
	if err != nil {
		return err
	}
	segments, err := s.store.Segments(ctx, ws)
	if err != nil {
		return err
	}
	return s.page(c, status, views.MatchColumns(i, known, segments, wrong))
}

// checkImport takes where the columns go and has the file checked.
func (s *Server) checkImport(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	for n := range i.Columns {
		i.Columns[n] = typedColumn(c, n)
	}
	i.Options = typedOptions(c, i.Options)
	err = s.store.CheckImport(c.Request().Context(), here(c).ID, i.ID, i.Columns, i.Options)
	if wrong, ok := invalid(err); ok {
		return s.matchColumns(c, http.StatusUnprocessableEntity, i, wrong)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.ImportPath(here(c), i.ID))
}

// typedOptions is what the form says of how rows are taken. What it does not
// say stays.
func typedOptions(c echo.Context, o store.ImportOptions) store.ImportOptions {
	if mode := c.FormValue("mode"); mode != "" {
		o.Mode, o.Clear = store.ImportMode(mode), c.FormValue("empty") == "clear"
		o.By = identity.Kind(c.FormValue("by"))
		o.Segment = strings.TrimSpace(c.FormValue("segment"))
	}
	return o
}

// typedColumn is what the form says of column n. A name that was typed goes
// before what was chosen.
func typedColumn(c echo.Context, n int) store.ImportColumn {
	to := c.FormValue(fmt.Sprintf("column-%d", n))
	if name := strings.TrimSpace(c.FormValue(fmt.Sprintf("name-%d", n))); name != "" {
		to = views.AttributeTarget(name)
	}
	return views.ParseColumn(to, c.FormValue(fmt.Sprintf("type-%d", n)))
}

// showImportProgress is the part of the page that is asked for again and again
// while the engine works. 286 ends that, and the page is shown anew.
func (s *Server) showImportProgress(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if !i.State.Working() {
		status = 286
		c.Response().Header().Set("HX-Refresh", "true")
	}
	return s.part(c, status, views.ImportProgressed(i))
}

func (s *Server) startImport(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	if err := s.store.StartImport(c.Request().Context(), here(c).ID, i.ID, by(c)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.ImportPath(here(c), i.ID))
}

func (s *Server) pauseImport(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	if err := s.store.PauseImport(c.Request().Context(), here(c).ID, i.ID); err != nil {
		return err
	}
	return s.done(c, views.ImportPath(here(c), i.ID), "Paused. Resume whenever you like.")
}

func (s *Server) resumeImport(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	if err := s.store.ResumeImport(c.Request().Context(), here(c).ID, i.ID); err != nil {
		return err
	}
	return s.done(c, views.ImportPath(here(c), i.ID), "Resumed.")
}

// askImport shows the import with the question that the address ends in:
// stop, undo, or delete.
func (s *Server) askImport(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	ask := c.Path()[strings.LastIndexByte(c.Path(), '/')+1:]
	if may := map[string]bool{"stop": i.State.Working() || i.State == store.Paused, "delete": !i.State.Working(), "undo": i.Undoable(s.store.Now())}; !may[ask] {
		return c.Redirect(http.StatusSeeOther, views.ImportPath(here(c), i.ID))
	}
	return s.importPage(c, i, ask)
}

func (s *Server) stopImport(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	if err := s.store.StopImport(c.Request().Context(), here(c).ID, i.ID, by(c)); err != nil {
		return err
	}
	return s.done(c, views.ImportPath(here(c), i.ID), "Stopped.")
}

func (s *Server) undoImport(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	if err := s.store.UndoImport(c.Request().Context(), here(c).ID, i.ID, by(c)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.ImportPath(here(c), i.ID))
}

func (s *Server) deleteImport(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	file, err := s.store.DeleteImport(c.Request().Context(), here(c).ID, i.ID, by(c))
	if err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(s.uploads, filepath.Base(file))); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.log.WarnContext(c.Request().Context(), "file of a deleted import not removed", "err", err)
	}
	return s.done(c, views.ImportsPath(here(c)), "Deleted the import “"+i.Name+"” and its file. The people stay.")
}

func (s *Server) importOf(c echo.Context) (store.Import, error) {
	n, err := id[store.ImportID](c, "import")
	if err != nil {
		return store.Import{}, err
	}
	return s.store.Import(c.Request().Context(), here(c).ID, n)
}
