package web

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// page answers with a whole page. It renders into memory first, so that an
// error still becomes an error page and not half of this one.
func (s *Server) page(c echo.Context, status int, page templ.Component) error {
	p, err := s.frame(c)
	if err != nil {
		return err
	}
	p.Failed = status >= 400
	p.Flash, p.Switched = s.takeFlash(c)
	return s.write(c, status, p, page)
}

// part answers with a part of a page, which has a URL of its own.
func (s *Server) part(c echo.Context, status int, part templ.Component) error {
	p := s.around(c)
	return s.write(c, status, p, part)
}

func (s *Server) write(c echo.Context, status int, p views.Page, component templ.Component) error {
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := component.Render(views.WithPage(c.Request().Context(), p), buf); err != nil {
		return err
	}
	return writeHTML(c, status, buf.Bytes())
}

// around is what even a part of a page knows: who looks at it, and where.
func (s *Server) around(c echo.Context) views.Page {
	return views.Page{Workspace: here(c), Role: role(c), Session: session(c), Path: c.Request().URL.Path, Now: s.store.Now(), Under: under(c)}
}

// sectionKey is under which the section of a page is kept whose address says
// another: a broadcast's pages are those of a campaign.
const sectionKey = "section"

func under(c echo.Context) string {
	name, _ := c.Get(sectionKey).(string)
	return name
}

// frame is what stands around the content: who is here, where, and where else
// they may go.
func (s *Server) frame(c echo.Context) (views.Page, error) {
	p := s.around(c)
	if p.Session.Member.ID == 0 {
		return p, nil
	}
	ctx := c.Request().Context()
	account, err := s.store.Account(ctx)
	if err != nil {
		return p, err
	}
	p.Account = account
	if p.Role.May(store.RoleAdmin) {
		if p.Importing, err = s.store.ImportsAtWork(ctx, p.Workspace.ID); err != nil {
			return p, err
		}
	}
	if p.Workspace.ID != 0 {
		if p.Problems, err = s.store.ProblemCount(ctx, p.Workspace.ID); err != nil {
			return p, err
		}
	}
	p.Switcher, err = s.switcher(c)
	return p, err
}

// switcher is what the upper-left corner lists.
func (s *Server) switcher(c echo.Context) (views.Switcher, error) {
	ctx := c.Request().Context()
	var sw views.Switcher
	recent, err := s.store.RecentWorkspaces(ctx, me(c), 4)
	if err != nil {
		return sw, err
	}
	for _, ws := range recent {
		if ws.ID != here(c).ID && len(sw.Recent) < 3 {
			sw.Recent = append(sw.Recent, ws)
		}
	}
	all, err := s.store.WorkspacesOf(ctx, me(c), "", "", store.SwitcherLimit+1)
	if err != nil {
		return sw, err
	}
	sw.Remote = len(all) > store.SwitcherLimit
	if sw.Remote {
		all = all[:20] // the rest is found by searching
		sw.Count, err = s.store.WorkspaceCount(ctx, me(c))
	} else {
		sw.Count = len(all)
	}
	sw.All = all
	return sw, err
}

// done redirects after a write, with messages for the next page.
func (s *Server) done(c echo.Context, to string, messages ...string) error {
	s.keepFlash(c, messages...)
	return c.Redirect(http.StatusSeeOther, to)
}

func (s *Server) keepFlash(c echo.Context, messages ...string) {
	// An error here is an old cookie that cannot be read; the session is fresh.
	cookie, _ := s.cookies.Get(c.Request(), cookieName)
	for _, message := range messages {
		cookie.AddFlash(message)
	}
	if err := cookie.Save(c.Request(), c.Response()); err != nil {
		s.log.Warn("flash not kept", "err", err)
	}
}

// switchedFlash marks the page that follows a switch, which tells other tabs.
const switchedFlash = "switched"

func (s *Server) takeFlash(c echo.Context) (message string, switched bool) {
	cookie, _ := s.cookies.Get(c.Request(), cookieName)
	flashes := cookie.Flashes()
	if len(flashes) == 0 {
		return "", false
	}
	if err := cookie.Save(c.Request(), c.Response()); err != nil {
		s.log.Warn("flash not taken", "err", err)
	}
	var messages []string
	for _, f := range flashes {
		switch text, _ := f.(string); text {
		case switchedFlash:
			switched = true
		default:
			messages = append(messages, text)
		}
	}
	return strings.Join(messages, " "), switched
}

// landing is a workspace's own page of a section, its home for one that it has
// not or that the member may not see.
func landing(ws store.Workspace, section string, role store.WorkspaceRole) string {
	if sec, ok := views.SectionNamed(section); ok && role.May(sec.Needs) {
		return views.SectionPath(ws, sec)
	}
	return views.HomePath(ws)
}
