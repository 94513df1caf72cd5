package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// messageIn is the message that the address names.
func (s *Server) messageIn(c echo.Context) (store.Campaign, workflow.Action, error) {
	n, err := id[store.CampaignID](c, "campaign")
	if err != nil {
		return store.Campaign{}, workflow.Action{}, err
	}
	campaign, err := s.store.Campaign(c.Request().Context(), here(c).ID, n)
	if err != nil {
		return campaign, workflow.Action{}, err
	}
	action, ok := workflow.Find(campaign.Draft, c.Param("action"))
	if !ok || !action.IsMessage() {
		return campaign, action, store.ErrNotFound
	}
	return campaign, action, nil
}

func (s *Server) editMessage(c echo.Context) error {
	campaign, action, err := s.messageIn(c)
	if err != nil {
		return err
	}
	form := messageForm(action, c.QueryParam("language"))
	form.As = c.QueryParam("as")
	return s.messagePage(c, http.StatusOK, views.Message{Campaign: campaign, Action: action, Form: form})
}

// messagePage adds what the editor offers and shows to what m says already.
func (s *Server) messagePage(c echo.Context, status int, m views.Message) error {
	ctx, ws := c.Request().Context(), here(c).ID
	var err error
	if m.Senders, err = s.store.Senders(ctx, ws); err != nil {
		return err
	}
	layouts, err := s.store.Layouts(ctx, ws)
	if err != nil {
		return err
	}
	for _, layout := range layouts {
		m.Layouts = append(m.Layouts, layout.Name)
	}
	if m.People, err = s.store.People(ctx, ws, "", store.Page{Limit: maxOffered}); err != nil {
		return err
	}
	if m.Preview, err = s.preview(c, m.Campaign, m.Action, m.Form); err != nil {
		return err
	}
	if m.Form.As == "" && !m.Preview.Sample {
		m.Form.As = views.PersonValue(here(c), m.Preview.As)
	}
	if m.TestTo == "" {
		m.TestTo = me(c).Email
	}
	return s.page(c, status, views.MessageEditor(m))
}

// maxOffered is how many people the preview offers at once.
const maxOffered = 20

// saveMessage keeps what was typed, or shows a preview of it where there is no
// script.
func (s *Server) saveMessage(c echo.Context) error {
	campaign, action, err := s.messageIn(c)
	if err != nil {
		return err
	}
	form := typedMessage(c, action)
	as, do := c.FormValue("preview_as"), c.FormValue("do")
	if as != "" {
		form.As = as
	}
	page := views.Message{Campaign: campaign, Action: action, Form: form}
	written := inLanguage(withForm(action, form), form.Language)
	if do == "preview" || as != "" {
		if page.Lack, err = s.lack(c, written); err != nil {
			return err
		}
		return s.messagePage(c, http.StatusOK, page)
	}
	page.Wrong = s.checkMessage(c.Request().Context(), here(c), written)
	if _, problem := readHeaders(form.Headers); action.Webhook != nil && problem != "" {
		page.Wrong["headers"] = problem
	}
	if len(page.Wrong) > 0 {
		return s.messagePage(c, http.StatusUnprocessableEntity, page)
	}
	err = s.replaceMessage(c, campaign, action, form)
	if errors.Is(err, store.ErrChanged) {
		page.Changed, page.Form.Revision = true, fingerprint(action, form.Language)
		return s.messagePage(c, http.StatusConflict, page)
	}
	if wrong, ok := invalid(err); ok {
		page.Wrong = wrong
		return s.messagePage(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.MessageLanguagePath(here(c), campaign.ID, action.Key, form.Language, form.As), "“"+action.Title()+"” is saved.")
}

// replaceMessage puts what was typed into the draft, unless the text there is no
// longer the one that was loaded. What changed elsewhere in the workflow, or in
// another language, is no reason to refuse.
func (s *Server) replaceMessage(c echo.Context, campaign store.Campaign, action workflow.Action, form views.MessageForm) error {
	label := "Edit " + action.Title()
	if form.Language != "" {
		label += " in " + form.Language
	}
	_, err := s.store.EditDraft(c.Request().Context(), here(c).ID, campaign.ID, store.AnyRevision, label,
		func(draft workflow.Campaign) (workflow.Campaign, error) {
			now, ok := workflow.Find(draft, action.Key)
			if !ok || now.Type != action.Type || fingerprint(now, form.Language) != form.Revision {
				return draft, store.ErrChanged
			}
			return workflow.Replace(draft, withForm(now, form))
		}, by(c))
	return err
}

// previewMessage is the parts of the editor that follow what is typed.
func (s *Server) previewMessage(c echo.Context) error {
	campaign, action, err := s.messageIn(c)
	if err != nil {
		return err
	}
	p, err := s.preview(c, campaign, action, typedMessage(c, action))
	if err != nil {
		return err
	}
	return s.part(c, http.StatusOK, views.PreviewParts(p))
}

// preview composes what is typed for a person.
func (s *Server) preview(c echo.Context, campaign store.Campaign, action workflow.Action, form views.MessageForm) (views.MessagePreview, error) {
	p := views.MessagePreview{Images: form.Images, Kind: action.Type, Language: form.Language}
	var err error
	if p.As, err = s.personLike(c, form.As); errors.Is(err, store.ErrNotFound) {
		p.Nobody = form.As
		p.As, err = s.personLike(c, "")
	}
	if errors.Is(err, store.ErrNotFound) {
		p.Sample, p.As, err = true, store.Person{Email: me(c).Email, Attributes: store.Attributes{}}, nil
	}
	if err != nil {
		return p, err
	}
	written := inLanguage(withForm(action, form), form.Language)
	p.Rendering = s.engine.PreviewAction(c.Request().Context(), here(c), campaign, written, p.As)
	if p.HTML != "" {
		p.Token = s.previews.keep(editor{session(c).ID, here(c).ID, campaign.ID, action.Key}, p.HTML)
	}
	return p, nil
}

// showLack is to how many people what is typed would not be sent.
func (s *Server) showLack(c echo.Context) error {
	_, action, err := s.messageIn(c)
	if err != nil {
		return err
	}
	form := typedMessage(c, action)
	lack, err := s.lack(c, inLanguage(withForm(action, form), form.Language))
	if err != nil {
		return err
	}
	return s.part(c, http.StatusOK, views.MessageLack(lack))
}

func (s *Server) lack(c echo.Context, a workflow.Action) (store.Lack, error) {
	ctx := c.Request().Context()
	return s.store.Lack(ctx, here(c).ID, s.engine.WantsAction(ctx, here(c), a))
}

// personLike is whom a whole identifier names, else the newest person of whom
// it is a part; ErrNotFound when there is nobody.
func (s *Server) personLike(c echo.Context, name string) (store.Person, error) {
	ctx, ws := c.Request().Context(), here(c).ID
	if name != "" {
		exact, err := s.peopleNamed(c, name)
		if err != nil {
			return store.Person{}, err
		}
		if len(exact) > 0 {
			return s.store.Person(ctx, ws, exact[0])
		}
	}
	found, err := s.store.People(ctx, ws, name, store.Page{Limit: 1})
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Person{}, err
	}
	return found[0], nil
}

// findPreviewPeople is the people whom the preview offers while one types.
func (s *Server) findPreviewPeople(c echo.Context) error {
	if _, _, err := s.messageIn(c); err != nil {
		return err
	}
	found, err := s.store.People(c.Request().Context(), here(c).ID, c.QueryParam("as"), store.Page{Limit: maxOffered})
	if err != nil {
		return err
	}
	return s.part(c, http.StatusOK, views.PreviewPeople(found))
}

// showPreview is the HTML of a preview.
func (s *Server) showPreview(c echo.Context) error {
	html, err := s.previews.find(session(c).ID, here(c).ID, c.Param("preview"))
	if err != nil {
		return err
	}
	return s.sandboxed(c, foreign{html: html, images: c.QueryParam("images") != ""})
}
