package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

const (
	sessionKey   = "session"
	workspaceKey = "workspace"
	roleKey      = "role"
)

// signedIn finds the session that the cookie names. Who is not signed in is
// sent to sign in and back; before the account exists, everybody to set it up.
func (s *Server) signedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		session, err := s.store.Session(ctx, s.token(c))
		if errors.Is(err, store.ErrNotFound) {
			return s.askToSignIn(c)
		}
		if err != nil {
			return err
		}
		if err := s.store.Seen(ctx, session); err != nil {
			s.log.WarnContext(ctx, "session not marked as seen", "err", err)
		}
		c.Set(sessionKey, session)
		return next(c)
	}
}

func (s *Server) askToSignIn(c echo.Context) error {
	if _, err := s.store.Account(c.Request().Context()); errors.Is(err, store.ErrNotFound) {
		return c.Redirect(http.StatusSeeOther, views.SetupPath)
	}
	r := c.Request()
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return c.Redirect(http.StatusSeeOther, views.SignInPath+"?to="+url.QueryEscape(r.URL.RequestURI()))
	}
	return s.page(c, http.StatusUnauthorized, views.SignedOut(typed(c)))
}

// session is who is signed in, zero outside of signedIn.
func session(c echo.Context) store.Session {
	session, _ := c.Get(sessionKey).(store.Session)
	return session
}

// me is the member who is signed in.
func me(c echo.Context) store.Member { return session(c).Member }

// by is the same as the actor of what is written down.
func by(c echo.Context) store.Actor { return store.By(me(c)) }

// workspace finds the workspace that the path names and what the member may do
// there. What they may not see does not exist for them.
func (s *Server) workspace(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		ws, err := s.store.WorkspaceBySlug(ctx, c.Param("workspace"))
		if err != nil {
			return err
		}
		role, err := s.store.RoleIn(ctx, ws.ID, me(c))
		if err != nil {
			return err
		}
		if role == store.RoleNone {
			return store.ErrNotFound
		}
		c.Set(workspaceKey, ws)
		c.Set(roleKey, role)
		return next(c)
	}
}

// here is the workspace of this request, zero outside of one.
func here(c echo.Context) store.Workspace {
	ws, _ := c.Get(workspaceKey).(store.Workspace)
	return ws
}

// role is what the member may do in it.
func role(c echo.Context) store.WorkspaceRole {
	role, _ := c.Get(roleKey).(store.WorkspaceRole)
	return role
}

// may refuses those whose role is less.
func may(need store.WorkspaceRole) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if !role(c).May(need) {
				return errForbidden
			}
			return next(c)
		}
	}
}

// adminsOnly refuses those who may not change the account.
func adminsOnly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !me(c).Admin() {
			return errForbidden
		}
		return next(c)
	}
}

// sameWorkspace is the second lock: a write, and every request of a page's
// parts, says for which workspace the page was made. If that is not the one in
// the address, nothing is done.
func (s *Server) sameWorkspace(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		stamp := r.Header.Get("X-Workspace")
		read := r.Method == http.MethodGet || r.Method == http.MethodHead
		if read && stamp == "" {
			return next(c)
		}
		if !read && stamp == "" {
			stamp = formStamp(r)
		}
		if stamp == strconv.FormatInt(int64(here(c).ID), 10) {
			return next(c)
		}
		return s.conflict(c, stamp)
	}
}

// formStamp is the field _ws. An upload carries it in its address, so that its
// body need not be read to find it.
func formStamp(r *http.Request) string {
	if stamp := r.URL.Query().Get("_ws"); stamp != "" {
		return stamp
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return ""
	}
	return r.PostFormValue("_ws")
}

func (s *Server) conflict(c echo.Context, stamp string) error {
	n, _ := strconv.ParseInt(stamp, 10, 64)
	from, err := s.visible(c.Request().Context(), store.WorkspaceID(n), me(c))
	if err != nil {
		return err
	}
	c.Response().Header().Set("HX-Retarget", "body")
	c.Response().Header().Set("HX-Reswap", "innerHTML")
	return s.page(c, http.StatusConflict, views.Conflict(from, typed(c)))
}

// visible is the workspace with this id, zero when the member may not see it.
func (s *Server) visible(ctx context.Context, id store.WorkspaceID, m store.Member) (store.Workspace, error) {
	ws, err := s.store.Workspace(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.Workspace{}, nil
	}
	if err != nil {
		return ws, err
	}
	role, err := s.store.RoleIn(ctx, id, m)
	if err != nil || role == store.RoleNone {
		return store.Workspace{}, err
	}
	return ws, nil
}

// typed is what a form held, for a page that must not lose it.
func typed(c echo.Context) views.Typed {
	t := views.Typed{Method: c.Request().Method, Path: c.Request().URL.RequestURI()}
	if strings.HasPrefix(c.Request().Header.Get("Content-Type"), "multipart/") {
		return t
	}
	form, err := c.FormParams()
	if err != nil {
		return t
	}
	for name, values := range form {
		if name == "_ws" {
			t.Stamp = form.Get(name)
			continue
		}
		if strings.Contains(name, "password") {
			continue
		}
		for _, value := range values {
			t.Fields = append(t.Fields, views.TypedField{Name: name, Value: value})
		}
	}
	t.Sort()
	return t
}

// id is a number in the path. What is no number is no record either.
func id[T ~int64](c echo.Context, name string) (T, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil {
		return 0, store.ErrNotFound
	}
	return T(n), nil
}
