package web

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// addLanguage gives an email texts in another language. They begin as a copy of
// those that everybody else gets.
func (s *Server) addLanguage(c echo.Context) error {
	name := strings.TrimSpace(c.FormValue("language"))
	return s.changeLanguages(c, "Add "+name+" to", name, "They begin as a copy: translate them.", func(e *workflow.Email) error {
		if _, ok := translated(*e, name); ok {
			return store.Invalid{"language": fmt.Sprintf("“%s” is there already.", name)}
		}
		if problem := badLanguage(name); problem != "" {
			return store.Invalid{"language": problem}
		}
		e.Languages = append(e.Languages, workflow.Translation{Language: name, Subject: e.Subject, Preheader: e.Preheader, Body: e.Body, Text: e.Text})
		return nil
	})
}

// removeLanguage takes the texts in a language away.
func (s *Server) removeLanguage(c echo.Context) error {
	name := strings.TrimSpace(c.FormValue("language"))
	return s.changeLanguages(c, "Remove "+name+" from", "", "The texts in “"+name+"” are removed. Undo in the workflow brings them back.", func(e *workflow.Email) error {
		i, ok := translated(*e, name)
		if !ok {
			return store.ErrNotFound
		}
		e.Languages = append(e.Languages[:i], e.Languages[i+1:]...)
		return nil
	})
}

// badLanguage is what is wrong with the name of a language. It is compared with
// what the workspace's language attribute says.
func badLanguage(name string) string {
	odd := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' }
	if name == "" || len(name) > 35 || strings.ContainsFunc(name, odd) {
		return "Write the language as people’s attribute says it, such as de or pt-BR."
	}
	return ""
}

func (s *Server) changeLanguages(c echo.Context, verb, open, said string, change func(*workflow.Email) error) error {
	campaign, action, err := s.messageIn(c)
	if err != nil {
		return err
	}
	if action.Email == nil {
		return store.ErrNotFound
	}
	_, err = s.store.EditDraft(c.Request().Context(), here(c).ID, campaign.ID, store.AnyRevision, verb+" “"+action.Title()+"”", func(draft workflow.Campaign) (workflow.Campaign, error) {
		now, ok := workflow.Find(draft, action.Key)
		if !ok || now.Email == nil {
			return draft, store.ErrNotFound
		}
		if err := change(now.Email); err != nil {
			return draft, err
		}
		return workflow.Replace(draft, now)
	}, by(c))
	if wrong, ok := invalid(err); ok {
		page := views.Message{Campaign: campaign, Action: action, Form: messageForm(action, ""), NewLanguage: c.FormValue("language"), Wrong: store.Invalid{}, LanguageFail: wrong["language"]}
		return s.messagePage(c, 422, page)
	}
	if err != nil {
		return s.languagesRefused(c, campaign, action, err)
	}
	return s.done(c, views.MessageLanguagePath(here(c), campaign.ID, action.Key, open, ""), said)
}

// languagesRefused says what the workflow itself has against it, such as too
// many languages.
func (s *Server) languagesRefused(c echo.Context, campaign store.Campaign, action workflow.Action, err error) error {
	wrong, ok := err.(*workflow.Error)
	if !ok {
		return err
	}
	return s.messagePage(c, 422, views.Message{Campaign: campaign, Action: action, Form: messageForm(action, ""), NewLanguage: c.FormValue("language"), LanguageFail: wrong.Message})
}
