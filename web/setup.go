package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) newSetup(c echo.Context) error {
	if _, err := s.store.Account(c.Request().Context()); err == nil {
		return c.Redirect(http.StatusSeeOther, views.SignInPath)
	}
	form := views.SetupForm{Color: "teal", Identifiers: "email_or_id"}
	return s.page(c, http.StatusOK, views.Setup(form, s.engine.UsesMailbox(), nil))
}

func (s *Server) createSetup(c echo.Context) error {
	if _, err := s.store.Account(c.Request().Context()); err == nil {
		return s.done(c, views.SignInPath, "The account is already set up. Sign in.")
	}
	form := views.SetupForm{
		Account: c.FormValue("account"), Name: c.FormValue("name"), Email: c.FormValue("email"),
		Workspace: c.FormValue("workspace"), Color: c.FormValue("color"), Identifiers: c.FormValue("identifiers"),
	}
	hash, err := HashPassword(c.FormValue("password"))
	wrong, weak := invalid(err)
	if err != nil && !weak {
		return err
	}
	if weak {
		hash = "" // the other fields are checked all the same
	}
	member, ws, err := s.setUp(c, form, hash, wrong)
	if errors.Is(err, store.ErrSetUp) {
		return s.done(c, views.SignInPath, "The account is already set up. Sign in.")
	}
	if wrong, ok := invalid(err); ok {
		return s.page(c, http.StatusUnprocessableEntity, views.Setup(form, s.engine.UsesMailbox(), wrong))
	}
	if err != nil {
		return err
	}
	if err := s.startSession(c, member); err != nil {
		return err
	}
	return s.done(c, views.HomePath(ws), "Welcome to Postroom, "+member.FirstName()+".")
}

func (s *Server) setUp(c echo.Context, form views.SetupForm, hash string, wrong store.Invalid) (store.Member, store.Workspace, error) {
	return s.store.SetUp(c.Request().Context(), store.Setup{
		Account: form.Account, Name: form.Name, Email: form.Email, PasswordHash: hash,
		Workspace: store.NewWorkspace{Name: form.Workspace, Color: form.Color, Identifiers: store.Identifiers(form.Identifiers)},
		Also:      wrong,
	})
}
