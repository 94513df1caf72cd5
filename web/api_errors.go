package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// apiError is an error in the envelope of the API that was called. Who has no
// key hears it in the same words from all of them.
func apiError(c echo.Context, f failure) error {
	message := f.title
	if f.advice != "" {
		message = f.advice
	}
	path := c.Request().URL.Path
	switch {
	case f.status == http.StatusUnauthorized:
		return answerJSON(c, f.status, map[string]any{"meta": map[string]any{"error": message}})
	case path == mergePath, isPipelines(path):
		return answerJSON(c, f.status, map[string]any{"meta": map[string]any{"error": message}})
	case strings.HasPrefix(path, "/api/v2/"):
		return answerJSON(c, f.status, map[string]any{"errors": []map[string]any{{"reason": "invalid", "field": "", "message": message}}})
	case strings.HasPrefix(path, "/v1/"):
		return answerJSON(c, f.status, map[string]any{"errors": []map[string]any{{"detail": message, "status": f.status}}})
	}
	return answerJSON(c, f.status, map[string]any{"meta": map[string]any{"errors": []string{message}}})
}
