package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// idText is an id as forms carry it.
func idText[T ~int64](id T) string { return strconv.FormatInt(int64(id), 10) }

// revision is the state of the draft that a form was made from.
func revision(c echo.Context) int {
	n, err := strconv.Atoi(c.FormValue("revision"))
	if err != nil {
		return store.AnyRevision
	}
	return n
}

func (s *Server) reviewCampaign(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	return s.review(c, http.StatusOK, camp, "")
}

// review asks before the draft goes live.
func (s *Server) review(c echo.Context, status int, camp store.Campaign, refused string) error {
	ctx, ws := c.Request().Context(), here(c).ID
	head, problems, err := s.campaignHead(c, camp)
	if err != nil {
		return err
	}
	r := views.Review{Head: head, Problems: problems, Refused: refused}
	if r.Live, r.Draft, err = s.liveAndDraft(ctx, ws, camp); err != nil {
		return err
	}
	if r.Changes, err = s.changes(ctx, ws, camp); err != nil {
		return err
	}
	if r.Counts, err = s.store.CampaignCounts(ctx, ws, camp.ID); err != nil {
		return err
	}
	if r.Members, err = s.members(ctx, ws, camp.Draft.Trigger); err != nil {
		return err
	}
	if camp.Newsletter && !camp.Live() {
		r.Typed = c.FormValue("people")
		if r.Reach, err = s.reach(c, camp.Draft.Trigger.People, camp.Draft.Subscription, countedWithin); err != nil {
			return err
		}
	}
	return s.page(c, status, views.PublishCampaign(r))
}

// countedWithin is how long the count before a newsletter may take.
const countedWithin = 5 * time.Second

// members is how many people are in the trigger's segment.
func (s *Server) members(ctx context.Context, ws store.WorkspaceID, t workflow.Trigger) (int, error) {
	if t.Type != workflow.OnSegment || t.Segment == nil || t.Segment.ID == 0 {
		return 0, nil
	}
	g, err := s.store.Segment(ctx, ws, store.SegmentID(t.Segment.ID))
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return g.People, err
}

// publishCampaign starts a campaign or, when it runs, makes its draft live.
func (s *Server) publishCampaign(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	if seen := revision(c); seen != store.AnyRevision && seen != camp.Revision {
		return s.review(c, http.StatusConflict, camp, "Somebody changed the draft after you opened this page. Look at it again, then go on.")
	}
	if refused, err := s.numberMissing(c, camp); err != nil || refused != "" {
		if err != nil {
			return err
		}
		return s.review(c, http.StatusUnprocessableEntity, camp, refused)
	}
	live, err := s.goLive(c, camp)
	if wrong, ok := invalid(err); ok {
		return s.review(c, http.StatusUnprocessableEntity, camp, wrong["campaign"])
	}
	var problems store.NotReady
	if errors.As(err, &problems) {
		return s.review(c, http.StatusUnprocessableEntity, camp, "")
	}
	if err != nil {
		return err
	}
	if camp.Live() && camp.State == store.CampaignRunning {
		return s.done(c, views.CampaignPath(here(c), camp.ID), fmt.Sprintf("Version %d is live.", live.Version))
	}
	return s.done(c, views.CampaignPath(here(c), camp.ID), "“"+live.Name+"” runs.")
}

// numberMissing says why a newsletter to very many people is not sent yet: their
// number was not typed, or it is another one by now.
func (s *Server) numberMissing(c echo.Context, camp store.Campaign) (string, error) {
	if !camp.Newsletter || camp.Live() || camp.Draft.Trigger.People == nil {
		return "", nil
	}
	people, err := s.store.CountPeople(c.Request().Context(), here(c).ID, store.PeopleQuery{Filter: camp.Draft.Trigger.People}, countedWithin)
	if err != nil || people.People <= views.AskAbove {
		return "", err
	}
	typed := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, c.FormValue("people"))
	if typed == strconv.Itoa(people.People) {
		return "", nil
	}
	return fmt.Sprintf("Type the number of people, %s, to send it to them.", views.Number(people.People)), nil
}

func (s *Server) goLive(c echo.Context, camp store.Campaign) (store.Campaign, error) {
	ctx := c.Request().Context()
	if camp.Live() && c.FormValue("again") == "" {
		return s.store.PublishCampaign(ctx, here(c).ID, camp.ID, by(c))
	}
	return s.store.StartCampaign(ctx, here(c).ID, camp.ID, c.FormValue("current") != "", by(c))
}

func (s *Server) stopCampaign(c echo.Context) error {
	return s.actOnCampaign(c, func(ctx context.Context, camp store.Campaign) (string, string, error) {
		now := c.FormValue("exit") == "now"
		_, err := s.store.StopCampaign(ctx, here(c).ID, camp.ID, now, by(c))
		message := "Nobody can enter “" + camp.Name + "” any more. Who is inside may finish."
		if now {
			message = "“" + camp.Name + "” is stopped, and everybody inside is taken out."
		}
		return views.CampaignPath(here(c), camp.ID), message, err
	})
}

func (s *Server) archiveCampaign(c echo.Context) error {
	return s.actOnCampaign(c, func(ctx context.Context, camp store.Campaign) (string, string, error) {
		err := s.store.ArchiveCampaign(ctx, here(c).ID, camp.ID, by(c))
		return views.CampaignsPath(here(c)), "“" + camp.Name + "” is in the archive.", err
	})
}

func (s *Server) unarchiveCampaign(c echo.Context) error {
	return s.actOnCampaign(c, func(ctx context.Context, camp store.Campaign) (string, string, error) {
		err := s.store.UnarchiveCampaign(ctx, here(c).ID, camp.ID, by(c))
		return views.CampaignPath(here(c), camp.ID), "“" + camp.Name + "” is back. It does not run.", err
	})
}

func (s *Server) renameCampaign(c echo.Context) error {
	return s.actOnCampaign(c, func(ctx context.Context, camp store.Campaign) (string, string, error) {
		err := s.store.RenameCampaign(ctx, here(c).ID, camp.ID, c.FormValue("name"), by(c))
		return views.CampaignPath(here(c), camp.ID), "Renamed.", err
	})
}

func (s *Server) duplicateCampaign(c echo.Context) error {
	if to := c.FormValue("to"); to != "" && to != here(c).Slug {
		return s.duplicateElsewhere(c, to)
	}
	return s.actOnCampaign(c, func(ctx context.Context, camp store.Campaign) (string, string, error) {
		copied, err := s.store.DuplicateCampaign(ctx, here(c).ID, camp.ID, by(c))
		return views.CampaignPath(here(c), copied.ID), "“" + copied.Name + "” is a copy, as a draft.", err
	})
}

func (s *Server) deleteCampaign(c echo.Context) error {
	return s.actOnCampaign(c, func(ctx context.Context, camp store.Campaign) (string, string, error) {
		err := s.store.DeleteCampaign(ctx, here(c).ID, camp.ID, by(c))
		return views.CampaignsPath(here(c)), "“" + camp.Name + "” is deleted.", err
	})
}

// actOnCampaign answers what the menu of a campaign does: where to go then, and
// what happened. A refusal is said on the overview.
func (s *Server) actOnCampaign(c echo.Context, act func(context.Context, store.Campaign) (to, message string, err error)) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	to, message, err := act(c.Request().Context(), camp)
	if wrong, ok := invalid(err); ok {
		return s.overview(c, http.StatusUnprocessableEntity, camp, wrong)
	}
	if err != nil {
		return err
	}
	return s.done(c, to, message)
}
