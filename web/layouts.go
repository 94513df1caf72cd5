package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) listLayouts(c echo.Context) error {
	list := views.LayoutList{Q: strings.TrimSpace(c.QueryParam("q")), After: c.QueryParam("after")}
	found, err := s.store.FindLayouts(c.Request().Context(), here(c).ID, list.Q, list.After, pageSize+1)
	if err != nil {
		return err
	}
	if len(found) > pageSize {
		found = found[:pageSize]
		list.Next = found[pageSize-1].Name
	}
	list.Layouts = found
	return s.page(c, http.StatusOK, views.Layouts(list))
}

func (s *Server) newLayout(c echo.Context) error {
	return s.page(c, http.StatusOK, views.LayoutEditor(views.LayoutPage{}))
}

func (s *Server) createLayout(c echo.Context) error {
	p := views.LayoutPage{Layout: typedLayout(c)}
	_, err := s.store.Layout(c.Request().Context(), here(c).ID, p.Name)
	if err == nil {
		p.Problem = store.Invalid{"name": "There is a layout of this name. Choose another one."}
		return s.page(c, http.StatusUnprocessableEntity, views.LayoutEditor(p))
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return s.saveLayout(c, p, p.Name)
}

func typedLayout(c echo.Context) store.Layout {
	return store.Layout{Name: strings.TrimSpace(c.FormValue("name")), HTML: c.FormValue("html")}
}

func (s *Server) showLayout(c echo.Context) error {
	p, err := s.layout(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.LayoutEditor(p))
}

func (s *Server) editLayout(c echo.Context) error {
	p, err := s.layout(c)
	if err != nil {
		return err
	}
	p.Layout = typedLayout(c)
	return s.saveLayout(c, p, p.Was)
}

func (s *Server) saveLayout(c echo.Context, p views.LayoutPage, was string) error {
	err := s.store.EditLayout(c.Request().Context(), here(c).ID, was, p.Layout, by(c))
	if wrong, ok := invalid(err); ok {
		p.Problem = wrong
		return s.page(c, http.StatusUnprocessableEntity, views.LayoutEditor(p))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.LayoutsPath(here(c)), "The layout “"+p.Name+"” is saved.")
}

func (s *Server) askDeleteLayout(c echo.Context) error {
	p, err := s.layout(c)
	if err != nil {
		return err
	}
	if p.Was == store.DefaultLayout {
		return c.Redirect(http.StatusSeeOther, views.LayoutPath(here(c), p.Was)) // which says that it stays
	}
	return s.page(c, http.StatusOK, views.DeleteLayout(p))
}

func (s *Server) deleteLayout(c echo.Context) error {
	p, err := s.layout(c)
	if err != nil {
		return err
	}
	err = s.store.DeleteLayout(c.Request().Context(), here(c).ID, p.Was, by(c))
	if wrong, ok := invalid(err); ok {
		p.Problem = wrong
		return s.page(c, http.StatusUnprocessableEntity, views.DeleteLayout(p))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.LayoutsPath(here(c)), "The layout “"+p.Was+"” is deleted.")
}

// layout is the one that the address names, and the campaigns that use it.
func (s *Server) layout(c echo.Context) (p views.LayoutPage, err error) {
	ctx := c.Request().Context()
	if p.Layout, err = s.store.Layout(ctx, here(c).ID, c.QueryParam("name")); err != nil {
		return p, err
	}
	p.Was = p.Name
	p.Users, err = s.store.LayoutUsers(ctx, here(c).ID, p.Name)
	return p, err
}
