package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// appMessage is a delivery as the App API tells it. Its id is the one that
// reports of deliveries are made with.
type appMessage struct {
	ID             string           `json:"id"`
	CustomerID     *string          `json:"customer_id"`
	Identifiers    appIdentifiers   `json:"customer_identifiers"`
	Recipient      string           `json:"recipient"`
	Subject        string           `json:"subject"`
	Metrics        map[string]int64 `json:"metrics"` // when each first happened, unix seconds
	Created        int64            `json:"created"`
	FailureMessage string           `json:"failure_message,omitempty"`
	CampaignID     store.CampaignID `json:"campaign_id"`
	ActionKey      string           `json:"action_key"`
	Type           store.Channel    `json:"type"`
}

// customerMessages is what was to be sent to a person, the latest first.
func (s *Server) customerMessages(c echo.Context) error {
	p, err := s.appPerson(c, "/messages")
	if err != nil {
		return err
	}
	page, err := appPage(c, 50, 100)
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c).ID
	found, err := s.store.Deliveries(ctx, ws, store.DeliveryFilter{People: []store.PersonID{p.ID}}, page)
	if err != nil {
		return err
	}
	signer, err := s.store.Signer(ctx)
	if err != nil {
		return err
	}
	messages := []appMessage{}
	for _, d := range found {
		steps, err := s.store.DeliveryActivities(ctx, ws, d.ID)
		if err != nil {
			return err
		}
		message := messageOf(d.Delivery, p, steps)
		message.ID = signer.Token(d.ID)
		messages = append(messages, message)
	}
	next := lastKey(found, page.Limit, func(d store.ListedDelivery) int64 { return int64(d.ID) })
	return answerJSON(c, http.StatusOK, map[string]any{"messages": messages, "next": next})
}

func messageOf(d store.Delivery, p store.Person, steps []store.Activity) appMessage {
	identifiers := identifiersOf(p)
	m := appMessage{
		CustomerID: identifiers.ID, Identifiers: identifiers, Recipient: d.Recipient, Subject: d.Subject,
		Created: d.CreatedAt.Unix(), FailureMessage: d.Reason, CampaignID: d.Campaign, ActionKey: d.Action, Type: d.Channel,
		Metrics: map[string]int64{"created": d.CreatedAt.Unix()},
	}
	for _, step := range steps {
		metric, _, _ := strings.Cut(string(step.Type), "_")
		if _, had := m.Metrics[metric]; !had {
			m.Metrics[metric] = step.OccurredAt.Unix()
		}
	}
	return m
}
