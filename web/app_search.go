package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
)

const (
	maxFound     = 1000
	maxAskedFor  = 100 // people whose attributes are asked for at once
	maxAppCall   = 256 << 10
	filterWanted = `filter must be a condition, for example {"and": [{"segment": {"id": 1}}, {"attribute": {"field": "plan", "operator": "eq", "value": "pro"}}]}`
)

// searchCustomers is the people who match a condition, the newest first. What
// no index answers is looked for only so long; next goes on from there, and an
// answer may have few people, or none, before the end.
func (s *Server) searchCustomers(c echo.Context) error {
	page, err := appPage(c, maxFound, maxFound)
	if err != nil {
		return err
	}
	filter, err := searchFilter(c, "filter")
	if err != nil {
		return err
	}
	found, err := s.store.FindPeople(c.Request().Context(), here(c).ID, store.PeopleQuery{Filter: filter}, page)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, peopleFound(found.People, nextOf(found.Older)))
}

// searchFilter reads a condition from the body; none is everyone.
func searchFilter(c echo.Context, field string) (*condition.Condition, error) {
	body, err := readObject(c)
	if err != nil {
		return nil, err
	}
	if body[field] == nil {
		return nil, badCall("%s", filterWanted)
	}
	text, err := json.Marshal(body[field])
	if err != nil {
		return nil, err
	}
	filter, err := condition.Parse(text)
	if err == nil {
		err = filter.Check(field)
	}
	if err != nil {
		return nil, badCall("%s", err)
	}
	return filter, nil
}

// appFound is a part of a list of people.
type appFound struct {
	Identifiers []appIdentifiers `json:"identifiers"`
	IDs         []string         `json:"ids"` // of those who have one
	Next        string           `json:"next"`
}

func peopleFound(people []store.Person, next string) appFound {
	found := appFound{Identifiers: []appIdentifiers{}, IDs: []string{}, Next: next}
	for _, p := range people {
		found.Identifiers = append(found.Identifiers, identifiersOf(p))
		if p.ExternalID != "" {
			found.IDs = append(found.IDs, p.ExternalID)
		}
	}
	return found
}

// listAttributes is what the workspace knows of several people. Ids of nobody
// are passed over.
func (s *Server) listAttributes(c echo.Context) error {
	body, err := readObject(c)
	if err != nil {
		return err
	}
	ids, ok := body["ids"].([]any)
	if !ok || len(ids) == 0 || len(ids) > maxAskedFor {
		return badCall("ids must be a list of 1 to %d ids", maxAskedFor)
	}
	customers := []appCustomer{}
	for _, value := range ids {
		id, err := identifierText(identity.ID, value)
		if err != nil {
			return err
		}
		customer, err := s.customerByID(c, *id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		customers = append(customers, customer)
	}
	return answerJSON(c, http.StatusOK, map[string]any{"customers": customers})
}

func (s *Server) customerByID(c echo.Context, id string) (appCustomer, error) {
	ctx, ws := c.Request().Context(), here(c).ID
	p, err := s.store.PersonBy(ctx, ws, identity.Ref{Kind: identity.ID, Value: id})
	if err != nil {
		return appCustomer{}, err
	}
	devices, err := s.store.Devices(ctx, ws, p.ID)
	return customerOf(p, devices), err
}
