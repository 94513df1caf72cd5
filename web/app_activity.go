package web

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

const (
	maxActivities = 100
	maxLookedAt   = 5000 // activities in one call, when a filter finds few
)

// appActivity is something that happened, as the App API tells it.
type appActivity struct {
	ID          store.ActivityID   `json:"id"`
	Type        store.ActivityType `json:"type"`
	Name        string             `json:"name,omitempty"`
	Timestamp   int64              `json:"timestamp"` // unix seconds
	CustomerID  *string            `json:"customer_id"`
	Identifiers *appIdentifiers    `json:"customer_identifiers"`
	DeliveryID  string             `json:"delivery_id,omitempty"`
	Data        json.RawMessage    `json:"data"`
}

// listActivities is what happened in the workspace, or to one person, the
// latest first.
func (s *Server) listActivities(c echo.Context) error {
	if id := c.QueryParam("customer_id"); id != "" {
		kind, err := idType(c)
		if err != nil {
			return err
		}
		p, err := s.personNamed(c, kind, id)
		if err != nil {
			return err
		}
		return s.answerActivities(c, &p)
	}
	return s.answerActivities(c, nil)
}

// customerActivities is what happened to one person, the latest first.
func (s *Server) customerActivities(c echo.Context) error {
	p, err := s.appPerson(c, "/activities")
	if err != nil {
		return err
	}
	return s.answerActivities(c, &p)
}

// answerActivities answers with the activities of one person, or of everybody.
// When a filter finds few, an answer may be short before the end: next says.
func (s *Server) answerActivities(c echo.Context, who *store.Person) error {
	page, err := appPage(c, 10, maxActivities)
	if err != nil {
		return err
	}
	signer, err := s.store.Signer(c.Request().Context())
	if err != nil {
		return err
	}
	all := []appActivity{}
	next := ""
	for looked := 0; len(all) < page.Limit && looked < maxLookedAt; {
		some, err := s.someActivities(c, who, store.Page{Before: page.Before, Limit: 500})
		if err != nil {
			return err
		}
		for _, a := range some {
			if page.Before, looked = int64(a.ID), looked+1; wanted(c, a) {
				all = append(all, activityOf(a, signer))
			}
			if len(all) == page.Limit {
				break
			}
		}
		if next = nextOf(page.Before); len(some) < 500 && len(all) < page.Limit {
			next = ""
			break
		}
	}
	return answerJSON(c, http.StatusOK, map[string]any{"activities": all, "next": next})
}

func (s *Server) someActivities(c echo.Context, who *store.Person, page store.Page) ([]store.Activity, error) {
	if who == nil {
		return s.store.Activities(c.Request().Context(), here(c).ID, page)
	}
	all, err := s.store.ActivitiesOf(c.Request().Context(), here(c).ID, who.ID, page)
	for i := range all {
		all[i].Person = *who
	}
	return all, err
}

// wanted says whether an activity is of the type and name that are asked for.
func wanted(c echo.Context, a store.Activity) bool {
	kind, name := c.QueryParam("type"), c.QueryParam("name")
	return (kind == "" || kind == string(a.Type)) && (name == "" || name == a.Name)
}

func activityOf(a store.Activity, signer store.Signer) appActivity {
	out := appActivity{ID: a.ID, Type: a.Type, Name: a.Name, Timestamp: a.OccurredAt.Unix(), Data: a.Data}
	if a.Person.ID != 0 {
		identifiers := identifiersOf(a.Person)
		out.CustomerID, out.Identifiers = identifiers.ID, &identifiers
	}
	if a.DeliveryID != 0 {
		out.DeliveryID = signer.Token(a.DeliveryID)
	}
	return out
}
