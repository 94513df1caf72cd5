package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

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
	form := views.SegmentForm{Condition: conditionForm("", nil)}
	if start, ok := views.SegmentStarts[c.QueryParam("from")]; ok {
		form = views.SegmentForm{Name: start.Name, Description: start.Description, Condition: conditionForm("", &start.Condition)}
	}
	return s.segmentForm(c, http.StatusOK, store.Segment{}, form, nil)
}

func (s *Server) createSegment(c echo.Context) error {
	form, in, problem := readSegment(c)
	var err error
	if form.Editing {
		if form.Preview, err = s.matching(c, in, problem); err != nil {
			return err
		}
		return s.segmentForm(c, http.StatusOK, store.Segment{}, form, nil)
	}
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
	form := views.SegmentForm{Name: g.Name, Description: g.Description, Manual: g.Manual}
	if !g.Manual {
		form.Condition = conditionForm("", &g.Condition)
	}
	return s.segmentForm(c, http.StatusOK, g, form, nil)
}

func (s *Server) updateSegment(c echo.Context) error {
	g, err := s.segment(c)
	if err != nil {
		return err
	}
	form, in, problem := readSegment(c)
	if form.Editing {
		if form.Preview, err = s.matching(c, in, problem); err != nil {
			return err
		}
		return s.segmentForm(c, http.StatusOK, g, form, nil)
	}
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
	form.Manual, form.Editing = values.Get("kind-of") == "manual", editingCondition(values)
	read, condition, problem := readCondition(values, "")
	form.Condition = read
	in = store.NewSegment{Name: form.Name, Description: form.Description, Manual: form.Manual}
	switch {
	case condition != nil:
		in.Condition = *condition
	case problem == "" && !form.Manual:
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
	names, err := s.conditionNames(c)
	if err != nil {
		return err
	}
	if !form.Editing && form.Preview.Words == "" {
		form.Preview.Problem = "Write a condition to see who matches."
	}
	return s.page(c, status, views.EditSegment(g, form, names, wrong))
}

// conditionNames is what the fields of a condition suggest.
func (s *Server) conditionNames(c echo.Context) (names views.ConditionNames, err error) {
	ctx, ws := c.Request().Context(), here(c).ID
	if names.Attributes, err = s.store.AttributeNames(ctx, ws); err != nil {
		return names, err
	}
	if names.Events, err = s.store.EventNames(ctx, ws); err != nil {
		return names, err
	}
	if names.Segments, err = s.store.Segments(ctx, ws); err != nil {
		return names, err
	}
	if names.Topics, err = s.store.Topics(ctx, ws); err != nil {
		return names, err
	}
	messages, err := s.store.CampaignMessages(ctx, ws)
	if err != nil {
		return names, err
	}
	campaign, _ := strconv.ParseInt(c.Param("campaign"), 10, 64) // zero: no campaign asks
	c.SetRequest(c.Request().WithContext(views.WithMessages(ctx, messages, store.CampaignID(campaign))))
	return names, nil
}

// previewWithin is how long a look at who would be in a segment may take.
const previewWithin = time.Second

// previewSegment is who would be in a segment, while its form is filled in.
func (s *Server) previewSegment(c echo.Context) error {
	_, in, problem := readSegment(c)
	p, err := s.matching(c, in, problem)
	if err != nil {
		return err
	}
	return s.part(c, http.StatusOK, views.SegmentPreview(p))
}

// matching is who matches the condition of a form.
func (s *Server) matching(c echo.Context, in store.NewSegment, problem string) (p views.Preview, err error) {
	p.Words, p.Problem = in.Condition.Words(), problem
	if problem != "" {
		return p, nil
	}
	in.Name = "preview" // a name may come last
	p.SegmentPreview, err = s.store.PreviewSegment(c.Request().Context(), here(c).ID, in, previewWithin)
	if wrong, ok := invalid(err); ok {
		p.Problem, err = wrong["condition"], nil
	}
	return p, err
}

// removeFromSegment takes one person out of a manual segment.
func (s *Server) removeFromSegment(c echo.Context) error {
	g, err := s.segment(c)
	if err != nil {
		return err
	}
	who, err := strconv.ParseInt(c.FormValue("person"), 10, 64)
	if err != nil {
		return store.ErrNotFound
	}
	n, err := s.store.RemoveFromSegment(c.Request().Context(), here(c).ID, g.ID, []store.PersonID{store.PersonID(who)}, by(c))
	if _, ok := invalid(err); ok {
		return store.ErrNotFound // its page offers this for manual segments only
	}
	if err != nil {
		return err
	}
	said := "The person was removed from “" + g.Name + "”."
	if n == 0 {
		said = "The person was not in “" + g.Name + "” any more."
	}
	return s.done(c, views.SegmentPath(here(c), g.ID), said)
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
