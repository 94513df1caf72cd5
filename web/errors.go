package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// errForbidden says that the member may see this, but not do that.
var errForbidden = errors.New("forbidden")

// failure is an error as people read it.
type failure struct {
	status        int
	title, advice string
}

// fail is where every error that a handler returns ends: it alone chooses the
// status, writes the log and words the page.
func (s *Server) fail(err error, c echo.Context) {
	if c.Response().Committed || errors.Is(err, context.Canceled) {
		return
	}
	f := explain(err)
	if f.status >= 500 {
		s.log.ErrorContext(c.Request().Context(), "request failed", "err", err, "method", c.Request().Method, "route", c.Path())
	}
	if isAPI(c.Request().URL.Path) {
		err = apiError(c, f)
	} else {
		err = s.page(c, f.status, views.Oops(f.title, f.advice))
	}
	if err != nil {
		s.log.Error("error page failed", "err", err)
	}
}

func explain(err error) failure {
	var tooLarge *http.MaxBytesError
	var known *echo.HTTPError
	var rejected store.Rejected
	var keyless unauthorized
	switch {
	case errors.As(err, &keyless):
		return keyless.failure()
	case errors.As(err, &rejected):
		return failure{http.StatusBadRequest, "Not accepted", rejected.Reason}
	case errors.Is(err, store.ErrBusy), errors.Is(err, store.ErrClosed):
		return failure{http.StatusServiceUnavailable, "Busy", "Nothing was saved. Please try again in a moment."}
	case errors.Is(err, store.ErrNotFound):
		return failure{http.StatusNotFound, "Not found", "There is nothing at this address, or it is not yours to see."}
	case errors.Is(err, errForbidden):
		return failure{http.StatusForbidden, "Not allowed", "Your role does not allow this. Ask an admin of the workspace."}
	case errors.Is(err, store.ErrChanged):
		return failure{http.StatusConflict, "Somebody changed this meanwhile", "Nothing was saved. Go back, reload the page and try again."}
	case errors.Is(err, store.ErrFull):
		return failure{http.StatusInsufficientStorage, "The disk is full", "Nothing was saved. Make room on the server and try again."}
	case errors.As(err, &tooLarge):
		return failure{http.StatusRequestEntityTooLarge, "Too large", "What you sent is larger than this page accepts. Nothing was saved."}
	case errors.Is(err, context.DeadlineExceeded):
		return failure{http.StatusServiceUnavailable, "That took too long", "The server is busy. Please try again."}
	case errors.Is(err, echo.ErrNotFound):
		return failure{http.StatusNotFound, "Not found", "There is nothing at this address."}
	case errors.As(err, &known):
		advice, _ := known.Message.(string)
		return failure{known.Code, http.StatusText(known.Code), advice}
	}
	return failure{http.StatusInternalServerError, "Something went wrong", "It is not your fault, and it has been noted. Please try again."}
}

// crossOrigin answers a write that another site made a browser send.
func (s *Server) crossOrigin(w http.ResponseWriter, r *http.Request) {
	c := echo.New().NewContext(r, w)
	if err := s.page(c, http.StatusForbidden, views.Oops("Not from here", "This was sent from another site, so nothing was done. If that is wrong, set --base-url to the address that you use.")); err != nil {
		s.log.Error("error page failed", "err", err)
	}
}

// invalid is err as what is wrong with each field, if it is that.
func invalid(err error) (store.Invalid, bool) {
	var wrong store.Invalid
	ok := errors.As(err, &wrong)
	return wrong, ok
}
