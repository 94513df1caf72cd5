// Package web turns requests into calls on the store, and what comes back into
// views. routes.go is the map of the whole site; each other file is one kind
// of page or one part of an API.
package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// Config is what a Server needs.
type Config struct {
	Store   *store.Store
	Engine  Engine
	Log     *slog.Logger
	Keys    [][]byte // of the session cookie: signing and encryption keys in turn, the newest pair first
	BaseURL string   // where browsers and messages reach this server; no slash at the end
	Uploads string   // folder for files that are imported
	Exports string   // folder of files that exports write

	// Fetch reads a file at an address that a program names, and refuses
	// addresses that are not public; nil: no file is fetched.
	Fetch func(ctx context.Context, address string) (io.ReadCloser, error)
}

// Server is everything a handler may use.
type Server struct {
	store      *store.Store
	engine     Engine
	log        *slog.Logger
	cookies    sessions.Store
	baseURL    string
	hooks      hookRates
	uploads    string
	exports    string
	fetch      func(context.Context, string) (io.ReadCloser, error)
	previews   previews   // of messages that are being written
	clipboards clipboards // of actions that members copied
	requests   requests
	hashing    chan struct{} // bounds the memory that checking passwords takes
	http       http.Handler
}

// New is a server ready to serve.
func New(c Config) *Server {
	s := &Server{store: c.Store, engine: c.Engine, log: c.Log, baseURL: strings.TrimSuffix(c.BaseURL, "/"), uploads: c.Uploads, exports: c.Exports, fetch: c.Fetch, hashing: make(chan struct{}, 2)}
	s.requests = requests{since: time.Now(), byKey: map[requestKey]requestSum{}}
	s.cookies = newCookies(c.Keys, strings.HasPrefix(c.BaseURL, "https://"))

	e := echo.New()
	e.IPExtractor = echo.ExtractIPDirect() // X-Forwarded-For can be forged by anybody
	e.HTTPErrorHandler = s.fail
	e.Pre(s.secureHeaders, s.apiFrame)
	e.Use(s.measured, s.recovered)
	s.routes(e)

	cross := http.NewCrossOriginProtection()
	if err := cross.AddTrustedOrigin(s.baseURL); err != nil {
		s.log.Warn("base URL is no origin; behind a proxy that changes the host, forms will be refused", "url", s.baseURL)
	}
	cross.SetDenyHandler(http.HandlerFunc(s.crossOrigin))
	s.http = apiFirst(e, cross.Handler(e))
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.http.ServeHTTP(w, r) }

// apiFirst keeps the APIs away from the protection of forms: they have no
// cookies to protect, and must answer callers of any origin.
func apiFirst(api, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isAPI(r.URL.Path) || isTracking(r.URL.Path) {
			api.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// isAPI says whether a path belongs to an API, which answers in JSON only.
func isAPI(path string) bool {
	tree, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return tree == "hooks" || tree == "api" || tree == "v1" || tree == "push" || tree == "auth"
}

// isTracking says whether a path is in a message that somebody received.
func isTracking(path string) bool {
	return strings.HasPrefix(path, "/e/") || strings.HasPrefix(path, "/unsubscribe/") || strings.HasPrefix(path, "/manage_subscription/")
}

func newCookies(keys [][]byte, https bool) sessions.Store {
	c := sessions.NewCookieStore(keys...)
	c.Options = &sessions.Options{Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: https}
	c.MaxAge(cookieLife) // sets the codec's age, too
	return c
}

// cookieLife is 30 days in seconds, as long as a session lasts.
const cookieLife = 30 * 24 * 3600
