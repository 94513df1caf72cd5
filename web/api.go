package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// maxCall is how large a request of the Track API may be: the reference
// product's 32 kB. Its limit for the data of an event (100,000 bytes) is above
// that, so this one always comes first.
const maxCall = 32 << 10

const jsonType = "application/json; charset=utf-8"

// apiFrame is what every answer of the APIs has in common. A slash at the end
// of an address means nothing there; to redirect it away would make clients
// lose the write.
func (s *Server) apiFrame(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if !isAPI(r.URL.Path) {
			return next(c)
		}
		if strings.HasSuffix(r.URL.EscapedPath(), "/") {
			r.URL.Path, r.URL.RawPath = strings.TrimSuffix(r.URL.Path, "/"), strings.TrimSuffix(r.URL.RawPath, "/")
		}
		h := c.Response().Header()
		h.Set("Cache-Control", "no-cache, no-store, must-revalidate, max-age=0")
		if isOpen(r.URL.Path) {
			h.Set("Access-Control-Allow-Origin", "*")
			if r.Method == http.MethodOptions {
				return preflight(c)
			}
		}
		return next(c)
	}
}

// isOpen says whether a path belongs to the Track or the Pipelines API, which
// browsers of any site may call.
func isOpen(path string) bool {
	return isAPI(path) && !strings.HasPrefix(path, "/v1/") || isPipelines(path)
}

// preflight tells a browser that it may send any call; the key decides.
func preflight(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Retry-Count, X-Strict-Mode")
	h.Set("Access-Control-Max-Age", "86400")
	return c.NoContent(http.StatusNoContent)
}

// unknownCall answers what no route of an API takes. Without it, the pages'
// routes would lead a program to the sign-in form.
func (s *Server) unknownCall(c echo.Context) error {
	if allow := otherMethods(c); len(allow) > 0 {
		c.Response().Header().Set("Allow", strings.Join(allow, ", "))
		return echo.NewHTTPError(http.StatusMethodNotAllowed, fmt.Sprintf("This address takes %s, not %s.", strings.Join(allow, " and "), c.Request().Method))
	}
	return echo.ErrNotFound
}

// otherMethods is the methods with which the address would be known.
func otherMethods(c echo.Context) []string {
	var allow []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		probe := c.Echo().NewContext(nil, nil)
		c.Echo().Router().Find(method, echo.GetPath(c.Request()), probe)
		if probe.Path() != c.Path() {
			allow = append(allow, method)
		}
	}
	return allow
}

// accepted is the answer to every write of the Track API. The official Go
// client takes anything but exactly 200 for an error.
func accepted(c echo.Context) error {
	return c.Blob(http.StatusOK, jsonType, []byte("{}\n"))
}

// answerJSON answers a program.
func answerJSON(c echo.Context, status int, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return c.Blob(status, jsonType, append(text, '\n'))
}

// badCall is a call that is refused, with what is wrong with it.
func badCall(format string, args ...any) error {
	return echo.NewHTTPError(http.StatusBadRequest, fmt.Sprintf(format, args...))
}

// readObject reads the body of a call: an object, with its numbers exact. No
// body and null, which the official clients send for no attributes, are empty
// ones.
func readObject(c echo.Context) (map[string]any, error) {
	data, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, bodyError(err)
	}
	return decodeObject(data)
}

func decodeObject(data []byte) (map[string]any, error) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return map[string]any{}, nil
	}
	if !utf8.Valid(data) {
		return nil, badCall("request body is not valid UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, badCall("request body is not valid JSON: %s", jsonProblem(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, badCall("request body has something behind its JSON object")
	}
	if value == nil {
		return map[string]any{}, nil
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, badCall("request body must be a JSON object")
	}
	return object, nil
}

func jsonProblem(err error) string {
	if err == io.ErrUnexpectedEOF {
		return "it ends too early"
	}
	return err.Error()
}

// bodyError is a body that could not be read: too large, which fail words, or
// cut off by the caller.
func bodyError(err error) error {
	if _, tooLarge := err.(*http.MaxBytesError); tooLarge {
		return err
	}
	return badCall("request body could not be read")
}

// named is the one segment of the path between prefix and suffix, as the
// caller meant it. It is read from the escaped path, where a slash within it
// is still %2F.
func named(r *http.Request, prefix, suffix string) (string, error) {
	segment, ok := strings.CutPrefix(r.URL.EscapedPath(), prefix)
	segment, ends := strings.CutSuffix(segment, suffix)
	if !ok || !ends || segment == "" || strings.Contains(segment, "/") {
		return "", store.ErrNotFound
	}
	name, err := url.PathUnescape(segment)
	if err != nil {
		return "", badCall("the address is not properly escaped")
	}
	return name, nil
}
