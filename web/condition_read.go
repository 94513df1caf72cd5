package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/views"
)

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
	r := rowReader{rows: f.Rows}
	items, err := r.list(0)
	if err != nil {
		return f, nil, err.Error()
	}
	c = joined(f.Join, items)
	if err := c.Check(""); err != nil {
		return f, nil, err.Error()
	}
	return f, c, ""
}

// joined is nil for nothing, and for a single condition that condition.
func joined(join string, items []condition.Condition) *condition.Condition {
	switch {
	case len(items) == 0:
		return nil
	case join == "none":
		return &condition.Condition{Not: &condition.Condition{Or: items}}
	case len(items) == 1:
		return &items[0]
	case join == "or":
		return &condition.Condition{Or: items}
	}
	return &condition.Condition{And: items}
}

// editingCondition says whether a form was sent to add or to take away a row,
// and not to be saved. The buttons' names begin with the condition's prefix.
func editingCondition(form url.Values) bool {
	for name := range form {
		if name == "row" || strings.HasSuffix(name, ".row") {
			return true
		}
	}
	return false
}

// typedRows is the rows in which something was typed, after what a button of
// theirs asks for.
func typedRows(form url.Values, prefix string) views.ConditionForm {
	f := views.ConditionForm{Prefix: prefix, Join: form.Get(prefix + "join")}
	get := func(name string, i int) string { return strings.TrimSpace(nth(form[prefix+name], i)) }
	for i := range form[prefix+"field"] {
		row := views.ConditionRow{
			Kind: get("kind", i), Level: min(len(get("level", i)), maxLevel+1), Field: get("field", i), Operator: get("operator", i), Value: get("value", i),
			Times: get("times", i), Within: get("within", i), Unit: get("unit", i),
		}
		if !slices.Contains(views.ConditionKinds, row.Kind) {
			row.Kind = "attribute"
		}
		f.Rows = append(f.Rows, row)
	}
	do, at, _ := strings.Cut(form.Get(prefix+"row"), ":")
	f.Rows = editRows(f.Rows, do, at)
	f.Rows = slices.DeleteFunc(f.Rows, func(row views.ConditionRow) bool { return row.Empty() && (row.Level == 0 || do == "") })
	return f
}

func nth(values []string, i int) string {
	if i < len(values) {
		return values[i]
	}
	return ""
}

// rowError says which row is to be mended.
type rowError struct {
	row int
	err error
}

func (e rowError) Error() string { return fmt.Sprintf("Condition %d: %s", e.row, e.err) }

// rowReader makes conditions of rows, group by group.
type rowReader struct {
	rows []views.ConditionRow
	next int
}

func (r *rowReader) list(level int) (items []condition.Condition, err error) {
	for r.next < len(r.rows) && r.rows[r.next].Level >= level {
		n, row := r.next+1, r.rows[r.next]
		r.next++
		item, err := r.item(row)
		var told rowError
		if err != nil && !errors.As(err, &told) {
			err = rowError{n, err}
		}
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func (r *rowReader) item(row views.ConditionRow) (c condition.Condition, err error) {
	switch row.Kind {
	case "group":
		return r.group(row)
	case "event", "page", "screen":
		c, err = r.event(row)
	case "message":
		c, err = messageCondition(row)
	case "segment":
		c = condition.Condition{Segment: &condition.Segment{Name: row.Field}}
		if row.Field == "" {
			err = fmt.Errorf("Choose a segment.")
		}
	default:
		return rowCondition(row)
	}
	if err == nil {
		err = plainError(c.Check(""))
	}
	if row.Operator == "not" {
		asked := c
		return condition.Condition{Not: &asked}, err
	}
	return c, err
}

// messageCondition is what happened to which message.
func messageCondition(row views.ConditionRow) (c condition.Condition, err error) {
	m := &condition.Message{Metric: row.Field, Within: row.Duration()}
	campaign, action, _ := strings.Cut(row.Value, "/")
	if m.Action = action; campaign != "" {
		if m.CampaignID, err = strconv.ParseInt(campaign, 10, 64); err != nil || m.CampaignID < 1 {
			return c, fmt.Errorf("Choose a message from the list.")
		}
	}
	return condition.Condition{Message: m}, nil
}

func (r *rowReader) group(row views.ConditionRow) (c condition.Condition, err error) {
	items, err := r.list(row.Level + 1)
	switch {
	case err != nil:
		return c, err
	case len(items) == 0:
		return c, fmt.Errorf("Put a condition into this group, or remove it.")
	case row.Operator == "or":
		return condition.Condition{Or: items}, nil
	case row.Operator == "none":
		return condition.Condition{Not: &condition.Condition{Or: items}}, nil
	}
	return condition.Condition{And: items}, nil
}

func (r *rowReader) event(row views.ConditionRow) (c condition.Condition, err error) {
	e := &condition.Event{Name: row.Field, Within: row.Duration()}
	if row.Kind != "event" {
		e.Type = row.Kind
	}
	if e.Name == "" {
		return c, fmt.Errorf("Name the %s.", row.Kind)
	}
	if row.Times != "" {
		if _, err := fmt.Sscanf(row.Times, "%d", &e.AtLeast); err != nil || e.AtLeast < 1 {
			return c, fmt.Errorf("Write how many times as a number, 1 or more.")
		}
	}
	var where []condition.Condition
	for ; r.next < len(r.rows) && r.rows[r.next].Kind == "where"; r.next++ {
		part, err := rowCondition(r.rows[r.next])
		if err != nil {
			return c, err
		}
		where = append(where, part)
	}
	e.Where = joined("and", where)
	return condition.Condition{Event: e}, nil
}

func plainError(err error) error {
	if bad, ok := err.(*condition.Error); ok {
		return fmt.Errorf("%s", bad.Message)
	}
	return err
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
