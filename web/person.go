package web

import (
	"net/http"
	"path"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// person is whom the address names, if they are in this workspace, as whoever
// asks may see them.
func (s *Server) person(c echo.Context) (store.Person, error) {
	id, err := store.ParseCioID(c.Param("person"))
	if err != nil {
		return store.Person{}, err
	}
	p, err := s.store.Person(c.Request().Context(), here(c).ID, id)
	if err != nil {
		return p, err
	}
	hidden, err := s.hidden(c)
	return p.Without(hidden), err
}

func (s *Server) showPerson(c echo.Context) error {
	return s.personPage(c, http.StatusOK, views.PersonPage{})
}

// askPerson is their page with a question before something is done to them:
// the last part of the path.
func (s *Server) askPerson(c echo.Context) error {
	return s.personPage(c, http.StatusOK, views.PersonPage{Ask: path.Base(c.Path())})
}

func (s *Server) personPage(c echo.Context, status int, profile views.PersonPage) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c)
	profile.Person = p
	filter := views.FindActivityFilter(c.QueryParam("show"))
	profile.Filter = filter.Name
	profile.Activities, profile.Pages, err = readPage(c,
		func(page store.Page) ([]store.Activity, error) {
			if filter.Types == nil {
				return s.store.ActivitiesOf(ctx, ws.ID, p.ID, page)
			}
			return s.store.ActivitiesOfTypes(ctx, ws.ID, p.ID, filter.Types, page)
		},
		func(a store.Activity) int64 { return int64(a.ID) },
		func(at views.At) string { return views.PersonAtPath(ws, p.ID, filter.Name, at) })
	if err != nil {
		return err
	}
	if err := s.hideChanges(c, profile.Activities); err != nil {
		return err
	}
	if profile.Segments, err = s.store.SegmentsOf(ctx, ws.ID, p.ID); err != nil {
		return err
	}
	if profile.Topics, err = s.personTopics(c); err != nil {
		return err
	}
	if profile.Journeys, err = s.store.JourneysOf(ctx, ws.ID, p.ID, 20); err != nil {
		return err
	}
	return s.page(c, status, views.ShowPerson(profile))
}

func (s *Server) deletePerson(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	if err := s.store.DeletePerson(c.Request().Context(), here(c).ID, p.ID, by(c)); err != nil {
		return err
	}
	return s.done(c, views.PeoplePath(here(c)), p.Label()+" was deleted.")
}

// subscribePerson records that somebody asked for messages again, and how.
func (s *Server) subscribePerson(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	err = s.store.Subscribe(c.Request().Context(), here(c).ID, p.ID, c.FormValue("why"), by(c))
	if wrong, ok := invalid(err); ok {
		return s.personPage(c, http.StatusUnprocessableEntity, views.PersonPage{Ask: "subscribe", Why: c.FormValue("why"), Wrong: wrong})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.PersonPath(here(c), p.ID), p.Label()+" is subscribed again.")
}

func (s *Server) unsubscribePerson(c echo.Context) error {
	p, err := s.person(c)
	if err != nil {
		return err
	}
	if err := s.store.Unsubscribe(c.Request().Context(), here(c).ID, p.ID, by(c)); err != nil {
		return err
	}
	return s.done(c, views.PersonPath(here(c), p.ID), p.Label()+" is unsubscribed.")
}
