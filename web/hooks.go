package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// maxHook bounds the body of a call of a campaign's address.
const maxHook = 100 << 10

// callHook begins a journey with what was posted to a campaign's address. Who
// calls has no key: the address is the secret. One that leads nowhere and one
// of a campaign that does not run look the same.
func (s *Server) callHook(c echo.Context) error {
	token := c.Param("token")
	if !s.hooks.allow(token, s.store.Now()) {
		c.Response().Header().Set("Retry-After", "1")
		return echo.NewHTTPError(http.StatusTooManyRequests, fmt.Sprintf("This address takes %d calls a second. Send it again in a moment.", hookRate))
	}
	ctx := c.Request().Context()
	hook, err := s.store.Hook(ctx, token)
	if err != nil {
		return err
	}
	data, err := readHook(c.Request().Body)
	if err != nil {
		return err
	}
	call := store.HookCall{Campaign: hook.Campaign}
	if call.Person, err = s.caller(hook.Trigger.Person, data); err != nil {
		return err
	}
	if call.Data, err = json.Marshal(data); err != nil {
		return err
	}
	answer, err := s.store.CallHook(ctx, hook.Workspace.ID, call)
	if err != nil {
		return err
	}
	if answer.Unknown {
		return echo.NewHTTPError(http.StatusUnprocessableEntity, fmt.Sprintf("nobody has the %s %q", hook.Trigger.Person.By, call.Person.Ref.Value))
	}
	return answerJSON(c, http.StatusOK, map[string]bool{"entered": answer.Entered})
}

// readHook reads any JSON, with its numbers exact. What is no object is the
// field "body" of one.
func readHook(body io.Reader) (map[string]any, error) {
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, bodyError(err)
	}
	text = bytes.TrimSpace(text)
	if len(text) > 0 && text[0] == '{' || len(text) == 0 {
		return decodeObject(text)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil || !utf8.Valid(text) {
		return nil, badCall("request body is not valid JSON")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, badCall("request body has something behind its JSON")
	}
	return map[string]any{"body": value}, nil
}

// caller is whose journey it is, as the trigger says; nil: nobody's.
func (s *Server) caller(p *workflow.PersonRef, data map[string]any) (*store.Identify, error) {
	if p == nil {
		return nil, nil
	}
	value, err := s.engine.Caller(*p, data)
	if err != nil {
		return nil, echo.NewHTTPError(http.StatusUnprocessableEntity, fmt.Sprintf("the %s of the person cannot be read: %s", p.By, err))
	}
	if value == "" {
		return nil, echo.NewHTTPError(http.StatusUnprocessableEntity, fmt.Sprintf("the %s of the person is empty: %s", p.By, p.Value))
	}
	return &store.Identify{
		Ref: identity.Ref{Kind: identity.Kind(p.By), Value: value}, UpdateOnly: !p.Create || p.By == "cio_id", Source: "Webhook",
	}, nil
}

const (
	hookRate  = 100  // calls a second that one address takes
	hookBurst = 300  // at once, after a pause
	maxHooks  = 2000 // addresses that are remembered
)

// hookRates holds the addresses to their rate.
type hookRates struct {
	mu  sync.Mutex
	all map[string]*allowance
}

// allowance is how many calls an address has left, and since when.
type allowance struct {
	left float64
	at   time.Time
}

// allow says whether an address may be called now. Forgetting an address gives
// it its burst back, and no more.
func (h *hookRates) allow(token string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.all[token]
	if a == nil {
		if len(h.all) >= maxHooks || h.all == nil {
			h.all = map[string]*allowance{}
		}
		a = &allowance{hookBurst, now}
		h.all[token] = a
	}
	if passed := now.Sub(a.at); passed > 0 {
		a.left = min(hookBurst, a.left+passed.Seconds()*hookRate)
	}
	a.at = now
	if a.left < 1 {
		return false
	}
	a.left--
	return true
}
