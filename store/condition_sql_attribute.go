package store

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/postroom/postroom/store/condition"
)

// An attribute condition is answered in SQL where that takes no more than a
// comparison: texts in ASCII, whole numbers, booleans. Anything else (other
// letters, lists, numbers in texts) is asked of package condition, row by row.

// field is where an attribute condition finds its value.
type field struct {
	json  string // the column
	path  string // into it, as an argument
	asked string // the call that answers when SQL cannot
}

var (
	plainName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_ -]*$`)
	plainPath = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+|\[[0-9]{1,6}\])+$`)
)

// personAttribute is an attribute condition about the people p.
func (k *compiler) personAttribute(a condition.Attribute) string {
	asked := `person_matches(` + k.args.add(question(positive(a))) + `, ` + k.at + `, ` + personArguments + `)`
	var is string
	switch root, _, _ := strings.Cut(strings.ReplaceAll(a.Field, "[", "."), "."); root {
	case "id", "email":
		is = asked
		if a.Field == root {
			is = k.column(a, `p.`+root, asked)
		}
	case "cio_id", "unsubscribed":
		is = asked
	case "created_at":
		is = asked
		if a.Field == root {
			is = k.createdAt(a, asked)
		}
	default:
		is = k.attribute(a, `p.attributes`, asked)
	}
	return negated(a, is)
}

const personArguments = `p.person_id, p.created_at, p.unsubscribed, ifnull(p.id, ''), ifnull(p.email, ''), p.attributes`

// data is a condition about the data of the activities e.
func (k *compiler) data(c *condition.Condition) string {
	switch {
	case c.And != nil:
		return k.dataList(c.And, ` and `)
	case c.Or != nil:
		return k.dataList(c.Or, ` or `)
	case c.Not != nil:
		return `not ` + k.data(c.Not)
	case c.Attribute != nil:
		a := *c.Attribute
		return negated(a, k.attribute(a, `e.data`, `data_matches(`+k.args.add(question(positive(a)))+`, `+k.at+`, e.data)`))
	}
	return `0`
}

func (k *compiler) dataList(items []condition.Condition, joint string) string {
	texts := make([]string, len(items))
	for i := range items {
		texts[i] = k.data(&items[i])
	}
	return `(` + strings.Join(texts, joint) + `)`
}

// positive is the condition with the operator that it may be the complement of.
func positive(a condition.Attribute) condition.Attribute {
	a.Operator, _ = a.Operator.Positive()
	return a
}

func negated(a condition.Attribute, is string) string {
	if _, not := a.Operator.Positive(); not {
		return `not ` + is
	}
	return is
}

// column is a condition about a text column.
func (k *compiler) column(a condition.Attribute, column, asked string) string {
	return `case when ` + column + ` > '' then ` + k.text(positive(a), column, asked) + ` else 0 end`
}

// createdAt falls back to when the person was added.
func (k *compiler) createdAt(a condition.Attribute, asked string) string {
	return `case when json_type(p.attributes, '$.created_at') is null then ` + k.integer(positive(a), `(p.created_at / 1000000)`, asked) +
		` else ` + k.attribute(a, `p.attributes`, asked) + ` end`
}

// attribute is a condition about a value in a JSON column.
func (k *compiler) attribute(a condition.Attribute, json, asked string) string {
	a = positive(a)
	switch {
	case plainName.MatchString(a.Field):
		return k.value(a, field{json, k.args.add(`$."` + a.Field + `"`), asked})
	case plainPath.MatchString(a.Field):
		whole := k.args.add(`$."` + a.Field + `"`)
		return `case when json_type(` + json + `, ` + whole + `) is not null then ` + asked + ` else ` +
			k.value(a, field{json, k.args.add(jsonPath(a.Field)), asked}) + ` end`
	}
	return asked
}

// jsonPath is a field such as items[0].sku in SQLite's words.
func jsonPath(field string) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, step := range condition.Path(field) {
		if step[0] == '[' {
			b.WriteString(step)
			continue
		}
		b.WriteString(`."` + step + `"`)
	}
	return b.String()
}

func (k *compiler) value(a condition.Attribute, f field) string {
	value := `(` + f.json + ` ->> ` + f.path + `)`
	text, object := k.text(a, value, f.asked), `0`
	list := f.asked
	if a.Operator == condition.Exists {
		list, object = `1`, `1`
	}
	return `case json_type(` + f.json + `, ` + f.path + `)
		when 'text' then ` + text + `
		when 'integer' then ` + k.integer(a, value, f.asked) + `
		when 'real' then ` + k.real(a, f, value) + `
		when 'true' then ` + k.constant(a, true) + `
		when 'false' then ` + k.constant(a, false) + `
		when 'array' then ` + list + `
		when 'object' then ` + object + `
		else 0 end`
}

// constant is the answer for a value that is known now.
func (k *compiler) constant(a condition.Attribute, value any) string {
	a.Field = "v"
	if a.MatchAttribute(func(string) (any, bool) { return value, true }, k.now) {
		return `1`
	}
	return `0`
}

// text is the condition about a text. A text in ASCII has as many characters
// as bytes; what may be a number begins with a space, a minus or a digit.
func (k *compiler) text(a condition.Attribute, v, asked string) string {
	switch a.Operator {
	case condition.Exists:
		return v + ` <> ''`
	case condition.Eq:
		return k.textEqual(a, v, asked)
	case condition.IsTrue:
		return `lower(` + v + `) in ('true', '1')`
	case condition.IsFalse:
		return `lower(` + v + `) in ('false', '0')`
	case condition.Contains, condition.StartsWith, condition.EndsWith:
		return `iif(octet_length(` + v + `) = length(` + v + `), ` + k.textPart(a, `lower(`+v+`)`) + `, ` + asked + `)`
	}
	return `iif(` + v + ` < ':', ` + asked + `, 0)`
}

// textEqual: what is equal but for ASCII letters is equal, and what is not may
// be so only by other letters or as a number.
func (k *compiler) textEqual(a condition.Attribute, v, asked string) string {
	var texts []string
	simple := `octet_length(` + v + `) = length(` + v + `)`
	for _, o := range a.Operands() {
		texts = append(texts, o.Text)
		if o.Typed {
			simple = `octet_length(` + v + `) = length(` + v + `) and ` + v + ` >= ':'`
		}
	}
	equal := ` = ` + k.args.add(texts[0])
	if len(texts) > 1 {
		equal = ` in (select value from json_each(` + k.args.add(encode(texts)) + `))`
	}
	return `iif(lower(` + v + `)` + equal + `, 1, iif(` + simple + `, 0, ` + asked + `))`
}

func (k *compiler) textPart(a condition.Attribute, folded string) string {
	part := k.args.add(a.Operands()[0].Text)
	switch a.Operator {
	case condition.StartsWith:
		return `instr(` + folded + `, ` + part + `) = 1`
	case condition.EndsWith:
		return `substr(` + folded + `, -length(` + part + `)) = ` + part
	}
	return `instr(` + folded + `, ` + part + `) > 0`
}

// integer is the condition about a whole number, which is no integer any more
// for SQLite when it has more than 64 bits.
func (k *compiler) integer(a condition.Attribute, v, asked string) string {
	var is string
	switch a.Operator {
	case condition.Exists:
		return `1`
	case condition.Eq:
		is = k.numberEqual(a, v, asked)
	case condition.Gt, condition.Gte, condition.Lt, condition.Lte:
		is = k.compared(v, symbols[a.Operator], a.Operands()[0])
	case condition.IsTimestamp, condition.Before, condition.After, condition.WithinPast, condition.WithinNext:
		is = k.moment(a, v)
	default:
		return asked
	}
	return `iif(typeof(` + v + `) = 'integer', ` + is + `, ` + asked + `)`
}

var symbols = map[condition.Operator]string{condition.Gt: `>`, condition.Gte: `>=`, condition.Lt: `<`, condition.Lte: `<=`}

// maxEqualNumbers is how many numbers a query compares one by one.
const maxEqualNumbers = 20

func (k *compiler) numberEqual(a condition.Attribute, v, asked string) string {
	equal := []string{`0`}
	for _, o := range a.Operands() {
		if o.Number != "" {
			equal = append(equal, k.compared(v, `=`, o))
		}
	}
	if len(equal) > maxEqualNumbers {
		return asked
	}
	return `(` + strings.Join(equal, ` or `) + `)`
}

// compared holds a whole number to another exactly, and to any other number as
// floating point numbers.
func (k *compiler) compared(v, symbol string, o condition.Operand) string {
	if n, err := strconv.ParseInt(o.Number, 10, 64); err == nil {
		return v + ` ` + symbol + ` ` + k.args.add(n)
	}
	f, err := strconv.ParseFloat(o.Number, 64)
	if err != nil {
		return `0`
	}
	return `cast(` + v + ` as real) ` + symbol + ` ` + k.args.add(f)
}

// moment is the condition about unix seconds.
func (k *compiler) moment(a condition.Attribute, v string) string {
	is := fmt.Sprintf(`%s between %d and %d`, v, condition.FirstTimestamp, condition.LastTimestamp)
	moment, _ := a.Moment(k.now)
	switch a.Operator {
	case condition.Before:
		is += ` and ` + v + ` < ` + k.args.add(upwards(moment))
	case condition.After:
		is += ` and ` + v + ` > ` + k.args.add(downwards(moment))
	case condition.WithinPast:
		is += ` and ` + v + ` between ` + k.args.add(upwards(moment)) + ` and ` + k.args.add(downwards(k.now))
	case condition.WithinNext:
		is += ` and ` + v + ` between ` + k.args.add(upwards(k.now)) + ` and ` + k.args.add(downwards(moment))
	}
	return `(` + is + `)`
}

// downwards is the last whole second that is not after t.
func downwards(t time.Time) int64 { return t.Unix() }

func upwards(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// maxExactDigits is how long a number may be for every way of reading it to
// come to the same. One beyond all range is infinite in SQL, and no number here.
const maxExactDigits = 15

func (k *compiler) real(a condition.Attribute, f field, v string) string {
	switch a.Operator {
	case condition.Exists:
		return `1`
	case condition.Gt, condition.Gte, condition.Lt, condition.Lte:
		wanted, err := strconv.ParseFloat(a.Operands()[0].Number, 64)
		if err == nil && !math.IsInf(wanted, 0) {
			return fmt.Sprintf(`iif(octet_length(%s -> %s) <= %d and abs(%s) < 1e300, %s %s %s, %s)`, f.json, f.path, maxExactDigits, v, v, symbols[a.Operator], k.args.add(wanted), f.asked)
		}
	}
	return f.asked
}

// attributeUntil is when the clock next makes a difference to an attribute
// condition.
func (k *compiler) attributeUntil(a condition.Attribute) string {
	if !a.Moves() {
		return ""
	}
	return `person_passes(` + k.args.add(question(a)) + `, ` + k.at + `, ` + personArguments + `)`
}
