package web

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/views"
)

// maxLevel is how deep groups of a form may be nested; what is deeper is JSON.
const maxLevel = 4

// conditionForm is a condition as a form shows it. The fields' names begin
// with prefix.
func conditionForm(prefix string, c *condition.Condition) views.ConditionForm {
	f := views.ConditionForm{Prefix: prefix, Join: "and"}
	if c == nil {
		return f
	}
	join, items, isGroup := conditionGroup(*c)
	if !isGroup {
		join, items = "and", []condition.Condition{*c}
	}
	rows, ok := conditionRows(items, 0)
	if !ok {
		return deepCondition(prefix, c)
	}
	f.Join, f.Rows = join, rows
	return f
}

// conditionGroup is what is joined, and how: and, or, none.
func conditionGroup(c condition.Condition) (join string, items []condition.Condition, ok bool) {
	switch {
	case c.And != nil:
		return "and", c.And, true
	case c.Or != nil:
		return "or", c.Or, true
	case c.Not != nil && c.Not.Or != nil:
		return "none", c.Not.Or, true
	}
	return "", nil, false
}

// conditionRows fails for what rows cannot hold.
func conditionRows(items []condition.Condition, level int) (rows []views.ConditionRow, ok bool) {
	for _, item := range items {
		some, ok := conditionRow(item, level)
		if !ok {
			return nil, false
		}
		rows = append(rows, some...)
	}
	return rows, true
}

func conditionRow(c condition.Condition, level int) ([]views.ConditionRow, bool) {
	if join, items, ok := conditionGroup(c); ok {
		rows, ok := conditionRows(items, level+1)
		return append([]views.ConditionRow{{Kind: "group", Level: level, Operator: join}}, rows...), ok && level < maxLevel
	}
	negated := c.Not != nil
	if negated {
		c = *c.Not
	}
	row := views.ConditionRow{Level: level, Operator: "is"}
	if negated {
		row.Operator = "not"
	}
	switch {
	case c.Attribute != nil && !negated:
		return attributeRow(c.Attribute, "attribute", level)
	case c.Segment != nil:
		row.Kind, row.Field = "segment", c.Segment.Name
		return []views.ConditionRow{row}, c.Segment.Name != ""
	case c.Event != nil:
		return eventRows(row, c.Event)
	case c.Message != nil:
		row.Kind, row.Field = "message", c.Message.Metric
		row.Value = views.MessageValue(c.Message.CampaignID, c.Message.Action)
		row.Within, row.Unit = splitDuration(c.Message.Within)
		return []views.ConditionRow{row}, true
	}
	return nil, false
}

func attributeRow(a *condition.Attribute, kind string, level int) ([]views.ConditionRow, bool) {
	row := views.ConditionRow{Kind: kind, Level: level, Field: a.Field, Operator: string(a.Operator)}
	for _, v := range a.Values() {
		row.Value = fmt.Sprint(v)
	}
	return []views.ConditionRow{row}, len(a.Values()) <= 1
}

// eventRows is an event, and a row for each attribute of its data.
func eventRows(row views.ConditionRow, e *condition.Event) ([]views.ConditionRow, bool) {
	row.Kind, row.Field = e.Kind(), e.Name
	row.Within, row.Unit = splitDuration(e.Within)
	if e.AtLeast > 0 {
		row.Times = fmt.Sprint(e.AtLeast)
	}
	rows := []views.ConditionRow{row}
	if e.Where == nil {
		return rows, true
	}
	parts := e.Where.And
	if len(parts) < 2 {
		parts = []condition.Condition{*e.Where}
	}
	for _, part := range parts {
		if part.Attribute == nil {
			return nil, false
		}
		where, ok := attributeRow(part.Attribute, "where", row.Level+1)
		if !ok {
			return nil, false
		}
		rows = append(rows, where...)
	}
	return rows, true
}

// splitDuration is 30d as 30 and d.
func splitDuration(text string) (amount, unit string) {
	if text == "" {
		return "", ""
	}
	return text[:len(text)-1], text[len(text)-1:]
}

func deepCondition(prefix string, c *condition.Condition) views.ConditionForm {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		text.Reset() // a condition always encodes
	}
	return views.ConditionForm{Prefix: prefix, Deep: true, Words: c.Words(), JSON: text.String()}
}
