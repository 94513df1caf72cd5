package web

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

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

// broadcast is the broadcast that the path names: a newsletter, or one that the
// API triggers.
func (s *Server) broadcast(c echo.Context, newsletter bool) (store.Campaign, error) {
	campaign, err := s.campaign(c)
	if err == nil && (!campaign.Broadcast || campaign.Newsletter != newsletter) {
		err = store.ErrNotFound
	}
	return campaign, err
}

// appBroadcast is a broadcast as the App API tells it.
type appBroadcast struct {
	ID            store.CampaignID `json:"id"`
	DeduplicateID string           `json:"deduplicate_id"`
	Name          string           `json:"name"`
	Type          string           `json:"type"`
	Created       int64            `json:"created"`
	Updated       int64            `json:"updated"`
	Active        bool             `json:"active"`
	State         string           `json:"state"`
	FirstStarted  int64            `json:"first_started"`
	CreatedBy     *string          `json:"created_by"`        // null: a program
	SentAt        *int64           `json:"sent_at,omitempty"` // of a newsletter
	Tags          []string         `json:"tags"`
}

func appBroadcastOf(c store.Campaign) appBroadcast {
	b := appBroadcast{
		ID: c.ID, DeduplicateID: fmt.Sprintf("%d:%d", c.ID, c.UpdatedAt.Unix()), Name: c.Name, Type: "triggered_broadcast",
		Created: c.CreatedAt.Unix(), Updated: c.UpdatedAt.Unix(), Active: c.State == store.CampaignRunning, State: string(c.State), Tags: []string{},
	}
	if c.CreatedBy != "" {
		b.CreatedBy = &c.CreatedBy
	}
	if !c.StartedAt.IsZero() {
		b.FirstStarted = c.StartedAt.Unix()
	}
	if c.Newsletter {
		b.Type = "newsletter"
		if b.FirstStarted != 0 {
			b.SentAt = &b.FirstStarted
		}
	}
	return b
}

func (s *Server) showAppBroadcast(c echo.Context) error {
	campaign, err := s.broadcast(c, false)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"broadcast": appBroadcastOf(campaign)})
}

func (s *Server) listAppBroadcasts(c echo.Context) error {
	page, err := appPage(c, 50, 100)
	if err != nil {
		return err
	}
	all, err := s.store.Broadcasts(c.Request().Context(), here(c).ID, false, page)
	if err != nil {
		return err
	}
	list := []appBroadcast{}
	for _, campaign := range all {
		list = append(list, appBroadcastOf(campaign))
	}
	return answerJSON(c, http.StatusOK, map[string]any{"broadcasts": list, "next": lastKey(all, page.Limit, campaignNumber)})
}

func campaignNumber(c store.Campaign) int64 { return int64(c.ID) }
