package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
)

// upload sends a file as the form of a page does, stamped in its address.
func (b *browser) upload(ws store.Workspace, path, field, name, content string) answer {
	b.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile(field, name)
	b.must(err)
	_, err = part.Write([]byte(content))
	b.must(err)
	b.must(w.Close())
	r := httptest.NewRequest("POST", fmt.Sprintf("%s?_ws=%d", path, ws.ID), &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	b.srv.ServeHTTP(rec, r)
	if cookies := rec.Result().Cookies(); len(cookies) > 0 {
		b.cookies = cookies
	}
	return answer{rec, b.T}
}

func TestCampaignGoesThroughAFile(t *testing.T) {
	s := newSite(t)
	from := s.document(s.acme, "Hello / “wörld”\r\n", letters)
	path := fmt.Sprintf("/w/acme/campaigns/%d/export.json", from.ID)
	file := s.alice.get(path).want(200, `"postroom": 1`, "Hello, reader")
	if got := file.Header().Get("Content-Disposition"); got != "attachment; filename=Hello-w-rld.json" {
		t.Errorf("it is called %s", got)
	}
	s.bob.get(path).want(200)
	s.charlie.get(path).want(404)
	s.alice.get(fmt.Sprintf("/w/other/campaigns/%d/export.json", from.ID)).want(404)

	to := s.alice.upload(s.other, "/w/other/campaigns/import", "file", "x.json", file.Body.String()).want(303).location()
	s.alice.get(to).want(200, "as a draft. Not in Other yet: attribute first_name, attribute plan, event x.", "Hello, reader")
	to = s.alice.send(s.other, "/w/other/campaigns/import", url.Values{"text": {file.Body.String()}}).want(303).location()
	s.alice.get(to).want(200, "wörld” 2")
}

func TestExportForViewersHasNoSecrets(t *testing.T) {
	s := newSite(t)
	c := s.document(s.acme, "CRM", `[{"key":"crm","type":"webhook","url":"https://x.test","headers":[{"name":"Authorization","value":"Bearer s3cret"}]}]`)
	path := fmt.Sprintf("/w/acme/campaigns/%d/export.json", c.ID)
	s.alice.get(path).want(200, "Bearer s3cret")
	if body := s.bob.get(path).want(200, "header Authorization").Body.String(); strings.Contains(body, "s3cret") {
		t.Error("a viewer can read a secret")
	}
}

func TestImportCampaignSaysWhatIsWrong(t *testing.T) {
	s := newSite(t)
	path := "/w/acme/campaigns/import"
	s.alice.get(path).want(200, "Import a campaign", `enctype="multipart/form-data"`, fmt.Sprintf("_ws=%d", s.acme.ID))
	for text, want := range map[string]string{
		"":        "Choose a file, or paste a document.",
		"{":       "This is not JSON",
		`"<html"`: "There is a problem",
		`{"postroom":1,"campaign":{"name":"X","trigger":null,"actions":[{"type":"branch","paths":[{"when":{"attribute":{"field":"a","operator":"is"}}},{}]}]}}`: "campaign.actions[0].paths[0].when.attribute.operator",
		`{"postroom":1,"campaign":{"name":"` + strings.Repeat("x", 200) + `","actions":[]}}`:                                                                    "at most 150 characters",
	} {
		s.alice.send(s.acme, path, url.Values{"text": {text}}).want(422, want)
		if text != "" {
			s.alice.upload(s.acme, path, "file", "x.json", text).want(422, want)
		}
	}
	s.alice.upload(s.acme, path, "file", "x.json", strings.Repeat("x", 7<<20)).want(413)
	s.bob.get(path).want(403)
	s.bob.upload(s.acme, path, "file", "x.json", "{}").want(403)
	s.charlie.get(path).want(404)
	s.alice.upload(s.other, path, "file", "x.json", "{}").want(409)
}
