package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// maxCampaigns is how many campaigns a choice lists, those changed last.
const maxCampaigns = 200

func (s *Server) listDeliveries(c echo.Context) error {
	list := deliveryList(c)
	list.Campaign = campaignIn(c.QueryParam("campaign"))
	if err := s.readDeliveries(c, &list); err != nil {
		return err
	}
	var err error
	if list.Campaigns, err = s.store.CampaignNames(c.Request().Context(), here(c).ID, maxCampaigns); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.Deliveries(list))
}

func (s *Server) listCampaignDeliveries(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	head, _, err := s.campaignHead(c, camp)
	if err != nil {
		return err
	}
	list := deliveryList(c)
	list.Campaign, list.Within = camp.ID, true
	list.Campaigns = []store.CampaignName{{ID: camp.ID, Name: camp.Name}}
	if err := s.readDeliveries(c, &list); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.CampaignDeliveries(head, list))
}

// deliveryList is what the address of a list asks for.
func deliveryList(c echo.Context) views.DeliveryList {
	return views.DeliveryList{State: stateIn(c.QueryParam("state")), Person: strings.TrimSpace(c.QueryParam("person"))}
}

// readDeliveries fills a page of the list with what it chooses.
func (s *Server) readDeliveries(c echo.Context, list *views.DeliveryList) (err error) {
	ctx, ws := c.Request().Context(), here(c)
	filter := store.DeliveryFilter{State: list.State, Campaign: list.Campaign}
	if list.Person != "" {
		if filter.People, err = s.peopleNamed(c, list.Person); err != nil {
			return err
		}
	}
	list.Found, list.Pages, err = readPage(c,
		func(p store.Page) ([]store.ListedDelivery, error) { return s.store.Deliveries(ctx, ws.ID, filter, p) },
		func(d store.ListedDelivery) int64 { return int64(d.ID) },
		func(at views.At) string { return list.Path(ws, at) })
	if err != nil {
		return err
	}
	if list.Counts, err = s.store.DeliveryCounts(ctx, ws.ID, list.Campaign); err != nil {
		return err
	}
	if list.Campaign != 0 && list.Person == "" {
		list.LastDraft, err = s.store.LastDraft(ctx, ws.ID, list.Campaign)
	}
	return err
}

// stateIn is a state that an address names, empty for none.
func stateIn(text string) store.DeliveryState {
	for _, state := range store.DeliveryStates {
		if string(state) == text {
			return state
		}
	}
	return ""
}

func campaignIn(text string) store.CampaignID {
	n, _ := strconv.ParseInt(text, 10, 64) // what is no number is no campaign
	return store.CampaignID(n)
}

// peopleNamed is whom a whole identifier names: several where people share an
// email address, nobody as an empty list.
func (s *Server) peopleNamed(c echo.Context, name string) ([]store.PersonID, error) {
	ctx, ws := c.Request().Context(), here(c)
	found := []store.PersonID{}
	people, err := s.store.PeopleByEmail(ctx, ws, name)
	if err != nil {
		return nil, err
	}
	for _, kind := range []identity.Kind{identity.ID, identity.CioID} {
		p, err := s.store.PersonBy(ctx, ws.ID, identity.Ref{Kind: kind, Value: name})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			people = append(people, p)
		}
	}
	for _, p := range people {
		found = append(found, p.ID)
	}
	return found, nil
}

func (s *Server) showDelivery(c echo.Context) error {
	return s.delivery(c, http.StatusOK, "")
}

// delivery is the page of one delivery; problem says why the last act was
// refused.
func (s *Server) delivery(c echo.Context, status int, problem string) error {
	ctx, ws := c.Request().Context(), here(c).ID
	d, err := s.deliveryIn(c)
	if err != nil {
		return err
	}
	p := views.DeliveryPage{ListedDelivery: d, Mailbox: s.engine.UsesMailbox(), View: c.QueryParam("view"), Images: c.QueryParam("images") != "", Problem: problem}
	p.Content, err = s.store.Content(ctx, ws, d.ID)
	p.Composed = err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if p.Activities, err = s.store.DeliveryActivities(ctx, ws, d.ID); err != nil {
		return err
	}
	campaign, err := s.store.Campaign(ctx, ws, d.Campaign)
	if err != nil {
		return err
	}
	p.Action = d.Action
	if action, ok := workflow.Find(campaign.Draft, d.Action); ok {
		p.Action, p.Editable = action.Title(), action.Email != nil
	}
	return s.page(c, status, views.Delivery(p))
}

func (s *Server) deliveryIn(c echo.Context) (store.ListedDelivery, error) {
	n, err := id[store.DeliveryID](c, "delivery")
	if err != nil {
		return store.ListedDelivery{}, err
	}
	return s.store.Delivery(c.Request().Context(), here(c).ID, n)
}

func (s *Server) showDeliveryBody(c echo.Context) error {
	n, err := id[store.DeliveryID](c, "delivery")
	if err != nil {
		return err
	}
	content, err := s.store.Content(c.Request().Context(), here(c).ID, n)
	if err != nil {
		return err
	}
	return s.sandboxed(c, foreign{html: content.HTML, images: c.QueryParam("images") != ""})
}

func (s *Server) sendDraft(c echo.Context) error {
	n, err := id[store.DeliveryID](c, "delivery")
	if err != nil {
		return err
	}
	if err := s.store.ApproveDraft(c.Request().Context(), here(c).ID, n, by(c)); err != nil {
		return err
	}
	return s.done(c, views.DeliveryPath(here(c), n), "The message is on its way.")
}

func (s *Server) sendAgain(c echo.Context) error {
	n, err := id[store.DeliveryID](c, "delivery")
	if err != nil {
		return err
	}
	err = s.store.SendAgain(c.Request().Context(), here(c).ID, n, by(c))
	if wrong, ok := invalid(err); ok {
		return s.delivery(c, http.StatusUnprocessableEntity, wrong["state"])
	}
	if err != nil {
		return err
	}
	return s.done(c, views.DeliveryPath(here(c), n), "The message is on its way again.")
}

func (s *Server) discardDraft(c echo.Context) error {
	n, err := id[store.DeliveryID](c, "delivery")
	if err != nil {
		return err
	}
	if err := s.store.Discard(c.Request().Context(), here(c).ID, n, by(c)); err != nil {
		return err
	}
	return s.done(c, views.DeliveryPath(here(c), n), "The draft is discarded.")
}

const (
	draftBatch = 500             // drafts approved in one transaction
	draftTime  = 5 * time.Second // after which the rest waits for another click
)

// sendDrafts sends the drafts of a campaign that were there when its list was
// shown.
func (s *Server) sendDrafts(c echo.Context) error {
	campaign := campaignIn(c.FormValue("campaign"))
	last, _ := strconv.ParseInt(c.FormValue("last"), 10, 64) // none: nothing is sent
	start, sent, more := time.Now(), 0, true
	for more && time.Since(start) < draftTime {
		n, err := s.store.ApproveDrafts(c.Request().Context(), here(c).ID, campaign, store.DeliveryID(last), draftBatch, by(c))
		if err != nil {
			return err
		}
		sent, more = sent+n, n == draftBatch
	}
	message := views.Count(sent, "draft is", "drafts are") + " on the way."
	if more {
		message += " There are more of them; send all drafts again to go on."
	}
	return s.done(c, views.CampaignDeliveriesPath(here(c), campaign), message)
}
