package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/views"
)

func (s *Server) showPersonAttributes(c echo.Context) error {
	return s.attributesPage(c, http.StatusOK, views.PersonAttributes{Edit: c.QueryParam("edit")})
}

func (s *Server) attributesPage(c echo.Context, status int, a views.PersonAttributes) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	a.Person = p
	if a.Names, err = s.store.AttributeNames(c.Request().Context(), here(c).ID); err != nil {
		return err
	}
	return s.page(c, status, views.ShowPersonAttributes(a))
}

// setPersonAttribute sets one attribute, or removes it when nothing is entered.
func (s *Server) setPersonAttribute(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	name, text := strings.TrimSpace(c.FormValue("name")), c.FormValue("value")
	value, wrong := attributeValue(name, text, p.Attributes[name])
	if wrong == nil {
		err = s.store.SetAttribute(c.Request().Context(), here(c).ID, p.ID, name, value, by(c))
		wrong, _ = invalid(err)
	}
	if wrong != nil {
		return s.attributesPage(c, http.StatusUnprocessableEntity, views.PersonAttributes{Edit: c.FormValue("was"), Name: name, Value: text, Wrong: wrong})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.PersonAttributesPath(here(c), p.ID), "“"+name+"” is saved.")
}

// attributeValue reads what was typed: a list or an object where there was one
// or where it is written as one, else as in the rows of the form.
func attributeValue(name, text string, was any) (any, store.Invalid) {
	if name == "" {
		return nil, store.Invalid{"name": "Name the attribute."}
	}
	trimmed := strings.TrimSpace(text)
	switch was.(type) {
	case map[string]any, []any:
		if trimmed == "" {
			return nil, nil
		}
		d := json.NewDecoder(bytes.NewReader([]byte(trimmed)))
		d.UseNumber()
		var value any
		if err := d.Decode(&value); err != nil || d.More() {
			return nil, store.Invalid{"value": `This was a list or an object. Write one as JSON, such as ["a", "b"].`}
		}
		return value, nil
	}
	return rowValue(text, was), nil
}

func (s *Server) showPersonDeliveries(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c)
	var list views.DeliveryList
	list.Found, list.Pages, err = readPage(c,
		func(page store.Page) ([]store.ListedDelivery, error) {
			return s.store.Deliveries(ctx, ws.ID, store.DeliveryFilter{People: []store.PersonID{p.ID}}, page)
		},
		func(d store.ListedDelivery) int64 { return int64(d.ID) },
		func(at views.At) string { return views.PersonDeliveriesAtPath(ws, p.ID, at) })
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ShowPersonDeliveries(p, list))
}

// addPersonEvent records an event by hand.
func (s *Server) addPersonEvent(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	page := views.PersonPage{Ask: "event", EventName: strings.TrimSpace(c.FormValue("name")), EventData: c.FormValue("data")}
	event, wrong := readEvent(page.EventName, page.EventData)
	if wrong != nil {
		page.Wrong = wrong
		return s.personPage(c, http.StatusUnprocessableEntity, page)
	}
	event.Ref = identity.Ref{Kind: identity.CioID, Value: p.ID.CioID()}
	if err := s.store.Track(c.Request().Context(), here(c).ID, event); err != nil {
		return err
	}
	return s.done(c, views.PersonPath(here(c), p.ID), "“"+event.Name+"” is recorded.")
}

// readEvent reads an event from the form, by the rules of the API.
func readEvent(name, data string) (store.Event, store.Invalid) {
	e := store.Event{Type: store.EventActivity}
	var err error
	if e.Name, err = eventName(name, e.Type); err != nil {
		return e, store.Invalid{"name": "Name the event, in at most 100 characters."}
	}
	if strings.TrimSpace(data) == "" {
		return e, nil
	}
	object, err := decodeObject([]byte(data))
	if err != nil {
		return e, store.Invalid{"data": `Write a JSON object, such as {"price": 12}.`}
	}
	if e.Data, err = eventData(object); err != nil {
		return e, store.Invalid{"data": "The data is nested too deeply."}
	}
	return e, nil
}
