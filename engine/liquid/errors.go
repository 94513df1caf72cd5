package liquid

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrLimit is what every error of a limit is, for errors.Is.
var ErrLimit = errors.New("the template reached a limit")

// ErrUnknown is what every error of a tag or a filter is that the engine does
// not have, for errors.Is. Another engine may have it.
var ErrUnknown = errors.New("the engine has no such tag or filter")

// Error is one mistake in a template and where it is.
type Error struct {
	Template string // the name it was parsed with, for partials
	Line     int    // from 1
	Column   int    // from 1, in characters
	Excerpt  string // what stands there, at most a line
	Message  string // a sentence that says what to do

	err error
}

func (e *Error) Error() string {
	if e.Template != "" {
		return fmt.Sprintf("%s, line %d: %s", e.Template, e.Line, e.Message)
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Message)
}

// Unwrap is the cause: ErrLimit, ErrUnknown, a *Missing, or the error of a filter or tag.
func (e *Error) Unwrap() error { return e.err }

// Errors is what is wrong with a source, in its order, at most 100.
type Errors []*Error

func (e Errors) Error() string {
	all := make([]string, len(e))
	for i, one := range e {
		all[i] = one.Error()
	}
	return strings.Join(all, " ")
}

// Unwrap lets errors.As find the first Error.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, one := range e {
		all[i] = one
	}
	return all
}

// Missing is the cause of the error that a strict engine gives for a value
// that would be printed and is not there.
type Missing struct {
	Path   string // the variable without a value, as written; empty when a filter gave none
	Root   string // the first part of the path
	Known  bool   // whether there is a variable of the name Root
	Source string // what was to be printed, as written
}

func (m *Missing) Error() string {
	switch {
	case m.Path == "":
		return fmt.Sprintf(`{{ %s }} has no value. Add a default at its end: | default: "…".`, shorten(m.Source))
	case !m.Known:
		return fmt.Sprintf("There is nothing called %s here. Correct the name in {{ %s }}.", m.Root, shorten(m.Source))
	}
	return fmt.Sprintf(`%s has no value. Add a default, for example {{ %s | default: "…" }}.`, m.Path, m.Path)
}

// limitError is a limit that was reached, in words.
type limitError string

func (l limitError) Error() string        { return string(l) }
func (l limitError) Is(target error) bool { return target == ErrLimit }

// filterError is a filter's own error, in Shopify's words.
type filterError struct {
	filter string
	err    error
}

func (e *filterError) Error() string {
	return "The filter " + e.filter + " could not be applied: " + e.err.Error() + "."
}

func (e *filterError) Unwrap() error { return e.err }

// argumentError is a mistake in the values that a tag or condition is given,
// in Shopify's words.
type argumentError string

func (e argumentError) Error() string { return string(e) }

// position is the line and column of an offset, from 1, and the line's text
// around it.
func position(source string, offset int) (line, column int, excerpt string) {
	offset = min(max(offset, 0), len(source))
	start := strings.LastIndexByte(source[:offset], '\n') + 1
	end := len(source)
	if i := strings.IndexByte(source[offset:], '\n'); i >= 0 {
		end = offset + i
	}
	line = strings.Count(source[:start], "\n") + 1
	column = utf8.RuneCountInString(source[start:offset]) + 1
	return line, column, around(source[start:end], offset-start)
}

// maxExcerpt is how much of a line is quoted, in bytes.
const maxExcerpt = 100

// around is the part of a line at an offset, cut between characters.
func around(line string, at int) string {
	from := max(0, at-maxExcerpt/4)
	to := min(len(line), from+maxExcerpt)
	for from > 0 && !utf8.RuneStart(line[from]) {
		from--
	}
	for to < len(line) && !utf8.RuneStart(line[to]) {
		to++
	}
	return strings.TrimSpace(strings.ToValidUTF8(line[from:to], "\uFFFD"))
}

func newError(name, source string, offset int, err error) *Error {
	e := &Error{Template: name, Message: err.Error(), err: err}
	e.Line, e.Column, e.Excerpt = position(source, offset)
	return e
}

// shorten keeps a quotation in a message readable.
func shorten(s string) string {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) <= 60 {
		return s
	}
	runes := 0
	for i := range s {
		if runes++; runes == 60 {
			return s[:i] + "…"
		}
	}
	return s
}

// unknownError names a tag or filter that there is not.
type unknownError string

func (e unknownError) Error() string { return string(e) }

func (e unknownError) Is(target error) bool { return target == ErrUnknown }
