package web

import (
	"context"
	"errors"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// change makes one change of the draft and leads to the action that it is
// about, or to the whole workflow when edit names none.
func (s *Server) change(c echo.Context, label, said string, edit func(workflow.Campaign) (workflow.Campaign, string, error), focus string) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	var key string
	edited, err := s.store.EditDraft(c.Request().Context(), here(c).ID, camp.ID, revision(c), label, func(draft workflow.Campaign) (workflow.Campaign, error) {
		draft, at, err := edit(draft)
		key = at
		return draft, err
	}, by(c))
	if err != nil {
		return s.refused(c, camp, c.Param("action"), err)
	}
	if key == "" {
		return s.done(c, views.WorkflowPath(here(c), camp.ID), said)
	}
	if where := workflow.Where(edited.Draft, key); focus == "action" && where != "" {
		said += " It is " + where + " now."
	}
	return s.done(c, views.ActionPath(here(c), camp.ID, key)+"&focus="+focus, said)
}

func (s *Server) addAction(c echo.Context) error {
	kind := workflow.Type(c.FormValue("type"))
	place, err := workflow.ParsePlace(c.FormValue("place"))
	if err != nil {
		camp, lost := s.campaign(c)
		if lost != nil {
			return lost
		}
		return s.refused(c, camp, "", err)
	}
	senders, err := s.store.Senders(c.Request().Context(), here(c).ID)
	if err != nil {
		return err
	}
	return s.change(c, "Add "+kind.Words(), kind.Words()+" added.", func(draft workflow.Campaign) (workflow.Campaign, string, error) {
		a, err := workflow.NewAction(draft, kind)
		if err != nil {
			return draft, "", err
		}
		addressed(&a, senders)
		draft, err = workflow.Insert(draft, place, a)
		return draft, a.Key, err
	}, "inspector")
}

// addressed gives new emails a layout, which holds the link to unsubscribe, and
// a sender. The variants of a new test are emails, too.
func addressed(a *workflow.Action, senders []string) {
	if a.Email != nil {
		a.Email.Layout = store.DefaultLayout
		if len(senders) > 0 {
			a.Email.From = senders[0]
		}
	}
	if a.Branch == nil {
		return
	}
	for _, p := range a.Branch.Paths {
		for i := range p.Actions {
			addressed(&p.Actions[i], senders)
		}
	}
}

func (s *Server) moveAction(c echo.Context) error {
	key, to := c.Param("action"), c.FormValue("to")
	title, err := s.actionTitle(c)
	if err != nil {
		return err
	}
	return s.change(c, "Move "+title, title+" moved.", func(draft workflow.Campaign) (workflow.Campaign, string, error) {
		moved, err := moveTo(draft, key, to)
		return moved, key, err
	}, "action")
}

func moveTo(draft workflow.Campaign, key, to string) (workflow.Campaign, error) {
	switch to {
	case "up":
		return workflow.MoveUp(draft, key)
	case "down":
		return workflow.MoveDown(draft, key)
	}
	place, err := workflow.ParsePlace(to)
	if err != nil {
		return draft, err
	}
	return workflow.Move(draft, []string{key}, place)
}

func (s *Server) duplicateAction(c echo.Context) error {
	title, err := s.actionTitle(c)
	if err != nil {
		return err
	}
	return s.change(c, "Duplicate "+title, title+" duplicated.", func(draft workflow.Campaign) (workflow.Campaign, string, error) {
		return workflow.Duplicate(draft, c.Param("action"))
	}, "action")
}

// testAction puts a message into an A/B test.
func (s *Server) testAction(c echo.Context) error {
	title, err := s.actionTitle(c)
	if err != nil {
		return err
	}
	return s.change(c, "Test "+title, title+" is in an A/B test now. Everybody gets variant A until you give B a share.", func(draft workflow.Campaign) (workflow.Campaign, string, error) {
		return workflow.Test(draft, c.Param("action"))
	}, "inspector")
}

func (s *Server) deleteAction(c echo.Context) error {
	title, err := s.actionTitle(c)
	if err != nil {
		return err
	}
	return s.change(c, "Delete "+title, title+" deleted. Undo brings it back.", func(draft workflow.Campaign) (workflow.Campaign, string, error) {
		draft, err := workflow.Delete(draft, []string{c.Param("action")})
		return draft, "", err
	}, "")
}

// actionTitle is what to call the action that the path names.
func (s *Server) actionTitle(c echo.Context) (string, error) {
	camp, err := s.campaign(c)
	if err != nil {
		return "", err
	}
	a, ok := workflow.Find(camp.Draft, c.Param("action"))
	if !ok {
		return "an action", nil // the change itself says that it is gone
	}
	return titleOf(a), nil
}

func (s *Server) undo(c echo.Context) error {
	return s.travel(c, "Undone", "There is nothing to undo.", s.store.Undo)
}

func (s *Server) redo(c echo.Context) error {
	return s.travel(c, "Done again", "There is nothing to redo.", s.store.Redo)
}

// travel goes to another revision of the draft.
func (s *Server) travel(c echo.Context, said, nothing string, to func(context.Context, store.WorkspaceID, store.CampaignID, store.Actor) (store.Campaign, error)) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	_, err = to(c.Request().Context(), here(c).ID, camp.ID, by(c))
	if errors.Is(err, store.ErrNotFound) {
		err = &workflow.Error{Message: nothing}
	}
	if err != nil {
		return s.refused(c, camp, "", err)
	}
	return s.done(c, views.WorkflowPath(here(c), camp.ID), said+".")
}
