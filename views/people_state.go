package views

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
)

// PeopleState is what the address of the list of people says: it can be kept,
// sent to others and opened again.
type PeopleState struct {
	Query   store.PeopleQuery
	Columns []string     // nil: those that the member chose
	View    store.ViewID // that it began with; zero: none
}

// values is the state in an address.
func (s PeopleState) values() url.Values {
	values := url.Values{}
	put := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	put("q", s.Query.Q)
	put("f", FilterText(s.Query.Filter))
	put("sort", string(s.Query.Sort))
	if s.View != 0 {
		put("view", s.View.String())
	}
	if len(s.Columns) > 0 {
		values["col"] = s.Columns
	}
	return values
}

// on is a path with the state, and with a page of the list.
func (s PeopleState) on(path string, at At) string {
	values := s.values()
	for name, key := range map[string]string{"before": at.before(), "after": at.after()} {
		if key != "" {
			values.Set(name, key)
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// Fields is the state as hidden fields of a form, without those that the form
// has itself.
func (s PeopleState) Fields(without ...string) []TypedField {
	var fields []TypedField
	for name, values := range s.values() {
		for _, value := range values {
			if !slices.Contains(without, name) {
				fields = append(fields, TypedField{name, value})
			}
		}
	}
	slices.SortStableFunc(fields, func(a, b TypedField) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// FilterText is a filter as it stands in an address: the condition in JSON.
func FilterText(c *condition.Condition) string {
	if c == nil {
		return ""
	}
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return "" // a condition always encodes
	}
	return strings.TrimSpace(text.String())
}

// PeopleStatePath is a page of the list.
func PeopleStatePath(ws store.Workspace, s PeopleState, at At) string {
	return s.on(PeoplePath(ws), at)
}

// AddFilterPath asks for one more filter.
func AddFilterPath(ws store.Workspace, s PeopleState) string {
	return s.on(PeoplePath(ws)+"/filter", At{})
}

// SaveSegmentPath makes a segment of the filters.
func SaveSegmentPath(ws store.Workspace, s PeopleState) string {
	return s.on(PeoplePath(ws)+"/segment", At{})
}

// PeopleColumnsPath asks which columns to show.
func PeopleColumnsPath(ws store.Workspace, s PeopleState) string {
	return s.on(PeoplePath(ws)+"/columns", At{})
}

// ViewsPath is the saved views.
func ViewsPath(ws store.Workspace) string { return PeoplePath(ws) + "/views" }

// NewViewPath saves the list as a view.
func NewViewPath(ws store.Workspace, s PeopleState) string {
	return s.on(ViewsPath(ws)+"/new", At{})
}

// EditViewPath changes a view to what the list shows now.
func EditViewPath(ws store.Workspace, id store.ViewID, s PeopleState) string {
	return s.on(ViewsPath(ws)+"/"+id.String(), At{})
}

// DeleteViewPath removes a view.
func DeleteViewPath(ws store.Workspace, id store.ViewID) string {
	return ViewsPath(ws) + "/" + id.String() + "/delete"
}

// viewState is what a view opens with.
func viewState(v store.View) PeopleState {
	return PeopleState{Query: v.Query, Columns: v.Columns, View: v.ID}
}

// filters is the parts of a filter that stand on chips.
func (s PeopleState) filters() []condition.Condition {
	switch c := s.Query.Filter; {
	case c == nil:
		return nil
	case c.And != nil:
		return c.And
	default:
		return []condition.Condition{*c}
	}
}

// without is the state without one of its filters.
func (s PeopleState) without(i int) PeopleState {
	s.Query.Filter = allOf(slices.Delete(slices.Clone(s.filters()), i, i+1))
	return s
}

// With is the state with one more filter.
func (s PeopleState) With(c condition.Condition) PeopleState {
	s.Query.Filter = allOf(append(slices.Clone(s.filters()), c))
	return s
}

func allOf(parts []condition.Condition) *condition.Condition {
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return &parts[0]
	}
	return &condition.Condition{And: parts}
}

// chip is a filter in parts.
type chip struct{ Key, Verb, Value string }

func chipOf(c condition.Condition) chip {
	words := c.Words()
	if c.Attribute == nil {
		return chip{Value: words}
	}
	rest := strings.TrimPrefix(words, c.Attribute.Field+" ")
	for _, verb := range []string{"is any of", "is none of", c.Attribute.Operator.Words()} {
		if value, ok := strings.CutPrefix(rest, verb+" "); ok {
			return chip{c.Attribute.Field, verb, value}
		}
	}
	return chip{c.Attribute.Field, rest, ""}
}

// sortWords is an order as the list offers it.
func sortWords(by store.PeopleSort) string {
	switch by {
	case store.ByEmail:
		return "By email"
	case store.ByExternal:
		return "By id"
	}
	return "Newest first"
}

// PeopleColumns is the columns that are no attributes; the others are named
// attribute.plan.
var PeopleColumns = []string{"name", "status", "added", "changed"}

const attributeColumn = "attribute."

// columnTitle heads a column.
func columnTitle(column string) string {
	switch column {
	case "name":
		return "Name"
	case "status":
		return "Email status"
	case "added":
		return "Added"
	case "changed":
		return "Changed"
	}
	return strings.TrimPrefix(column, attributeColumn)
}

// columnClass lets the later columns leave a narrow sheet first.
func columnClass(i int, column string) string {
	class := "any"
	if column == "added" || column == "changed" {
		class = "num"
	}
	if i > 0 {
		class += " p" + strconv.Itoa(min(3, 1+i/2+1))
	}
	return class
}

// searchedWords is what is known when time was over before the page was full.
func searchedWords(list PeopleList, ws store.Workspace) string {
	return "Looked at " + Number(list.Searched) + " of " + People(ws.People) + " for this page and found " + Number(len(list.People)) +
		" so far. No index knows this filter: a segment made of it is kept up to date and opens at once."
}

func nobodyWords(list PeopleList, ws store.Workspace) string {
	switch {
	case list.State.Query.Filter == nil:
		return "Nobody in " + ws.Name + " has this in their email, id or name."
	case list.State.Query.Q == "":
		return "Nobody in " + ws.Name + " matches these filters."
	}
	return "Nobody in " + ws.Name + " matches both the search and the filters."
}
