package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) listSegments(c echo.Context) error {
	q := strings.TrimSpace(c.QueryParam("q"))
	segments, err := s.store.FindSegments(c.Request().Context(), here(c).ID, q)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ListSegments(q, segments))
}

// segment is the one that the address names, if it is in this workspace.
func (s *Server) segment(c echo.Context) (store.Segment, error) {
	id, err := id[store.SegmentID](c, "segment")
	if err != nil {
		return store.Segment{}, err
	}
	return s.store.Segment(c.Request().Context(), here(c).ID, id)
}

func (s *Server) showSegment(c echo.Context) error {
	return s.segmentPage(c, http.StatusOK, views.SegmentPage{})
}

func (s *Server) askDeleteSegment(c echo.Context) error {
	return s.segmentPage(c, http.StatusOK, views.SegmentPage{Ask: true})
}

func (s *Server) segmentPage(c echo.Context, status int, p views.SegmentPage) error {
	g, err := s.segment(c)
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c)
	p.Segment = g
	p.People, p.Pages, err = readPage(c,
		func(page store.Page) ([]store.Person, error) { return s.store.SegmentPeople(ctx, ws.ID, g.ID, page) },
		func(p store.Person) int64 { return int64(p.ID) },
		func(at views.At) string { return views.SegmentAtPath(ws, g.ID, at) })
	if err != nil {
		return err
	}
	if p.Users, err = s.store.SegmentUsers(ctx, ws.ID, g); err != nil {
		return err
	}
	if p.Progress, err = s.store.BuildProgress(ctx, ws.ID, g); err != nil {
		return err
	}
	return s.page(c, status, views.ShowSegment(p))
}

// segmentSize is the part of the page that follows a build.
func (s *Server) segmentSize(c echo.Context) error {
	g, err := s.segment(c)
	if err != nil {
		return err
	}
	progress, err := s.store.BuildProgress(c.Request().Context(), here(c).ID, g)
	if err != nil {
		return err
	}
	return s.part(c, http.StatusOK, views.SegmentSize(g, progress))
}

func (s *Server) newSegment(c echo.Context) error {
	return s.segmentForm(c, http.StatusOK, store.Segment{}, views.SegmentForm{Condition: conditionForm("", nil)}, nil)
}

func (s *Server) createSegment(c echo.Context) error {
	form, in, problem := readSegment(c)
	g, err := s.store.CreateSegment(c.Request().Context(), here(c).ID, in, by(c))
	if wrong, ok := invalid(err); ok {
		return s.segmentForm(c, http.StatusUnprocessableEntity, store.Segment{}, form, explained(wrong, problem))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SegmentPath(here(c), g.ID), "The segment was saved.")
}

func (s *Server) editSegment(c echo.Context) error {
	g, err := s.segment(c)
	if err != nil {
		return err
	}
	form := views.SegmentForm{Name: g.Name, Description: g.Description, Condition: conditionForm("", &g.Condition)}
	return s.segmentForm(c, http.StatusOK, g, form, nil)
}

func (s *Server) updateSegment(c echo.Context) error {
	g, err := s.segment(c)
	if err != nil {
		return err
	}
	form, in, problem := readSegment(c)
	err = s.store.EditSegment(c.Request().Context(), here(c).ID, g.ID, in, by(c))
	if wrong, ok := invalid(err); ok {
		return s.segmentForm(c, http.StatusUnprocessableEntity, g, form, explained(wrong, problem))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SegmentPath(here(c), g.ID), "The segment was saved.")
}

// readSegment reads the form. What is no condition yet is left out: the store
// then refuses the segment, and problem says why.
func readSegment(c echo.Context) (form views.SegmentForm, in store.NewSegment, problem string) {
	values, err := c.FormParams()
	if err != nil {
		return form, in, "This form could not be read. Reload the page and try again."
	}
	form.Name, form.Description = values.Get("name"), strings.TrimSpace(values.Get("description"))
	read, condition, problem := readCondition(values, "")
	form.Condition = read
	in = store.NewSegment{Name: form.Name, Description: form.Description}
	switch {
	case condition != nil:
		in.Condition = *condition
	case problem == "":
		problem = "Say who is in it: write at least one condition."
	}
	return form, in, problem
}

// explained puts what is wrong with the condition as typed before what the
// store says of it.
func explained(wrong store.Invalid, problem string) store.Invalid {
	if problem != "" {
		wrong["condition"] = problem
	}
	return wrong
}

func (s *Server) segmentForm(c echo.Context, status int, g store.Segment, form views.SegmentForm, wrong store.Invalid) error {
	names, err := s.store.AttributeNames(c.Request().Context(), here(c).ID)
	if err != nil {
		return err
	}
	return s.page(c, status, views.EditSegment(g, form, names, wrong))
}

func (s *Server) deleteSegment(c echo.Context) error {
	g, err := s.segment(c)
	if err != nil {
		return err
	}
	err = s.store.DeleteSegment(c.Request().Context(), here(c).ID, g.ID, by(c))
	if wrong, ok := invalid(err); ok {
		return s.segmentPage(c, http.StatusUnprocessableEntity, views.SegmentPage{Ask: true, Wrong: wrong})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SegmentsPath(here(c)), "“"+g.Name+"” was deleted.")
}
