package web

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestProgramsExportPeople(t *testing.T) {
	s := newSite(t)
	s.threePeople()
	p := s.program(s.acme)
	p.call("POST", "/v1/exports/customers", p.app, `{"filters": {"attribute": {}}}`).want(400, "filters: ")
	p.call("POST", "/v1/exports/customers", p.app, `{"filters": `+pros+`}`).want(200, `"status": "pending"`, `"id": 1`)
	p.call("GET", "/v1/exports/1/download", p.app, "").want(404, "The file is not there")
	s.runJobs(s.acme)
	j, err := s.store.Job(context.Background(), s.acme.ID, 1)
	s.must(err)
	if j.Found != 2 || !j.Parameters.Raw || len(j.Parameters.Columns) < 8 {
		t.Errorf("%+v", j)
	}
	s.must(os.WriteFile(filepath.Join(s.srv.exports, j.File), nil, 0o600))
	p.call("GET", "/v1/exports", p.app, "").want(200, `"exports": [`, `"status": "done"`, `"total": 2`)
	p.call("GET", "/v1/exports/1", p.app, "").want(200, `"type": "customers"`)
	p.call("GET", "/v1/exports/2", p.app, "").want(404)

	var links struct{ URL, Link string }
	s.must(json.Unmarshal(p.call("GET", "/v1/exports/1/download", p.app, "").want(200).Body.Bytes(), &links))
	path, ours := strings.CutPrefix(links.URL, "http://example.com")
	if links.URL != links.Link || !ours {
		t.Fatalf("%+v", links)
	}
	if a := s.nobody.get(path); a.Code != 200 || a.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("%d %v", a.Code, a.Header())
	}
	s.nobody.get(path[:len(path)-2] + "xx").want(404)
	s.store.SetClock(func() time.Time { return time.Now().Add(exportLink + 2*time.Second) })
	s.nobody.get(path).want(404)
	s.store.SetClock(time.Now)
	other := s.program(s.other)
	other.call("GET", "/v1/exports/1", other.app, "").want(404)
	other.call("GET", "/v1/exports", other.app, "").want(200, `"exports": []`)
}
