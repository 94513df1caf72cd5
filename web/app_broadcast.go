package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
)

// maxTrigger is how large a call that triggers a broadcast may be: ten thousand
// people with some data for each.
const maxTrigger = 8 << 20

// triggerBroadcast lets people into an API-triggered broadcast. Exactly 200 and
// a number is what the official Go client takes for success.
func (s *Server) triggerBroadcast(c echo.Context) error {
	campaign, err := s.campaign(c)
	if err != nil {
		return err
	}
	body, err := readObject(c)
	if err != nil {
		return err
	}
	run, err := s.readRun(c, campaign, body)
	var wrong pointed
	if errors.As(err, &wrong) {
		return wrong.answer(c)
	}
	if err != nil {
		return err
	}
	id, err := s.store.TriggerBroadcast(c.Request().Context(), here(c).ID, campaign.ID, run, store.APICalls)
	if errors.Is(err, store.ErrTooSoon) {
		c.Response().Header().Set("Retry-After", "10")
		return echo.NewHTTPError(http.StatusTooManyRequests, "A broadcast is triggered once in 10 seconds, and has at most 5 runs that are not over. Try again later.")
	}
	if bad, ok := invalid(err); ok {
		return pointed{"/data", bad["campaign"]}.answer(c)
	}
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"id": id})
}

// pointed is what is wrong with one part of a call.
type pointed struct{ pointer, detail string }

func (p pointed) Error() string { return p.detail }

func (p pointed) answer(c echo.Context) error {
	return answerJSON(c, http.StatusUnprocessableEntity, map[string]any{"errors": []map[string]any{
		{"detail": p.detail, "source": map[string]string{"pointer": p.pointer}, "status": "422"},
	}})
}

// audiences is the ways in which a call says whom it means.
var audiences = []string{"recipients", "ids", "emails", "per_user_data", "data_file_url"}

// readRun is whom a call means, and what its messages may show. Clients send
// empty and null fields for what they were not given.
func (s *Server) readRun(c echo.Context, campaign store.Campaign, body map[string]any) (n store.NewRun, err error) {
	if data, ok := body["data"].(map[string]any); ok {
		if n.Data, err = json.Marshal(data); err != nil {
			return n, err
		}
	} else if body["data"] != nil {
		return n, pointed{"/data", "data must be an object"}
	}
	given := ""
	for _, name := range audiences {
		if isEmpty(body[name]) {
			continue
		}
		if given != "" {
			return n, pointed{"/" + name, "name the audience in one way: " + given + " or " + name}
		}
		given = name
	}
	found := audience{s: s, c: c, run: &n, flags: body}
	switch given {
	case "":
		if n.Filter, err = s.ownAudience(c, campaign); n.Filter == nil && err == nil {
			err = pointed{"/recipients", "name an audience, or choose one for the broadcast itself"}
		}
	case "recipients":
		n.Filter, err = recipients(body[given])
	case "ids", "emails":
		err = found.list(given, body[given])
	case "per_user_data":
		err = found.perUser(body[given])
	case "data_file_url":
		err = found.file(body[given])
	}
	return n, err
}

func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// ownAudience is whom the broadcast itself is for.
func (s *Server) ownAudience(c echo.Context, campaign store.Campaign) (*condition.Condition, error) {
	if campaign.Version == 0 {
		return nil, nil
	}
	live, _, err := s.store.Live(c.Request().Context(), here(c).ID, campaign.ID)
	return live.Trigger.People, err
}

func recipients(value any) (*condition.Condition, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	filter, err := condition.Parse(text)
	if err == nil {
		err = filter.Check("recipients")
	}
	if err != nil {
		return nil, pointed{"/recipients", err.Error()}
	}
	return filter, nil
}
