package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

const cookieName = "postroom"

// token is the secret in the session cookie, empty when there is none.
func (s *Server) token(c echo.Context) string {
	cookie, _ := s.cookies.Get(c.Request(), cookieName)
	token, _ := cookie.Values["token"].(string)
	return token
}

func (s *Server) newSignIn(c echo.Context) error {
	to := localPath(c.QueryParam("to"))
	if _, err := s.store.Session(c.Request().Context(), s.token(c)); err == nil {
		return c.Redirect(http.StatusSeeOther, to)
	}
	if _, err := s.store.Account(c.Request().Context()); errors.Is(err, store.ErrNotFound) {
		return c.Redirect(http.StatusSeeOther, views.SetupPath)
	}
	// A part of a page that was asked for after the session ended must not
	// show this form inside the page.
	c.Response().Header().Set("HX-Redirect", c.Request().URL.RequestURI())
	return s.page(c, http.StatusOK, views.SignIn(views.SignInForm{To: to}, nil))
}

func (s *Server) signIn(c echo.Context) error {
	ctx := c.Request().Context()
	form := views.SignInForm{Email: strings.TrimSpace(c.FormValue("email")), To: localPath(c.FormValue("to"))}
	subjects := []string{"email " + strings.ToLower(form.Email), "address " + c.RealIP()}
	until, err := s.store.SignInBlocked(ctx, subjects...)
	if err != nil {
		return err
	}
	if wait := time.Until(until); wait > 0 {
		c.Response().Header().Set("Retry-After", fmt.Sprint(int(wait.Seconds())+1))
		return s.page(c, http.StatusTooManyRequests, views.SignIn(form, store.Invalid{"email": "Too many tries. Wait " + waitWords(wait) + " and try again."}))
	}
	member, err := s.checkPassword(ctx, form.Email, c.FormValue("password"))
	if errors.Is(err, store.ErrNotFound) {
		if err := s.store.SignInFailed(ctx, subjects...); err != nil {
			return err
		}
		return s.page(c, http.StatusUnprocessableEntity, views.SignIn(form, store.Invalid{"email": "The email address or the password is wrong."}))
	}
	if err != nil {
		return err
	}
	if err := s.store.SignInWorked(ctx, subjects[0]); err != nil {
		return err
	}
	if err := s.startSession(c, member); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, form.To)
}

func waitWords(d time.Duration) string {
	if d > time.Minute {
		return fmt.Sprintf("%d minutes", int(d.Minutes())+1)
	}
	return fmt.Sprintf("%d seconds", int(d.Seconds())+1)
}

// noPassword is compared with when there is no such member, so that the time
// an answer takes does not tell who has an account.
var noPassword, _ = hashPassword("nobody has this password")

func (s *Server) checkPassword(ctx context.Context, email, password string) (store.Member, error) {
	member, err := s.store.MemberByEmail(ctx, email)
	hash := member.PasswordHash
	if errors.Is(err, store.ErrNotFound) {
		hash = noPassword
	} else if err != nil {
		return member, err
	}
	s.hashing <- struct{}{}
	match, compareErr := argon2id.ComparePasswordAndHash(password, hash)
	<-s.hashing
	if compareErr != nil {
		return member, compareErr
	}
	if !match || err != nil {
		return store.Member{}, store.ErrNotFound
	}
	return member, nil
}

// hashPassword uses the parameters that OWASP recommends for argon2id.
func hashPassword(password string) (string, error) {
	return argon2id.CreateHash(password, &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}

// HashPassword is how passwords are kept.
func HashPassword(password string) (string, error) {
	if problem := weakPassword(password); problem != "" {
		return "", store.Invalid{"password": problem}
	}
	return hashPassword(password)
}

func weakPassword(password string) string {
	switch {
	case len([]rune(password)) < 12:
		return "Use at least 12 characters. A sentence works well."
	case len(password) > 1000:
		return "Use at most 1,000 characters."
	}
	return ""
}

func (s *Server) startSession(c echo.Context, m store.Member) error {
	token, err := s.store.SignIn(c.Request().Context(), m.ID, c.Request().UserAgent(), c.RealIP())
	if err != nil {
		return err
	}
	cookie, _ := s.cookies.Get(c.Request(), cookieName)
	cookie.Values = map[any]any{"token": token}
	return cookie.Save(c.Request(), c.Response())
}

func (s *Server) signOut(c echo.Context) error {
	current := session(c)
	if err := s.store.EndSession(c.Request().Context(), current.Member.ID, current.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	cookie, _ := s.cookies.Get(c.Request(), cookieName)
	cookie.Options.MaxAge = -1
	if err := cookie.Save(c.Request(), c.Response()); err != nil {
		return err
	}
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return c.Redirect(http.StatusSeeOther, views.SignInPath)
}

// localPath is to if it is an address on this site, else the start page. A
// browser takes both "//host" and "/\host" for another site.
func localPath(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") || strings.HasPrefix(to, views.SignInPath) {
		return "/"
	}
	return to
}
