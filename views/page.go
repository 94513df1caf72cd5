// Package views is the HTML: it shows what it is given and asks for nothing.
package views

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/store"
)

// Page is what every page shows around its content. It travels in the context,
// so that the layout finds it without each component passing it on.
type Page struct {
	Account   store.Account
	Workspace store.Workspace
	Role      store.WorkspaceRole
	Session   store.Session
	Switcher  Switcher
	Under     string // the section that the page belongs to, when its address says another
	Importing int    // imports of the workspace that are at work
	Problems  int    // of the workspace's data, to be solved
	Path      string // of the request
	Now       time.Time
	Flash     string
	Failed    bool // the answer is an error
	Switched  bool // the session's workspace was just changed: tell the other tabs
	Part      bool // this is an answer to a write, not a whole page
}

// Switcher is the workspaces that the upper-left corner lists.
type Switcher struct {
	Recent []store.Workspace
	All    []store.Workspace
	Count  int
	Remote bool // there are too many to list; a search asks the server
}

type pageKey struct{}

// WithPage puts p where components find it.
func WithPage(ctx context.Context, p Page) context.Context {
	return context.WithValue(ctx, pageKey{}, p)
}

// page is the Page in ctx, or an empty one: a component never fails for want
// of it, which also lets tests render any component alone.
func page(ctx context.Context) Page {
	p, _ := ctx.Value(pageKey{}).(Page)
	return p
}

// here is the workspace of the page.
func here(ctx context.Context) store.Workspace { return page(ctx).Workspace }

// mayEdit says whether who looks at the page may change what is on it.
func mayEdit(ctx context.Context) bool { return page(ctx).Role.May(store.RoleAuthor) }

// mayAdmin says the same of what only admins of the workspace change.
func mayAdmin(ctx context.Context) bool { return page(ctx).Role.May(store.RoleAdmin) }

// windowTitle is what a browser's tab says.
func (p Page) windowTitle(title string) string {
	place := p.Account.Name
	if p.Workspace.ID != 0 {
		place = p.Workspace.Name
	}
	if place == "" {
		place = "Postroom"
	}
	return title + " · " + place
}

// section is the part of the workspace that the page belongs to.
func (p Page) section() string {
	if p.Under != "" {
		return p.Under
	}
	rest := strings.TrimPrefix(p.Path, "/w/"+p.Workspace.Slug)
	name, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	return name
}

// Typed is what a form held when it could not be saved, for a page that must
// not lose it.
type Typed struct {
	Method, Path string
	Stamp        string // the workspace for which the form was made
	Fields       []TypedField
}

// pathIn is the same address in another workspace.
func (t Typed) pathIn(to, from store.Workspace) string {
	return HomePath(to) + strings.TrimPrefix(t.Path, HomePath(from))
}

// TypedField is one value of a form.
type TypedField struct{ Name, Value string }

// Sort puts the fields in a steady order.
func (t *Typed) Sort() {
	slices.SortStableFunc(t.Fields, func(a, b TypedField) int { return cmp.Compare(a.Name, b.Name) })
}

// Label is a field's name as people read it.
func (f TypedField) Label() string {
	if f.Name == "color" {
		return "Colour"
	}
	text := strings.ReplaceAll(f.Name, "_", " ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// Count is a number with its noun: "1 person", "2,431 people".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// People is a number of people.
func People(n int) string { return Count(n, "person", "people") }

// Number writes thousands apart.
func Number(n int) string {
	if n < 0 {
		return "−" + Number(-n)
	}
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// ShortNumber is a number for narrow places: 2.4m, 18.4k.
func ShortNumber(n int) string {
	switch {
	case n >= 1_000_000:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1e6), ".0") + "m"
	case n >= 100_000:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1e3), ".0") + "k"
	}
	return Number(n)
}

// wsID is the workspace's immutable id, as forms and pages carry it.
func wsID(ctx context.Context) string { return fmt.Sprint(int64(here(ctx).ID)) }

// initials is what stands for a person or an account in a small round.
func initials(name string) string {
	return store.Workspace{Name: name}.Initials()
}
