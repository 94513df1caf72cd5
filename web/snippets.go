package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) listSnippets(c echo.Context) error {
	list := views.SnippetList{Q: strings.TrimSpace(c.QueryParam("q")), After: c.QueryParam("after")}
	found, err := s.store.FindSnippets(c.Request().Context(), here(c).ID, list.Q, list.After, pageSize+1)
	if err != nil {
		return err
	}
	if len(found) > pageSize {
		found = found[:pageSize]
		list.Next = found[pageSize-1].Name
	}
	list.Snippets = found
	return s.page(c, http.StatusOK, views.Snippets(list))
}

func (s *Server) newSnippet(c echo.Context) error {
	return s.page(c, http.StatusOK, views.SnippetEditor(views.SnippetPage{}))
}

func typedSnippet(c echo.Context) store.Snippet {
	return store.Snippet{Name: strings.TrimSpace(c.FormValue("name")), Value: strings.ReplaceAll(c.FormValue("value"), "\r\n", "\n")}
}

// checkSnippet says what is wrong with the text while it is typed.
func (s *Server) checkSnippet(c echo.Context) error {
	return s.part(c, http.StatusOK, views.SnippetCheck(s.engine.CheckSnippet(c.Request().Context(), here(c), typedSnippet(c))))
}

func (s *Server) createSnippet(c echo.Context) error {
	p := views.SnippetPage{Snippet: typedSnippet(c)}
	_, err := s.store.Snippet(c.Request().Context(), here(c).ID, p.Name)
	if err == nil {
		p.Problem = store.Invalid{"name": "There is a snippet of this name. Choose another one."}
		return s.page(c, http.StatusUnprocessableEntity, views.SnippetEditor(p))
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return s.saveSnippet(c, p, p.Name)
}

func (s *Server) showSnippet(c echo.Context) error {
	p, err := s.snippet(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.SnippetEditor(p))
}

func (s *Server) editSnippet(c echo.Context) error {
	p, err := s.snippet(c)
	if err != nil {
		return err
	}
	p.Snippet = typedSnippet(c)
	return s.saveSnippet(c, p, p.Was)
}

func (s *Server) saveSnippet(c echo.Context, p views.SnippetPage, was string) error {
	p.Mistakes = s.engine.CheckSnippet(c.Request().Context(), here(c), p.Snippet)
	if len(p.Mistakes) > 0 {
		p.Problem = store.Invalid{"value": "The text cannot be used like this. What is wrong is below it."}
		return s.page(c, http.StatusUnprocessableEntity, views.SnippetEditor(p))
	}
	_, err := s.store.EditSnippet(c.Request().Context(), here(c).ID, was, p.Snippet, by(c))
	if wrong, ok := invalid(err); ok {
		p.Problem = wrong
		return s.page(c, http.StatusUnprocessableEntity, views.SnippetEditor(p))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SnippetsPath(here(c)), "The snippet “"+p.Name+"” is saved.")
}

func (s *Server) askDeleteSnippet(c echo.Context) error {
	p, err := s.snippet(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.DeleteSnippet(p))
}

func (s *Server) deleteSnippet(c echo.Context) error {
	p, err := s.snippet(c)
	if err != nil {
		return err
	}
	err = s.store.DeleteSnippet(c.Request().Context(), here(c).ID, p.Was, by(c))
	if _, ok := invalid(err); ok {
		if p, err = s.snippet(c); err != nil { // what uses it by now
			return err
		}
		return s.page(c, http.StatusUnprocessableEntity, views.DeleteSnippet(p))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SnippetsPath(here(c)), "The snippet “"+p.Was+"” is deleted.")
}

// snippet is the one that the address names, and what uses it.
func (s *Server) snippet(c echo.Context) (p views.SnippetPage, err error) {
	ctx := c.Request().Context()
	if p.Snippet, err = s.store.Snippet(ctx, here(c).ID, c.QueryParam("name")); err != nil {
		return p, err
	}
	p.Was = p.Name
	p.Users, err = s.store.SnippetUsers(ctx, here(c).ID, p.Name)
	return p, err
}
