package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) listTopics(c echo.Context) error {
	all, err := s.store.Topics(c.Request().Context(), here(c).ID)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.Topics(all))
}

func (s *Server) newTopic(c echo.Context) error {
	return s.page(c, http.StatusOK, views.TopicEditor(views.TopicPage{Topic: store.Topic{Subscribed: true}}))
}

func typedTopic(c echo.Context) store.Topic {
	return store.Topic{Name: c.FormValue("name"), Description: c.FormValue("description"), Subscribed: c.FormValue("subscribed") == "yes"}
}

func (s *Server) createTopic(c echo.Context) error {
	p := views.TopicPage{Topic: typedTopic(c)}
	_, err := s.store.CreateTopic(c.Request().Context(), here(c).ID, p.Topic, by(c))
	return s.savedTopic(c, p, err)
}

// savedTopic answers a form with what came of it.
func (s *Server) savedTopic(c echo.Context, p views.TopicPage, err error) error {
	if wrong, ok := invalid(err); ok {
		p.Problem = wrong
		return s.page(c, http.StatusUnprocessableEntity, views.TopicEditor(p))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.TopicsPath(here(c)), "The topic “"+p.Name+"” is saved.")
}

func (s *Server) showTopic(c echo.Context) error {
	p, err := s.topic(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.TopicEditor(p))
}

func (s *Server) editTopic(c echo.Context) error {
	p, err := s.topic(c)
	if err != nil {
		return err
	}
	id := p.ID
	p.Topic = typedTopic(c)
	p.ID = id
	return s.savedTopic(c, p, s.store.EditTopic(c.Request().Context(), here(c).ID, p.Topic, by(c)))
}

func (s *Server) moveTopic(c echo.Context) error {
	id, err := id[store.TopicID](c, "topic")
	if err != nil {
		return err
	}
	by := 1
	if c.FormValue("to") == "up" {
		by = -1
	}
	if err := s.store.MoveTopic(c.Request().Context(), here(c).ID, id, by); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.TopicsPath(here(c)))
}

func (s *Server) askDeleteTopic(c echo.Context) error {
	p, err := s.topic(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.DeleteTopic(p))
}

func (s *Server) deleteTopic(c echo.Context) error {
	p, err := s.topic(c)
	if err != nil {
		return err
	}
	err = s.store.DeleteTopic(c.Request().Context(), here(c).ID, p.ID, by(c))
	if _, ok := invalid(err); ok {
		if p, err = s.topic(c); err != nil { // what uses it by now
			return err
		}
		return s.page(c, http.StatusUnprocessableEntity, views.DeleteTopic(p))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.TopicsPath(here(c)), "The topic “"+p.Was+"” is deleted.")
}

// topic is the one that the path names, and the campaigns that use it.
func (s *Server) topic(c echo.Context) (p views.TopicPage, err error) {
	id, err := id[store.TopicID](c, "topic")
	if err != nil {
		return p, err
	}
	ctx := c.Request().Context()
	if p.Topic, err = s.store.Topic(ctx, here(c).ID, id); err != nil {
		return p, err
	}
	p.Was = p.Name
	p.Users, err = s.store.TopicUsers(ctx, here(c).ID, p.Name)
	return p, err
}

// chosenTopics reads the boxes of a form: every topic that it showed is chosen
// or not.
func chosenTopics(all []store.Topic, form url.Values) map[store.TopicID]bool {
	wants := map[store.TopicID]bool{}
	for _, t := range all {
		wants[t.ID] = slices.Contains(form["topic"], strconv.FormatInt(int64(t.ID), 10))
	}
	return wants
}

func (s *Server) editPersonTopics(c echo.Context) error {
	f, err := s.personTopics(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.EditPersonTopics(f))
}

func (s *Server) savePersonTopics(c echo.Context) error {
	f, err := s.personTopics(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	f.Why = form.Get("why")
	err = s.store.ChooseTopics(c.Request().Context(), here(c).ID, f.Person.ID, chosenTopics(f.Topics, form), f.Why, by(c))
	if wrong, ok := invalid(err); ok {
		f.Wrong = wrong
		f.Person = f.Person.Choosing(chosenTopics(f.Topics, form))
		return s.page(c, http.StatusUnprocessableEntity, views.EditPersonTopics(f))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.PersonPath(here(c), f.Person.ID), "Saved what "+f.Person.Label()+" hears about.")
}

func (s *Server) personTopics(c echo.Context) (f views.PersonTopics, err error) {
	ctx := c.Request().Context()
	shown, err := s.person(c)
	if err != nil {
		return f, err
	}
	if f.Person, err = s.store.Person(ctx, here(c).ID, shown.ID); err != nil { // with attributes that are hidden elsewhere
		return f, err
	}
	f.Topics, err = s.store.Topics(ctx, here(c).ID)
	return f, err
}
