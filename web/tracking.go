package web

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// dot is a transparent picture of one pixel (GIF89a).
var dot = must(base64.StdEncoding.DecodeString("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"))

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// trackOpen answers with a picture, whatever is asked for: a message must not
// look broken because of its counter.
func (s *Server) trackOpen(c echo.Context) error {
	token, _ := strings.CutSuffix(c.Param("picture"), ".gif")
	if c.Request().Method == http.MethodGet {
		s.opened(c, token)
	}
	return c.Blob(http.StatusOK, "image/gif", dot)
}

func (s *Server) opened(c echo.Context, token string) {
	ctx := c.Request().Context()
	a, err := s.store.Addressee(ctx, token)
	if err != nil || a.Workspace == 0 {
		return
	}
	agent := c.Request().UserAgent()
	e := store.Engagement{Proxied: strings.Contains(agent, "GoogleImageProxy"), Prefetched: prefetches(agent) || byMachine(agent)}
	if err := s.store.Opened(ctx, a.Workspace, a.Delivery, e); err != nil {
		s.log.ErrorContext(ctx, "open not recorded", "delivery", a.Delivery.ID, "err", err)
	}
}

// prefetches says whether a picture is fetched when the message arrives: mail
// privacy protection by Apple gives no other name than this.
func prefetches(agent string) bool { return agent == "Mozilla/5.0" }

// trackClick leads on to where a link of a message leads, and nowhere else:
// the address is signed together with the delivery.
func (s *Server) trackClick(c echo.Context) error {
	ctx := c.Request().Context()
	signer, err := s.store.Signer(ctx)
	if err != nil {
		return err
	}
	to := c.QueryParam("u")
	delivery, ok := signer.Delivery(c.Param("token"))
	if !ok || !signer.Signed(delivery, to, c.Param("signature")) || !onTheWeb(to) {
		return store.ErrNotFound
	}
	if c.Request().Method == http.MethodGet {
		s.clicked(c, to)
	}
	c.Response().Header().Set("Referrer-Policy", "no-referrer")
	return c.Redirect(http.StatusFound, escaped(to))
}

func (s *Server) clicked(c echo.Context, href string) {
	ctx := c.Request().Context()
	a, err := s.store.Addressee(ctx, c.Param("token"))
	if err == nil && a.Workspace != 0 {
		err = s.store.Clicked(ctx, a.Workspace, a.Delivery, store.Engagement{Href: href, Machine: byMachine(c.Request().UserAgent())})
	}
	if err != nil {
		s.log.ErrorContext(ctx, "click not recorded", "err", err)
	}
}

func onTheWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// escaped is an address fit for a header, whatever letters it has.
func escaped(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // onTheWeb has read it
	}
	return u.String()
}

// machines is what the names of programs that look at links have in them.
var machines = []string{
	"bot", "crawl", "spider", "scan", "preview", "barracuda", "mimecast", "proofpoint", "safelinks", "urldefense",
	"python", "curl/", "wget/", "go-http-client", "java/", "okhttp", "headless",
}

// byMachine says whether a program, and nobody, asks.
func byMachine(agent string) bool {
	if agent == "" {
		return true
	}
	agent = strings.ToLower(agent)
	for _, name := range machines {
		if strings.Contains(agent, name) {
			return true
		}
	}
	return false
}
