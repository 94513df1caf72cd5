package web

import (
	"errors"
	"mime"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// showConsent is the page behind the links of a message. It changes nothing:
// programs that check mail for bad links open them all.
func (s *Server) showConsent(c echo.Context) error {
	a, err := s.store.Addressee(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return s.consent(c, a, false)
}

// consent is the page of whoever received a message.
func (s *Server) consent(c echo.Context, a store.Addressee, done bool) error {
	page := views.Consent{Token: c.Param("token"), Done: done}
	if a.Person.ID != 0 {
		page.Workspace, page.Email, page.Unsubscribed, page.Person = a.Name, a.Person.Email, a.Person.Unsubscribed, a.Person
		all, err := s.store.Topics(c.Request().Context(), a.Workspace)
		if err != nil {
			return err
		}
		page.Topics = all
	}
	if len(page.Topics) > 0 && c.Path() == preferencesPage {
		return s.stranger(c, a.Name, http.StatusOK, views.Preferences(page))
	}
	return s.stranger(c, a.Name, http.StatusOK, views.Unsubscribe(page))
}

// stranger answers somebody who has no account here with a page that bears the
// name of whom they know.
func (s *Server) stranger(c echo.Context, name string, status int, page templ.Component) error {
	return s.write(c, status, views.Page{Account: store.Account{Name: name}, Path: c.Request().URL.Path, Now: s.store.Now()}, page)
}

// unsubscribe serves the button of the page, the button of mail programs
// (RFC 8058: a POST without cookies, which must work at once) and forms that
// others make (JSON).
func (s *Server) unsubscribe(c echo.Context) error {
	kind, _, _ := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if kind == "application/json" {
		return s.unsubscribeJSON(c)
	}
	a, err := s.store.Addressee(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	switch {
	case c.FormValue("preferences") != "":
		err = s.choosePreferences(c, a)
	case c.FormValue("subscribe") != "":
		err = s.store.SubscribeByDelivery(c.Request().Context(), a.Workspace, a.Delivery, "Pressed “Subscribe again” on the page behind a message's link.")
	case c.FormValue("List-Unsubscribe") != "":
		err = s.store.UnsubscribeByDelivery(c.Request().Context(), a.Workspace, a.Delivery, "With the unsubscribe button of their mail program.")
	case c.FormValue("unsubscribe") != "":
		err = s.store.UnsubscribeByDelivery(c.Request().Context(), a.Workspace, a.Delivery, "On the page behind a message's link.")
	default:
		return echo.NewHTTPError(http.StatusBadRequest, "This form does not say what to do. Open the link in the message again.")
	}
	if err != nil {
		return err
	}
	if a, err = s.store.Addressee(c.Request().Context(), c.Param("token")); err != nil {
		return err
	}
	return s.consent(c, a, true)
}

// choosePreferences keeps what somebody chose on the page of topics.
func (s *Server) choosePreferences(c echo.Context, a store.Addressee) error {
	ctx := c.Request().Context()
	if a.Person.ID == 0 {
		return nil
	}
	all, err := s.store.Topics(ctx, a.Workspace)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	if err := s.store.SetTopicsByDelivery(ctx, a.Workspace, a.Delivery, chosenTopics(all, form)); err != nil {
		return err
	}
	switch everything := form.Get("everything") != ""; {
	case everything:
		return s.store.UnsubscribeByDelivery(ctx, a.Workspace, a.Delivery, "From everything, on the page behind a message's link.")
	case a.Person.Unsubscribed:
		return s.store.SubscribeByDelivery(ctx, a.Workspace, a.Delivery, "Took “Unsubscribe from everything” back on the page behind a message's link.")
	}
	return nil
}

// unsubscribeJSON is the call that a page of one's own makes.
func (s *Server) unsubscribeJSON(c echo.Context) error {
	c.Response().Header().Set("Access-Control-Allow-Origin", "*")
	call, err := readObject(c)
	if err != nil || call["unsubscribe"] != true {
		return refuseCall(c, `Send {"unsubscribe": true}.`)
	}
	a, err := s.store.Addressee(c.Request().Context(), c.Param("token"))
	if errors.Is(err, store.ErrNotFound) {
		return refuseCall(c, "There is no such delivery id.")
	}
	if err != nil {
		return err
	}
	if err := s.store.UnsubscribeByDelivery(c.Request().Context(), a.Workspace, a.Delivery, "On a page of the sender's own."); err != nil {
		return err
	}
	return accepted(c)
}

// refuseCall answers a program on an address that is mostly for people.
func refuseCall(c echo.Context, message string) error {
	return apiError(c, failure{http.StatusBadRequest, "Bad request", message})
}

// allowUnsubscribe lets a page of another origin make the call.
func (s *Server) allowUnsubscribe(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "POST")
	h.Set("Access-Control-Allow-Headers", "Content-Type")
	return c.NoContent(http.StatusNoContent)
}
