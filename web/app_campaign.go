package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// appActionName is an action as lists of the App API name it.
type appActionName struct {
	ID   store.ActionID `json:"id"`
	Key  string         `json:"key"` // by the word of our documents
	Type string         `json:"type"`
}

// appCampaign is a campaign as the App API tells it.
type appCampaign struct {
	appBroadcast
	Actions         []appActionName   `json:"actions"`
	Templates       []appActionName   `json:"msg_templates"` // those of them that are messages
	FilterSegments  []store.SegmentID `json:"filter_segment_ids"`
	TriggerSegments []store.SegmentID `json:"trigger_segment_ids"`
	EventName       string            `json:"event_name,omitempty"`
}

// appCampaignTypes is how the App API names the triggers.
var appCampaignTypes = map[workflow.TriggerType]string{
	workflow.OnEvent: "event", workflow.OnSegment: "segment", workflow.OnDate: "date", workflow.OnForm: "form", workflow.OnWebhook: "webhook", workflow.OnCall: "triggered_broadcast",
}

// appCampaignOf shows what runs, or the draft of what never ran.
func (s *Server) appCampaignOf(c echo.Context, campaign store.Campaign) (appCampaign, error) {
	shown, err := s.running(c.Request().Context(), campaign, here(c).ID)
	if err != nil {
		return appCampaign{}, err
	}
	a := appCampaign{
		appBroadcast: appBroadcastOf(campaign), Actions: []appActionName{}, Templates: []appActionName{},
		FilterSegments: []store.SegmentID{}, TriggerSegments: []store.SegmentID{}, EventName: shown.Trigger.Event,
	}
	if !campaign.Newsletter {
		a.Type = appCampaignTypes[shown.Trigger.Type]
	}
	if segment := shown.Trigger.Segment; segment != nil && segment.ID != 0 {
		a.TriggerSegments = append(a.TriggerSegments, store.SegmentID(segment.ID))
	}
	shown.Filter.Each(func(part *condition.Condition) {
		if part.Segment != nil && part.Segment.ID != 0 {
			a.FilterSegments = append(a.FilterSegments, store.SegmentID(part.Segment.ID))
		}
	})
	book, err := s.actionBook(c, campaign, shown)
	if err != nil {
		return appCampaign{}, err
	}
	for action := range workflow.All(shown.Actions) {
		name := appActionName{book.ids[action.Key], action.Key, appActionType(action.Type)}
		a.Actions = append(a.Actions, name)
		if action.IsMessage() {
			a.Templates = append(a.Templates, name)
		}
	}
	return a, nil
}

// running is the live version, or the draft of a campaign that has none.
func (s *Server) running(ctx context.Context, campaign store.Campaign, ws store.WorkspaceID) (workflow.Campaign, error) {
	if campaign.Version == 0 {
		return campaign.Draft, nil
	}
	live, _, err := s.store.Live(ctx, ws, campaign.ID)
	return live, err
}

// appActionType is a type as the App API names it: text messages go by the
// name of a carrier there.
func appActionType(t workflow.Type) string {
	if t == workflow.TypeSMS {
		return "twilio"
	}
	return string(t)
}

// listAppCampaigns is all campaigns that people enter one by one, the
// newest first. Clients ask without a page; there are at most 1,000 in one.
func (s *Server) listAppCampaigns(c echo.Context) error {
	page, err := appPage(c, 1000, 1000)
	if err != nil {
		return err
	}
	all, err := s.store.CampaignsByID(c.Request().Context(), here(c).ID, page)
	if err != nil {
		return err
	}
	list := []appCampaign{}
	for _, campaign := range all {
		a, err := s.appCampaignOf(c, campaign)
		if err != nil {
			return err
		}
		list = append(list, a)
	}
	return answerJSON(c, http.StatusOK, map[string]any{"campaigns": list, "next": lastKey(all, page.Limit, func(c store.Campaign) int64 { return int64(c.ID) })})
}

func (s *Server) showAppCampaign(c echo.Context) error {
	campaign, err := s.campaign(c)
	if err != nil {
		return err
	}
	shown, err := s.appCampaignOf(c, campaign)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"campaign": shown})
}

// appAction is an action as the App API tells it: of a message, its texts.
type appAction struct {
	ID             store.ActionID   `json:"id"`
	Key            string           `json:"key"` // by the word of our documents
	CampaignID     store.CampaignID `json:"campaign_id"`
	NewsletterID   store.CampaignID `json:"newsletter_id,omitempty"` // where it is one
	ParentActionID *store.ActionID  `json:"parent_action_id"`        // of a variant: its test
	DeduplicateID  string           `json:"deduplicate_id"`
	Name           string           `json:"name"`
	Type           string           `json:"type"`
	Layout         string           `json:"layout"`
	Created        int64            `json:"created"`
	Updated        int64            `json:"updated"`
	Body           string           `json:"body"`
	SendingState   string           `json:"sending_state,omitempty"`
	From           string           `json:"from"`
	ReplyTo        string           `json:"reply_to"`
	Recipient      string           `json:"recipient"`
	Subject        string           `json:"subject"`
	Preheader      string           `json:"preheader_text"`
	URL            string           `json:"url,omitempty"`
	Method         string           `json:"method,omitempty"`
	Headers        []appHeader      `json:"headers"`
	Language       string           `json:"language"`
}

type appHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// appActionOf never tells the headers of a webhook: they hold secrets, and keys
// of the App API are for reading.
func appActionOf(book actionBook, a workflow.Action) appAction {
	campaign, id := book.campaign, book.ids[a.Key]
	out := appAction{
		ID: id, Key: a.Key, CampaignID: campaign.ID, ParentActionID: book.parent(a.Key), DeduplicateID: fmt.Sprintf("%d:%d", id, campaign.UpdatedAt.Unix()), Name: a.Title(), Type: appActionType(a.Type),
		Created: campaign.CreatedAt.Unix(), Updated: campaign.UpdatedAt.Unix(), Headers: []appHeader{},
	}
	if a.IsMessage() {
		out.SendingState = string(a.Sending())
	}
	switch {
	case a.Email != nil:
		e := a.Email
		out.Layout, out.Body, out.From, out.ReplyTo, out.Recipient, out.Subject, out.Preheader = e.Layout, e.Body, e.From, e.ReplyTo, e.To, e.Subject, e.Preheader
	case a.Webhook != nil:
		out.URL, out.Method, out.Body = a.Webhook.URL, a.Webhook.Method, a.Webhook.Body
	case a.SMS != nil:
		out.From, out.Recipient, out.Body = a.SMS.From, a.SMS.To, a.SMS.Text
	case a.Push != nil:
		out.Subject, out.Body, out.URL = a.Push.Title, a.Push.Body, a.Push.Link
	case a.Slack != nil:
		out.Body = a.Slack.Text
	}
	return out
}

// maxActions is how many actions a page of the list has at most.
const maxActions = 500

// listAppActions is the actions of a campaign in the order of its workflow.
func (s *Server) listAppActions(c echo.Context) error {
	campaign, err := s.campaign(c)
	if err != nil {
		return err
	}
	page, err := appPage(c, maxActions, maxActions)
	if err != nil {
		return err
	}
	shown, err := s.running(c.Request().Context(), campaign, here(c).ID)
	if err != nil {
		return err
	}
	book, err := s.actionBook(c, campaign, shown)
	if err != nil {
		return err
	}
	all := slices.Collect(workflow.All(shown.Actions))
	from := min(int(page.Before), len(all))
	to, next := min(from+page.Limit, len(all)), ""
	if to < len(all) {
		next = fmt.Sprint(to)
	}
	actions := []appAction{}
	for _, a := range all[from:to] {
		actions = append(actions, appActionOf(book, a))
	}
	return answerJSON(c, http.StatusOK, map[string]any{"actions": actions, "next": next})
}

// appAction is the action that the path names, of what runs.
func (s *Server) appAction(c echo.Context) (actionBook, workflow.Action, error) {
	var none workflow.Action
	campaign, err := s.campaign(c)
	if err != nil {
		return actionBook{}, none, err
	}
	shown, err := s.running(c.Request().Context(), campaign, here(c).ID)
	if err != nil {
		return actionBook{}, none, err
	}
	key, err := s.actionKey(c, campaign.ID, c.Param("action"))
	if err != nil {
		return actionBook{}, none, err
	}
	action, ok := workflow.Find(shown, key)
	if !ok {
		return actionBook{}, none, store.ErrNotFound
	}
	book, err := s.actionBook(c, campaign, shown)
	return book, action, err
}

func (s *Server) showAppAction(c echo.Context) error {
	book, action, err := s.appAction(c)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"action": appActionOf(book, action)})
}

// showAppTranslation is the texts of an email in one of its languages.
func (s *Server) showAppTranslation(c echo.Context) error {
	book, action, err := s.appAction(c)
	if err != nil {
		return err
	}
	if action.Email == nil {
		return store.ErrNotFound
	}
	for _, t := range action.Email.Languages {
		if t.Language != c.Param("language") {
			continue
		}
		out := appActionOf(book, action)
		out.Language, out.Subject, out.Preheader, out.Body = t.Language, t.Subject, t.Preheader, t.Body
		return answerJSON(c, http.StatusOK, map[string]any{"action": out})
	}
	return store.ErrNotFound
}
