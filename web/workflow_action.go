package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

func (s *Server) saveAction(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	was, ok := workflow.Find(camp.Draft, c.Param("action"))
	if !ok {
		return s.refused(c, camp, "", workflow.ErrNoAction)
	}
	values, err := c.FormParams()
	if err != nil {
		return err
	}
	form := readAction(was, values)
	if editingCondition(values) {
		form.Wrong = nil
		return s.askAction(c, http.StatusOK, camp, form, "")
	}
	if len(form.Wrong) > 0 {
		return s.askAction(c, http.StatusUnprocessableEntity, camp, form, "")
	}
	_, err = s.store.EditDraft(c.Request().Context(), here(c).ID, camp.ID, revision(c), "Change "+titleOf(form.Action), func(draft workflow.Campaign) (workflow.Campaign, error) {
		return replaceAction(draft, form.Action, values.Get("do"))
	}, by(c))
	if errors.Is(err, store.ErrChanged) {
		return s.askAction(c, http.StatusConflict, camp, form, "Somebody changed this workflow while you had it open. What you typed is still here: look at it and save again.")
	}
	var wrong *workflow.Error
	if errors.As(err, &wrong) {
		return s.askAction(c, http.StatusUnprocessableEntity, camp, form, wrong.Message)
	}
	if err != nil {
		return s.refused(c, camp, was.Key, err)
	}
	return s.done(c, views.ActionPath(here(c), camp.ID, was.Key), titleOf(form.Action)+" saved.")
}

func titleOf(a workflow.Action) string {
	if a.Name == "" {
		return a.Type.Words()
	}
	return "“" + a.Name + "”"
}

// askAction shows the form again, with what was typed.
func (s *Server) askAction(c echo.Context, status int, camp store.Campaign, form views.ActionForm, refused string) error {
	e, err := s.editor(c, camp)
	if err != nil {
		return err
	}
	e.Refused = refused
	if err := s.openAction(c, &e, &form); err != nil {
		return err
	}
	return s.page(c, status, views.EditWorkflow(e))
}

// replaceAction saves the settings of an action, then does what else was pressed:
// add, remove:1, swap:0, earlier:1.
func replaceAction(draft workflow.Campaign, a workflow.Action, do string) (workflow.Campaign, error) {
	draft, err := workflow.Replace(draft, a)
	if err != nil || do == "" {
		return draft, err
	}
	what, which, _ := strings.Cut(do, ":")
	i, err := strconv.Atoi(which)
	switch {
	case what == "add":
		return workflow.AddPath(draft, a.Key, fmt.Sprintf("Path %d", len(a.Branch.Paths)), nil)
	case err != nil:
		return draft, workflow.ErrNoPath
	case what == "remove":
		return workflow.RemovePath(draft, a.Key, i)
	case what == "swap":
		return workflow.SwapPaths(draft, a.Key, i, i+1)
	case what == "earlier":
		return workflow.MovePath(draft, a.Key, i, i-1)
	case what == "variant":
		return workflow.AddVariant(draft, a.Key, i)
	case what == "winner":
		return workflow.PickWinner(draft, a.Key, i)
	case what == "no-winner":
		return workflow.PickWinner(draft, a.Key, -1)
	}
	return draft, workflow.ErrNoPath
}
