package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
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

// audience finds whom a call names one by one.
type audience struct {
	s     *Server
	c     echo.Context
	run   *store.NewRun
	flags map[string]any
}

func (a *audience) flag(name string) bool { on, _ := a.flags[name].(bool); return on }

func (a *audience) list(name string, value any) error {
	all, ok := value.([]any)
	if !ok || len(all) > store.MaxRunPeople {
		return pointed{"/" + name, fmt.Sprintf("%s must be a list of at most %d", name, store.MaxRunPeople)}
	}
	a.run.Chosen = []store.PersonID{}
	kind := map[string]string{"ids": "id", "emails": "email"}[name]
	for i, one := range all {
		if err := a.add(kind, fmt.Sprint(one), nil, fmt.Sprintf("item %d", i+1)); err != nil {
			return err
		}
	}
	return nil
}

func (a *audience) perUser(value any) error {
	all, ok := value.([]any)
	if !ok || len(all) > store.MaxRunPeople {
		return pointed{"/per_user_data", fmt.Sprintf("per_user_data must be a list of at most %d objects", store.MaxRunPeople)}
	}
	a.run.Chosen = []store.PersonID{}
	for i, one := range all {
		object, _ := one.(map[string]any)
		if err := a.user(object, fmt.Sprintf("item %d", i+1)); err != nil {
			return err
		}
	}
	return nil
}

// user is one person with data of their own.
func (a *audience) user(object map[string]any, where string) error {
	data, err := json.Marshal(object["data"])
	if err != nil {
		return err
	}
	if _, ok := object["data"].(map[string]any); !ok {
		data = nil
	}
	for _, kind := range []string{"id", "email"} {
		if value := object[kind]; !isEmpty(value) {
			return a.add(kind, fmt.Sprint(value), data, where)
		}
	}
	a.run.Missing = append(a.run.Missing, where+": has neither id nor email")
	return nil
}

// maxDataFile bounds a file of people, in bytes.
const maxDataFile = 64 << 20

// file reads people from an address: a JSON object in each line.
func (a *audience) file(value any) error {
	address, _ := value.(string)
	ctx, stop := context.WithCancel(a.c.Request().Context())
	defer stop()
	if a.s.fetch == nil {
		return pointed{"/data_file_url", "this server fetches no files"}
	}
	file, err := a.s.fetch(ctx, address)
	if err != nil {
		return pointed{"/data_file_url", err.Error()}
	}
	defer file.Close()
	a.run.Chosen = []store.PersonID{}
	lines := bufio.NewScanner(io.LimitReader(file, maxDataFile))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		where := fmt.Sprintf("line %d", n)
		object, err := decodeObject(lines.Bytes())
		if err != nil {
			a.run.Missing = append(a.run.Missing, where+": is not a JSON object")
			continue
		}
		if len(a.run.Chosen) >= store.MaxRunPeople {
			return pointed{"/data_file_url", fmt.Sprintf("the file names more than %d people", store.MaxRunPeople)}
		}
		if len(object) > 0 {
			if err := a.user(object, where); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return pointed{"/data_file_url", "the file could not be read: " + err.Error()}
	}
	return nil
}

// add finds one person. Nobody is told among the run's errors, and several who
// share an address are too, unless the call says that all of them are meant.
func (a *audience) add(kind, value string, data json.RawMessage, where string) error {
	ctx, ws := a.c.Request().Context(), here(a.c)
	value = strings.TrimSpace(value)
	var people []store.Person
	var err error
	if kind == "email" {
		people, err = a.s.store.PeopleByEmail(ctx, ws, value)
	} else {
		var p store.Person
		if p, err = a.s.store.PersonBy(ctx, ws.ID, identity.Ref{Kind: identity.ID, Value: value}); err == nil {
			people = []store.Person{p}
		} else if err == store.ErrNotFound {
			err = nil
		}
	}
	switch {
	case err != nil:
		return err
	case len(people) == 0 && !a.flag(kind+"_ignore_missing"):
		a.run.Missing = append(a.run.Missing, fmt.Sprintf("%s: nobody has the %s %q", where, kind, value))
	case len(people) > 1 && !a.flag("email_add_duplicates"):
		a.run.Missing = append(a.run.Missing, fmt.Sprintf("%s: %d people share the email %q", where, len(people), value))
		return nil
	}
	for _, p := range people {
		a.run.Chosen = append(a.run.Chosen, p.ID)
		if data != nil {
			if a.run.Each == nil {
				a.run.Each = map[store.PersonID]json.RawMessage{}
			}
			a.run.Each[p.ID] = data
		}
	}
	return nil
}

// appRun is a run as the App API tells it.
type appRun struct {
	ID              store.JobID `json:"id"`
	Broadcast       int64       `json:"broadcast_id"`
	CreatedAt       int64       `json:"created_at"`
	ProcessedAt     int64       `json:"processed_at"` // zero: not yet
	RecipientsCount int         `json:"recipients_count"`
	Errors          int         `json:"errors_count"`
	State           string      `json:"state"`
}

func appRunOf(j store.Job) appRun {
	run := appRun{ID: j.ID, Broadcast: int64(j.Campaign), CreatedAt: j.CreatedAt.Unix(), RecipientsCount: j.Changed, Errors: len(j.Parameters.Missing), State: string(j.State)}
	if !j.FinishedAt.IsZero() {
		run.ProcessedAt = j.FinishedAt.Unix()
	}
	return run
}

// run is the run that the path names.
func (s *Server) run(c echo.Context) (store.Job, error) {
	campaign, err := s.campaign(c)
	if err != nil {
		return store.Job{}, err
	}
	n, err := id[store.JobID](c, "run")
	if err != nil {
		return store.Job{}, err
	}
	return s.store.Run(c.Request().Context(), here(c).ID, campaign.ID, n)
}

func (s *Server) showRun(c echo.Context) error {
	j, err := s.run(c)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, appRunOf(j))
}

func (s *Server) listRunErrors(c echo.Context) error {
	j, err := s.run(c)
	if err != nil {
		return err
	}
	page, err := appPage(c, 100, 1000)
	if err != nil {
		return err
	}
	from := min(int(page.Before), len(j.Parameters.Missing))
	to := min(from+page.Limit, len(j.Parameters.Missing))
	next := ""
	if to < len(j.Parameters.Missing) {
		next = fmt.Sprint(to)
	}
	return answerJSON(c, http.StatusOK, map[string]any{"errors": append([]string{}, j.Parameters.Missing[from:to]...), "next": next})
}

func (s *Server) listRuns(c echo.Context) error {
	campaign, err := s.broadcast(c, false)
	if err != nil {
		return err
	}
	page, err := appPage(c, 50, 100)
	if err != nil {
		return err
	}
	all, err := s.store.Runs(c.Request().Context(), here(c).ID, campaign.ID, page)
	if err != nil {
		return err
	}
	runs := []appRun{}
	for _, j := range all {
		runs = append(runs, appRunOf(j))
	}
	return answerJSON(c, http.StatusOK, map[string]any{"triggers": runs, "next": lastKey(all, page.Limit, func(j store.Job) int64 { return int64(j.ID) })})
}
