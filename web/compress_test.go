package web

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

func TestPagesAreCompressed(t *testing.T) {
	s := newSite(t)
	plain := s.alice.get("/w/acme").want(200)
	if plain.Header().Get("Content-Encoding") != "" {
		t.Error("compressed for who did not ask")
	}
	small := s.alice.get("/w/acme", "Accept-Encoding", "gzip, br")
	if small.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(strings.Join(small.Header().Values("Vary"), ","), "Accept-Encoding") {
		t.Fatalf("head %v", small.Header())
	}
	if 3*small.Body.Len() > plain.Body.Len() {
		t.Errorf("%d bytes of %d", small.Body.Len(), plain.Body.Len())
	}
	r, err := gzip.NewReader(small.Body)
	s.must(err)
	page, err := io.ReadAll(r)
	s.must(err)
	if !strings.Contains(string(page), "</html>") {
		t.Errorf("the page is %s", page)
	}
}
