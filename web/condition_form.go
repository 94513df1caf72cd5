package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/views"
)

// conditionForm is a condition as a form shows it. The fields' names begin
// with prefix.
func conditionForm(prefix string, c *condition.Condition) views.ConditionForm {
	f := views.ConditionForm{Prefix: prefix, Join: "and"}
	if c == nil {
		return f
	}
	items := c.And
	switch {
	case c.Or != nil:
		f.Join, items = "or", c.Or
	case c.And == nil:
		items = []condition.Condition{*c}
	}
	for _, item := range items {
		row, ok := conditionRow(item)
		if !ok {
			return deepCondition(prefix, c)
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

// conditionRow fails for what one row cannot hold.
func conditionRow(c condition.Condition) (row views.ConditionRow, ok bool) {
	if c.Attribute == nil || len(c.Attribute.Values()) > 1 {
		return row, false
	}
	row = views.ConditionRow{Field: c.Attribute.Field, Operator: string(c.Attribute.Operator)}
	for _, v := range c.Attribute.Values() {
		row.Value = fmt.Sprint(v)
	}
	return row, true
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

// readCondition is the condition that a form holds, nil for none, and what was
// typed. problem says what to do when it is not complete.
func readCondition(form url.Values, prefix string) (f views.ConditionForm, c *condition.Condition, problem string) {
	if text := strings.TrimSpace(form.Get(prefix + "condition")); text != "" {
		c, err := condition.Parse([]byte(text))
		if err != nil {
			f = typedRows(form, prefix)
			f.JSON, f.Deep, f.Words = text, true, "Not readable yet."
			return f, nil, "This JSON is not a condition. " + err.Error()
		}
		return conditionForm(prefix, c), c, ""
	}
	f = typedRows(form, prefix)
	items := make([]condition.Condition, 0, len(f.Rows))
	for i, row := range f.Rows {
		item, err := rowCondition(row)
		if err != nil {
			return f, nil, fmt.Sprintf("Condition %d: %s", i+1, err)
		}
		items = append(items, item)
	}
	switch {
	case len(items) == 0:
		return f, nil, ""
	case len(items) == 1:
		return f, &items[0], ""
	case f.Join == "or":
		return f, &condition.Condition{Or: items}, ""
	}
	return f, &condition.Condition{And: items}, ""
}

// typedRows is the rows in which something was typed.
func typedRows(form url.Values, prefix string) views.ConditionForm {
	f := views.ConditionForm{Prefix: prefix, Join: form.Get(prefix + "join")}
	fields, operators, values := form[prefix+"field"], form[prefix+"operator"], form[prefix+"value"]
	for i, field := range fields {
		row := views.ConditionRow{Field: strings.TrimSpace(field), Operator: nth(operators, i), Value: strings.TrimSpace(nth(values, i))}
		if row.Field != "" || row.Value != "" {
			f.Rows = append(f.Rows, row)
		}
	}
	return f
}

func nth(values []string, i int) string {
	if i < len(values) {
		return values[i]
	}
	return ""
}

func rowCondition(row views.ConditionRow) (condition.Condition, error) {
	a := &condition.Attribute{Field: row.Field, Operator: condition.Operator(row.Operator)}
	if a.Operator == "" {
		a.Operator = condition.Eq
	}
	if a.Operator.TakesValue() && row.Value != "" {
		a.Value = conditionValue(a.Operator, row.Value)
	}
	c := condition.Condition{Attribute: a}
	if err := c.Check(""); err != nil {
		return c, plainCondition(row, err)
	}
	return c, nil
}

// conditionValue writes numbers and booleans as such: what was opened and
// saved again must not become something else.
func conditionValue(op condition.Operator, text string) json.RawMessage {
	switch op {
	case condition.Contains, condition.NotContains, condition.StartsWith, condition.EndsWith, condition.WithinPast, condition.WithinNext:
	default:
		var v any
		if err := json.Unmarshal([]byte(text), &v); err == nil {
			switch v.(type) {
			case float64, bool:
				return json.RawMessage(text)
			}
		}
	}
	quoted, _ := json.Marshal(text) // texts always encode
	return quoted
}

// plainCondition words what is wrong for who fills in a form.
func plainCondition(row views.ConditionRow, err error) error {
	switch {
	case row.Field == "":
		return fmt.Errorf("Name the attribute.")
	case row.Value == "":
		return fmt.Errorf("Write a value for %s.", row.Field)
	}
	message := err.Error()
	if bad, ok := err.(*condition.Error); ok {
		message = bad.Message
	}
	if op := condition.Operator(row.Operator); op.Words() != "" {
		message = strings.Replace(message, row.Operator+" needs", "“"+op.Words()+"” needs", 1)
	}
	return fmt.Errorf("%s", message)
}
