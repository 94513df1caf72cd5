package web

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

func (p *program) message(kind, body string, head ...string) answer {
	p.Helper()
	return p.call("POST", "/v1/"+kind, basic(base64.StdEncoding, p.write, ""), body, head...)
}

func TestPipelines(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	for _, call := range [][2]string{
		{"track", `{"anonymousId":"anon","event":"Visited","messageId":"v1","timestamp":"2026-11-23T10:00:00Z"}`},
		{"identify", `{"anonymousId":"anon","traits":{"plan":"x"}}`}, // of nobody known
		{"identify", `{"userId":"ada@x.example.com","anonymousId":"anon","traits":{"id":"ada","plan":"pro"}}`},
		{"identify", `{"anonymousId":"other","traits":{"email":"mail@x.example.com"}}`},
		{"identify", `{"userId":42,"traits":{"unsubscribed":true}}`},
		{"track", `{"userId":"ada","event":"Order Completed","properties":{"total":9.90},"messageId":"o1"}`},
		{"track", `{"userId":"ada","event":"Order Completed","messageId":"o1"}`},
		{"page", `{"userId":"ada","name":"","context":{"page":{"url":"https://x.example.com/a","title":"A"}}}`},
		{"track", `{"userId":"ada","event":"Device Created or Updated","context":{"device":{"token":"t","type":"Android"}}}`},
		{"track", `{"userId":"ada","event":"Device Created or Updated","context":{"device":{"token":"u","type":"ios"}}}`},
		{"track", `{"userId":"ada","event":"Device Deleted","context":{"device":{"token":"u"}}}`},
		{"track", `{"userId":"ada","event":"Relationship Deleted"}`},
		{"track", `{"userId":"ada","event":"Report Delivery Event","properties":{"deliveryId":"unknown","metric":"opened"}}`},
		{"identify", `{"userId":"bo"}`},
		{"track", `{"userId":"bo","event":"User Deleted"}`},
		{"track", `{"userId":"cy","event":"User Suppressed"}`},
		{"identify", `{"userId":"cy"}`},
		{"group", `{"userId":"ada","groupId":"acme"}`},
		{"alias", `{"userId":"ada","previousId":"nobody"}`},
	} {
		p.message(call[0], call[1], "X-Strict-Mode", "1").want(200, `"success": true`)
	}
	ada := p.person(identity.ID, "ada")
	if got := strings.Join(p.activities(ada), ", "); ada.Email != "ada@x.example.com" || got != "device_change removed, device_change added, device_change added, page https://x.example.com/a, event Order Completed, event Visited" {
		t.Errorf("%s did %s", ada.Email, got)
	}
	p.person(identity.Email, "mail@x.example.com")
	if !p.person(identity.ID, "42").Unsubscribed {
		t.Error("42 is not unsubscribed")
	}
	p.nobody(identity.ID, "bo")
	p.nobody(identity.ID, "cy")
}

func TestBadMessages(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	for _, test := range [][3]string{
		{"identify", `{`, "request body is not valid JSON"},
		{"identify", `[]`, "request body must be a JSON object"},
		{"identify", `{}`, "userId or anonymousId is required"},
		{"identify", `{"userId":{}}`, "userId must be a string"},
		{"identify", `{"userId":"` + strings.Repeat("x", 151) + `"}`, "An id has at most 150 bytes"},
		{"identify", `{"userId":"a","traits":[]}`, "traits must be an object"},
		{"identify", `{"userId":"a","timestamp":"yesterday"}`, "timestamp must be a time in ISO 8601"},
		{"track", `{"userId":"a"}`, "event name is required"},
		{"track", `{"userId":"a","event":"x","properties":"y"}`, "event data must be an object"},
		{"track", `{"anonymousId":"a","event":"User Deleted"}`, "userId is required"},
		{"track", `{"userId":"a","event":"Device Deleted"}`, "device.token is required"},
		{"group", `{"userId":"a"}`, "groupId is required"},
		{"alias", `{"userId":"a"}`, "userId and previousId are required"},
		{"batch", `{"batch":[]}`, "batch must be a list of 1 to 10000 items"},
		{"batch", `{"batch":[{"type":"identify","userId":"fine"},{"type":"dance","userId":"a"}]}`, "batch[1]: type must be identify"},
	} {
		p.message(test[0], test[1], "X-Strict-Mode", "1").want(400, `"error": "`+test[2])
		p.message(test[0], test[1]).want(200, `"success": true`)
	}
	p.person(identity.ID, "fine")
	p.nobody(identity.ID, "a")
	for _, auth := range []string{"", p.track, p.app, "Bearer " + p.write, basic(base64.StdEncoding, p.write, "x")} {
		for _, kind := range []string{"identify", "batch"} {
			p.call("POST", "/v1/"+kind, auth, `{`).want(401, "Unauthorized request")
		}
	}
	p.call("GET", "/v1/identify", "", "").want(405, "This address takes POST, not GET.")
}

// Messages of outside bytes are read or refused in words.
func FuzzMessage(f *testing.F) {
	f.Add("identify", []byte(`{"userId":"a","traits":{"createdAt":"2024-01-01T00:00:00Z"}}`))
	f.Add("track", []byte(`{"userId":1,"event":"Device Created or Updated","context":{"device":{"token":"t","type":"ios"}},"timestamp":1}`))
	f.Add("page", []byte(`{"anonymousId":"a","context":{"page":{"url":"x"}}}`))
	f.Add("alias", []byte(`{"userId":"cio_1","previousId":"a@b.example"}`))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		body, err := decodeObject(data)
		if err != nil {
			return
		}
		for _, mode := range []identity.Mode{identity.EmailOrID, identity.IDOnly, identity.EmailOnly} {
			m, err := readHead(mode, body)
			var call store.Call
			if err == nil {
				switch kind {
				case "identify":
					call, err = m.identify()
				case "track":
					name, _ := body["event"].(string)
					call, err = m.track(name)
				case "alias":
					call, err = m.alias(mode)
				default:
					call, err = m.view("page")
				}
			}
			if err != nil && (!entityRefused(err) || problemOf(err).Message == "") || err == nil && call == nil {
				t.Errorf("%s %s: %v %v", kind, data, call, err)
			}
		}
	})
}

func FuzzBasicAuth(f *testing.F) {
	f.Add("Basic YTpi")
	f.Add("basic YT_-Yg")
	f.Add("Bearer x")
	f.Fuzz(func(t *testing.T, header string) {
		r := newCall(header)
		user, password, ok := basicAuth(r)
		if !ok && (user != "" || password != "") && !strings.Contains(header, " ") {
			t.Errorf("%q gave %q, %q", header, user, password)
		}
		for _, sent := range presented(r) {
			if sent.kind == store.TrackKey && !ok {
				t.Errorf("%q presents a Track key", header)
			}
		}
	})
}

func newCall(authorization string) *http.Request {
	r := httptest.NewRequest("GET", "/auth", nil)
	r.Header.Set("Authorization", authorization)
	return r
}
