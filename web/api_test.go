package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
)

func TestBadCalls(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	long := func(n int) string { return strings.Repeat("x", n) }
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"a%d":1,`, i)
		}
		return "{" + strings.TrimSuffix(b.String(), ",") + "}"
	}
	const person, event, anonymous = "PUT /api/v1/customers/5", "POST /api/v1/customers/5/events", "POST /api/v1/events"
	for _, test := range []struct {
		call, body string
		code       int
		words      string
	}{
		{person, `{`, 400, "request body is not valid JSON: it ends too early"},
		{person, `{"a":}`, 400, "request body is not valid JSON: invalid character"},
		{person, `{"a":01}`, 400, "request body is not valid JSON"},
		{person, `{'a':1}`, 400, "request body is not valid JSON"},
		{person, `{"a":1,}`, 400, "request body is not valid JSON"},
		{person, `{"a":NaN}`, 400, "request body is not valid JSON"},
		{person, `[]`, 400, "request body must be a JSON object"},
		{person, `[{"a":1}]`, 400, "request body must be a JSON object"},
		{person, `"a"`, 400, "request body must be a JSON object"},
		{person, `5`, 400, "request body must be a JSON object"},
		{person, `true`, 400, "request body must be a JSON object"},
		{person, `{} {}`, 400, "request body has something behind its JSON object"},
		{person, `{}]`, 400, "request body has something behind its JSON object"},
		{person, `null x`, 400, "request body has something behind its JSON object"},
		{person, "{\"a\":\"\xff\"}", 400, "request body is not valid UTF-8"},
		{person, "\x00", 400, "request body is not valid JSON"},
		{person, `{"a":` + strings.Repeat("[", 12000) + strings.Repeat("]", 12000) + `}`, 400, "exceeded max depth"},
		{person, `{"a":` + strings.Repeat("[", 700) + strings.Repeat("]", 700) + `}`, 400, "value for attribute 'a' cannot be longer than 1000 bytes"},
		{person, `{"token":"` + long(1001) + `"}`, 400, "value for attribute 'token' cannot be longer than 1000 bytes"},
		{person, `{"token":["` + long(1000) + `"]}`, 400, "value for attribute 'token' cannot be longer than 1000 bytes"},
		{person, `{"token":1` + strings.Repeat("0", 1000) + `}`, 400, "value for attribute 'token' cannot be longer than 1000 bytes"},
		{person, `{"` + long(151) + `":1}`, 400, "cannot be longer than 150 bytes"},
		{person, `{"":1}`, 400, "attribute name cannot be empty"},
		{person, `{" ":1}`, 400, "attribute name cannot be empty"},
		{person, `{"a\u0000b":1}`, 400, "cannot have control characters"},
		{person, many(301), 400, "a person cannot have more than 300 attributes"},
		{person, `{"id":true}`, 400, "id must be a string"},
		{person, `{"email":{}}`, 400, "email must be a string"},
		{person, `{"cio_id":["1"]}`, 400, "cio_id must be a string"},
		{person, `{"email":"` + long(1001) + `"}`, 400, "email cannot be longer than 1000 bytes"},
		{person, `{"_timestamp":"yesterday"}`, 400, "_timestamp must be a time in unix seconds"},
		{person, `{"_timestamp":true}`, 400, "_timestamp must be a time in unix seconds"},
		{person, `{"_timestamp":1700000000000}`, 400, "looks like milliseconds"},
		{person, `{"a":"` + long(maxCall) + `"}`, 413, "too large"},
		{"PUT /api/v1/customers/" + long(151), `{}`, 400, "An id has at most 150 bytes"},
		{"PUT /api/v1/customers/%20", `{}`, 400, "Enter an id."},
		{"PUT /api/v1/customers/a%00b", `{}`, 400, "control characters"},
		{"PUT /api/v1/customers/%ff", `{}`, 400, "not valid UTF-8"},
		{"PUT /api/v1/customers/cio_a-b", `{}`, 400, "An id cannot begin with"},
		{"PUT /api/v1/customers/", `{}`, 404, "There is nothing at this address."},
		{"PUT /api/v1/customers//", `{}`, 404, "There is nothing at this address"},
		{"PUT /api/v1/customers/a/b", `{}`, 404, "There is nothing at this address"},
		{"POST /api/v1/customers//events", `{"name":"x"}`, 404, "There is nothing at this address"},
		{event, ``, 400, "event name is required"},
		{event, `{"data":{}}`, 400, "event name is required"},
		{event, `{"name":"  "}`, 400, "event name is required"},
		{event, `{"name":5}`, 400, "event name must be a string"},
		{event, `{"name":"` + long(101) + `"}`, 400, "event name cannot be longer than 100 bytes"},
		{event, `{"name":"a\nb"}`, 400, "event name cannot have control characters"},
		{event, `{"name":"x","data":[]}`, 400, "event data must be an object"},
		{event, `{"name":"x","data":"{}"}`, 400, "event data must be an object"},
		{event, `{"name":"x","data":{"a":` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + `}}`, 400, "nested too deeply"},
		{event, `{"name":"x","id":{}}`, 400, "event id must be a string"},
		{event, `{"name":"x","id":"` + long(151) + `"}`, 400, "event id cannot be longer than 150 bytes"},
		{event, `{"name":"x","timestamp":"2026-01-01T00:00:00Z"}`, 400, "timestamp must be a time in unix seconds"},
		{event, `{"name":"x","timestamp":-1}`, 400, "timestamp must be a time in unix seconds"},
		{event, `{"name":"x","timestamp":1700000000000}`, 400, "looks like milliseconds"},
		{event, `{"name":"x","timestamp":"NaN"}`, 400, "timestamp must be a time in unix seconds"},
		{anonymous, `[]`, 400, "request body must be a JSON object"},
		{anonymous, `{"anonymous_id":"a"}`, 400, "event name is required"},
	} {
		method, path, _ := strings.Cut(test.call, " ")
		name := test.call + " " + test.body
		t.Run(name[:min(len(name), 60)], func(t *testing.T) {
			s.T = t
			a := s.call(method, path, p.track, test.body).want(test.code, test.words)
			var envelope struct{ Meta struct{ Errors []string } }
			if json.Unmarshal(a.Body.Bytes(), &envelope); len(envelope.Meta.Errors) != 1 {
				t.Errorf("envelope %s", a.Body)
			}
		})
	}
	s.T = t
	if ws, err := s.store.Workspace(context.Background(), s.acme.ID); err != nil || ws.People != 0 {
		t.Errorf("bad calls made %d people (%v)", ws.People, err)
	}
}

func TestUnauthorized(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	plain := "{\n  \"meta\": {\n    \"error\": \"Unauthorized request\"\n  }\n}\n"
	for _, test := range []struct{ name, api, auth, words string }{
		{"nothing", "track", "", plain},
		{"nothing", "app", "", plain},
		{"no base64", "track", "Basic ???", plain},
		{"no colon", "track", "Basic " + base64.StdEncoding.EncodeToString([]byte("abc")), plain},
		{"wrong key", "track", basic(base64.StdEncoding, p.siteID, "0123456789abcdef0123"), plain},
		{"wrong site", "track", basic(base64.StdEncoding, "0123456789abcdef0123", p.key), plain},
		{"nothing inside", "track", "Basic Og==", plain},
		{"wrong key", "app", "Bearer 0123", plain},
		{"nothing inside", "app", "Bearer", plain},
		{"another scheme", "app", "Token " + p.appKey, plain},
		{"another scheme", "track", strings.Replace(p.track, "Basic", "Digest", 1), plain},
		{"App key", "track", p.app, "This is an App API key. The Track API takes a site id and a Track key."},
		{"App key as password", "track", basic(base64.StdEncoding, p.siteID, p.appKey), "This is an App API key."},
		{"write key", "track", basic(base64.StdEncoding, p.write, ""), "This is a Pipelines write key."},
		{"Track key", "app", p.track, "This is a Track API key. The App API takes an App API key, as a Bearer token."},
		{"write key", "app", "Bearer " + p.write, "This is a Pipelines write key."},
	} {
		t.Run(test.api+" "+test.name, func(t *testing.T) {
			s.T = t
			calls := []string{"GET /v1/workspaces", "GET /v1/customers?email=a@b.example.com", "GET /v1/customers/5/attributes"}
			if test.api == "track" {
				calls = []string{"PUT /api/v1/customers/5", "DELETE /api/v1/customers/5", "POST /api/v1/customers/5/events", "POST /api/v1/events", "GET /api/v1/accounts/region", "GET /auth"}
			}
			for _, call := range calls {
				method, path, _ := strings.Cut(call, " ")
				a := s.call(method, path, test.auth, `{"broken`).want(401, test.words)
				if test.words == plain && a.Body.String() != plain {
					t.Errorf("%s says %s", call, a.Body)
				}
			}
		})
	}
}

func TestRevokedAndDeleted(t *testing.T) {
	s := newSite(t)
	p, other := s.program(s.acme), s.program(s.other)
	ctx := context.Background()
	p.put("5", `{}`).wantAccepted()
	keys, err := s.store.Credentials(ctx, s.acme.ID, false, store.Page{Limit: 10})
	s.must(err)
	for _, key := range keys {
		if key.Kind == store.TrackKey && (key.UsedAt.IsZero() || key.UsedFrom == "") {
			t.Errorf("use not noted: %+v", key)
		}
		s.must(s.store.RevokeCredential(ctx, s.acme.ID, key.ID, store.CommandLine))
	}
	p.put("5", `{}`).want(401, `"Unauthorized request"`)
	p.call("GET", "/v1/workspaces", p.app, "").want(401, `"Unauthorized request"`)
	s.must(s.store.DeleteWorkspace(ctx, s.other.ID, s.other.Name, store.CommandLine))
	other.put("5", `{}`).want(401, `"Unauthorized request"`)
	other.call("GET", "/v1/workspaces", other.app, "").want(401, `"Unauthorized request"`)
}

func TestKeysOpenOneWorkspace(t *testing.T) {
	s := newSite(t)
	acme, other := s.program(s.acme), s.program(s.other)
	acme.put("5", `{"plan":"acme","email":"five@x.example.com"}`).wantAccepted()
	other.put("5", `{"plan":"other","email":"five@x.example.com"}`).wantAccepted()
	other.call("GET", "/v1/customers/5/attributes", other.app, "").want(200, `"plan": "other"`)
	acme.call("GET", "/v1/customers/5/attributes", acme.app, "").want(200, `"plan": "acme"`)
	id := acme.person("id", "5").ID.CioID()
	other.call("GET", "/v1/customers/"+id+"/attributes?id_type=cio_id", other.app, "").want(404)
	other.put("cio_"+id, `{"plan":"stolen"}`).wantAccepted()
	other.call("DELETE", "/api/v1/customers/cio_"+id, other.track, "").wantAccepted()
	other.send("customers/cio_"+id+"/events", `{"name":"x"}`).wantAccepted()
	if got := acme.person("id", "5"); got.Attributes["plan"] != "acme" || len(acme.activities(got)) != 0 {
		t.Errorf("a foreign key reached %+v, %v", got, acme.activities(got))
	}
}

func TestUnknownCalls(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	for _, test := range []struct {
		call string
		code int
		text string
	}{
		{"GET /api", 404, `"errors"`},
		{"GET /api/", 404, `"errors"`},
		{"GET /api/v1", 404, `"errors"`},
		{"POST /api/v1/nothing", 404, "There is nothing at this address."},
		{"POST /api/v2/nothing", 404, `"message"`},
		{"POST /api/v9/entity", 404, `"errors"`},
		{"GET /v1", 404, "There is nothing"},
		{"GET /v1/", 404, "There is nothing"},
		{"GET /v1/nothing", 404, `"detail"`},
		{"PATCH /v1/workspaces", 405, "This address takes GET, not PATCH."},
		{"GET /api/v1/customers/5", 405, "This address takes PUT and DELETE, not GET."},
		{"POST /api/v1/customers/5", 405, "This address takes PUT and DELETE, not POST."},
		{"PUT /api/v1/customers/5/events", 405, "This address takes POST, not PUT."},
		{"GET /api/v1/events", 405, `"errors"`},
		{"POST /auth", 404, `"errors"`},
		{"GET /push/nothing", 404, `"errors"`},
		{"PUT /api/v1/customers", 404, `"errors"`},
		{"GET /api/v1/../../w/acme", 404, `"errors"`},
	} {
		method, path, _ := strings.Cut(test.call, " ")
		for _, auth := range []string{"", p.track} {
			s.call(method, path, auth, "").want(test.code, test.text)
		}
	}
	if got := s.call("GET", "/api/v1/customers/5", "", "").Header().Get("Allow"); got != "PUT, DELETE" {
		t.Errorf("Allow: %q", got)
	}
	a := s.call("OPTIONS", "/api/v1/customers/5", "", "", "Origin", "https://shop.example.com", "Access-Control-Request-Method", "PUT").want(204)
	if a.Header().Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.Header().Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("preflight answered %v", a.Header())
	}
}

// A call from a page of another site is no forged form: it carries a key.
func TestCallsFromAnyOrigin(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	s.call("PUT", "/api/v1/customers/5", p.track, `{}`, "Origin", "https://shop.example.com", "Sec-Fetch-Site", "cross-site").wantAccepted()
}

func TestRegion(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	s.call("GET", "/api/v1/accounts/region", p.track, "").want(200, `"url": "http://example.com"`, `"region": "us"`, fmt.Sprintf(`"environment_id": %d`, s.acme.ID))
	s.call("GET", "/auth", p.track, "").wantAccepted()
}

func TestAppAPI(t *testing.T) {
	s := newSite(t)
	p, other := s.program(s.acme), s.program(s.other)
	p.put("ada%2F1", `{"email":"Ada@x.example.com","n":9007199254740993,"ok":true,"list":[1,"2"],"name":"Ada <3"}`).wantAccepted()
	p.put("lone%40x.example.com", `{"unsubscribed":true}`).wantAccepted()
	ada := p.person("id", "ada/1")

	get := func(path string) answer { t.Helper(); return s.call("GET", path, p.app, "") }
	get("/v1/customers?email=ADA%40x.example.com").want(200, `"results": [`, `"id": "ada/1"`, `"email": "Ada@x.example.com"`, `"cio_id": "`+ada.ID.CioID()+`"`)
	get("/v1/customers?email=lone@x.example.com").want(200, `"id": null`)
	get("/v1/customers?email=nobody@x.example.com").want(200, `"results": []`)
	get("/v1/customers?email=no+address").want(200, `"results": []`)
	get("/v1/customers").want(400, "email is required")

	for _, path := range []string{"ada%2F1/attributes", "ada%2F1/attributes?id_type=id", "ada%40x.example.com/attributes?id_type=email", ada.ID.CioID() + "/attributes?id_type=cio_id", "cio_" + ada.ID.CioID() + "/attributes?id_type=cio_id"} {
		a := get("/v1/customers/" + path).want(200)
		var got struct{ Customer appCustomer }
		s.must(json.Unmarshal(a.Body.Bytes(), &got))
		c := got.Customer
		want := map[string]string{"id": "ada/1", "email": "Ada@x.example.com", "cio_id": ada.ID.CioID(), "n": "9007199254740993", "ok": "true", "list": `[1,"2"]`, "name": "Ada <3"}
		if !reflect.DeepEqual(c.Attributes, want) || *c.ID != "ada/1" || c.Unsubscribed || c.Devices == nil || len(c.Timestamps) != len(want) || c.Timestamps["n"] != ada.CreatedAt.Unix() {
			t.Errorf("%s answered %s", path, a.Body)
		}
	}
	get("/v1/customers/lone@x.example.com/attributes?id_type=email").want(200, `"id": null`, `"unsubscribed": true`)
	get("/v1/customers/nobody/attributes").want(404, `"detail": "Nobody in this workspace has this id."`, `"status": 404`)
	get("/v1/customers/x/attributes?id_type=phone").want(400, "id_type must be id, email or cio_id")

	for _, id := range []string{"one", "two"} {
		other.put(id, `{"email":"shared@x.example.com"}`).wantAccepted()
	}
	s.call("GET", "/v1/customers?email=Shared@x.example.com", other.app, "").want(200, `"id": "one"`, `"id": "two"`)

	a := get("/v1/workspaces").want(200)
	var list struct{ Workspaces []appWorkspace }
	s.must(json.Unmarshal(a.Body.Bytes(), &list))
	want := []appWorkspace{{ID: s.acme.ID, Name: "Acme", People: 2}, {ID: s.other.ID, Name: "Other", People: 2}}
	if !reflect.DeepEqual(list.Workspaces, want) {
		t.Errorf("workspaces %+v", list.Workspaces)
	}
}

// Whatever comes in is refused in words, or kept within the limits and exactly
// as it was.
func FuzzIdentifyBody(f *testing.F) {
	for _, seed := range []string{``, `null`, `{}`, `{"a":1}`, `{"a":9007199254740993,"b":"\ud800","c":[{"d":null}],"unsubscribed":"1"}`, `{"id":5,"email":"a@b.c","_timestamp":1e9}`, `[]`, `{"a":1}{`, "{\"\xff\":1}", `{"a":1e999}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		body, err := decodeObject(data)
		if err != nil {
			return
		}
		call, err := parseIdentify(body)
		if err != nil {
			return
		}
		for name, value := range call.Attributes {
			if err := store.CheckAttribute(name, value); err != nil {
				t.Errorf("let through: %v", err)
			}
		}
		text, err := json.Marshal(call.Attributes)
		if err != nil {
			t.Fatal(err)
		}
		again, err := store.DecodeObject(text)
		if err != nil || !reflect.DeepEqual(map[string]any(call.Attributes), again) && len(again) > 0 {
			t.Errorf("%v became %v (%v)", call.Attributes, again, err)
		}
		if _, err := parseEvent(body); err == nil && !bytes.Contains(data, []byte(`name`)) && !bytes.Contains(data, []byte(`\u`)) {
			t.Errorf("an event without a name: %s", data)
		}
	})
}
