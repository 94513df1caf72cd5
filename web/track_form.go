package web

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// submitForm keeps what somebody filled in on another site. A form that cannot
// be accepted is remembered all the same, so that its owner sees it arrive.
func (s *Server) submitForm(c echo.Context) error {
	id, err := named(c.Request(), "/api/v1/forms/", "/submit")
	if err != nil {
		return err
	}
	if len(id) > maxEventText {
		return badCall("form id cannot be longer than %d bytes", maxEventText)
	}
	body, err := readObject(c)
	if err != nil {
		return err
	}
	data, _ := body["data"].(map[string]any)
	ctx, form := c.Request().Context(), store.Form{ID: id, Name: formName(data["form_name"])}
	person, err := parseForm(here(c).Identifiers, data)
	if err != nil {
		return cmp.Or(s.store.Do(ctx, here(c).ID, store.FormSeen{Form: form})[0], err)
	}
	if err := s.store.Do(ctx, here(c).ID, store.Submission{Form: form, Person: person})[0]; err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func formName(value any) string {
	text, _ := value.(string)
	if len(text) > maxEventText {
		return ""
	}
	return text
}

// aboutForm is the fields that tell of the form, and nothing of the person.
var aboutForm = []string{"form_id", "form_name", "form_type", "form_url", "form_url_param"}

// parseForm reads the fields of a form: text each, and one names the person.
func parseForm(m identity.Mode, data map[string]any) (person store.Identify, err error) {
	if data == nil {
		return person, badCall("data must be an object")
	}
	person.Attributes, person.Source = store.Attributes{}, "Form"
	for _, name := range slices.Sorted(maps.Keys(data)) {
		text, ok := data[name].(string)
		if !ok {
			return person, badCall("the field '%s' must be a string", name)
		}
		if name == "id" || name == "email" || slices.Contains(aboutForm, name) {
			continue
		}
		if err := take(&person, name, text); err != nil {
			return person, err
		}
	}
	person.Ref, err = oneOf(m, "data", map[string]any{"id": data["id"], "email": data["email"]})
	return person, err
}
