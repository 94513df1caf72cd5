package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// setRows is the attributes that an update of the person sets, by name.
func setRows(set map[string]any) []views.SetRow {
	var rows []views.SetRow
	for _, name := range slices.Sorted(maps.Keys(set)) {
		row := views.SetRow{Name: name, Kind: "text", Value: store.AttributeWords(set[name])}
		switch set[name].(type) {
		case nil:
			row.Kind = "remove"
		case bool:
			row.Kind = "bool"
		case json.Number:
			row.Kind = "number"
		}
		rows = append(rows, row)
	}
	return rows
}

// typedSet is the rows in which something was typed.
func typedSet(form url.Values, prefix string) []views.SetRow {
	var rows []views.SetRow
	for i, name := range form[prefix+"-name"] {
		row := views.SetRow{Name: strings.TrimSpace(name), Kind: nth(form[prefix+"-kind"], i), Value: nth(form[prefix+"-value"], i)}
		if row.Name != "" || row.Value != "" {
			rows = append(rows, row)
		}
	}
	return rows
}

// readSet is the values that the rows of one field set.
func readSet(field string, rows []views.SetRow, wrong store.Invalid) map[string]any {
	set := map[string]any{}
	for _, row := range rows {
		if _, twice := set[row.Name]; twice {
			wrong[field] = fmt.Sprintf("%s is set twice. Keep one of them.", row.Name)
		}
		if row.Name == "" {
			wrong[field] = "Name each attribute to set."
		}
		value, problem := setValue(row)
		if problem != "" {
			wrong[field] = problem
		}
		set[row.Name] = value
	}
	return set
}

func setValue(row views.SetRow) (value any, problem string) {
	text := strings.TrimSpace(row.Value)
	switch row.Kind {
	case "remove":
		return nil, ""
	case "bool":
		if text != "true" && text != "false" {
			return nil, fmt.Sprintf("Write true or false for %s.", row.Name)
		}
		return text == "true", ""
	case "number":
		var n json.Number
		if err := json.Unmarshal([]byte(text), &n); err != nil || strings.HasPrefix(text, `"`) {
			return nil, fmt.Sprintf("Write a number for %s, such as 12 or 3.5.", row.Name)
		}
		return n, ""
	}
	return row.Value, ""
}
