package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

const (
	maxBatch      = 500 << 10 // of a request with many items, in bytes
	maxBatchItems = 10_000
)

// doBatch carries out many items of Track v2. Each stands for itself: one that
// is refused is named in the answer, and the others are done.
func (s *Server) doBatch(c echo.Context) error {
	items, err := readBatch(c)
	if err != nil {
		return err
	}
	done, err := s.doItems(c, items, s.parseEntity)
	if err != nil {
		return err
	}
	var problems []entityProblem
	for i, err := range done {
		if err != nil {
			p := problemOf(err)
			p.Index = &i
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return answerJSON(c, http.StatusMultiStatus, map[string]any{"errors": problems})
	}
	return accepted(c)
}

type parseItem func(echo.Context, map[string]any) (store.Call, error)

// doItems carries out the items of a batch and says what is wrong with each,
// nil for nothing. Our own fault is the whole batch's: it is to be sent again,
// and what was done of it already is not done twice.
func (s *Server) doItems(c echo.Context, items []json.RawMessage, parse parseItem) ([]error, error) {
	problems := make([]error, len(items))
	var calls []store.Call
	var places []int
	for i, item := range items {
		call, err := s.readItem(c, item, parse)
		switch {
		case err == nil:
			calls, places = append(calls, call), append(places, i)
		case !entityRefused(err):
			return nil, err
		}
		problems[i] = err
	}
	for n, err := range s.store.Do(c.Request().Context(), here(c).ID, calls...) {
		if err != nil && !rejected(err) {
			return nil, err
		}
		problems[places[n]] = err
	}
	return problems, nil
}

func (s *Server) readItem(c echo.Context, data json.RawMessage, parse parseItem) (store.Call, error) {
	if len(data) > maxCall {
		return nil, entityError{"", "an item cannot be larger than 32 kB"}
	}
	item, err := decodeObject(data)
	if err != nil {
		return nil, within("", err)
	}
	return parse(c, item)
}

// readBatch reads {"batch": […]}, and leaves the items for later: one that is
// wrong is nobody else's problem.
func readBatch(c echo.Context) ([]json.RawMessage, error) {
	data, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, bodyError(err)
	}
	if !utf8.Valid(data) {
		return nil, badCall("request body is not valid UTF-8")
	}
	var body struct {
		Batch []json.RawMessage `json:"batch"`
	}
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&body); err != nil {
		return nil, badCall("request body is not valid JSON: %s", jsonProblem(err))
	}
	if len(body.Batch) == 0 || len(body.Batch) > maxBatchItems {
		return nil, badCall("batch must be a list of 1 to %d items", maxBatchItems)
	}
	return body.Batch, nil
}
