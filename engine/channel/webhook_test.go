package channel

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestWebhook(t *testing.T) {
	var got *http.Request
	var body string
	mux := http.NewServeMux()
	mux.HandleFunc("/hook", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, body = r, string(b)
		io.WriteString(w, "thanks")
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	headers := http.Header{"content-type": {"application/json"}, "X-Key": {"k"}, "Idempotency-Key": {"d1"}}
	address := strings.Replace(server.URL, "http://", "http://u:p@", 1) + "/hook?a=b c"
	result := NewWebhook(true).Send(t.Context(), "PUT", address, headers, []byte(`{"a": 1}`))
	if result.Outcome != Sent || result.Code != 200 || string(result.Body) != "thanks" {
		t.Errorf("%+v", result)
	}
	user, password, _ := got.BasicAuth()
	if got.Method != "PUT" || body != `{"a": 1}` || got.Header.Get("Content-Type") != "application/json" || user+password != "up" ||
		got.Header.Get("Idempotency-Key") != "d1" || got.UserAgent() != "Postroom" || got.FormValue("a") != "b c" {
		t.Errorf("%+v %s", got, body)
	}
}

func TestWebhookOutcomes(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/drop":
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		case "/large":
			w.Write(bytes.Repeat([]byte("x"), 1<<20))
		case "/retry":
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(429)
		case "/slow":
			time.Sleep(500 * time.Millisecond)
		case "/moved":
			http.Redirect(w, r, "/ok", 302)
		case "/loop":
			http.Redirect(w, r, "/loop", 307)
		default:
			code := map[string]int{"/201": 201, "/400": 400, "/404": 404, "/408": 408, "/410": 410, "/500": 500, "/503": 503}[r.URL.Path]
			w.WriteHeader(max(code, 200))
		}
	}))
	defer server.Close()
	w := NewWebhook(true)
	w.client.Timeout = 200 * time.Millisecond
	for path, want := range map[string]struct {
		outcome Outcome
		code    int
		retry   time.Duration
		part    string
	}{
		"/ok":    {Sent, 200, 0, "200 OK"},
		"/201":   {Sent, 201, 0, ""},
		"/large": {Sent, 200, 0, ""},
		"/400":   {Permanent, 400, 0, "400 Bad Request"},
		"/404":   {Permanent, 404, 0, ""},
		"/410":   {Permanent, 410, 0, ""},
		"/moved": {Permanent, 302, 0, ""},
		"/loop":  {Permanent, 307, 0, ""},
		"/408":   {Temporary, 408, 0, ""},
		"/retry": {Temporary, 429, 90 * time.Second, ""},
		"/500":   {Temporary, 500, 0, ""},
		"/503":   {Temporary, 503, 0, ""},
		"/drop":  {Temporary, 0, 0, "could not be called"},
		"/slow":  {Temporary, 0, 0, "did not answer in time"},
	} {
		got := w.Send(t.Context(), "POST", server.URL+path, nil, []byte("x"))
		if got.Outcome != want.outcome || got.Code != want.code || got.RetryAfter != want.retry || !strings.Contains(got.Message, want.part) || len(got.Body) > webhookBody {
			t.Errorf("%s: %+v, want %+v", path, got, want)
		}
	}
	server.Close()
	if got := w.Send(t.Context(), "POST", server.URL, nil, nil); got.Outcome != Temporary {
		t.Errorf("%+v", got)
	}
}

func TestWebhookRefusesBadRequests(t *testing.T) {
	w := NewWebhook(true)
	for _, c := range []struct {
		method, address string
		headers         http.Header
	}{
		{"POST", "ftp://x.test", nil},
		{"POST", "x.test", nil},
		{"POST", "http://", nil},
		{"POST", "http://x.test/a\nb", nil},
		{"TRACE", "http://127.0.0.1:1", nil},
		{"GET / HTTP/1.1\r\nX: y", "http://127.0.0.1:1", nil},
		{"POST", "http://127.0.0.1:1", http.Header{"X-A": {"b\r\nX-C: d"}}},
		{"POST", "http://127.0.0.1:1", http.Header{"X A": {"b"}}},
		{"POST", "http://127.0.0.1:1", http.Header{"Host": {"b"}}},
		{"POST", "http://127.0.0.1:1", http.Header{"content-length": {"9"}}},
	} {
		if got := w.Send(t.Context(), c.method, c.address, c.headers, nil); got.Outcome != Permanent {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// An author's secret in a header does not travel to where a redirect leads.
func TestWebhookRedirects(t *testing.T) {
	var header http.Header
	var body string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		header, body = r.Header, string(b)
	}))
	defer other.Close()
	first := httptest.NewServer(http.RedirectHandler(other.URL, 308))
	defer first.Close()
	got := NewWebhook(true).Send(t.Context(), "POST", first.URL, http.Header{"X-Secret": {"s"}, "Authorization": {"s"}, "Idempotency-Key": {"d1"}}, []byte("x"))
	if got.Outcome != Sent || body != "x" || header.Get("X-Secret") != "" || header.Get("Authorization") != "" || header.Get("Idempotency-Key") != "d1" {
		t.Errorf("%+v %v %s", got, header, body)
	}
}

func TestGuard(t *testing.T) {
	called := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	w := NewWebhook(false)
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "0x7f.1", "2130706433"} {
		if got := w.Send(t.Context(), "POST", "http://"+host+":"+port, nil, nil); got.Outcome == Sent || called {
			t.Errorf("%s: %+v", host, got)
		}
	}
	if got := w.Send(t.Context(), "POST", server.URL, nil, nil); got.Outcome != Permanent || !strings.Contains(got.Message, "private network") {
		t.Errorf("%+v", got)
	}
}

func TestPublicAddresses(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "1.1.1.1": true, "93.184.216.34": true, "2606:4700:4700::1111": true, "2a00:1450:4001:81b::200e": true, "172.32.0.1": true,
		"127.0.0.1": false, "127.8.8.8": false, "10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "100.100.100.200": false, "0.0.0.0": false, "0.1.2.3": false, "255.255.255.255": false,
		"224.0.0.1": false, "239.1.1.1": false, "240.0.0.1": false, "198.18.0.1": false, "192.0.2.1": false, "168.63.129.16": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false, "fec0::1": false,
		"::ffff:10.0.0.1": false, "::ffff:8.8.8.8": true, "64:ff9b::a00:1": false, "2002:a00:1::": false, "2001:0:1::1": false, "::10.0.0.1": false, "2001:db8::1": false,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s public: %v", address, got)
		}
	}
	for _, address := range []string{"127.0.0.1:80", "nowhere:80", "127.0.0.1", "[::1]:443"} {
		if guard("tcp", address, nil) == nil {
			t.Errorf("%s is let through", address)
		}
	}
	if err := guard("tcp", "8.8.8.8:443", nil); err != nil {
		t.Error(err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "-5": 0, "999999999999": time.Hour, "86400": time.Hour, "soon": 0,
		"Mon, 23 Nov 2026 09:00:30 GMT": 30 * time.Second, "Mon, 23 Nov 2020 09:00:30 GMT": 0, "Mon, 23 Nov 2099 09:00:30 GMT": time.Hour,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

// A name that is not found is told without the name of our resolver.
func TestUnknownHostIsToldWithoutOurResolver(t *testing.T) {
	r := failure(&url.Error{Op: "Post", URL: "https://user:pass@nowhere.test", Err: &net.DNSError{Err: "no such host", Name: "nowhere.test", Server: "10.1.2.3:53"}})
	if r.Outcome != Temporary || strings.Contains(r.Message, "10.1.2.3") || strings.Contains(r.Message, "pass") || !strings.Contains(r.Message, "nowhere.test") {
		t.Errorf("%+v", r)
	}
}
