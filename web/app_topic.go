package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// appTopic is a topic as the App API tells it.
type appTopic struct {
	ID         store.TopicID `json:"id"`
	Identifier string        `json:"identifier"`
	Name       string        `json:"name"`
	About      string        `json:"description"`
	Default    bool          `json:"subscribed_by_default"`
	Subscribed *bool         `json:"subscribed,omitempty"` // of a person
}

func appTopicOf(t store.Topic) appTopic {
	return appTopic{ID: t.ID, Identifier: t.ID.Identifier(), Name: t.Name, About: t.Description, Default: t.Subscribed}
}

// listAppTopics is all topics.
func (s *Server) listAppTopics(c echo.Context) error {
	all, err := s.store.Topics(c.Request().Context(), here(c).ID)
	if err != nil {
		return err
	}
	list := []appTopic{}
	for _, t := range all {
		list = append(list, appTopicOf(t))
	}
	return answerJSON(c, http.StatusOK, map[string]any{"topics": list})
}

// customerTopics is what a person is subscribed to.
func (s *Server) customerTopics(c echo.Context) error {
	p, err := s.appPerson(c, "/subscription_preferences")
	if err != nil {
		return err
	}
	all, err := s.store.Topics(c.Request().Context(), here(c).ID)
	if err != nil {
		return err
	}
	list := []appTopic{}
	for _, t := range all {
		one, wants := appTopicOf(t), p.Wants(t)
		one.Subscribed = &wants
		list = append(list, one)
	}
	return answerJSON(c, http.StatusOK, map[string]any{"customer": map[string]any{
		"id": p.ExternalID, "identifiers": map[string]any{"id": p.ExternalID, "email": p.Email, "cio_id": p.ID.CioID()},
		"unsubscribed": p.Unsubscribed, "topics": list,
	}})
}
