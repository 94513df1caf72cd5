package web

import (
	"errors"
	"net/http"
	"net/mail"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// testMessage sends the saved message to one address.
func (s *Server) testMessage(c echo.Context) error {
	campaign, action, err := s.messageIn(c)
	if err != nil {
		return err
	}
	form := messageForm(action, strings.TrimSpace(c.FormValue("language")))
	form.As = strings.TrimSpace(c.FormValue("as"))
	page := views.Message{Campaign: campaign, Action: action, Form: form, TestTo: strings.TrimSpace(c.FormValue("to"))}
	err = s.sendTest(c, page)
	if wrong, ok := invalid(err); ok {
		page.TestFail = wrong["to"]
		return s.messagePage(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	message := "A test is on its way."
	switch {
	case action.Email != nil && s.engine.UsesMailbox():
		message = "The test is in the mailbox."
	case action.Email != nil, action.SMS != nil:
		message = "A test is on its way to " + page.TestTo + "."
	}
	return s.done(c, views.MessageLanguagePath(here(c), campaign.ID, action.Key, form.Language, form.As), message)
}

func (s *Server) sendTest(c echo.Context, m views.Message) error {
	to := m.TestTo
	switch {
	case m.Action.Email != nil:
		address, err := mail.ParseAddress(m.TestTo)
		if err != nil {
			return store.Invalid{"to": "Enter the email address that should get the test."}
		}
		to = address.Address
	case m.Action.SMS != nil && to == "":
		return store.Invalid{"to": "Enter the number that should get the test."}
	}
	as, err := s.personLike(c, m.Form.As)
	if errors.Is(err, store.ErrNotFound) {
		as, err = store.Person{Email: me(c).Email, Attributes: store.Attributes{}}, nil
	}
	if err != nil {
		return err
	}
	written := inLanguage(m.Action, m.Form.Language)
	return s.engine.TestAction(c.Request().Context(), here(c), m.Campaign, written, as, to)
}
