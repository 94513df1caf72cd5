package channel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// fetchTimeout bounds how long a file may take.
const fetchTimeout = 2 * time.Minute

// Fetcher reads files at web addresses that programs name. It is safe for
// concurrent use.
type Fetcher struct{ client *http.Client }

// NewFetcher makes a reader that refuses to connect to this machine and to
// private networks, unless they are allowed.
func NewFetcher(allowPrivate bool) *Fetcher {
	dialer := &net.Dialer{Timeout: webhookTimeout, Control: guard}
	if allowPrivate {
		dialer.Control = nil
	}
	transport := &http.Transport{Proxy: nil, DialContext: dialer.DialContext, ForceAttemptHTTP2: true, ResponseHeaderTimeout: webhookTimeout, MaxResponseHeaderBytes: 64 << 10}
	return &Fetcher{client: &http.Client{Transport: transport, Timeout: fetchTimeout, CheckRedirect: follow}}
}

// Fetch is the file at an address; close it. The error is for who named the
// address.
func (f *Fetcher) Fetch(ctx context.Context, address string) (io.ReadCloser, error) {
	request, err := newRequest(ctx, http.MethodGet, address, nil, nil)
	if err != nil {
		return nil, err
	}
	response, err := f.client.Do(request)
	if err != nil {
		return nil, errors.New(failure(err).Message)
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("The server of the file answered %s.", response.Status)
	}
	return response.Body, nil
}
