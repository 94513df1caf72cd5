package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/mail"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// messageIn is the email that the address names.
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
	if !ok || action.Email == nil {
		return campaign, action, store.ErrNotFound
	}
	return campaign, action, nil
}

func (s *Server) editMessage(c echo.Context) error {
	campaign, action, err := s.messageIn(c)
	if err != nil {
		return err
	}
	form := messageForm(*action.Email)
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
	form := typedMessage(c)
	as, do := c.FormValue("preview_as"), c.FormValue("do")
	if as != "" {
		form.As = as
	}
	page := views.Message{Campaign: campaign, Action: action, Form: form}
	if do == "preview" || as != "" {
		if page.Lack, err = s.lack(c, emailOf(form, *action.Email)); err != nil {
			return err
		}
		return s.messagePage(c, http.StatusOK, page)
	}
	email := emailOf(form, *action.Email)
	if page.Wrong = s.checkMessage(c.Request().Context(), here(c), email); len(page.Wrong) > 0 {
		return s.messagePage(c, http.StatusUnprocessableEntity, page)
	}
	err = s.replaceMessage(c, campaign, action, email, form.Revision)
	if errors.Is(err, store.ErrChanged) {
		page.Changed, page.Form.Revision = true, fingerprint(*action.Email)
		return s.messagePage(c, http.StatusConflict, page)
	}
	if wrong, ok := invalid(err); ok {
		page.Wrong = wrong
		return s.messagePage(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.MessageAsPath(here(c), campaign.ID, action.Key, form.As), "“"+action.Title()+"” is saved.")
}

// replaceMessage puts the email into the draft, unless the message there is no
// longer the one that was loaded. What changed elsewhere in the workflow is no
// reason to refuse.
func (s *Server) replaceMessage(c echo.Context, campaign store.Campaign, action workflow.Action, email workflow.Email, revision string) error {
	_, err := s.store.EditDraft(c.Request().Context(), here(c).ID, campaign.ID, store.AnyRevision, "Edit "+action.Title(),
		func(draft workflow.Campaign) (workflow.Campaign, error) {
			now, ok := workflow.Find(draft, action.Key)
			if !ok || now.Email == nil || fingerprint(*now.Email) != revision {
				return draft, store.ErrChanged
			}
			email.Sending = now.Email.Sending
			now.Email = &email
			return workflow.Replace(draft, now)
		}, by(c))
	return err
}

// fingerprint tells two states of a message apart. How it is sent is not
// edited here and does not count.
func fingerprint(e workflow.Email) string {
	e.Sending = ""
	text, err := json.Marshal(e)
	if err != nil {
		return "" // strings always marshal
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

func messageForm(e workflow.Email) views.MessageForm {
	return views.MessageForm{
		From: e.From, To: e.To, ReplyTo: e.ReplyTo, Subject: e.Subject, Preheader: e.Preheader,
		Body: e.Body, Text: e.Text, Layout: e.Layout, Revision: fingerprint(e),
	}
}

func typedMessage(c echo.Context) views.MessageForm {
	return views.MessageForm{
		From: strings.TrimSpace(c.FormValue("from")), To: strings.TrimSpace(c.FormValue("to")),
		ReplyTo: strings.TrimSpace(c.FormValue("reply_to")), Subject: strings.TrimSpace(c.FormValue("subject")),
		Preheader: strings.TrimSpace(c.FormValue("preheader")),
		Body:      lines(c.FormValue("body")), Text: lines(c.FormValue("text")), Layout: c.FormValue("layout"),
		Revision: c.FormValue("revision"), As: strings.TrimSpace(c.FormValue("as")), Images: c.FormValue("images") != "",
	}
}

// lines is text from a browser, which ends lines as mail does, with the ends
// that we keep.
func lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// emailOf is the typed message; what is not typed here stays as it was.
func emailOf(f views.MessageForm, before workflow.Email) workflow.Email {
	before.From, before.To, before.ReplyTo, before.Subject = f.From, f.To, f.ReplyTo, f.Subject
	before.Preheader, before.Body, before.Text, before.Layout = f.Preheader, f.Body, f.Text, f.Layout
	return before
}

// checkMessage is what cannot be saved: Liquid that nobody could read, and
// lines that would break out of a header. What is only unfinished may be saved.
func (s *Server) checkMessage(ctx context.Context, ws store.Workspace, e workflow.Email) store.Invalid {
	wrong := store.Invalid{}
	for _, p := range s.engine.Check(ctx, ws, e) {
		if wrong[p.Field] == "" {
			wrong[p.Field] = views.ProblemText(p)
		}
	}
	for field, text := range map[string]string{"from": e.From, "to": e.To, "reply_to": e.ReplyTo, "subject": e.Subject, "preheader": e.Preheader} {
		if strings.ContainsFunc(text, unicode.IsControl) {
			wrong[field] = "Write this in one line, without control characters."
		}
	}
	for field, text := range map[string]string{"from": e.From, "reply_to": e.ReplyTo} {
		if text == "" || strings.Contains(text, "{") || wrong[field] != "" {
			continue
		}
		if _, err := mail.ParseAddress(text); err != nil {
			wrong[field] = "This is no email address. Write one such as hello@acme.example, or Acme <hello@acme.example>."
		}
	}
	return wrong
}

// previewMessage is the parts of the editor that follow what is typed.
func (s *Server) previewMessage(c echo.Context) error {
	campaign, action, err := s.messageIn(c)
	if err != nil {
		return err
	}
	p, err := s.preview(c, campaign, action, typedMessage(c))
	if err != nil {
		return err
	}
	return s.part(c, http.StatusOK, views.PreviewParts(p))
}

// preview composes what is typed for a person.
func (s *Server) preview(c echo.Context, campaign store.Campaign, action workflow.Action, form views.MessageForm) (views.MessagePreview, error) {
	p := views.MessagePreview{Images: form.Images}
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
	p.Rendering = s.engine.Preview(c.Request().Context(), here(c), campaign, emailOf(form, *action.Email), p.As)
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
	lack, err := s.lack(c, emailOf(typedMessage(c), *action.Email))
	if err != nil {
		return err
	}
	return s.part(c, http.StatusOK, views.MessageLack(lack))
}

func (s *Server) lack(c echo.Context, e workflow.Email) (store.Lack, error) {
	ctx := c.Request().Context()
	return s.store.Lack(ctx, here(c).ID, s.engine.Wants(ctx, here(c), e))
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

// testMessage sends the saved message to one address.
func (s *Server) testMessage(c echo.Context) error {
	campaign, action, err := s.messageIn(c)
	if err != nil {
		return err
	}
	form := messageForm(*action.Email)
	form.As = strings.TrimSpace(c.FormValue("as"))
	page := views.Message{Campaign: campaign, Action: action, Form: form, TestTo: strings.TrimSpace(c.FormValue("to"))}
	err = s.sendTest(c, page)
	if wrong, ok := invalid(err); ok {
		page.TestFail = wrong["to"]
		return s.messagePage(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	message := "A test is on its way to " + page.TestTo + "."
	if s.engine.UsesMailbox() {
		message = "The test is in the mailbox."
	}
	return s.done(c, views.MessageAsPath(here(c), campaign.ID, action.Key, form.As), message)
}

func (s *Server) sendTest(c echo.Context, m views.Message) error {
	address, err := mail.ParseAddress(m.TestTo)
	if err != nil {
		return store.Invalid{"to": "Enter the email address that should get the test."}
	}
	as, err := s.personLike(c, m.Form.As)
	if errors.Is(err, store.ErrNotFound) {
		as, err = store.Person{Email: me(c).Email, Attributes: store.Attributes{}}, nil
	}
	if err != nil {
		return err
	}
	return s.engine.SendTest(c.Request().Context(), here(c), m.Campaign, *m.Action.Email, as, address.Address)
}
