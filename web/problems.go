package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) listProblems(c echo.Context) error {
	return s.problemsPage(c, http.StatusOK, views.ProblemList{})
}

func (s *Server) problemsPage(c echo.Context, status int, list views.ProblemList) error {
	ctx, ws := c.Request().Context(), here(c)
	list.Q, list.Dismissed = strings.TrimSpace(c.QueryParam("q")), c.QueryParam("show") == "dismissed"
	var err error
	list.Problems, list.Pages, err = readPage(c,
		func(page store.Page) ([]store.DataProblem, error) {
			return s.store.DataProblems(ctx, ws.ID, list.Q, list.Dismissed, page)
		},
		func(p store.DataProblem) int64 { return int64(p.ID) },
		func(at views.At) string { return views.ProblemsAtPath(ws, list.Q, list.Dismissed, at) })
	if err != nil {
		return err
	}
	return s.page(c, status, views.ListProblems(list))
}

// dismissProblem takes a problem off the list, or puts it back.
func (s *Server) dismissProblem(c echo.Context) error {
	return s.actOnProblem(c, "It is dismissed, and stays so when it happens again.", func(id store.ProblemID) error {
		return s.store.DismissProblem(c.Request().Context(), here(c).ID, id, false)
	})
}

func (s *Server) reopenProblem(c echo.Context) error {
	return s.actOnProblem(c, "It is on the list again.", func(id store.ProblemID) error {
		return s.store.DismissProblem(c.Request().Context(), here(c).ID, id, true)
	})
}

// askTakeIdentifier is the list with a question before an identifier changes
// hands.
func (s *Server) askTakeIdentifier(c echo.Context) error {
	which, err := id[store.ProblemID](c, "problem")
	if err != nil {
		return err
	}
	p, err := s.store.DataProblem(c.Request().Context(), here(c).ID, which)
	if err != nil {
		return err
	}
	return s.problemsPage(c, http.StatusOK, views.ProblemList{Ask: &p})
}

func (s *Server) takeIdentifier(c echo.Context) error {
	return s.actOnProblem(c, "The identifier is set.", func(id store.ProblemID) error {
		return s.store.TakeIdentifier(c.Request().Context(), here(c).ID, id, by(c))
	})
}

func (s *Server) actOnProblem(c echo.Context, message string, do func(store.ProblemID) error) error {
	which, err := id[store.ProblemID](c, "problem")
	if err != nil {
		return err
	}
	err = do(which)
	if wrong, ok := invalid(err); ok {
		return s.problemsPage(c, http.StatusUnprocessableEntity, views.ProblemList{Wrong: wrong})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.ProblemsPath(here(c)), message)
}
