package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

const (
	maxSegmentIDs = 1000
	maxIDList     = 256 << 10 // room for as many identifiers of the greatest length
)

// addCustomers puts people into a manual segment. Identifiers of nobody are
// passed over.
func (s *Server) addCustomers(c echo.Context) error {
	return s.moveMembers(c, s.store.AddToSegment)
}

func (s *Server) removeCustomers(c echo.Context) error {
	return s.moveMembers(c, s.store.RemoveFromSegment)
}

type memberMove func(context.Context, store.WorkspaceID, store.SegmentID, []store.PersonID, store.Actor) (int, error)

func (s *Server) moveMembers(c echo.Context, move memberMove) error {
	id, err := strconv.ParseInt(c.Param("segment"), 10, 64)
	if err != nil {
		return badCall("segment id must be a number")
	}
	refs, err := readIDs(c)
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c).ID
	people, err := s.store.PersonIDs(ctx, ws, refs)
	if err != nil {
		return err
	}
	_, err = move(ctx, ws, store.SegmentID(id), people, store.APICalls)
	if wrong, ok := invalid(err); ok {
		return badCall("%s", wrong["segment"])
	}
	if errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrNoWorkspace) {
		return echo.NewHTTPError(http.StatusNotFound, "There is no segment with this id.")
	}
	if err != nil {
		return err
	}
	return accepted(c)
}

// readIDs reads {"ids": […]}; the query says what they are. One that can be
// nobody's is passed over as one that is nobody's.
func readIDs(c echo.Context) ([]identity.Ref, error) {
	kind, err := idType(c)
	if err != nil {
		return nil, err
	}
	body, err := readObject(c)
	if err != nil {
		return nil, err
	}
	list, ok := body["ids"].([]any)
	if !ok || len(list) == 0 || len(list) > maxSegmentIDs {
		return nil, badCall("ids must be a list of 1 to %d identifiers", maxSegmentIDs)
	}
	var refs []identity.Ref
	for _, value := range list {
		text, err := identifierText(kind, value)
		if err != nil {
			return nil, err
		}
		if ref, err := identity.Named(here(c).Identifiers, kind, *text); err == nil {
			refs = append(refs, ref)
		}
	}
	return refs, nil
}

// idType is which identifier a call's addresses are made of; id when it does
// not say.
func idType(c echo.Context) (identity.Kind, error) {
	switch kind := identity.Kind(c.QueryParam("id_type")); kind {
	case "":
		return identity.ID, nil
	case identity.ID, identity.Email, identity.CioID:
		return kind, nil
	}
	return "", badCall("id_type must be id, email or cio_id")
}
