package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

const maxMembers = 30_000

// appSegment is a segment as the App API tells it.
type appSegment struct {
	ID          store.SegmentID `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	State       string          `json:"state"`    // build or finished
	Progress    int             `json:"progress"` // percent
	Type        string          `json:"type"`     // dynamic or manual
	Tags        []string        `json:"tags"`     // there are none
}

func (s *Server) segmentOf(c echo.Context, g store.Segment) (appSegment, error) {
	out := appSegment{ID: g.ID, Name: g.Name, Description: g.Description, State: "finished", Type: "dynamic", Tags: []string{}}
	if g.Manual {
		out.Type = "manual"
	}
	if g.Building() {
		out.State = "build"
	}
	var err error
	out.Progress, err = s.store.BuildProgress(c.Request().Context(), here(c).ID, g)
	return out, err
}

func (s *Server) answerSegments(c echo.Context, all []store.Segment) error {
	segments := []appSegment{}
	for _, g := range all {
		segment, err := s.segmentOf(c, g)
		if err != nil {
			return err
		}
		segments = append(segments, segment)
	}
	return answerJSON(c, http.StatusOK, map[string]any{"segments": segments})
}

func (s *Server) appSegments(c echo.Context) error {
	all, err := s.store.Segments(c.Request().Context(), here(c).ID)
	if err != nil {
		return err
	}
	return s.answerSegments(c, all)
}

// customerSegments is the segments that a person is in.
func (s *Server) customerSegments(c echo.Context) error {
	p, err := s.appPerson(c, "/segments")
	if err != nil {
		return err
	}
	all, err := s.store.SegmentsOf(c.Request().Context(), here(c).ID, p.ID)
	if err != nil {
		return err
	}
	return s.answerSegments(c, all)
}

// appCreateSegment makes a manual segment: conditions are made in the dashboard.
func (s *Server) appCreateSegment(c echo.Context) error {
	body, err := readObject(c)
	if err != nil {
		return err
	}
	object, ok := body["segment"].(map[string]any)
	if !ok {
		return badCall("segment must be an object with a name")
	}
	name, _ := object["name"].(string)
	description, _ := object["description"].(string)
	g, err := s.store.CreateSegment(c.Request().Context(), here(c).ID, store.NewSegment{Name: name, Description: description, Manual: true}, store.APICalls)
	if wrong, ok := invalid(err); ok {
		return badCall("%s", wrong["name"])
	}
	if err != nil {
		return err
	}
	return s.answerSegment(c, g)
}

func (s *Server) answerSegment(c echo.Context, g store.Segment) error {
	segment, err := s.segmentOf(c, g)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"segment": segment})
}

// appSegmentHere is the segment that the path names.
func (s *Server) appSegmentHere(c echo.Context) (store.Segment, error) {
	id, err := strconv.ParseInt(c.Param("segment"), 10, 64)
	if err != nil {
		return store.Segment{}, badCall("segment id must be a number")
	}
	g, err := s.store.Segment(c.Request().Context(), here(c).ID, store.SegmentID(id))
	if errors.Is(err, store.ErrNotFound) {
		err = echo.NewHTTPError(http.StatusNotFound, "There is no segment with this id.")
	}
	return g, err
}

func (s *Server) appShowSegment(c echo.Context) error {
	g, err := s.appSegmentHere(c)
	if err != nil {
		return err
	}
	return s.answerSegment(c, g)
}

// appDeleteSegment deletes a segment that nothing uses.
func (s *Server) appDeleteSegment(c echo.Context) error {
	g, err := s.appSegmentHere(c)
	if err != nil {
		return err
	}
	err = s.store.DeleteSegment(c.Request().Context(), here(c).ID, g.ID, store.APICalls)
	if wrong, ok := invalid(err); ok {
		return badCall("%s", wrong["segment"])
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// appSegmentUsers is what keeps a segment from being deleted.
func (s *Server) appSegmentUsers(c echo.Context) error {
	g, err := s.appSegmentHere(c)
	if err != nil {
		return err
	}
	users, err := s.store.SegmentUsers(c.Request().Context(), here(c).ID, g)
	if err != nil {
		return err
	}
	campaigns, segments := []store.CampaignID{}, []store.SegmentID{}
	for _, used := range users.Campaigns {
		campaigns = append(campaigns, used.ID)
	}
	for _, used := range users.Segments {
		segments = append(segments, used.ID)
	}
	return answerJSON(c, http.StatusOK, map[string]any{"used_by": map[string]any{
		"campaigns": campaigns, "segments": segments, "sent_newsletters": []int64{}, "draft_newsletters": []int64{},
	}})
}

func (s *Server) appSegmentSize(c echo.Context) error {
	g, err := s.appSegmentHere(c)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]int{"count": g.People})
}

// appSegmentMembers is who is in a segment, the newest people first.
func (s *Server) appSegmentMembers(c echo.Context) error {
	g, err := s.appSegmentHere(c)
	if err != nil {
		return err
	}
	page, err := appPage(c, 1000, maxMembers)
	if err != nil {
		return err
	}
	people, err := s.store.SegmentPeople(c.Request().Context(), here(c).ID, g.ID, page)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, peopleFound(people, lastKey(people, page.Limit, func(p store.Person) int64 { return int64(p.ID) })))
}
