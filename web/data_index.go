package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/views"
)

func dataKind(c echo.Context) store.DataKind {
	if c.QueryParam("kind") == string(store.EventData) {
		return store.EventData
	}
	return store.AttributeData
}

func (s *Server) listDataNames(c echo.Context) error {
	ws := here(c)
	x := views.DataIndex{Kind: dataKind(c), Q: strings.TrimSpace(c.QueryParam("q"))}
	page := store.NamePage{After: c.QueryParam("after"), Before: c.QueryParam("before"), Limit: pageSize + 1}
	names, err := s.store.DataNames(c.Request().Context(), ws.ID, x.Kind, x.Q, page)
	if err != nil {
		return err
	}
	more, back := len(names) > pageSize, page.Before != ""
	if more && back {
		names = names[1:]
	} else if more {
		names = names[:pageSize]
	}
	if x.Names = names; len(names) > 0 {
		if more && back || page.After != "" {
			x.Pages.Newer = views.DataIndexAtPath(ws, x.Kind, x.Q, "", names[0].Name)
		}
		if more && !back || back {
			x.Pages.Older = views.DataIndexAtPath(ws, x.Kind, x.Q, names[len(names)-1].Name, "")
		}
	}
	return s.page(c, http.StatusOK, views.ListDataNames(x))
}

func (s *Server) showDataName(c echo.Context) error {
	d, err := s.store.DataName(c.Request().Context(), here(c).ID, dataKind(c), c.QueryParam("name"))
	if err != nil {
		return err
	}
	return s.dataNamePage(c, http.StatusOK, views.DataNamePage{Name: d})
}

func (s *Server) dataNamePage(c echo.Context, status int, p views.DataNamePage) error {
	ctx, ws := c.Request().Context(), here(c).ID
	hidden, err := s.hidden(c)
	if err != nil {
		return err
	}
	if p.Name.Kind == store.EventData || !slices.Contains(hidden, p.Name.Name) {
		if p.Examples, err = s.store.Examples(ctx, ws, p.Name); err != nil {
			return err
		}
	}
	if p.Users, err = s.store.DataUsers(ctx, ws, p.Name); err != nil {
		return err
	}
	return s.page(c, status, views.ShowDataName(p))
}

func (s *Server) describeDataName(c echo.Context) error {
	ctx, ws := c.Request().Context(), here(c)
	d, err := s.store.DataName(ctx, ws.ID, dataKind(c), c.QueryParam("name"))
	if err != nil {
		return err
	}
	d.Description, d.Sensitive = strings.TrimSpace(c.FormValue("description")), c.FormValue("sensitive") == "true"
	err = s.store.DescribeData(ctx, ws.ID, d, by(c))
	if wrong, ok := invalid(err); ok {
		return s.dataNamePage(c, http.StatusUnprocessableEntity, views.DataNamePage{Name: d, Wrong: wrong})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.DataNamePath(ws, d.Kind, d.Name), "Saved.")
}

// hidden is the attributes that whoever asks may not see: those that are
// sensitive, for all but admins.
func (s *Server) hidden(c echo.Context) ([]string, error) {
	if role(c).May(store.RoleAdmin) {
		return nil, nil
	}
	return s.store.Sensitive(c.Request().Context(), here(c).ID)
}

// asksFor says whether a condition asks for one of these attributes, or for a
// part of one.
func asksFor(c *condition.Condition, names []string) (name string, yes bool) {
	for _, field := range c.Uses().Attributes {
		first := field
		if path := condition.Path(field); path != nil {
			first = path[0]
		}
		for _, name := range names {
			if name == field || name == first {
				return name, true
			}
		}
	}
	return "", false
}

// hideChanges takes attributes that whoever asks may not see out of what time
// lines tell of changes.
func (s *Server) hideChanges(c echo.Context, all []store.Activity) error {
	names, err := s.hidden(c)
	if err != nil || len(names) == 0 {
		return err
	}
	for i, a := range all {
		var changes map[string]json.RawMessage
		if a.Type != store.AttributeChange || json.Unmarshal(a.Data, &changes) != nil {
			continue
		}
		for _, name := range names {
			delete(changes, name)
		}
		if all[i].Data, err = json.Marshal(changes); err != nil {
			return err
		}
	}
	return nil
}
