package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// blankRows is how many attributes a form has room for beside those that are
// there.
const blankRows = 3

func (s *Server) newPerson(c echo.Context) error {
	form := views.PersonForm{ID: c.QueryParam("id"), Email: c.QueryParam("email"), Rows: make([]views.AttributeRow, blankRows)}
	return s.personForm(c, http.StatusOK, store.Person{}, form, nil)
}

func (s *Server) createPerson(c echo.Context) error {
	form, in, wrong := readPerson(c)
	if more(c) {
		return s.personForm(c, http.StatusOK, store.Person{}, form, nil)
	}
	if wrong != nil {
		return s.personForm(c, http.StatusUnprocessableEntity, store.Person{}, form, wrong)
	}
	p, err := s.store.AddPerson(c.Request().Context(), here(c).ID, in, by(c))
	if wrong, ok := invalid(err); ok {
		return s.personForm(c, http.StatusUnprocessableEntity, store.Person{}, form, wrong)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.PersonPath(here(c), p.ID), p.Label()+" was added.")
}

func (s *Server) editPerson(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	return s.personForm(c, http.StatusOK, p, personForm(p), nil)
}

func (s *Server) updatePerson(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	form, in, wrong := readPerson(c)
	if more(c) {
		return s.personForm(c, http.StatusOK, p, form, nil)
	}
	if wrong != nil {
		return s.personForm(c, http.StatusUnprocessableEntity, p, form, wrong)
	}
	err = s.store.EditPerson(c.Request().Context(), here(c).ID, p.ID, in, by(c))
	if wrong, ok := invalid(err); ok {
		return s.personForm(c, http.StatusUnprocessableEntity, p, form, wrong)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.PersonPath(here(c), p.ID), "Saved.")
}

func (s *Server) personForm(c echo.Context, status int, p store.Person, form views.PersonForm, wrong store.Invalid) error {
	names, err := s.store.AttributeNames(c.Request().Context(), here(c).ID)
	if err != nil {
		return err
	}
	return s.page(c, status, views.EditPerson(p, form, names, wrong))
}

// more says that the form asks for room for more attributes.
func more(c echo.Context) bool { return c.FormValue("more") != "" }

// personForm is a person as the form shows them: what is text, a number or yes
// and no in rows, the rest as JSON.
func personForm(p store.Person) views.PersonForm {
	form := views.PersonForm{ID: p.ExternalID, Email: p.Email, Was: asJSON(p.Attributes)}
	rest := store.Attributes{}
	for _, name := range slices.Sorted(maps.Keys(p.Attributes)) {
		switch value := p.Attributes[name].(type) {
		case map[string]any, []any:
			rest[name] = value
		default:
			form.Rows = append(form.Rows, views.AttributeRow{Name: name, Value: store.AttributeWords(value)})
		}
	}
	if len(rest) > 0 {
		form.Attributes = asJSON(rest)
	}
	form.Rows = append(form.Rows, make([]views.AttributeRow, blankRows)...)
	return form
}

func asJSON(a store.Attributes) string {
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return "{}" // values that came from JSON always marshal
	}
	return string(text)
}

// readPerson reads the form: a JSON object in attributes, and rows beside it.
func readPerson(c echo.Context) (views.PersonForm, store.PersonForm, store.Invalid) {
	form := views.PersonForm{ID: c.FormValue("id"), Email: c.FormValue("email"), Attributes: c.FormValue("attributes"), Was: c.FormValue("attributes_was")}
	in := store.PersonForm{ID: form.ID, Email: form.Email, Attributes: store.Attributes{}}
	problem := ""
	if text := strings.TrimSpace(form.Attributes); text != "" {
		object, err := store.DecodeObject([]byte(text))
		if err != nil || object == nil || !json.Valid([]byte(text)) {
			problem = `Write a JSON object, such as {"plan": "pro"}.`
		}
		maps.Copy(in.Attributes, object)
	}
	if form.Was != "" {
		was, err := store.DecodeObject([]byte(form.Was))
		if err != nil {
			problem = "This form is damaged. Reload the page and try again."
		}
		in.Was = was
	}
	form.Rows = readRows(c)
	for _, row := range form.Rows {
		name := strings.TrimSpace(row.Name)
		_, twice := in.Attributes[name]
		switch {
		case name == "" && row.Value == "":
		case name == "":
			problem = fmt.Sprintf("Name the attribute whose value is “%s”.", row.Value)
		case twice:
			problem = fmt.Sprintf("“%s” is there twice. Leave one of them out.", name)
		default:
			in.Attributes[name] = rowValue(row.Value, in.Was[name])
		}
	}
	form.Rows = append(form.Rows, make([]views.AttributeRow, blankRows)...)
	if problem != "" {
		return form, in, store.Invalid{"attributes": problem}
	}
	return form, in, nil
}

func readRows(c echo.Context) []views.AttributeRow {
	values, err := c.FormParams()
	if err != nil {
		return nil
	}
	var rows []views.AttributeRow
	for i, name := range values["attribute_name"] {
		row := views.AttributeRow{Name: name}
		if i < len(values["attribute_value"]) {
			row.Value = values["attribute_value"][i]
		}
		if row != (views.AttributeRow{}) {
			rows = append(rows, row)
		}
	}
	return rows
}

// rowValue is what a row's text stands for: what it was, if nobody changed it;
// a number or yes and no, if it reads as one; else a text.
func rowValue(text string, was any) any {
	if was != nil && text == store.AttributeWords(was) {
		return was
	}
	switch trimmed := strings.TrimSpace(text); trimmed {
	case "true":
		return true
	case "false":
		return false
	default:
		if trimmed != "" && trimmed[0] <= '9' && len(trimmed) <= 15 && json.Valid([]byte(trimmed)) && trimmed[0] != '"' {
			return json.Number(trimmed)
		}
	}
	return text
}
