package web

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// appNewsletter is a newsletter as the App API tells it.
type appNewsletter struct {
	appBroadcast
	Contents   []store.ActionID     `json:"content_ids"`
	Segments   []store.SegmentID    `json:"recipient_segment_ids"`
	Recipients *condition.Condition `json:"recipients"`
	Topic      *store.TopicID       `json:"subscription_topic_id"`
	ToAll      bool                 `json:"send_to_unsubscribed"`
	Tests      []appNewsletterTest  `json:"test_groups"`
}

// appNewsletterTest is one variant of a newsletter that is tested.
type appNewsletterTest struct {
	ID       store.ActionID   `json:"id"`
	Name     string           `json:"name"`
	Percent  int              `json:"percent"`
	Contents []store.ActionID `json:"content_ids"`
	Winner   bool             `json:"winner"`
}

func (s *Server) appNewsletterOf(c echo.Context, campaign store.Campaign) (appNewsletter, error) {
	ctx, ws := c.Request().Context(), here(c).ID
	shown, err := s.running(ctx, campaign, ws)
	if err != nil {
		return appNewsletter{}, err
	}
	book, err := s.actionBook(c, campaign, shown)
	if err != nil {
		return appNewsletter{}, err
	}
	n := appNewsletter{
		appBroadcast: appBroadcastOf(campaign), Contents: []store.ActionID{}, Segments: []store.SegmentID{}, Tests: []appNewsletterTest{},
		Recipients: shown.Trigger.People, ToAll: shown.Subscription.ToAll(),
	}
	shown.Trigger.People.Each(func(part *condition.Condition) {
		if part.Segment != nil && part.Segment.ID != 0 {
			n.Segments = append(n.Segments, store.SegmentID(part.Segment.ID))
		}
	})
	for a := range workflow.All(shown.Actions) {
		if a.IsMessage() {
			n.Contents = append(n.Contents, book.ids[a.Key])
		}
		if a.Type == workflow.TypeABTest {
			n.Tests = append(n.Tests, testsOf(book, a)...)
		}
	}
	topic, _, err := s.reachedTopic(ctx, ws, shown.Subscription)
	if topic != nil {
		n.Topic = &topic.ID
	}
	return n, err
}

func testsOf(book actionBook, test workflow.Action) (all []appNewsletterTest) {
	for _, path := range test.Branch.Paths {
		for _, a := range path.Actions {
			id := book.ids[a.Key]
			all = append(all, appNewsletterTest{ID: id, Name: path.Name, Percent: path.Percent, Contents: []store.ActionID{id}, Winner: path.Name == test.Branch.Winner})
		}
	}
	return all
}

// answerNewsletter tells a newsletter as it is now.
func (s *Server) answerNewsletter(c echo.Context, campaign store.Campaign) error {
	n, err := s.appNewsletterOf(c, campaign)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"newsletter": n})
}

func (s *Server) showAppNewsletter(c echo.Context) error {
	campaign, err := s.broadcast(c, true)
	if err != nil {
		return err
	}
	return s.answerNewsletter(c, campaign)
}

func (s *Server) listAppNewsletters(c echo.Context) error {
	page, err := appPage(c, 50, 100)
	if err != nil {
		return err
	}
	all, err := s.store.Broadcasts(c.Request().Context(), here(c).ID, true, page)
	if err != nil {
		return err
	}
	list := []appNewsletter{}
	for _, campaign := range all {
		n, err := s.appNewsletterOf(c, campaign)
		if err != nil {
			return err
		}
		list = append(list, n)
	}
	return answerJSON(c, http.StatusOK, map[string]any{"newsletters": list, "next": lastKey(all, page.Limit, campaignNumber)})
}

// createNewsletter adds a newsletter with one email, as a draft.
func (s *Server) createNewsletter(c echo.Context) error {
	body, err := readObject(c)
	if err != nil {
		return err
	}
	draft, err := s.newsletterDraft(c, body)
	if err != nil {
		return refusedChange(c, err)
	}
	campaign, err := s.store.CreateNewsletter(c.Request().Context(), here(c).ID, draft, store.APICalls)
	if wrong, ok := invalid(err); ok {
		return pointed{"/name", wrong["name"]}.answer(c)
	}
	if err != nil {
		return refusedChange(c, err)
	}
	return s.answerNewsletter(c, campaign)
}

// newsletterDraft is the newsletter that a call describes.
func (s *Server) newsletterDraft(c echo.Context, body map[string]any) (draft workflow.Campaign, err error) {
	if kind := body["type"]; !isEmpty(kind) && kind != "email" {
		return draft, pointed{"/type", "type must be email: other messages are added in the dashboard"}
	}
	if draft.Trigger.People, err = newsletterRecipients(body); err != nil {
		return draft, err
	}
	if draft.Subscription, err = s.newsletterSubscription(c, body); err != nil {
		return draft, err
	}
	a, err := workflow.NewAction(draft, workflow.TypeEmail)
	if err != nil {
		return draft, err
	}
	a.Email.Sending = workflow.Automatic
	texts := actionTexts(&a)
	texts["name"] = &draft.Name
	err = putTexts(texts, body, "type", "recipients", "recipient_segment_ids", "subscription_topic_id", "send_to_unsubscribed")
	draft.Actions = []workflow.Action{a}
	return draft, err
}

// newsletterRecipients is whom a newsletter is for: a condition, or segments of
// which they are in one.
func newsletterRecipients(body map[string]any) (*condition.Condition, error) {
	if !isEmpty(body["recipients"]) {
		return recipients(body["recipients"])
	}
	ids, ok := body["recipient_segment_ids"].([]any)
	if body["recipient_segment_ids"] != nil && !ok {
		return nil, pointed{"/recipient_segment_ids", "recipient_segment_ids must be a list of numbers"}
	}
	var in []any
	for _, id := range ids {
		in = append(in, map[string]any{"segment": map[string]any{"id": id}})
	}
	switch len(in) {
	case 0:
		return nil, nil
	case 1:
		return recipients(in[0])
	}
	return recipients(map[string]any{"or": in})
}

func (s *Server) newsletterSubscription(c echo.Context, body map[string]any) (workflow.Subscription, error) {
	if all, _ := body["send_to_unsubscribed"].(bool); all {
		return workflow.ToAll, nil
	}
	if body["subscription_topic_id"] == nil {
		return "", nil
	}
	all, err := s.store.Topics(c.Request().Context(), here(c).ID)
	if err != nil {
		return "", err
	}
	for _, t := range all {
		if fmt.Sprint(body["subscription_topic_id"]) == fmt.Sprint(int64(t.ID)) {
			return workflow.OfTopic(t.Name), nil
		}
	}
	return "", pointed{"/subscription_topic_id", "there is no topic of this number"}
}

// deleteNewsletter removes a newsletter that is not going out.
func (s *Server) deleteNewsletter(c echo.Context) error {
	campaign, err := s.broadcast(c, true)
	if err != nil {
		return err
	}
	if err := s.store.DeleteCampaign(c.Request().Context(), here(c).ID, campaign.ID, store.APICalls); err != nil {
		return refusedChange(c, err)
	}
	return c.NoContent(http.StatusNoContent)
}

// newsletterContents is the messages of a newsletter: one, or its variants.
func (s *Server) newsletterContents(c echo.Context) error {
	campaign, err := s.broadcast(c, true)
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
	contents := []appAction{}
	for a := range workflow.All(shown.Actions) {
		if a.IsMessage() {
			contents = append(contents, appContentOf(book, a))
		}
	}
	return answerJSON(c, http.StatusOK, map[string]any{"contents": contents})
}

// appContentOf is a message of a newsletter.
func appContentOf(book actionBook, a workflow.Action) appAction {
	out := appActionOf(book, a)
	out.NewsletterID = book.campaign.ID
	return out
}

func (s *Server) showNewsletterContent(c echo.Context) error {
	book, action, err := s.appAction(c)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"content": appContentOf(book, action)})
}
