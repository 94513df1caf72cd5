package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// appMessage is a delivery as the App API tells it. Its id is the one that
// reports of deliveries are made with.
type appMessage struct {
	ID             string           `json:"id"`
	DeduplicateID  string           `json:"deduplicate_id"`
	CustomerID     *string          `json:"customer_id"`
	Identifiers    appIdentifiers   `json:"customer_identifiers"`
	Recipient      string           `json:"recipient"`
	Subject        string           `json:"subject"`
	Metrics        map[string]int64 `json:"metrics"` // when each first happened, unix seconds
	Created        int64            `json:"created"`
	FailureMessage string           `json:"failure_message,omitempty"`
	CampaignID     store.CampaignID `json:"campaign_id"`
	ActionID       string           `json:"action_id"`
	TemplateID     string           `json:"message_template_id"` // each action has its own
	ActionKey      string           `json:"action_key"`          // action_id by the word of our documents
	State          string           `json:"state"`
	Type           string           `json:"type"`
	Forgotten      bool             `json:"forgotten"` // what it said is not kept, since the person was erased
}

func messageOf(d store.ListedDelivery, signer store.Signer, steps []store.Activity) appMessage {
	identifiers := identifiersOf(d.Person)
	id := signer.Token(d.ID)
	m := appMessage{
		ID: id, DeduplicateID: id + ":" + nextOf(d.UpdatedAt.Unix()), CustomerID: identifiers.ID, Identifiers: identifiers, Recipient: d.Recipient, Subject: d.Subject,
		Created: d.CreatedAt.Unix(), FailureMessage: d.Reason, CampaignID: d.Campaign, ActionID: d.Action, TemplateID: d.Action, ActionKey: d.Action,
		State: string(d.State), Type: appChannel(d.Channel), Forgotten: d.PersonID == 0 && !d.Personless,
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

// appChannel is a channel as the App API names it.
func appChannel(channel store.Channel) string {
	if channel == store.SMSChannel {
		return "twilio"
	}
	return string(channel)
}

// customerMessages is what was to be sent to a person, the latest first.
func (s *Server) customerMessages(c echo.Context) error {
	p, err := s.appPerson(c, "/messages")
	if err != nil {
		return err
	}
	return s.answerMessages(c, store.DeliveryFilter{People: []store.PersonID{p.ID}})
}

// campaignMessages is what was to be sent by a campaign or a broadcast.
func (s *Server) campaignMessages(c echo.Context) error {
	campaign, err := s.campaign(c)
	if err != nil {
		return err
	}
	return s.answerMessages(c, store.DeliveryFilter{Campaign: campaign.ID})
}

func (s *Server) listMessages(c echo.Context) error {
	var f store.DeliveryFilter
	for _, name := range []string{"campaign_id", "newsletter_id"} {
		text := c.QueryParam(name)
		if text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || f.Campaign != 0 {
			return badCall("%s must be the number of a campaign, and the only one", name)
		}
		f.Campaign = store.CampaignID(n)
	}
	return s.answerMessages(c, f)
}

// looksAt is at how many deliveries a call looks, at most, for some that match
// what no index helps to find. It answers with those and where to go on.
const looksAt = 5000

// answerMessages answers with a page of deliveries that also match what the
// call asks for: type, metric, drafts and action_id.
func (s *Server) answerMessages(c echo.Context, f store.DeliveryFilter) error {
	page, err := appPage(c, 50, 1000)
	if err != nil {
		return err
	}
	matches, err := messageFilter(c, &f)
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c).ID
	found, next, err := s.messagesThat(ctx, ws, f, page, matches)
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
		messages = append(messages, messageOf(d, signer, steps))
	}
	return answerJSON(c, http.StatusOK, map[string]any{"messages": messages, "next": next})
}

func (s *Server) messagesThat(ctx context.Context, ws store.WorkspaceID, f store.DeliveryFilter, page store.Page, matches func(store.Delivery) bool) (found []store.ListedDelivery, next string, err error) {
	at := store.Page{Before: page.Before, Limit: max(page.Limit, 200)}
	for looked := 0; looked < looksAt; looked += at.Limit {
		all, err := s.store.Deliveries(ctx, ws, f, at)
		if err != nil {
			return nil, "", err
		}
		for _, d := range all {
			at.Before = int64(d.ID)
			if !matches(d.Delivery) {
				continue
			}
			if found = append(found, d); len(found) == page.Limit {
				return found, nextOf(at.Before), nil
			}
		}
		if len(all) < at.Limit {
			return found, "", nil
		}
	}
	return found, nextOf(at.Before), nil
}

// messageFilter is what else a message must be. What the index can find goes
// into f.
func messageFilter(c echo.Context, f *store.DeliveryFilter) (func(store.Delivery) bool, error) {
	kind, metric, action := c.QueryParam("type"), c.QueryParam("metric"), c.QueryParam("action_id")
	if c.QueryParam("drafts") == "true" {
		f.State = store.Drafted
	}
	happened := func(store.Delivery) bool { return true }
	switch metric {
	case "", "created":
	case "sent":
		happened = func(d store.Delivery) bool { return !d.SentAt.IsZero() }
	case "opened":
		happened = func(d store.Delivery) bool { return !d.OpenedAt.IsZero() }
	case "clicked":
		happened = func(d store.Delivery) bool { return !d.ClickedAt.IsZero() }
	case "converted":
		happened = func(d store.Delivery) bool { return !d.ConvertedAt.IsZero() }
	default:
		if !slices.Contains(store.DeliveryStates, store.DeliveryState(metric)) {
			return nil, badCall("metric must be created, sent, opened, clicked, converted or a state like failed")
		}
		f.State = store.DeliveryState(metric)
	}
	return func(d store.Delivery) bool {
		return (kind == "" || kind == appChannel(d.Channel)) && (action == "" || action == d.Action) && happened(d)
	}, nil
}

// message is the delivery whose id the path has.
func (s *Server) message(c echo.Context) (store.ListedDelivery, store.Signer, error) {
	signer, err := s.store.Signer(c.Request().Context())
	if err != nil {
		return store.ListedDelivery{}, signer, err
	}
	id, ok := signer.Delivery(c.Param("message"))
	if !ok {
		return store.ListedDelivery{}, signer, store.ErrNotFound
	}
	d, err := s.store.Delivery(c.Request().Context(), here(c).ID, id)
	return d, signer, err
}

func (s *Server) showMessage(c echo.Context) error {
	d, signer, err := s.message(c)
	if err != nil {
		return err
	}
	steps, err := s.store.DeliveryActivities(c.Request().Context(), here(c).ID, d.ID)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"message": messageOf(d, signer, steps)})
}

// showArchivedMessage is what a message said.
func (s *Server) showArchivedMessage(c echo.Context) error {
	d, signer, err := s.message(c)
	if err != nil {
		return err
	}
	content, err := s.store.Content(c.Request().Context(), here(c).ID, d.ID)
	if err != nil {
		return err
	}
	body := content.HTML
	if body == "" {
		body = content.Text
	}
	return answerJSON(c, http.StatusOK, map[string]any{"archived_message": map[string]any{
		"id": signer.Token(d.ID), "body": body, "plain_text": content.Text, "from": content.Sender, "reply_to": content.ReplyTo,
		"recipient": content.Recipient, "subject": content.Subject, "forgotten": false,
	}})
}
