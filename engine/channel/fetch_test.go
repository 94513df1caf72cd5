package channel

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFetchRefusesPrivateAddresses(t *testing.T) {
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/a.csv" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, "email\n")
	}))
	defer files.Close()
	ctx := context.Background()
	if _, err := NewFetcher(false).Fetch(ctx, files.URL+"/a.csv"); err == nil || !strings.Contains(err.Error(), "private") {
		t.Errorf("a file of this machine: %v", err)
	}
	open := NewFetcher(true)
	file, err := open.Fetch(ctx, files.URL+"/a.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if text, err := io.ReadAll(file); err != nil || string(text) != "email\n" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := open.Fetch(ctx, files.URL+"/none"); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := open.Fetch(ctx, "file:///etc/passwd"); err == nil {
		t.Error("a file of the disk was read")
	}
}
