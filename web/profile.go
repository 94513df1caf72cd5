package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) showProfile(c echo.Context) error {
	return s.profilePage(c, http.StatusOK, nil)
}

func (s *Server) profilePage(c echo.Context, status int, wrong store.Invalid) error {
	sessions, err := s.store.Sessions(c.Request().Context(), me(c).ID)
	if err != nil {
		return err
	}
	return s.page(c, status, views.Profile(sessions, wrong))
}

func (s *Server) editProfile(c echo.Context) error {
	err := s.store.SetPreferences(c.Request().Context(), me(c).ID, c.FormValue("theme"), c.FormValue("shortcuts") != "")
	if wrong, ok := invalid(err); ok {
		return s.profilePage(c, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.ProfilePath, "Your profile is saved.")
}

func (s *Server) newOwnPassword(c echo.Context) error {
	return s.page(c, http.StatusOK, views.Password(nil))
}

// setOwnPassword asks for the old password, with the same patience as signing
// in: an open browser must not be a way to guess it.
func (s *Server) setOwnPassword(c echo.Context) error {
	ctx, subject := c.Request().Context(), "email "+strings.ToLower(me(c).Email)
	until, err := s.store.SignInBlocked(ctx, subject)
	if err != nil {
		return err
	}
	if wait := time.Until(until); wait > 0 {
		return s.page(c, http.StatusTooManyRequests, views.Password(store.Invalid{"old_password": "Too many tries. Wait " + waitWords(wait) + " and try again."}))
	}
	if _, err := s.checkPassword(ctx, me(c).Email, c.FormValue("old_password")); errors.Is(err, store.ErrNotFound) {
		if err := s.store.SignInFailed(ctx, subject); err != nil {
			return err
		}
		return s.page(c, http.StatusUnprocessableEntity, views.Password(store.Invalid{"old_password": "This is not your password."}))
	} else if err != nil {
		return err
	}
	if err := s.store.SignInWorked(ctx, subject); err != nil {
		return err
	}
	hash, err := s.newPassword(c.FormValue("password"))
	if wrong, ok := invalid(err); ok {
		return s.page(c, http.StatusUnprocessableEntity, views.Password(wrong))
	}
	if err != nil {
		return err
	}
	if err := s.store.SetPassword(ctx, me(c).ID, hash, session(c).ID, by(c)); err != nil {
		return err
	}
	return s.done(c, views.ProfilePath, "Your password is changed. Your other browsers are signed out.")
}

func (s *Server) endSession(c echo.Context) error {
	which, err := id[store.SessionID](c, "id")
	if err != nil {
		return err
	}
	if err := s.store.EndSession(c.Request().Context(), me(c).ID, which); err != nil {
		return err
	}
	return s.done(c, views.ProfilePath, "That browser is signed out.")
}

func (s *Server) endOtherSessions(c echo.Context) error {
	if err := s.store.EndOtherSessions(c.Request().Context(), session(c)); err != nil {
		return err
	}
	return s.done(c, views.ProfilePath, "You are signed out everywhere else.")
}
