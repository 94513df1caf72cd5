package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/views"
)

// uploadPeople sends a file as the form does.
func (b *browser) uploadPeople(ws store.Workspace, stamp, name, content string) answer {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	b.must(err)
	_, err = io.WriteString(part, content)
	b.must(err)
	b.must(form.Close())
	r := httptest.NewRequest("POST", views.NewImportPath(ws)+stamp, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.srv.ServeHTTP(w, r)
	return answer{w, b.T}
}

func uploadStamp(ws store.Workspace) string { return fmt.Sprintf("?_ws=%d", ws.ID) }

// work lets an engine run until an import is no longer in hand.
func (s *site) work(ws store.Workspace, id store.ImportID) store.Import {
	s.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	e := engine.New(engine.Config{Store: s.store, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Uploads: s.srv.uploads})
	ended := make(chan error)
	go func() { ended <- e.Run(ctx) }()
	for {
		i, err := s.store.Import(context.Background(), ws.ID, id)
		s.must(err)
		if !i.State.Working() || ctx.Err() != nil {
			stop()
			s.must(<-ended)
			return i
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *site) files() int {
	s.Helper()
	all, err := os.ReadDir(s.srv.uploads)
	s.must(err)
	return len(all)
}

func TestImportFromUploadToRejectedRows(t *testing.T) {
	s := newSite(t)
	s.alice.get("/w/acme/imports").want(200, "No imports yet")
	s.alice.get("/w/acme/imports/new").want(200, "identified by id or email", `action="/w/acme/imports/new?_ws=1"`)

	file := "Email,First name,MRR,Note\nada@x.test,Ada,29,\nbad,Li,1,\"=1+1, “x”\"\nli@x.test,Li,0,\n"
	at := s.alice.uploadPeople(s.acme, uploadStamp(s.acme), `C:\files\..\spring <b>.csv`, file).want(303).location()
	if at != "/w/acme/imports/1" || s.files() != 1 {
		t.Fatalf("led to %s, with %d files", at, s.files())
	}
	s.alice.get(at).want(200, "spring &lt;b&gt;.csv", "UTF-8 · comma", "4 of 4 columns matched. People are identified by id or email; existing people are updated, not duplicated.",
		`<option value="email" selected>email (identifier)</option>`, `<option value="attribute:first_name" selected>first_name</option>`, "Ada, Li, Li", "number, in every row", "text, in 1 of 3 rows")
	s.alice.get("/w/acme/people").without(" running</span>")

	none := url.Values{"column-1": {"attribute:email"}, "type-1": {"text"}}
	s.alice.send(s.acme, at, none).want(422, "Choose the column that has one of them.", "this name is not free")
	form := url.Values{"column-0": {"email"}, "column-1": {"attribute:first_name"}, "type-1": {"text"}, "column-2": {"attribute:mrr"}, "type-2": {"number"}, "column-3": {""}, "name-3": {" remark "}, "type-3": {"text"}}
	if to := s.alice.send(s.acme, at, form).want(303).location(); to != at {
		t.Errorf("led to %s", to)
	}
	s.alice.get(at).want(200, "Checking the file", `hx-get="/w/acme/imports/1/progress"`, `hx-trigger="every 1s"`)
	s.alice.get("/w/acme/people").want(200, `<span class="n">1 running</span>`)
	s.bob.get("/w/acme/people").want(200).without(" running</span>")
	s.alice.get(at+"/progress").want(200, "<title>0% · Imports", "<progress")
	s.work(s.acme, 1)
	s.alice.get(at + "/progress").want(286)
	s.alice.get(at).want(200, "What the import would do", "Import 2 rows", "“bad” is not a full email address.", "Nothing has changed yet.")
	s.alice.get(views.ImportColumnsPath(s.acme, 1)).want(200, "Check the file", `<option value="attribute:remark" selected>remark</option>`)

	s.alice.send(s.acme, at+"/start", nil).want(303)
	s.alice.get("/w/acme/imports").want(200, "Importing, 0%")
	s.alice.send(s.acme, at+"/pause", nil).want(303)
	s.alice.get(at).want(200, "Paused after 0 of 3 rows", "Resume")
	s.alice.send(s.acme, at+"/pause", nil).want(409)
	s.alice.send(s.acme, at+"/resume", nil).want(303)
	s.alice.get(at+"/stop").want(200, "What has been done stays", "data-modal")
	s.work(s.acme, 1)
	s.alice.get(at).want(200, "Show people", "Download rejected rows")
	s.alice.send(s.acme, at+"/start", nil).want(409)
	s.alice.send(s.acme, at, form).want(409)

	got := s.alice.get(at + "/rejected.csv").want(200)
	want := "Email,First name,MRR,Note,Rejected line,Rejected because\nbad,Li,1,\"=1+1, “x”\",3,“bad” is not a full email address.\n"
	if got.Body.String() != want || got.Header().Get("Content-Disposition") != `attachment; filename="spring _b_-rejected.csv"` {
		t.Errorf("rejected rows, %s:\n%s", got.Header().Get("Content-Disposition"), got.Body)
	}
	mended := strings.Replace(got.Body.String(), "bad,", "zoe@x.test,", 1)
	again := s.alice.uploadPeople(s.acme, uploadStamp(s.acme), "mended.csv", mended).want(303).location()
	s.alice.get(again).want(200, "4 of 6 columns matched")

	s.alice.get(at+"/delete").want(200, "The people who were imported stay")
	s.alice.send(s.acme, at+"/delete", nil).want(303)
	s.alice.get(at).want(404)
	if ws, err := s.store.Workspace(context.Background(), s.acme.ID); err != nil || ws.People != 2 || s.files() != 1 {
		t.Errorf("%d people, %d files (%v)", ws.People, s.files(), err)
	}
	s.alice.get("/w/acme/imports?q=MENDED").want(200, "mended.csv")
	s.alice.get("/w/acme/imports?q=spring").want(200, "No import found")
}

func TestUploadIsRefusedInWords(t *testing.T) {
	s := newSite(t)
	tests := []struct{ name, file, problem string }{
		{"empty", "", "Line 1 is empty"},
		{"spreadsheet", "PK\x03\x04rest", "This is a spreadsheet or an archive"},
		{"NUL", "email\x00,b\n", "Line 1 has a NUL byte"},
		{"long header", strings.Repeat("x", 2<<20), "Line 1 is longer than 1 MB."},
		{"open quote", "\"email,b\n", "Line 1 opens a quote that is never closed."},
		{"many columns", strings.Repeat("a,", 400) + "b\n", "has 401 columns; at most 100"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s.alice.uploadPeople(s.acme, uploadStamp(s.acme), "x.csv", test.file).want(422, "There is a problem", test.problem)
		})
	}
	s.alice.do("POST", views.NewImportPath(s.acme)+uploadStamp(s.acme), nil).want(422, "Choose a CSV file.")
	if s.files() != 0 {
		t.Errorf("%d files are left", s.files())
	}
	s.alice.uploadPeople(s.acme, "", "x.csv", "email\na@x.test\n").want(409)
	s.alice.uploadPeople(s.acme, uploadStamp(s.other), "x.csv", "email\na@x.test\n").want(409)
	if s.files() != 0 {
		t.Errorf("%d files of another workspace's form are left", s.files())
	}
}

func TestImportsBelongToTheirWorkspace(t *testing.T) {
	s := newSite(t)
	at := s.alice.uploadPeople(s.acme, uploadStamp(s.acme), "x.csv", "email\na@x.test\n").want(303).location()
	there := strings.Replace(at, "/w/acme/", "/w/"+s.other.Slug+"/", 1)
	for _, path := range []string{"", "/progress", "/stop", "/delete", "/rejected.csv"} {
		s.charlie.get(at + path).want(404)
		s.charlie.get(there + path).want(404)
		s.bob.get(at + path).want(403)
	}
	for _, path := range []string{"", "/start", "/pause", "/resume", "/stop", "/delete"} {
		s.charlie.send(s.other, there+path, nil).want(404)
		s.bob.send(s.acme, at+path, nil).want(403)
		s.alice.post(at+path, nil).want(409)
	}
	s.bob.uploadPeople(s.acme, uploadStamp(s.acme), "x.csv", "email\n").want(403)
}

func TestImportIsTakenAsChosenAndUndone(t *testing.T) {
	s := newSite(t)
	at := s.alice.uploadPeople(s.acme, uploadStamp(s.acme), "fair.csv", "email,plan\nada@x.test,free\n").want(303).location()
	s.alice.get(at).want(200, "Which rows are imported?", "Match people by", `name="segment"`)
	form := url.Values{"column-0": {"email"}, "column-1": {"attribute:plan"}, "type-1": {"text"}, "mode": {"some"}, "by": {"id"}, "segment": {"Fair"}}
	s.alice.send(s.acme, at, form).want(422, "Choose which rows are imported.", "No column goes to the id.", `value="Fair"`)
	form.Set("mode", "all")
	form.Set("by", "email")
	s.alice.send(s.acme, at, form).want(303)
	s.work(s.acme, 1)
	s.alice.get(at).want(200, "New people: the first 1", "ada@x.test").without("Undo…")
	s.alice.get(at + "/undo").want(303)
	s.alice.send(s.acme, at+"/undo", nil).want(409)
	s.alice.send(s.acme, at+"/start", nil).want(303)
	s.work(s.acme, 1)
	s.alice.get("/w/acme/segments").want(200, "Fair")
	s.alice.get(at).want(200, "Undo…", "It can be undone until")
	s.alice.get(at+"/undo").want(200, "1 person whom it created", "data-modal")
	s.bob.send(s.acme, at+"/undo", nil).want(403)
	s.charlie.send(s.acme, at+"/undo", nil).want(404)
	_, err := s.store.Identify(context.Background(), s.acme.ID, store.Identify{Ref: identity.Ref{Kind: identity.Email, Value: "ada@x.test"}, Attributes: store.Attributes{"plan": "=pro"}})
	s.must(err)
	s.alice.send(s.acme, at+"/undo", nil).want(303)
	s.alice.get(at).want(200, "Undoing the import", "Stop…")
	s.work(s.acme, 1)
	s.alice.get(at).want(200, "Undone", "Left as they are", "Created by the import, and changed since.")
	s.alice.get(at+"/kept.csv").want(200, "ada@x.test,\"Created by the import, and changed since.\"")
	s.alice.get("/w/acme/imports").want(200, "Undone")
}

func TestEventsAreUploadedForThemselves(t *testing.T) {
	s := newSite(t)
	s.alice.get("/w/acme/imports").want(200, "/w/acme/imports/new?kind=events")
	s.alice.get("/w/acme/imports/new?kind=events").want(200, "Import events", "older than 72 hours start no campaigns", `action="/w/acme/imports/new?kind=events&amp;_ws=1"`)
	at := s.alice.uploadPeople(s.acme, "?kind=events&_ws=1", "bought.csv", "email,event,timestamp,amount\nada@x.test,bought,2026-03-01,29\n").want(303).location()
	s.alice.get(at).want(200, `<option value="event" selected>name of the event</option>`, "Data of the event").without("Put them into a manual segment")
	form := url.Values{"column-0": {"email"}, "column-1": {"attribute:name"}, "type-1": {"text"}, "column-2": {"timestamp"}, "type-2": {"date"}, "column-3": {"attribute:amount"}, "type-3": {"number"}}
	s.alice.send(s.acme, at, form).want(422, "Choose the column that has the name of the event.")
	form.Set("column-1", "event")
	s.alice.send(s.acme, at, form).want(303)
	s.work(s.acme, 1)
	s.alice.get(at).want(200, "Events to be recorded", "Import 1 row")
	s.alice.send(s.acme, at+"/start", nil).want(303)
	s.work(s.acme, 1)
	s.alice.get(at).want(200, "Events recorded").without("Undo…")
	s.alice.get("/w/acme/activity").want(200, "bought")
}

func TestProgramsImportFiles(t *testing.T) {
	s := newSite(t)
	files := map[string]string{
		"https://x.test/a.csv?sig=1": "email,plan\nada@x.test,pro\nbad,pro\n", "https://x.test/none.csv": "plan\npro\n",
		"https://x.test/events.csv": "email,event\nada@x.test,bought\n",
	}
	s.srv.fetch = func(_ context.Context, address string) (io.ReadCloser, error) {
		if text, ok := files[address]; ok {
			return io.NopCloser(strings.NewReader(text)), nil
		}
		return nil, errors.New("The server of the file answered 404 Not Found.")
	}
	p := s.program(s.acme)
	for body, want := range map[string]string{
		`{}`: "import is required", `{"import":{"type":"object"}}`: "import.type must be people or event",
		`{"import":{"type":"people"}}`:                                                                        "import.data_file_url is required",
		`{"import":{"type":"people","data_file_url":"https://x.test/gone.csv"}}`:                              "answered 404 Not Found",
		`{"import":{"type":"people","data_file_url":"https://x.test/none.csv"}}`:                              "Choose the column",
		`{"import":{"type":"people","data_file_url":"https://x.test/a.csv?sig=1","identifier":"id"}}`:         "No column goes to the id",
		`{"import":{"type":"people","data_file_url":"https://x.test/a.csv?sig=1","data_to_process":"a few"}}`: "Choose which rows",
	} {
		p.call("POST", "/v1/imports", p.app, body).want(400, want)
	}
	if s.files() != 0 {
		t.Errorf("%d files are left of calls that failed", s.files())
	}
	p.call("POST", "/v1/imports", p.app, `{"import":{"type":"people","data_file_url":"https://x.test/a.csv?sig=1","data_to_process":"only_new","description":"Fair"}}`).
		want(200, `"name": "a.csv"`, `"state": "validating"`, `"description": "Fair"`)
	all, err := s.store.Imports(context.Background(), s.acme.ID, "", store.Page{Limit: 5})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d imports (%v)", len(all), err)
	}
	at := fmt.Sprintf("/v1/imports/%d", all[0].ID)
	s.work(s.acme, all[0].ID)
	p.call("GET", at, p.app, "").want(200, `"state": "imported"`, `"rows_to_import": 2`, `"rows_imported": 1`, `"data_to_process": "only_new"`)
	other := s.program(s.other)
	other.call("GET", at, other.app, "").want(404)
	p.call("POST", "/v1/imports", p.app, `{"import":{"type":"event","data_file_url":"https://x.test/events.csv"}}`).want(200, `"type": "event"`)
}
