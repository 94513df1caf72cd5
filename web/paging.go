package web

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// pageSize is how many rows a page of a list has.
const pageSize = 50

// readPage reads the page of a list that the address asks for, and one row
// more to know whether the list goes on. key is what a list pages by; path is
// the address of a page, by the keys before or after which it lies.
func readPage[T any](c echo.Context, read func(store.Page) ([]T, error), key func(T) int64, path func(views.At) string) ([]T, views.Pages, error) {
	at := views.At{Before: keyParam(c, "before"), After: keyParam(c, "after")}
	all, err := read(store.Page{Before: at.Before, After: at.After, Limit: pageSize + 1})
	if err == nil && at.After != 0 && len(all) <= pageSize {
		at = views.At{} // back at the beginning, which is a full page
		all, err = read(store.Page{Limit: pageSize + 1})
	}
	if err != nil {
		return nil, views.Pages{}, err
	}
	more := len(all) > pageSize
	if more && at.After != 0 {
		all = all[1:]
	} else if more {
		all = all[:pageSize]
	}
	var p views.Pages
	if len(all) > 0 && (at.Before != 0 || at.After != 0) {
		p.Newer = path(views.At{After: key(all[0])})
	}
	if more || at.After != 0 {
		p.Older = path(views.At{Before: key(all[len(all)-1])})
	}
	return all, p, nil
}

// keyParam is a key in the address; what is no key is none.
func keyParam(c echo.Context, name string) int64 {
	n, err := strconv.ParseInt(c.QueryParam(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
