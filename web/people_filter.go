package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/views"
)

// askFilter asks for one more filter, and adds it when it was answered: a list
// is read by its address, so this is one, too.
func (s *Server) askFilter(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	list := views.PeopleList{Ask: "filter", Filter: filterForm(form)}
	status := http.StatusOK
	if form.Get("add") != "" {
		state, broken := s.peopleState(c)
		filter, err := newFilter(list.Filter)
		if err == nil && broken == "" {
			state = state.With(filter)
			if _, broken = s.readFilter(c, views.FilterText(state.Query.Filter)); broken == "" {
				return c.Redirect(http.StatusSeeOther, views.PeopleStatePath(here(c), state, views.At{}))
			}
		}
		list.Wrong, status = store.Invalid{"filter": broken}, http.StatusUnprocessableEntity
		if err != nil {
			list.Wrong["filter"] = err.Error()
		}
	}
	if err := s.suggest(c, &list.Filter); err != nil {
		return err
	}
	return s.peoplePage(c, status, list)
}

// suggestions is how many names of a kind a form suggests. Any other can be
// typed.
const suggestions = 300

func (s *Server) suggest(c echo.Context, f *views.FilterForm) error {
	ctx, ws := c.Request().Context(), here(c).ID
	var err error
	if f.Attributes, err = s.store.AttributeNames(ctx, ws); err != nil {
		return err
	}
	if f.Events, err = s.store.EventNames(ctx, ws); err != nil {
		return err
	}
	segments, err := s.store.Segments(ctx, ws)
	for _, g := range segments[:min(len(segments), suggestions)] {
		f.Segments = append(f.Segments, g.Name)
	}
	f.Attributes, f.Events = f.Attributes[:min(len(f.Attributes), suggestions)], f.Events[:min(len(f.Events), suggestions)]
	return err
}

func filterForm(form url.Values) views.FilterForm {
	f := views.FilterForm{Kind: form.Get("add"), Operator: form.Get("operator"), In: form.Get("in"), Did: form.Get("did")}
	if f.Kind == "" {
		f.Kind = "attribute"
	}
	for field, name := range map[*string]string{
		&f.Field: "field", &f.Value: "value", &f.Segment: "segment", &f.Event: "event", &f.Times: "times", &f.Within: "within",
	} {
		*field = strings.TrimSpace(form.Get(name))
	}
	return f
}

// newFilter is the condition that the form says, or what to do about it.
func newFilter(f views.FilterForm) (c condition.Condition, err error) {
	switch f.Kind {
	case "segment":
		c, err = segmentFilter(f)
	case "event":
		c, err = eventFilter(f)
	default:
		c, err = attributeFilter(f)
	}
	if err != nil {
		return c, err
	}
	if err := c.Check(""); err != nil {
		if bad, ok := err.(*condition.Error); ok {
			return c, fmt.Errorf("%s", sentence(bad.Message))
		}
		return c, err
	}
	return c, nil
}

func attributeFilter(f views.FilterForm) (condition.Condition, error) {
	a := &condition.Attribute{Field: f.Field, Operator: condition.Operator(f.Operator)}
	switch {
	case f.Field == "":
		return condition.Condition{}, fmt.Errorf("Name the attribute.")
	case a.Operator.TakesValue() && f.Value == "":
		return condition.Condition{}, fmt.Errorf("Write a value for %s.", f.Field)
	case a.Operator.TakesValue():
		a.Value = filterValue(a.Operator, f.Value)
	}
	return condition.Condition{Attribute: a}, nil
}

// filterValue writes numbers and booleans as such, and several values, with
// commas between them, as a list where an operator takes one.
func filterValue(op condition.Operator, text string) json.RawMessage {
	if op == condition.Eq || op == condition.Ne {
		if parts := strings.Split(text, ","); len(parts) > 1 {
			values := make([]json.RawMessage, 0, len(parts))
			for _, part := range parts {
				if part = strings.TrimSpace(part); part != "" {
					values = append(values, conditionValue(op, part))
				}
			}
			list, _ := json.Marshal(values) // of what was encoded
			return list
		}
	}
	return conditionValue(op, text)
}

func segmentFilter(f views.FilterForm) (c condition.Condition, err error) {
	if f.Segment == "" {
		return c, fmt.Errorf("Name the segment.")
	}
	in := condition.Condition{Segment: &condition.Segment{Name: f.Segment}}
	if f.In == "out" {
		return condition.Condition{Not: &in}, nil
	}
	return in, nil
}

func eventFilter(f views.FilterForm) (c condition.Condition, err error) {
	e := &condition.Event{Name: f.Event, Within: f.Within}
	if f.Times != "" && f.Times != "1" {
		if e.AtLeast, err = strconv.Atoi(f.Times); err != nil || e.AtLeast < 1 {
			return c, fmt.Errorf("Write a number of times, such as 2.")
		}
	}
	did := condition.Condition{Event: e}
	if f.Did == "not" {
		return condition.Condition{Not: &did}, nil
	}
	return did, nil
}

// askColumns asks what the list shows of people.
func (s *Server) askColumns(c echo.Context) error {
	return s.columnsPage(c, http.StatusOK, nil)
}

func (s *Server) columnsPage(c echo.Context, status int, wrong store.Invalid) error {
	list := views.PeopleList{Ask: "columns", Wrong: wrong}
	if err := s.suggest(c, &list.Filter); err != nil {
		return err
	}
	return s.peoplePage(c, status, list)
}

// setColumns keeps what a member wants to see. It changes nothing for others,
// so a viewer may do it.
func (s *Server) setColumns(c echo.Context) error {
	state, _ := s.peopleState(c)
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	prefs := store.PeoplePreferences{Columns: slices.Clone(form["column"]), Compact: form.Get("compact") == "true"}
	if prefs.Columns == nil {
		prefs.Columns = []string{}
	}
	err = s.store.SetPeoplePreferences(c.Request().Context(), here(c).ID, me(c).ID, prefs)
	if wrong, ok := invalid(err); ok {
		return s.columnsPage(c, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	state.Columns = nil
	return c.Redirect(http.StatusSeeOther, views.PeopleStatePath(here(c), state, views.At{}))
}

// askSegment asks for the name of a segment that is made of the filters.
func (s *Server) askSegment(c echo.Context) error {
	return s.peoplePage(c, http.StatusOK, views.PeopleList{Ask: "segment"})
}

func (s *Server) saveSegment(c echo.Context) error {
	state, broken := s.peopleState(c)
	wrong := store.Invalid{}
	if state.Query.Filter == nil && broken == "" {
		broken = "Add a filter first: a segment is the people who match it."
	}
	if broken != "" {
		wrong["condition"] = broken
		return s.peoplePage(c, http.StatusUnprocessableEntity, views.PeopleList{Ask: "segment", Name: c.FormValue("name"), Wrong: wrong})
	}
	in := store.NewSegment{Name: c.FormValue("name"), Condition: *state.Query.Filter}
	g, err := s.store.CreateSegment(c.Request().Context(), here(c).ID, in, by(c))
	if wrong, ok := invalid(err); ok {
		return s.peoplePage(c, http.StatusUnprocessableEntity, views.PeopleList{Ask: "segment", Name: in.Name, Wrong: wrong})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SegmentPath(here(c), g.ID), "The segment was saved.")
}
