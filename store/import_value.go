package store

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ImportType is what the values of a column are.
type ImportType string

const (
	TextValues     ImportType = "text"
	NumberValues   ImportType = "number"
	YesNoValues    ImportType = "yes_no"
	DateValues     ImportType = "date"       // 2026-11-23, with a time or without
	DayFirstValues ImportType = "date_day"   // 23.11.2026
	USDateValues   ImportType = "date_month" // 11/23/2026
)

// ImportTypes is all of them, in the order in which people choose.
var ImportTypes = []ImportType{TextValues, NumberValues, YesNoValues, DateValues, DayFirstValues, USDateValues}

// parse is a cell as the value of an attribute; nil: it is none of this type.
func (t ImportType) parse(cell string) any {
	switch t {
	case NumberValues:
		return parseNumber(cell)
	case YesNoValues:
		return parseYesNo(cell)
	case DateValues, DayFirstValues, USDateValues:
		return parseDate(cell, dateLayouts[t])
	}
	return cell
}

// wrong says what is the matter with a cell that does not parse.
func (t ImportType) wrong(name, cell string) string {
	what := map[ImportType]string{
		NumberValues: "a number", YesNoValues: "yes or no", DateValues: "a date like 2026-11-23",
		DayFirstValues: "a date like 23/11/2026", USDateValues: "a date like 11/23/2026",
	}[t]
	return fmt.Sprintf("%s: “%s” is not %s.", name, clipRunes(cell, 60), what)
}

// jsonNumber is how a number is kept: with all of its digits.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$`)

func parseNumber(cell string) any {
	if !jsonNumber.MatchString(cell) {
		return nil
	}
	return json.Number(cell)
}

func parseYesNo(cell string) any {
	switch strings.ToLower(cell) {
	case "true", "yes", "y", "1", "t", "on":
		return true
	case "false", "no", "n", "0", "f", "off":
		return false
	}
	return nil
}

var dateLayouts = map[ImportType][]string{
	DateValues:     {time.DateOnly, time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006/01/02"},
	DayFirstValues: {"2/1/2006", "2.1.2006", "2-1-2006", "2/1/2006 15:04", "2.1.2006 15:04", "2/1/2006 15:04:05", "2.1.2006 15:04:05"},
	USDateValues:   {"1/2/2006", "1-2-2006", "1/2/2006 15:04", "1/2/2006 15:04:05"},
}

// parseDate is a date in unix seconds, the only ones that conditions know.
// Without a zone it is in UTC.
func parseDate(cell string, layouts []string) any {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, cell); err == nil {
			return json.Number(strconv.FormatInt(at.Unix(), 10))
		}
	}
	return nil
}

// guessType is what the values of column i seem to be. What could be two
// things, such as 3/4/2026, is text.
func guessType(samples [][]string, i int) ImportType {
	fits := map[ImportType]bool{}
	for _, t := range ImportTypes {
		fits[t] = true
	}
	some := false
	for _, record := range samples {
		cell := ""
		if i < len(record) {
			cell = strings.TrimSpace(record[i])
		}
		if cell == "" {
			continue
		}
		some = true
		for t := range fits {
			if t.parse(cell) == nil || t == YesNoValues && len(cell) == 1 {
				delete(fits, t)
			}
		}
	}
	delete(fits, TextValues)
	if !some || len(fits) != 1 {
		return TextValues
	}
	for t := range fits {
		return t
	}
	return TextValues
}
