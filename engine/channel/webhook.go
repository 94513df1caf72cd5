package channel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

const (
	webhookTimeout = 10 * time.Second
	webhookBody    = 64 << 10 // bytes of an answer that are read
	webhookHops    = 3        // redirects that are followed
	webhookPause   = time.Hour
)

// Webhook calls the web addresses that authors write. It is safe for
// concurrent use.
type Webhook struct{ client *http.Client }

// NewWebhook makes a caller that refuses to connect to this machine and to
// private networks, unless they are allowed.
func NewWebhook(allowPrivate bool) *Webhook {
	dialer := &net.Dialer{Timeout: webhookTimeout, Control: guard}
	if allowPrivate {
		dialer.Control = nil
	}
	transport := &http.Transport{
		Proxy:                  nil, // a proxy would connect where the guard does not see
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // or 64 KB could be many
	}
	return &Webhook{client: &http.Client{Transport: transport, Timeout: webhookTimeout, CheckRedirect: follow}}
}

// Send makes one call. What answers with 2xx has taken it. 408, 429, 5xx and
// every failure of the network are temporary, an answer that never came too:
// unlike with mail, being called again is what receivers expect, and the
// caller gives an Idempotency-Key header, the same for each try, for those who
// care. Other answers are permanent.
func (w *Webhook) Send(ctx context.Context, method, address string, headers http.Header, body []byte) Result {
	request, err := newRequest(ctx, method, address, headers, body)
	if err != nil {
		return permanent(err.Error())
	}
	response, err := w.client.Do(request)
	if err != nil {
		return failure(err)
	}
	defer response.Body.Close()
	result := Result{Outcome: outcomeOf(response.StatusCode), Code: response.StatusCode, Message: response.Status}
	result.Body, err = io.ReadAll(io.LimitReader(response.Body, webhookBody+1))
	if result.Cut = err != nil || len(result.Body) > webhookBody; len(result.Body) > webhookBody {
		result.Body = result.Body[:webhookBody]
	}
	if result.Outcome == Temporary {
		result.RetryAfter = retryAfter(response.Header.Get("Retry-After"), time.Now())
	}
	if err != nil && result.Outcome == Sent {
		result.Message += ", but the answer broke off"
	}
	return result
}

// unwritable are the headers that belong to the connection.
var unwritable = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "Te", "Trailer", "Proxy-Connection"}

func newRequest(ctx context.Context, method, address string, headers http.Header, body []byte) (*http.Request, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("This is no web address. Write one that begins with https://.")
	}
	u.RawQuery = strings.ReplaceAll(u.RawQuery, " ", "%20") // from a value in it
	if !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, method) {
		return nil, errors.New("A webhook is called with GET, POST, PUT, PATCH or DELETE. Choose one.")
	}
	request, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("This is no web address. Write one that begins with https://.")
	}
	request.Header.Set("User-Agent", "Postroom")
	for name, values := range headers {
		name = http.CanonicalHeaderKey(name)
		if !httpguts.ValidHeaderFieldName(name) || slices.Contains(unwritable, name) {
			return nil, errors.New("The header " + strconv.Quote(name) + " cannot be sent. Take it out.")
		}
		for _, value := range values {
			if !httpguts.ValidHeaderFieldValue(value) {
				return nil, errors.New("The value of the header " + name + " has a line break or a control character in it. Take it out.")
			}
		}
		request.Header[name] = values
	}
	return request, nil
}

// follow allows a few redirects that keep the method and the body. Who is
// redirected to another host gets none of the author's headers, which may hold
// a secret.
func follow(next *http.Request, before []*http.Request) error {
	first := before[0]
	if len(before) > webhookHops || next.Method != first.Method || next.URL.Scheme != "https" && first.URL.Scheme == "https" {
		return http.ErrUseLastResponse
	}
	if next.URL.Host != first.URL.Host {
		for name := range next.Header {
			if name != "Content-Type" && name != "Idempotency-Key" && name != "User-Agent" {
				next.Header.Del(name)
			}
		}
	}
	return nil
}

func outcomeOf(status int) Outcome {
	switch {
	case status/100 == 2:
		return Sent
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status == http.StatusTooEarly, status >= 500:
		return Temporary
	}
	return Permanent
}

// failure is why there was no answer. The address is left out: it may hold a
// password.
func failure(err error) Result {
	if inner := (*url.Error)(nil); errors.As(err, &inner) {
		err = inner.Err
	}
	if errors.Is(err, errPrivate) {
		return permanent("The webhook was not called: " + errPrivate.Error() + ".")
	}
	if unknown := (*net.DNSError)(nil); errors.As(err, &unknown) { // in its own words it names our resolver
		return temporary("The webhook could not be called: the host " + unknown.Name + " is not found.")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return temporary("The webhook did not answer in time.")
	}
	return temporary("The webhook could not be called: " + strings.TrimSuffix(err.Error(), ".") + ".")
}

// retryAfter reads the header (RFC 9110 §10.2.3): seconds or a date, at most
// an hour, so that nobody puts us off for ever.
func retryAfter(value string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(value); err == nil {
		wait = time.Duration(min(seconds, 1<<20)) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), webhookPause)
}
