package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// program is somebody's backend, which holds keys of one workspace.
type program struct {
	*site
	ws            store.Workspace
	track         string // the Authorization header of each API
	app           string
	siteID, key   string
	appKey, write string
}

// program makes keys of every kind.
func (s *site) program(ws store.Workspace) *program {
	s.Helper()
	p := &program{site: s, ws: ws}
	ctx := context.Background()
	c, secret, err := s.store.CreateCredential(ctx, ws.ID, store.TrackKey, "Backend", store.CommandLine)
	s.must(err)
	p.siteID, p.key = c.SiteID, secret
	p.track = basic(base64.StdEncoding, c.SiteID, secret)
	_, p.appKey, err = s.store.CreateCredential(ctx, ws.ID, store.AppKey, "Reports", store.CommandLine)
	s.must(err)
	p.app = "Bearer " + p.appKey
	_, p.write, err = s.store.CreateCredential(ctx, ws.ID, store.PipelinesKey, "Site", store.CommandLine)
	s.must(err)
	return p
}

func basic(alphabet *base64.Encoding, user, password string) string {
	return "Basic " + alphabet.EncodeToString([]byte(user+":"+password))
}

// call sends a request as it stands on the wire.
func (s *site) call(method, path, auth, body string, head ...string) answer {
	s.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if auth != "" {
		r.Header.Set("Authorization", auth)
	}
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	s.srv.ServeHTTP(w, r)
	a := answer{w, s.T}
	a.wantJSON()
	return a
}

// wantJSON holds every answer of an API to what its clients can read.
func (a answer) wantJSON() {
	a.t.Helper()
	if a.Code == 204 {
		return
	}
	if a.Code/100 == 3 {
		a.t.Errorf("an API redirected to %q", a.location())
	}
	if got := a.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
		a.t.Errorf("content type %q", got)
	}
	if got := a.Header().Get("Cache-Control"); got != "no-cache, no-store, must-revalidate, max-age=0" {
		a.t.Errorf("cache control %q", got)
	}
	if a.Header().Get("Set-Cookie") != "" {
		a.t.Error("an API set a cookie")
	}
	if !json.Valid(a.Body.Bytes()) {
		a.t.Errorf("not JSON: %s", a.Body)
	}
}

// wantAccepted is what every write of the Track API answers.
func (a answer) wantAccepted() {
	a.t.Helper()
	if a.want(200); a.Body.String() != "{}\n" {
		a.t.Errorf("body %q", a.Body)
	}
	if got := a.Header().Get("Access-Control-Allow-Origin"); got != "*" {
		a.t.Errorf("allowed origin %q", got)
	}
}

func (p *program) put(path, body string) answer {
	p.Helper()
	return p.call("PUT", "/api/v1/customers/"+path, p.track, body)
}

func (p *program) send(path, body string) answer {
	p.Helper()
	return p.call("POST", "/api/v1/"+path, p.track, body)
}

// person is whom an identifier names, and fails the test when nobody is.
func (p *program) person(kind identity.Kind, value string) store.Person {
	p.Helper()
	found, err := p.store.PersonBy(context.Background(), p.ws.ID, identity.Ref{Kind: kind, Value: value})
	if err != nil {
		p.Fatalf("%s %q: %v", kind, value, err)
	}
	return found
}

func (p *program) nobody(kind identity.Kind, value string) {
	p.Helper()
	found, err := p.store.PersonBy(context.Background(), p.ws.ID, identity.Ref{Kind: kind, Value: value})
	if !errors.Is(err, store.ErrNotFound) {
		p.Errorf("%s %q: %v, %v", kind, value, found.Label(), err)
	}
}

// activities is what happened to a person, the latest first, as "type name".
func (p *program) activities(who store.Person) []string {
	p.Helper()
	all, err := p.store.ActivitiesOf(context.Background(), p.ws.ID, who.ID, store.Page{Limit: 100})
	p.must(err)
	var words []string
	for _, a := range all {
		words = append(words, strings.TrimSpace(fmt.Sprintf("%s %s", a.Type, a.Name)))
	}
	return words
}

// The bytes that each official client was seen to send.
func TestOfficialClients(t *testing.T) {
	s := newSite(t)
	backend := s.program(s.acme)
	urlSafe := basic(base64.URLEncoding, backend.siteID, backend.key)
	ada := func() string {
		backend.put("ada", `{}`)
		return "cio_" + backend.person(identity.ID, "ada").ID.CioID()
	}()
	const form, js = "application/x-www-form-urlencoded", "application/json"
	for _, test := range []struct{ client, method, path, auth, contentType, body string }{
		{"go", "PUT", "/api/v1/customers/a+b@x.com", urlSafe, js, `{"plan":"x"}`},
		{"go", "PUT", "/api/v1/customers/1%2F%20%25%C3%A9", urlSafe, js, `{"plan":"x"}`},
		{"go", "PUT", "/api/v1/customers/5", urlSafe, js, `null`},
		{"go", "POST", "/api/v1/customers/5/events", urlSafe, js, `{"data":null,"name":"purchase"}`},
		{"go", "POST", "/api/v1/events", urlSafe, js, `{"anonymous_id":"anon","data":{"a":1},"name":"visit"}`},
		{"go", "DELETE", "/api/v1/customers/5", urlSafe, "", ``},
		{"python", "PUT", "/api/v1/customers/a%2Bb%40x.com", backend.track, js, `{"created_at": 1700000000}`},
		{"python", "POST", "/api/v1/customers/6/events", backend.track, js, `{"name": "purchase", "data": {"price": 23.45}, "timestamp": 1700000000, "id": "01HB4HBDKTFWYZCK01DMRSWRFD"}`},
		{"python", "DELETE", "/api/v1/customers/6", backend.track, js, `{}`},
		{"ruby", "PUT", "/api/v1/customers/a%2Bb%40x.com", backend.track, js, `{"id":"a+b@x.com","plan":"y"}`},
		{"ruby", "PUT", "/api/v1/customers/" + ada, backend.track, js, `{"cio_id":"` + strings.TrimPrefix(ada, "cio_") + `","email":"n@x.example.com"}`},
		{"ruby", "PUT", "/api/v1/customers/cio_347f00d", backend.track, js, `{"cio_id":"347f00d","email":"n@x.c"}`},
		{"ruby", "POST", "/api/v1/customers/7/events", backend.track, js, `{"name":"purchase","data":{},"id":"01HB4HBDKTFWYZCK01DMRSWRFE","timestamp":1700000000}`},
		{"ruby", "DELETE", "/api/v1/customers/7", backend.track, form, ``},
		{"go", "PUT", "/api/v1/customers/8/devices", urlSafe, js, `{"device":{"attributes":null,"id":"go-1","last_used":"1700000000","platform":"ios"}}`},
		{"go", "DELETE", "/api/v1/customers/8/devices/go-1", urlSafe, "", ``},
		{"go", "POST", "/api/v1/merge_customers", urlSafe, js, `{"primary":{"id":"8"},"secondary":{"email":"merged@x.example.com"}}`},
		{"python", "PUT", "/api/v1/customers/8/devices", backend.track, js, `{"device": {"last_used": 1, "x": "y", "id": "tok", "platform": "ios"}}`},
		{"python", "DELETE", "/api/v1/customers/8/devices/tok", backend.track, js, `{}`},
		{"python", "POST", "/api/v1/customers/barred/suppress", backend.track, js, `{}`},
		{"python", "POST", "/api/v1/customers/barred/unsuppress", backend.track, js, `{}`},
		{"ruby", "PUT", "/api/v1/customers/8/devices", backend.track, js, `{"device":{"id":"rb/1","platform":"android","last_used":1700000000,"app":"x"}}`},
		{"ruby", "POST", "/api/v1/customers/barred2/suppress", backend.track, form, ``},
		{"ruby", "POST", "/api/v1/customers/barred2/unsuppress", backend.track, form, ``},
		{"ruby", "POST", "/push/events", "", js, `{"delivery_id":"unknown","event":"opened","device_id":"rb","timestamp":1700000000}`},
		{"node", "POST", "/api/v1/push/events", backend.track, js, `{"delivery_id":"unknown","event":"opened"}`},
		{"node", "POST", "/api/v1/metrics", backend.track, js, `{"delivery_id":"unknown","metric":"delivered"}`},
		{"node", "POST", "/api/v1/customers/barred3/suppress", backend.track, js, `{}`},
		{"node", "PUT", "/api/v1/customers/8/devices", backend.track, js, `{"device":{"id":"tok/1","platform":"ios","last_used":1700000000,"attributes":{"app_version":"1.2"}}}`},
		{"node", "DELETE", "/api/v1/customers/8/devices/tok%2F1", backend.track, js, ``},
		{"node", "PUT", "/api/v1/customers/a%2Bb%40x.com", backend.track, js, `{}`},
		{"node", "POST", "/api/v1/customers/8/events", backend.track, js, `{"type":"page","name":"https://example.com/a"}`},
		{"node", "POST", "/api/v1/events", backend.track, js, `{"name":"invite","data":{"recipient":"a@b.example.com"}}`},
		{"anybody", "PUT", "/api/v1/customers/9/", backend.track, "", ``},
		{"anybody", "PUT", "/api/v1/customers/9", strings.Replace(backend.track, "Basic", "basic", 1), "text/plain", " \n{}\n"},
		{"anybody", "PUT", "/api/v1/customers/9", strings.TrimRight(backend.track, "="), "", `{}`},
	} {
		t.Run(test.client+" "+test.method+" "+test.path, func(t *testing.T) {
			s.T = t
			s.call(test.method, test.path, test.auth, test.body, "Content-Type", test.contentType).wantAccepted()
		})
	}
	s.T = t
	both := backend.person(identity.Email, "A+B@x.com")
	if both.ExternalID != "" || both.Attributes["plan"] != "y" {
		t.Errorf("a+b@x.com has id %q, plan %v", both.ExternalID, both.Attributes["plan"])
	}
	backend.person(identity.ID, "1/ %é")
	for _, gone := range []string{"5", "6", "7"} {
		backend.nobody(identity.ID, gone)
	}
	if got := backend.person(identity.ID, "ada").Email; got != "n@x.example.com" {
		t.Errorf("by cio_id the email became %q", got)
	}
	eight := backend.person(identity.ID, "8")
	if got := backend.activities(eight); len(got) != 8 || got[0] != "page https://example.com/a" || got[1] != "device_change removed" {
		t.Errorf("8 did %q", got)
	}
	devices, err := s.store.Devices(context.Background(), s.acme.ID, eight.ID)
	if s.must(err); len(devices) != 1 || devices[0].Token != "rb/1" || string(devices[0].Attributes) != `{"app":"x"}` {
		t.Errorf("8 has %+v", devices)
	}
	backend.person(identity.ID, "9")
}

func TestIdentifierModes(t *testing.T) {
	s := newSite(t)
	for n, test := range []struct {
		mode       identity.Mode
		path, body string
		code       int
		words      string // of the refusal
		failed     string // identifiers that were not applied
		id, email  string // of the person afterwards
	}{
		{"email_or_id", "new", `{}`, 200, "", "", "new", ""},
		{"email_or_id", "new", `{"email":"new@x.example.com"}`, 200, "", "", "new", "new@x.example.com"},
		{"email_or_id", "new", `{"email":"LONE@x.example.com"}`, 200, "", "", "new", "LONE@x.example.com"},
		{"email_or_id", "alone", `{"email":"both@x.example.com"}`, 200, "", "email", "alone", ""},
		{"email_or_id", "both", `{"email":"other@x.example.com"}`, 200, "", "email", "both", "both@x.example.com"},
		{"email_or_id", "both", `{"email":"BOTH@x.example.com"}`, 200, "", "", "both", "BOTH@x.example.com"},
		{"email_or_id", "both", `{"id":"other"}`, 200, "", "id", "both", "both@x.example.com"},
		{"email_or_id", "both", `{"email":"no address"}`, 200, "", "email", "both", "both@x.example.com"},
		{"email_or_id", "lone@x.example.com", `{"id":7}`, 200, "", "", "7", "lone@x.example.com"},
		{"email_or_id", "lone@x.example.com", `{"id":"both"}`, 200, "", "id", "", "lone@x.example.com"},
		{"email_or_id", "lone@x.example.com", `{"email":"a@x.example.com"}`, 200, "", "email", "", "lone@x.example.com"},
		{"email_or_id", "cio_both", `{"id":"b2","email":"b2@x.example.com"}`, 200, "", "", "b2", "b2@x.example.com"},
		{"email_or_id", "cio_both", `{"id":"alone"}`, 200, "", "id", "both", "both@x.example.com"},
		{"id", "new@x.example.com", `{}`, 200, "", "", "new@x.example.com", ""},
		{"id", "new", `{"email":"both@x.example.com"}`, 200, "", "", "new", "both@x.example.com"},
		{"id", "both", `{"id":"other"}`, 400, "id attribute and identifier are not the same value", "", "", ""},
		{"email", "new@x.example.com", `{}`, 200, "", "", "", "new@x.example.com"},
		{"email", "lone@x.example.com", `{"id":"5"}`, 200, "", "id", "", "lone@x.example.com"},
		{"email", "no-address", `{}`, 400, "identifier is not a valid email address", "", "", ""},
	} {
		t.Run(string(test.mode)+" "+test.path+" "+test.body, func(t *testing.T) {
			s.T = t
			ws, err := s.store.CreateWorkspace(context.Background(), store.NewWorkspace{Name: fmt.Sprint("Modes ", n), Identifiers: test.mode}, store.CommandLine)
			s.must(err)
			p := s.program(ws)
			if test.mode.ID() {
				p.put("both", `{"email":"both@x.example.com"}`).wantAccepted()
				p.put("alone", `{}`).wantAccepted()
			}
			if test.mode.Email() {
				p.put("lone@x.example.com", `{}`).wantAccepted()
			}
			path := test.path
			if path == "cio_both" {
				path = "cio_" + p.person(identity.ID, "both").ID.CioID()
			}
			if p.put(path, test.body).want(test.code, test.words); test.code != 200 {
				return
			}
			var who store.Person
			if test.id != "" {
				who = p.person(identity.ID, test.id)
			} else {
				who = p.person(identity.Email, test.email)
			}
			if who.ExternalID != test.id || who.Email != test.email {
				t.Errorf("became id %q, email %q; want %q, %q", who.ExternalID, who.Email, test.id, test.email)
			}
			failed := ""
			for _, words := range p.activities(who) {
				if name, ok := strings.CutPrefix(words, "failed_attribute_change "); ok {
					failed = name
				}
			}
			if failed != test.failed {
				t.Errorf("not applied: %q, want %q", failed, test.failed)
			}
		})
	}
}

func TestReservedNames(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	for i, value := range []string{`true`, `"TRUE"`, `1`, `"1"`, `"True"`} {
		id := fmt.Sprint("out", i)
		p.put(id, `{"unsubscribed":`+value+`}`).wantAccepted()
		if !p.person(identity.ID, id).Unsubscribed {
			t.Errorf("unsubscribed: %s has no effect", value)
		}
		p.put(id, `{"unsubscribed":false}`).wantAccepted()
		if !p.person(identity.ID, id).Unsubscribed {
			t.Error("a call gave consent back")
		}
	}
	p.put("in", `{"unsubscribed":"yes","_update":false,"n":9007199254740993,"f":1.10,"gone":"x","cio_relationships":{"action":"add_relationships","relationships":[]},"cio_subscription_preferences":{"topics":{"topic_1":true}}}`).wantAccepted()
	in := p.person(identity.ID, "in")
	if in.Unsubscribed || fmt.Sprintf("%v %v", in.Attributes["n"], in.Attributes["f"]) != "9007199254740993 1.10" {
		t.Errorf("became %+v", in)
	}
	if _, kept := in.Attributes["cio_subscription_preferences"]; !kept || len(in.Attributes) != 4 {
		t.Errorf("attributes %v", in.Attributes)
	}
	p.put("in", `{"gone":null,"f":""}`).wantAccepted()
	if in = p.person(identity.ID, "in"); len(in.Attributes) != 2 {
		t.Errorf("attributes %v", in.Attributes)
	}
	now := time.Now().Unix()
	p.put("in", fmt.Sprintf(`{"plan":"new","_timestamp":%d}`, now+20)).wantAccepted()
	p.put("in", fmt.Sprintf(`{"plan":"old","_timestamp":"%d"}`, now+10)).wantAccepted()
	if in = p.person(identity.ID, "in"); in.Attributes["plan"] != "new" {
		t.Errorf("an older value won: %v", in.Attributes)
	}
	p.put("unknown", `{"_update":true,"plan":"x"}`).wantAccepted()
	p.nobody(identity.ID, "unknown")
}

func TestEvents(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	p.send("customers/ada/events", `{"name":"  purchase ","data":{"n":9007199254740993},"timestamp":"1700000000.5","id":"01HB4HBDKTFWYZCK01DMRSWRFD"}`).wantAccepted()
	p.send("customers/ada/events", `{"name":"purchase","id":"01HB4HBDKTFWYZCK01DMRSWRFD"}`).wantAccepted()
	p.send("customers/ada/events", `{"name":"Home","type":"screen"}`).wantAccepted()
	p.send("customers/ada/events", `{"name":"odd","type":"other","timestamp":null,"id":7}`).wantAccepted()
	p.send("customers/bo%40x.example.com/events", `{"name":"purchase"}`).wantAccepted()
	p.send("customers/cio_ffffffff/events", `{"name":"purchase"}`).wantAccepted()
	ada := p.person(identity.ID, "ada")
	all, err := s.store.ActivitiesOf(context.Background(), p.ws.ID, ada.ID, store.Page{Limit: 10})
	s.must(err)
	if got := strings.Join(p.activities(ada), ", "); got != "event odd, screen Home, event purchase" {
		t.Fatalf("ada did %s", got)
	}
	first := all[2]
	if string(first.Data) != `{"n":9007199254740993}` || first.OccurredAt.UnixMilli() != 1700000000500 {
		t.Errorf("kept %s at %s", first.Data, first.OccurredAt)
	}
	if got := p.activities(p.person(identity.Email, "bo@x.example.com")); len(got) != 1 {
		t.Errorf("bo did %q", got)
	}
	p.send("events", `{"name":"visit","anonymous_id":"anon"}`).wantAccepted()
	latest, err := s.store.Activities(context.Background(), p.ws.ID, store.Page{Limit: 1})
	s.must(err)
	if latest[0].Name != "visit" || latest[0].PersonID != 0 {
		t.Errorf("anonymous event kept as %+v", latest[0])
	}
}

func TestAnonymousEventsFindTheirPerson(t *testing.T) {
	s := newSite(t)
	p, other := s.program(s.acme), s.program(s.other)
	long := time.Now().Add(-31 * 24 * time.Hour).Unix()
	p.send("events", fmt.Sprintf(`{"name":"long ago","anonymous_id":"anon","timestamp":%d}`, long)).wantAccepted()
	p.send("events", `{"name":"visit","anonymous_id":"anon","data":{"n":1}}`).wantAccepted()
	p.send("events", `{"name":"other","anonymous_id":"another"}`).wantAccepted()
	p.send("events", `{"name":"invite","anonymous_id":""}`).wantAccepted()
	other.send("events", `{"name":"foreign","anonymous_id":"anon"}`).wantAccepted()
	for range 2 {
		p.put("ada", `{"anonymous_id":"anon","plan":"pro"}`).wantAccepted()
	}
	p.put("bo", `{"anonymous_id":"anon"}`).wantAccepted()
	p.put("cy", `{"anonymous_id":""}`).wantAccepted()
	for id, want := range map[string]string{"ada": "event visit", "bo": "", "cy": ""} {
		if got := strings.Join(p.activities(p.person(identity.ID, id)), ", "); got != want {
			t.Errorf("%s did %q, want %q", id, got, want)
		}
	}
	p.send("events", `{"name":"x","anonymous_id":{}}`).want(400, "anonymous_id must be a string")
}
