package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// appSnippet is a snippet as the App API tells it.
type appSnippet struct {
	Name      string `json:"name"`
	Value     string `json:"value"`
	UpdatedAt int64  `json:"updated_at"`
}

func appSnippetOf(n store.Snippet) appSnippet {
	return appSnippet{n.Name, n.Value, n.UpdatedAt.Unix()}
}

// listAppSnippets is all snippets.
func (s *Server) listAppSnippets(c echo.Context) error {
	all, err := s.store.Snippets(c.Request().Context(), here(c).ID)
	if err != nil {
		return err
	}
	list := []appSnippet{}
	for _, n := range all {
		list = append(list, appSnippetOf(n))
	}
	return answerJSON(c, http.StatusOK, map[string]any{"snippets": list})
}

// addAppSnippet adds a snippet whose name is not taken.
func (s *Server) addAppSnippet(c echo.Context) error { return s.saveAppSnippet(c, true) }

// putAppSnippet adds a snippet or replaces the one of the same name.
func (s *Server) putAppSnippet(c echo.Context) error { return s.saveAppSnippet(c, false) }

func (s *Server) saveAppSnippet(c echo.Context, fresh bool) error {
	body, err := readObject(c)
	if err != nil {
		return err
	}
	name, ok := body["name"].(string)
	if !ok {
		return pointed{"/name", "name must be text"}.answer(c)
	}
	value, ok := body["value"].(string)
	if !ok {
		return pointed{"/value", "value must be text"}.answer(c)
	}
	n := store.Snippet{Name: name, Value: value}
	if _, err := s.store.Snippet(c.Request().Context(), here(c).ID, name); fresh && err == nil {
		return pointed{"/name", "There is a snippet of this name."}.answer(c)
	}
	if mistakes := s.engine.CheckSnippet(c.Request().Context(), here(c), n); len(mistakes) > 0 {
		return pointed{"/value", mistakes[0].Message}.answer(c)
	}
	n, err = s.store.SaveSnippet(c.Request().Context(), here(c).ID, n, store.APICalls)
	if wrong, ok := invalid(err); ok {
		for _, field := range []string{"name", "value"} {
			if wrong[field] != "" {
				return pointed{"/" + field, wrong[field]}.answer(c)
			}
		}
	}
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"snippet": appSnippetOf(n)})
}

// deleteAppSnippet deletes a snippet that nothing uses.
func (s *Server) deleteAppSnippet(c echo.Context) error {
	name, err := url.PathUnescape(c.Param("snippet"))
	if err != nil {
		return badCall("the name in the path is not encoded as it should be")
	}
	err = s.store.DeleteSnippet(c.Request().Context(), here(c).ID, name, store.APICalls)
	if wrong, ok := invalid(err); ok {
		return pointed{"/name", wrong["snippet"]}.answer(c)
	}
	if err == store.ErrNotFound {
		return echo.NewHTTPError(http.StatusNotFound, "There is no snippet of this name.")
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
