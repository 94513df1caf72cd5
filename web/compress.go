package web

import (
	"compress/gzip"
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
)

// minCompressed is the size in bytes from which compressing a page saves a
// packet.
const minCompressed = 1400

var compressors = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	return w
}}

// writeHTML answers with a page or a part of one, compressed where the browser
// takes that. Pages hold no secret that a guess reflected in them could be
// compared with: forms are protected by where they come from, not by a token.
func writeHTML(c echo.Context, status int, page []byte) error {
	h := c.Response().Header()
	h.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if len(page) < minCompressed || !strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		return c.HTMLBlob(status, page)
	}
	h.Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	h.Set(echo.HeaderContentEncoding, "gzip")
	c.Response().WriteHeader(status)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	w := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	w.Reset(c.Response())
	if _, err := w.Write(page); err != nil {
		return err
	}
	return w.Close()
}
