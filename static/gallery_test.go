package static_test

import (
	"bytes"
	"context"
	"html/template"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/a-h/templ"

	"github.com/postroom/postroom/static"
	"github.com/postroom/postroom/views"
)

// gallery is a server with one page that shows every component, under the policy of the real pages.
// It notes the forms that reach it.
type gallery struct {
	*httptest.Server
	mu   sync.Mutex
	sent []string
}

// wish is how a test wants the page: the fields of the template.
type wish struct {
	Theme, ID, Name, Color    string
	Switched, Remote, Outline bool
	Colors                    []string
}

func newGallery(t *testing.T) *gallery {
	g := &gallery{}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", static.Handler())
	mux.HandleFunc("GET /favicon.svg", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Write(static.Favicon("moss"))
	})
	mux.HandleFunc("GET /", g.page)
	mux.HandleFunc("GET /sorted", g.note)
	mux.HandleFunc("POST /", g.note)
	for path, part := range map[string]string{
		"/part":   `<p id="arrived" data-focus>Here it is.</p>`,
		"/dialog": `<dialog open data-modal id="late" aria-label="Import"><div class="d-head"><h2>Import</h2></div><div class="d-foot"><a class="btn" href="/" data-close>Cancel</a></div></dialog>`,
		"/menu":   `<ul class="x"><li><form method="post" action="/switch"><input type="hidden" name="workspace" value="remote"><button class="ws"><span class="t"><b>Found by the server</b></span></button></form></li></ul>`,
		"/mail":   `<!DOCTYPE html><p>Hello Ada</p>`,
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(part)) })
	}
	mux.HandleFunc("POST /fail", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusInternalServerError) })
	g.Server = httptest.NewServer(strict(mux))
	t.Cleanup(g.Close)
	return g
}

func strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:")
		next.ServeHTTP(w, r)
	})
}

// page shows the gallery as its query wishes.
func (g *gallery) page(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	html, err := drawGallery(wish{
		Theme: or(q.Get("theme"), "light"), ID: or(q.Get("id"), "1"), Name: or(q.Get("name"), "Northwind"), Color: or(q.Get("color"), "moss"),
		Switched: q.Has("switched"), Remote: q.Has("remote"), Outline: q.Has("outline"),
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(html)
}

// note remembers what was sent, as path?form, and stays on the page.
func (g *gallery) note(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	g.mu.Lock()
	g.sent = append(g.sent, r.URL.Path+"?"+r.Form.Encode())
	g.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// took is what was sent since the last call.
func (g *gallery) took() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	sent := g.sent
	g.sent = nil
	return sent
}

func drawGallery(as wish) ([]byte, error) {
	as.Colors = []string{"tomato", "rust", "ochre", "moss", "fern", "teal", "sea", "blue", "iris", "plum", "rose", "slate"}
	draw := func(c templ.Component) (template.HTML, error) {
		var out bytes.Buffer
		err := c.Render(context.Background(), &out)
		return template.HTML(out.String()), err
	}
	page, err := template.New("gallery.html").Funcs(template.FuncMap{
		"static":    static.Path,
		"icons":     func() (template.HTML, error) { return draw(views.Icons()) },
		"icon":      func(name string) (template.HTML, error) { return draw(views.Icon(name)) },
		"iconSmall": func(name string) (template.HTML, error) { return draw(views.IconSmall(name)) },
	}).ParseFiles("testdata/gallery.html")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = page.Execute(&out, as)
	return out.Bytes(), err
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
