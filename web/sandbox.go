package web

import (
	"net/http"
	"regexp"

	"github.com/labstack/echo/v4"
)

// foreign says what a document that others wrote may do.
type foreign struct {
	html   string
	images bool // from the web; without it looking at a message tells nobody
	popups bool // links open in tabs of their own
}

// pixel is the address of what counts opens. Those who look at a message here
// are not its recipient.
var pixel = regexp.MustCompile(`https?://[^\s"'<>]*/e/o/[A-Za-z0-9_-]+\.gif`)

// sandboxed answers with HTML that others wrote, as a document without an
// origin: it has no script, no forms, no cookies, and reaches nothing. The
// policy goes with the document, so it holds also where no frame is around it.
func (s *Server) sandboxed(c echo.Context, doc foreign) error {
	sandbox, images := "sandbox", "data:"
	if doc.popups {
		sandbox += " allow-popups allow-popups-to-escape-sandbox"
	}
	if doc.images {
		images += " https:"
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", sandbox+"; default-src 'none'; img-src "+images+"; style-src 'unsafe-inline'; frame-ancestors 'self'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	// The base comes first, so it is the one that counts: no link leads
	// anywhere within the frame. What follows is read as one document all the
	// same (HTML Living Standard §13.2.6.4.4).
	return c.HTML(http.StatusOK, `<!doctype html><base target="_blank">`+pixel.ReplaceAllString(doc.html, "data:,"))
}
