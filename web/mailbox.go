package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) showMailbox(c echo.Context) error {
	list := views.MailList{Q: strings.TrimSpace(c.QueryParam("q")), Live: s.engine.UsesMailbox()}
	var err error
	list.Mails, list.Pages, err = readPage(c,
		func(page store.Page) ([]store.Mail, error) {
			return s.store.Mails(c.Request().Context(), here(c).ID, list.Q, page)
		},
		func(m store.Mail) int64 { return int64(m.ID) },
		func(at views.At) string { return views.MailPagePath(here(c), list.Q, at) })
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.Mailbox(list))
}

func (s *Server) showMail(c echo.Context) error {
	m, parts, err := s.mail(c)
	if err != nil {
		return err
	}
	page := views.MailPage{Mail: m, View: c.QueryParam("view"), Images: c.QueryParam("images") != "", Readable: parts != nil}
	if parts != nil {
		page.Parts = *parts
	}
	return s.page(c, http.StatusOK, views.Mail(page))
}

// mail is the message that the address names, and its parts if it can be taken
// apart.
func (s *Server) mail(c echo.Context) (store.Mail, *store.MailParts, error) {
	n, err := id[store.MailID](c, "mail")
	if err != nil {
		return store.Mail{}, nil, err
	}
	m, err := s.store.Mail(c.Request().Context(), here(c).ID, n)
	if err != nil {
		return m, nil, err
	}
	parts, err := s.engine.ReadMail(m.Raw)
	if err != nil {
		return m, nil, nil // shown as it is
	}
	return m, &parts, nil
}

func (s *Server) showMailBody(c echo.Context) error {
	_, parts, err := s.mail(c)
	if err != nil {
		return err
	}
	if parts == nil {
		return store.ErrNotFound
	}
	return s.sandboxed(c, foreign{html: parts.HTML, images: c.QueryParam("images") != "", popups: true})
}

func (s *Server) emptyMailbox(c echo.Context) error {
	if err := s.store.EmptyMailbox(c.Request().Context(), here(c).ID, by(c)); err != nil {
		return err
	}
	return s.done(c, views.MailboxPath(here(c)), "The mailbox is empty.")
}
