package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// messageKinds is what a message of the Pipelines API may be.
var messageKinds = []string{"identify", "track", "page", "screen", "group", "alias"}

// isPipelines says whether a path belongs to the Pipelines API.
func isPipelines(path string) bool {
	kind, ok := strings.CutPrefix(path, "/v1/")
	return ok && (kind == "batch" || slices.Contains(messageKinds, kind))
}

// pipelinesKey lets in who holds a Pipelines write key, which is sent as a
// Basic user without a password.
func (s *Server) pipelinesKey(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		writeKey, password, _ := basicAuth(c.Request())
		if password != "" {
			writeKey = ""
		}
		key, ws, err := s.store.KeyWorkspace(c.Request().Context(), store.PipelinesKey, writeKey)
		if errors.Is(err, store.ErrNotFound) {
			c.Response().Header().Set("WWW-Authenticate", `Basic realm="Pipelines API", charset="UTF-8"`)
			return s.refuse(c, "The Pipelines API takes a write key, as a user without a password.")
		}
		return s.admit(c, key, ws, err, next)
	}
}

// doMessage is a handler for messages of one kind.
func (s *Server) doMessage(kind string) echo.HandlerFunc {
	return func(c echo.Context) error {
		call, err := s.readMessage(c, kind)
		if err == nil {
			err = s.store.Do(c.Request().Context(), here(c).ID, call)[0]
		}
		return answerMessage(c, err)
	}
}

func (s *Server) readMessage(c echo.Context, kind string) (store.Call, error) {
	body, err := readObject(c)
	if err != nil {
		return nil, within("", err)
	}
	return s.parseMessage(c, kind, body)
}

// answerMessage answers success also for what cannot be used, unless the caller
// wants to hear of it: the reference product does, and clients count on it.
func answerMessage(c echo.Context, err error) error {
	if err != nil && (!entityRefused(err) || isStrict(c)) {
		if entityRefused(err) {
			return badCall("%s", problemOf(err).Message)
		}
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]bool{"success": true})
}

func isStrict(c echo.Context) bool { return isTrue(c.Request().Header.Get("X-Strict-Mode")) }

// doMessages carries out a batch of messages. What cannot be used of it does
// not hold up the rest.
func (s *Server) doMessages(c echo.Context) error {
	items, err := readBatch(c)
	if err != nil {
		var refused *echo.HTTPError
		if errors.As(err, &refused) {
			err = within("", err)
		}
		return answerMessage(c, err)
	}
	done, err := s.doItems(c, items, func(c echo.Context, item map[string]any) (store.Call, error) {
		kind, _ := item["type"].(string)
		return s.parseMessage(c, kind, item)
	})
	if err != nil {
		return err
	}
	for i, err := range done {
		if err != nil {
			return answerMessage(c, entityError{"", fmt.Sprintf("batch[%d]: %s", i, problemOf(err).Message)})
		}
	}
	return answerMessage(c, nil)
}
