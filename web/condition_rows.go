package web

import (
	"slices"
	"strconv"

	"github.com/postroom/postroom/views"
)

// editRows does what a button of a condition asks for: a kind of row to add at
// the end of the group at a place (below the event at a place, for where), or
// remove, which takes what belongs to a row with it. Without a place a row is
// added at the end of all.
func editRows(rows []views.ConditionRow, do, at string) []views.ConditionRow {
	i, err := strconv.Atoi(at)
	placed := err == nil && i >= 0 && i < len(rows)
	switch {
	case do == "remove" && placed:
		return slices.Delete(rows, i, endOf(rows, i))
	case !slices.Contains(views.ConditionKinds, do):
		return rows
	case placed && rows[i].Level <= maxLevel:
		return slices.Insert(rows, endOf(rows, i), newRow(do, rows[i].Level+1))
	case do == "where":
		return rows
	}
	return append(rows, newRow(do, 0))
}

// endOf is the place behind a row and all that belongs to it.
func endOf(rows []views.ConditionRow, i int) int {
	end := i + 1
	for end < len(rows) && rows[end].Level > rows[i].Level {
		end++
	}
	return end
}

func newRow(kind string, level int) views.ConditionRow {
	row := views.ConditionRow{Kind: kind, Level: level, Operator: "is"}
	switch kind {
	case "attribute", "where":
		row.Operator = "eq"
	case "group":
		row.Operator = "or"
	case "message":
		row.Field = "opened"
	}
	return row
}
