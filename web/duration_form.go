package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/views"
)

// durationForm is a duration as a form shows it. One that is none yet stays as
// it was typed.
func durationForm(text string) views.DurationForm {
	if text == "" {
		return views.DurationForm{Unit: "d"}
	}
	if _, err := condition.ParseDuration(text); err != nil {
		return views.DurationForm{Number: text, Unit: "d"}
	}
	return views.DurationForm{Number: text[:len(text)-1], Unit: text[len(text)-1:]}
}

func typedDuration(form url.Values, name string) views.DurationForm {
	return views.DurationForm{Number: strings.TrimSpace(form.Get(name)), Unit: form.Get(name + "-unit")}
}

// readDuration is the duration as a workflow writes it, or what to do about it.
func readDuration(f views.DurationForm) (text, problem string) {
	text = f.Number + f.Unit
	if n, err := strconv.Atoi(f.Number); err != nil || n < 1 {
		return text, "Write a whole number, 1 or more."
	}
	if _, err := condition.ParseDuration(text); err != nil {
		return text, "Write a shorter time, and choose a unit."
	}
	return text, ""
}
