package web

import (
	"errors"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// actionBook is what the App API calls the actions of one campaign: numbers,
// which they keep for good, where our documents have keys.
type actionBook struct {
	campaign store.Campaign
	ids      map[string]store.ActionID
	parents  map[string]store.ActionID // of messages that are variants: their test
}

func (s *Server) actionBook(c echo.Context, campaign store.Campaign, shown workflow.Campaign) (actionBook, error) {
	b := actionBook{campaign: campaign, parents: map[string]store.ActionID{}}
	var err error
	if b.ids, err = s.store.ActionIDs(c.Request().Context(), here(c).ID, campaign.ID); err != nil {
		return b, err
	}
	for test := range workflow.All(shown.Actions) {
		if test.Type != workflow.TypeABTest || test.Branch == nil {
			continue
		}
		for _, path := range test.Branch.Paths {
			for _, variant := range path.Actions {
				b.parents[variant.Key] = b.ids[test.Key]
			}
		}
	}
	return b, nil
}

// parent is the test that a message is a variant of; nil when it is none.
func (b actionBook) parent(key string) *store.ActionID {
	id, ok := b.parents[key]
	if !ok {
		return nil
	}
	return &id
}

// library is the books of several campaigns, each read once.
type library struct {
	s     *Server
	c     echo.Context
	books map[store.CampaignID]actionBook
}

func (l *library) of(id store.CampaignID) (b actionBook, err error) {
	if b, ok := l.books[id]; ok {
		return b, nil
	}
	ctx, ws := l.c.Request().Context(), here(l.c).ID
	campaign, err := l.s.store.Campaign(ctx, ws, id)
	if err != nil {
		return b, err
	}
	shown, err := l.s.running(ctx, campaign, ws)
	if err != nil {
		return b, err
	}
	if b, err = l.s.actionBook(l.c, campaign, shown); err != nil {
		return b, err
	}
	if l.books == nil {
		l.books = map[store.CampaignID]actionBook{}
	}
	l.books[id] = b
	return b, nil
}

// actionKey is the key of the action that a call names by its number. A key
// does as well.
func (s *Server) actionKey(c echo.Context, campaign store.CampaignID, name string) (string, error) {
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return name, nil
	}
	ref, err := s.store.Action(c.Request().Context(), here(c).ID, store.ActionID(n))
	if errors.Is(err, store.ErrNotFound) || err == nil && campaign != 0 && ref.Campaign != campaign {
		return name, nil
	}
	return ref.Key, err
}
