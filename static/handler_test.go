package static

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

func ask(method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestHandlerServesEveryFileForEver(t *testing.T) {
	types := map[string]string{
		"css/app.css":        "text/css; charset=utf-8",
		"js/app.js":          "text/javascript; charset=utf-8",
		"js/htmx.js":         "text/javascript; charset=utf-8",
		"fonts/hanken.woff2": "font/woff2",
	}
	for name, a := range byName {
		res := ask("GET", Path(name))
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusOK || !bytes.Equal(body, a.plain) {
			t.Errorf("%s: status %d, %d bytes; want 200 and %d bytes", name, res.StatusCode, len(body), len(a.plain))
		}
		for key, want := range map[string]string{
			"Content-Type":   types[name],
			"Cache-Control":  "public, max-age=31536000, immutable",
			"Content-Length": strconv.Itoa(len(a.plain)),
		} {
			if got := res.Header.Get(key); got != want {
				t.Errorf("%s: %s is %q, want %q", name, key, got, want)
			}
		}
	}
}

func TestHandlerCompressesForThoseWhoAccept(t *testing.T) {
	for header, want := range map[string]bool{
		"gzip, deflate, br": true,
		"br;q=1.0, gzip":    true,
		"GZIP;q=0.5":        true,
		"gzip;q=0":          false,
		"gzip; q=0.000":     false,
		"br":                false,
		"x-gzip":            false,
		"":                  false,
	} {
		res := ask("GET", Path("css/app.css"), "Accept-Encoding", header)
		if got := res.Header.Get("Content-Encoding") == "gzip"; got != want {
			t.Errorf("Accept-Encoding %q: compressed %v, want %v", header, got, want)
		}
		if res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: a shared cache is not told that the answer varies", header)
		}
	}

	res := ask("GET", Path("css/app.css"), "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(z); err != nil || !bytes.Equal(body, byName["css/app.css"].plain) {
		t.Errorf("what is unpacked is not the file: %d bytes, %v", len(body), err)
	}
	if ask("GET", Path("fonts/hanken.woff2"), "Accept-Encoding", "gzip").Header.Get("Content-Encoding") != "" {
		t.Error("the font, compressed as it is, was compressed again")
	}
}

func TestHandlerKnowsWhatTheBrowserHas(t *testing.T) {
	plain := ask("GET", Path("js/app.js")).Header.Get("ETag")
	packed := ask("GET", Path("js/app.js"), "Accept-Encoding", "gzip").Header.Get("ETag")
	if plain == "" || plain == packed {
		t.Errorf("the tags of the plain and the packed file are %s and %s", plain, packed)
	}
	res := ask("GET", Path("js/app.js"), "If-None-Match", `"other", `+plain)
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusNotModified || len(body) != 0 {
		t.Errorf("status %d with %d bytes, want 304 and none", res.StatusCode, len(body))
	}
	if res := ask("GET", Path("js/app.js"), "If-None-Match", packed); res.StatusCode != http.StatusOK {
		t.Errorf("the tag of the packed file gives %d for the plain one", res.StatusCode)
	}
}

func TestHandlerRefusesTheRest(t *testing.T) {
	stale := strings.Replace(Path("css/app.css"), ".css", "0.css", 1)
	for _, path := range []string{
		stale, "/static/css/app.css", "/static/", "/static/css/base.css", "/static/static.go",
		"/static/../static.go", "/css/app.css", "/static/vendor/README.md",
	} {
		if res := ask("GET", path); res.StatusCode != http.StatusNotFound || res.Header.Get("Cache-Control") != "" {
			t.Errorf("GET %s: status %d, Cache-Control %q; want 404 that nobody keeps", path, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
	if res := ask("POST", Path("css/app.css")); res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: status %d, Allow %q", res.StatusCode, res.Header.Get("Allow"))
	}
	res := ask("HEAD", Path("css/app.css"))
	if body, _ := io.ReadAll(res.Body); len(body) != 0 || res.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %d bytes, Content-Length %q", len(body), res.Header.Get("Content-Length"))
	}
}

func TestFavicon(t *testing.T) {
	for color, ink := range inks {
		icon := Favicon(color)
		if err := xml.Unmarshal(icon, new(struct{})); err != nil {
			t.Errorf("%s: %v", color, err)
		}
		if !bytes.Contains(icon, []byte(`fill="`+ink+`"`)) {
			t.Errorf("the favicon of %s is not painted in %s", color, ink)
		}
	}
	if !bytes.Equal(Favicon(`"><script>`), Favicon("slate")) {
		t.Error("an unknown colour is not slate")
	}
}
