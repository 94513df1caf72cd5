package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// maxMessage is how large a call that changes a message may be, in bytes.
const maxMessage = 1 << 20

// actionTexts is where the texts of an action are, by the App API's names.
func actionTexts(a *workflow.Action) map[string]*string {
	switch {
	case a.Email != nil:
		e := a.Email
		return map[string]*string{
			"from": &e.From, "recipient": &e.To, "reply_to": &e.ReplyTo, "subject": &e.Subject, "preheader_text": &e.Preheader, "body": &e.Body, "layout": &e.Layout,
		}
	case a.Webhook != nil:
		return map[string]*string{"url": &a.Webhook.URL, "method": &a.Webhook.Method, "body": &a.Webhook.Body}
	case a.SMS != nil:
		return map[string]*string{"from": &a.SMS.From, "recipient": &a.SMS.To, "body": &a.SMS.Text}
	case a.Push != nil:
		return map[string]*string{"subject": &a.Push.Title, "body": &a.Push.Body, "url": &a.Push.Link}
	case a.Slack != nil:
		return map[string]*string{"body": &a.Slack.Text}
	}
	return nil
}

// changeAppAction changes the texts and the sending of a message.
func (s *Server) changeAppAction(c echo.Context) error {
	return s.changeMessage(c, func(a workflow.Action, body map[string]any) (workflow.Action, error) {
		texts := actionTexts(&a)
		texts["name"] = &a.Name
		if err := putTexts(texts, body, "sending_state"); err != nil {
			return a, err
		}
		sending, given := body["sending_state"]
		if !given {
			return a, nil
		}
		to, _ := sending.(string)
		if !slices.Contains([]workflow.Sending{workflow.Automatic, workflow.Draft, workflow.Off}, workflow.Sending(to)) {
			return a, pointed{"/sending_state", "sending_state must be automatic, draft or off"}
		}
		return a.WithSending(workflow.Sending(to)), nil
	})
}

// changeAppTranslation changes an email in one of its languages.
func (s *Server) changeAppTranslation(c echo.Context) error {
	return s.changeMessage(c, func(a workflow.Action, body map[string]any) (workflow.Action, error) {
		if a.Email == nil {
			return a, store.ErrNotFound
		}
		i := slices.IndexFunc(a.Email.Languages, func(t workflow.Translation) bool { return t.Language == c.Param("language") })
		if i < 0 {
			return a, store.ErrNotFound
		}
		t := &a.Email.Languages[i]
		return a, putTexts(translation(t), body)
	})
}

// putTexts puts the values of a call where they belong. A name that has no
// place is refused: a change that is not made would look as if it were.
func putTexts(places map[string]*string, body map[string]any, others ...string) error {
	for name, value := range body {
		if slices.Contains(others, name) {
			continue
		}
		place, known := places[name]
		if !known {
			return pointed{"/" + name, name + " cannot be changed here"}
		}
		text, ok := value.(string)
		if !ok {
			return pointed{"/" + name, name + " must be a text"}
		}
		*place = text
	}
	return nil
}

func (s *Server) changeMessage(c echo.Context, change func(workflow.Action, map[string]any) (workflow.Action, error)) error {
	campaign, err := s.campaign(c)
	if err != nil {
		return err
	}
	body, err := readObject(c)
	if err != nil {
		return err
	}
	key, err := s.actionKey(c, campaign.ID, c.Param("action"))
	if err != nil {
		return err
	}
	campaign, published, err := s.store.ChangeAction(c.Request().Context(), here(c).ID, campaign.ID, key, func(a workflow.Action) (workflow.Action, error) {
		if !a.IsMessage() {
			return a, pointed{"/type", "only messages can be changed here"}
		}
		return change(a, body)
	}, store.APICalls)
	if err != nil {
		return refusedChange(c, err)
	}
	action, ok := workflow.Find(campaign.Draft, key)
	if !ok {
		return store.ErrNotFound
	}
	book, err := s.actionBook(c, campaign, campaign.Draft)
	if err != nil {
		return err
	}
	answer := map[string]any{"action": appActionOf(book, action), "published": published}
	if campaign.Newsletter {
		answer["content"] = appContentOf(book, action)
	}
	return answerJSON(c, http.StatusOK, answer)
}

// refusedChange says what is wrong with a change, pointing at it.
func refusedChange(c echo.Context, err error) error {
	var wrong pointed
	if errors.As(err, &wrong) {
		return wrong.answer(c)
	}
	var misplaced *workflow.Error
	if errors.As(err, &misplaced) {
		return pointed{"/" + misplaced.Path, misplaced.Message}.answer(c)
	}
	var unready store.NotReady
	if errors.As(err, &unready) && len(unready) > 0 {
		return pointed{"/" + unready[0].Field, unready[0].Message}.answer(c)
	}
	if bad, ok := invalid(err); ok {
		return pointed{"/", bad["campaign"]}.answer(c)
	}
	return err
}
