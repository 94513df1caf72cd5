package web

import (
	"errors"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// reportDelivery keeps what somebody else knows of a delivery. The delivery's
// token is the proof, so there is no key; what is wrong is answered as if it
// were right, because nobody there could do anything about it.
func (s *Server) reportDelivery(c echo.Context) error {
	body, err := readObject(c)
	if err != nil {
		return accepted(c)
	}
	report, a, err := s.parseReport(c, body)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err != nil || a.Workspace == 0 {
		return accepted(c)
	}
	err = s.store.Do(c.Request().Context(), a.Workspace, report)[0]
	if rejected(err) {
		err = nil
	}
	if err != nil {
		return err
	}
	return accepted(c)
}

// parseReport reads a report, in the words of messages or in those of pushes,
// and finds its delivery; ErrNotFound when no message carries its token.
func (s *Server) parseReport(c echo.Context, body map[string]any) (r store.Report, a store.Addressee, err error) {
	metric, _ := body["metric"].(string)
	if metric == "" {
		metric, _ = body["event"].(string)
	}
	token, _ := body["delivery_id"].(string)
	if a, err = s.store.Addressee(c.Request().Context(), token); err != nil {
		return r, a, err
	}
	r = store.Report{
		Delivery: a.Delivery, Metric: store.Metric(strings.ToLower(metric)),
		Recipient: short(body["recipient"]), Reason: short(body["reason"]), Href: short(body["href"]),
	}
	if at, err := asTimestamp("timestamp", body["timestamp"]); err == nil {
		r.At = at
	}
	return r, a, nil
}

// short is a text for people to read, cut to the length of an attribute.
func short(value any) string {
	text, _ := value.(string)
	if len(text) > store.MaxValueBytes {
		text = strings.ToValidUTF8(text[:store.MaxValueBytes], "")
	}
	return text
}

// rejected says whether an error is the caller's.
func rejected(err error) bool {
	var refused store.Rejected
	return errors.As(err, &refused)
}
