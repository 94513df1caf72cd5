package condition

import "slices"

// Operator says how an attribute is compared. Each takes one kind of value:
//
//   - eq, ne: a text, a number, a boolean, or a list of them (any of these)
//   - contains, not_contains, starts_with, ends_with: a text or a number
//   - gt, gte, lt, lte: a number
//   - before, after: unix seconds, RFC 3339, a date (its first moment in UTC),
//     or a moment that moves with the clock: "-7d" is 7 days ago, "+2d" in 2 days
//   - within_past, within_next: a duration such as "7d"
//   - the others: none
type Operator string

const (
	Eq          Operator = "eq"
	Ne          Operator = "ne"
	Gt          Operator = "gt"
	Gte         Operator = "gte"
	Lt          Operator = "lt"
	Lte         Operator = "lte"
	Exists      Operator = "exists"
	NotExists   Operator = "not_exists"
	Contains    Operator = "contains"
	NotContains Operator = "not_contains"
	StartsWith  Operator = "starts_with"
	EndsWith    Operator = "ends_with"
	IsTrue      Operator = "is_true"
	IsFalse     Operator = "is_false"
	IsTimestamp Operator = "is_timestamp"
	Before      Operator = "before"
	After       Operator = "after"
	WithinPast  Operator = "within_past"
	WithinNext  Operator = "within_next"
)

// operand is the kind of value that an operator takes.
type operand int

const (
	takesNothing operand = iota
	takesValues
	takesText
	takesNumber
	takesMoment
	takesDuration
)

type meaning struct {
	op      Operator
	takes   operand
	words   string
	negated string
}

// meanings is in the order in which people are offered them.
var meanings = []meaning{
	{Eq, takesValues, "is", "is not"},
	{Ne, takesValues, "is not", "is"},
	{Gt, takesNumber, "is more than", "is not more than"},
	{Gte, takesNumber, "is at least", "is not at least"},
	{Lt, takesNumber, "is less than", "is not less than"},
	{Lte, takesNumber, "is at most", "is not at most"},
	{Exists, takesNothing, "exists", "does not exist"},
	{NotExists, takesNothing, "does not exist", "exists"},
	{Contains, takesText, "contains", "does not contain"},
	{NotContains, takesText, "does not contain", "contains"},
	{StartsWith, takesText, "starts with", "does not start with"},
	{EndsWith, takesText, "ends with", "does not end with"},
	{IsTrue, takesNothing, "is true", "is not true"},
	{IsFalse, takesNothing, "is false", "is not false"},
	{IsTimestamp, takesNothing, "is a timestamp", "is not a timestamp"},
	{Before, takesMoment, "is before", "is not before"},
	{After, takesMoment, "is after", "is not after"},
	{WithinPast, takesDuration, "is within the past", "is not within the past"},
	{WithinNext, takesDuration, "is within the next", "is not within the next"},
}

// Operators is every operator, in the order in which people are offered them.
func Operators() []Operator {
	all := make([]Operator, len(meanings))
	for i, m := range meanings {
		all[i] = m.op
	}
	return all
}

// Words is what stands between the attribute and the value: "is more than".
// It is empty for an unknown operator.
func (o Operator) Words() string {
	m, _ := o.meaning()
	return m.words
}

// TakesValue tells whether a condition with this operator has a value.
func (o Operator) TakesValue() bool {
	m, _ := o.meaning()
	return m.takes != takesNothing
}

func (o Operator) meaning() (meaning, bool) {
	i := slices.IndexFunc(meanings, func(m meaning) bool { return m.op == o })
	if i < 0 {
		return meaning{}, false
	}
	return meanings[i], true
}

// Positive is the operator whose complement o is, or o itself.
func (o Operator) Positive() (op Operator, negated bool) {
	switch o {
	case Ne:
		return Eq, true
	case NotContains:
		return Contains, true
	case NotExists:
		return Exists, true
	}
	return o, false
}
