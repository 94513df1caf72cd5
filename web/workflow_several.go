package web

import (
	"fmt"
	"net/url"
	"slices"
	"unicode"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// chosenKeys is the actions that a form or an address names.
func chosenKeys(values url.Values, name string) (keys []string) {
	for _, key := range values[name] {
		if key != "" && !slices.Contains(keys, key) && len(keys) < workflow.MaxActions {
			keys = append(keys, key)
		}
	}
	return keys
}

// titlesOf is what to call several actions: one by its name, more by their
// number, without those that are inside others of them.
func titlesOf(c workflow.Campaign, keys []string) string {
	switch picked := workflow.Picked(c, keys); len(picked) {
	case 0:
		return "an action" // the change itself says that it is gone
	case 1:
		return titleOf(picked[0])
	default:
		return fmt.Sprintf("%d actions", len(picked))
	}
}

// changeSeveral makes one change of all actions that the form names.
func (s *Server) changeSeveral(c echo.Context, verb, past, focus string, edit func(workflow.Campaign, []string) (workflow.Campaign, string, error)) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	values, err := c.FormParams()
	if err != nil {
		return err
	}
	keys := chosenKeys(values, "keys")
	if len(keys) == 0 {
		return s.refused(c, camp, "", &workflow.Error{Message: "Choose at least one action first."})
	}
	title := titlesOf(camp.Draft, keys)
	return s.change(c, verb+" "+title, upperFirst(title)+" "+past, func(draft workflow.Campaign) (workflow.Campaign, string, error) {
		return edit(draft, keys)
	}, focus)
}

func upperFirst(text string) string {
	r := []rune(text)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

func (s *Server) moveActions(c echo.Context) error {
	return s.changeSeveral(c, "Move", "moved.", "action", func(draft workflow.Campaign, keys []string) (workflow.Campaign, string, error) {
		place, err := workflow.ParsePlace(c.FormValue("to"))
		if err != nil {
			return draft, "", err
		}
		first := ""
		if picked := workflow.Picked(draft, keys); len(picked) > 0 {
			first = picked[0].Key
		}
		moved, err := workflow.Move(draft, keys, place)
		return moved, first, err
	})
}

func (s *Server) duplicateActions(c echo.Context) error {
	return s.changeSeveral(c, "Duplicate", "duplicated.", "action", workflow.DuplicateAll)
}

func (s *Server) deleteActions(c echo.Context) error {
	return s.changeSeveral(c, "Delete", "deleted. Undo brings it all back.", "", func(draft workflow.Campaign, keys []string) (workflow.Campaign, string, error) {
		draft, err := workflow.Delete(draft, keys)
		return draft, "", err
	})
}

// copyActions puts the actions that the form names on the member's clipboard.
// The workflow stays as it is.
func (s *Server) copyActions(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	values, err := c.FormParams()
	if err != nil {
		return err
	}
	keys := chosenKeys(values, "keys")
	draft, err := s.store.WithSegmentNames(c.Request().Context(), here(c).ID, camp.Draft)
	if err != nil {
		return err
	}
	picked := workflow.Picked(draft, keys)
	if len(picked) == 0 {
		return s.refused(c, camp, "", &workflow.Error{Message: "Choose at least one action first."})
	}
	clip := clipping{owner: s.owner(c), from: camp.ID, actions: picked, origin: workflow.Origin{
		Workspace: here(c).Slug, Campaign: camp.Name, CampaignID: int64(camp.ID), At: s.store.Now(), // of the draft
	}}
	for range workflow.All(picked) {
		clip.count++
	}
	s.clipboards.put(clip)
	said := upperFirst(titlesOf(camp.Draft, keys)) + " copied. Paste with a plus button, here or in another campaign of this workspace."
	if len(keys) == 1 {
		return s.done(c, views.ActionPath(here(c), camp.ID, keys[0])+"&focus=action", said)
	}
	return s.done(c, views.WorkflowPath(here(c), camp.ID), said)
}

func (s *Server) owner(c echo.Context) owner { return owner{me(c).ID, here(c).ID} }

// pasteActions puts what is on the clipboard into the draft.
func (s *Server) pasteActions(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	clip := s.clipboards.of(s.owner(c))
	if len(clip.actions) == 0 {
		return s.refused(c, camp, "", &workflow.Error{Message: "There is nothing to paste. Copy actions first."})
	}
	title := "1 action"
	if clip.count > 1 {
		title = fmt.Sprintf("%d actions", clip.count)
	}
	return s.change(c, "Paste "+title, title+" pasted. Messages in it are drafts.", func(draft workflow.Campaign) (workflow.Campaign, string, error) {
		place, err := workflow.ParsePlace(c.FormValue("place"))
		if err != nil {
			return draft, "", err
		}
		copied := clip.copies(camp.ID, draft)
		draft, err = workflow.Insert(draft, place, copied...)
		return draft, copied[0].Key, err
	}, "action")
}

// copies is the actions as they fit into a campaign. What comes from another
// one remembers that, and what it asks about messages is meant of those there.
func (clip clipping) copies(into store.CampaignID, draft workflow.Campaign) []workflow.Action {
	origin := clip.origin
	if into == clip.from {
		origin = workflow.Origin{}
	}
	var keys []string
	for _, a := range clip.actions {
		keys = append(keys, a.Key)
	}
	return workflow.Copy(clip.actions, keys, &draft, origin)
}
