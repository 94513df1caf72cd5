package web

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) showTeam(c echo.Context) error {
	list := views.TeamList{Q: strings.TrimSpace(c.QueryParam("q")), After: store.MemberID(number(c.QueryParam("after")))}
	team, err := s.store.Team(c.Request().Context(), list.Q, list.After, pageSize+1)
	if err != nil {
		return err
	}
	if len(team) > pageSize {
		team = team[:pageSize]
		list.Next = team[pageSize-1].ID
	}
	list.Team = team
	return s.page(c, http.StatusOK, views.Team(list))
}

func (s *Server) newMember(c echo.Context) error {
	return s.page(c, http.StatusOK, views.NewMember(views.MemberForm{Role: string(store.AccountMember)}, nil))
}

func (s *Server) createMember(c echo.Context) error {
	form := views.MemberForm{Name: c.FormValue("name"), Email: c.FormValue("email"), Role: c.FormValue("role")}
	hash, err := s.newPassword(c.FormValue("password"))
	if wrong, ok := invalid(err); ok {
		return s.page(c, http.StatusUnprocessableEntity, views.NewMember(form, wrong))
	}
	if err != nil {
		return err
	}
	in := store.NewMember{Name: form.Name, Email: form.Email, Role: store.AccountRole(form.Role), PasswordHash: hash}
	m, err := s.store.CreateMember(c.Request().Context(), in, by(c))
	if wrong, ok := invalid(err); ok {
		return s.page(c, http.StatusUnprocessableEntity, views.NewMember(form, wrong))
	}
	if err != nil {
		return err
	}
	message := m.Name + " can sign in now."
	if !m.Admin() {
		message += " Give them their workspaces below."
	}
	return s.done(c, views.MemberPath(m.ID), message)
}

// newPassword is HashPassword for as many at a time as the memory allows.
func (s *Server) newPassword(password string) (string, error) {
	s.hashing <- struct{}{}
	defer func() { <-s.hashing }()
	return HashPassword(password)
}

func (s *Server) showMember(c echo.Context) error {
	return s.memberPage(c, http.StatusOK, nil, views.Member)
}

func (s *Server) askRemoveMember(c echo.Context) error {
	return s.memberPage(c, http.StatusOK, nil, views.RemoveMember)
}

// memberPage shows the member that the path names, with what is wrong.
func (s *Server) memberPage(c echo.Context, status int, wrong store.Invalid, page func(views.MemberAccess) templ.Component) error {
	ctx := c.Request().Context()
	who, err := id[store.MemberID](c, "member")
	if err != nil {
		return err
	}
	a := views.MemberAccess{Q: c.QueryParam("q"), After: c.QueryParam("after"), Problem: wrong}
	if a.Member, err = s.store.Member(ctx, who); err != nil {
		return err
	}
	if a.Rows, err = s.store.AccessOf(ctx, who, a.Q, a.After, workspacesPage+1); err != nil {
		return err
	}
	if len(a.Rows) > workspacesPage {
		a.Rows = a.Rows[:workspacesPage]
		a.Next = a.Rows[workspacesPage-1].Workspace.NameKey()
	}
	return s.page(c, status, page(a))
}

func (s *Server) setAccess(c echo.Context) error {
	who, err := id[store.MemberID](c, "member")
	if err != nil {
		return err
	}
	ws, err := id[store.WorkspaceID](c, "id")
	if err != nil {
		return err
	}
	err = s.store.SetRole(c.Request().Context(), ws, who, store.WorkspaceRole(c.FormValue("role")), by(c))
	if wrong, ok := invalid(err); ok {
		return s.memberPage(c, http.StatusUnprocessableEntity, wrong, views.Member)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.MemberAccessPath(who, c.FormValue("q"), c.FormValue("after")), "The access is changed.")
}

func (s *Server) setAccountRole(c echo.Context) error {
	who, err := id[store.MemberID](c, "member")
	if err != nil {
		return err
	}
	err = s.store.SetAccountRole(c.Request().Context(), who, store.AccountRole(c.FormValue("role")), by(c))
	if wrong, ok := invalid(err); ok {
		return s.memberPage(c, http.StatusUnprocessableEntity, wrong, views.Member)
	}
	if err != nil {
		return err
	}
	if who == me(c).ID && c.FormValue("role") != string(store.AccountAdmin) {
		return s.done(c, views.WorkspacesPath, "You are no longer an admin of the account.")
	}
	return s.done(c, views.MemberPath(who), "The role is changed.")
}

func (s *Server) setMemberPassword(c echo.Context) error {
	who, err := id[store.MemberID](c, "member")
	if err != nil {
		return err
	}
	hash, err := s.newPassword(c.FormValue("password"))
	if wrong, ok := invalid(err); ok {
		return s.memberPage(c, http.StatusUnprocessableEntity, wrong, views.Member)
	}
	if err != nil {
		return err
	}
	if who == me(c).ID {
		return errForbidden // one's own asks for the old one, under My profile
	}
	if err := s.store.SetPassword(c.Request().Context(), who, hash, 0, by(c)); err != nil {
		return err
	}
	return s.done(c, views.MemberPath(who), "The password is changed. They are signed out everywhere.")
}

func (s *Server) removeMember(c echo.Context) error {
	who, err := id[store.MemberID](c, "member")
	if err != nil {
		return err
	}
	m, err := s.store.Member(c.Request().Context(), who)
	if err != nil {
		return err
	}
	err = s.store.RemoveMember(c.Request().Context(), who, by(c))
	if wrong, ok := invalid(err); ok {
		return s.memberPage(c, http.StatusUnprocessableEntity, wrong, views.Member)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.TeamPath, m.Name+" is no longer in the team.")
}
