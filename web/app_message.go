package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// appMessage is a delivery as the App API tells it. Its id is the one that
// reports of deliveries are made with.
type appMessage struct {
	ID             string            `json:"id"`
	DeduplicateID  string            `json:"deduplicate_id"`
	CustomerID     *string           `json:"customer_id"`
	Identifiers    appIdentifiers    `json:"customer_identifiers"`
	Recipient      string            `json:"recipient"`
	Subject        string            `json:"subject"`
	Metrics        map[string]int64  `json:"metrics"` // when each first happened, unix seconds
	Created        int64             `json:"created"`
	FailureMessage string            `json:"failure_message,omitempty"`
	CampaignID     *store.CampaignID `json:"campaign_id"` // of a newsletter: none
	NewsletterID   *store.CampaignID `json:"newsletter_id"`
	BroadcastID    *store.CampaignID `json:"broadcast_id"` // an API-triggered broadcast is a campaign, too
	ActionID       store.ActionID    `json:"action_id"`
	ParentActionID *store.ActionID   `json:"parent_action_id"`    // of a variant: its test
	TemplateID     store.ActionID    `json:"message_template_id"` // each action has its own
	ContentID      *store.ActionID   `json:"content_id"`          // of a newsletter
	TriggerEventID *string           `json:"trigger_event_id"`    // not kept
	ActionKey      string            `json:"action_key"`          // action_id by the word of our documents
	State          string            `json:"state"`
	Type           string            `json:"type"`
	Forgotten      bool              `json:"forgotten"` // what it said is not kept, since the person was erased
}

func messageOf(d store.ListedDelivery, signer store.Signer, book actionBook, moments map[string]time.Time) appMessage {
	identifiers, action := identifiersOf(d.Person), book.ids[d.Action]
	id := signer.Token(d.ID)
	m := appMessage{
		ID: id, DeduplicateID: id + ":" + nextOf(d.UpdatedAt.Unix()), CustomerID: identifiers.ID, Identifiers: identifiers, Recipient: d.Recipient, Subject: d.Subject,
		Created: d.CreatedAt.Unix(), FailureMessage: d.Reason, ActionID: action, ParentActionID: book.parent(d.Action), TemplateID: action, ActionKey: d.Action,
		State: string(d.State), Type: appChannel(d.Channel), Forgotten: d.PersonID == 0 && !d.Personless,
		Metrics: map[string]int64{},
	}
	switch {
	case book.campaign.Newsletter:
		m.NewsletterID, m.ContentID = &d.Campaign, &action
	case book.campaign.Broadcast:
		m.CampaignID, m.BroadcastID = &d.Campaign, &d.Campaign
	default:
		m.CampaignID = &d.Campaign
	}
	for metric, at := range moments {
		m.Metrics[metric] = at.Unix()
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

// appChannelIn is the channel, or the type of its action, that a call names.
func appChannelIn(name string) string {
	if name == "twilio" {
		return string(store.SMSChannel)
	}
	return name
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
// call asks for.
func (s *Server) answerMessages(c echo.Context, f store.DeliveryFilter) error {
	page, err := appPage(c, 50, 1000)
	if err != nil {
		return err
	}
	wanted, err := s.messageFilter(c, &f)
	if err != nil {
		return err
	}
	found, moments, next, err := s.messagesThat(c.Request().Context(), here(c).ID, f, page, wanted)
	if err != nil {
		return err
	}
	signer, err := s.store.Signer(c.Request().Context())
	if err != nil {
		return err
	}
	books := library{s: s, c: c}
	messages := []appMessage{}
	for _, d := range found {
		book, err := books.of(d.Campaign)
		if err != nil {
			return err
		}
		messages = append(messages, messageOf(d, signer, book, moments[d.ID]))
	}
	return answerJSON(c, http.StatusOK, map[string]any{"messages": messages, "next": next})
}

// messagesThat is the next deliveries that a call wants, with what happened to
// each.
func (s *Server) messagesThat(ctx context.Context, ws store.WorkspaceID, f store.DeliveryFilter, page store.Page, wanted messageFilter) (found []store.ListedDelivery, moments map[store.DeliveryID]map[string]time.Time, next string, err error) {
	at, moments := store.Page{Before: page.Before, Limit: max(page.Limit, 200)}, map[store.DeliveryID]map[string]time.Time{}
	for looked := 0; looked < looksAt; looked += at.Limit {
		all, err := s.store.Deliveries(ctx, ws, f, at)
		if err != nil {
			return nil, nil, "", err
		}
		happened, err := s.store.DeliveryMoments(ctx, ws, all)
		if err != nil {
			return nil, nil, "", err
		}
		for _, d := range all {
			at.Before = int64(d.ID)
			if !wanted.has(d.Delivery, happened[d.ID]) {
				continue
			}
			found, moments[d.ID] = append(found, d), happened[d.ID]
			if len(found) == page.Limit {
				return found, moments, nextOf(at.Before), nil
			}
		}
		if len(all) < at.Limit {
			return found, moments, "", nil
		}
	}
	return found, moments, nextOf(at.Before), nil
}

// messageFilter is which messages a call asks for. Zero values do not filter.
type messageFilter struct {
	channel, metric, action string
	noDrafts                bool
	from, to                int64 // when they were made, unix seconds
}

func (f messageFilter) has(d store.Delivery, moments map[string]time.Time) bool {
	_, happened := moments[f.metric]
	at := d.CreatedAt.Unix()
	return (f.channel == "" || f.channel == string(d.Channel)) && (f.action == "" || f.action == d.Action) && (f.metric == "" || happened) &&
		!(f.noDrafts && d.State == store.Drafted) && at >= f.from && (f.to == 0 || at <= f.to)
}

// messageFilter reads type, metric, drafts, action_id, start_ts and end_ts. What
// an index can find goes into f.
func (s *Server) messageFilter(c echo.Context, f *store.DeliveryFilter) (wanted messageFilter, err error) {
	wanted.channel, wanted.metric = appChannelIn(c.QueryParam("type")), strings.ToLower(c.QueryParam("metric"))
	if wanted.metric != "" && !slices.Contains(store.DeliveryMetrics, wanted.metric) {
		return wanted, badCall("metric must be one of %s", strings.Join(store.DeliveryMetrics, ", "))
	}
	switch c.QueryParam("drafts") {
	case "true":
		f.State = store.Drafted
	case "false":
		wanted.noDrafts = true
	}
	if name := c.QueryParam("action_id"); name != "" {
		if wanted.action, err = s.actionIn(c, f, name); err != nil {
			return wanted, err
		}
	}
	for name, at := range map[string]*int64{"start_ts": &wanted.from, "end_ts": &wanted.to} {
		if text := c.QueryParam(name); text != "" {
			if *at, err = strconv.ParseInt(text, 10, 64); err != nil {
				return wanted, badCall("%s must be a time in unix seconds", name)
			}
		}
	}
	return wanted, nil
}

// actionIn is the action that a call names by its number, which says of which
// campaign it is, or by its key.
func (s *Server) actionIn(c echo.Context, f *store.DeliveryFilter, name string) (string, error) {
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return name, nil
	}
	ref, err := s.store.Action(c.Request().Context(), here(c).ID, store.ActionID(n))
	if errors.Is(err, store.ErrNotFound) || err == nil && f.Campaign != 0 && f.Campaign != ref.Campaign {
		return name, nil // perhaps a key that looks like a number
	}
	f.Campaign = ref.Campaign
	return ref.Key, err
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
	moments, err := s.store.DeliveryMoments(c.Request().Context(), here(c).ID, []store.ListedDelivery{d})
	if err != nil {
		return err
	}
	books := library{s: s, c: c}
	book, err := books.of(d.Campaign)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"message": messageOf(d, signer, book, moments[d.ID])})
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
