package workflow

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxKey is the longest key, in bytes.
const maxKey = 64

// validKey tells whether key may name an action.
func validKey(key string) bool {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
	}
	return key != "" && len(key) <= maxKey && utf8.ValidString(key) && !strings.ContainsFunc(key, odd)
}

// NewKey is a key that no action of c has, readable and made from base: email,
// then email-2, email-3.
func NewKey(c Campaign, base string) string { return keysOf(c.Actions).next(base) }

// keyring is the keys that are taken.
type keyring map[string]bool

func keysOf(actions []Action) keyring {
	taken := keyring{}
	for a := range All(actions) {
		taken[a.Key] = true
	}
	return taken
}

// next takes and returns a free key.
func (taken keyring) next(base string) string {
	base = slug(base)
	key := base
	for n := 2; taken[key]; n++ {
		key = base + "-" + strconv.Itoa(n)
	}
	taken[key] = true
	return key
}

// keep takes and returns key itself, or one like it when it is taken.
func (taken keyring) keep(key string) string {
	if taken[key] || !validKey(key) {
		return taken.next(key)
	}
	taken[key] = true
	return key
}

// give gives a key to each action that has none.
func (taken keyring) give(actions []Action) {
	for i := range actions {
		a := &actions[i]
		if a.Key == "" {
			a.Key = taken.next(string(a.Type))
		}
		for _, p := range a.paths() {
			taken.give(p.Actions)
		}
	}
}

// slug is base as a key, without the number that next may have given it, and
// short enough for another.
func slug(base string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(base) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '.':
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() > maxKey-10 {
			break
		}
	}
	key := strings.Trim(b.String(), "-")
	if stem, number, ok := cutLast(key, "-"); ok && stem != "" && isNumber(number) {
		key = stem
	}
	if key == "" {
		return "action"
	}
	return key
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// with adds the keys that these actions have.
func (taken keyring) with(actions []Action) keyring {
	for a := range All(actions) {
		if a.Key != "" {
			taken[a.Key] = true
		}
	}
	return taken
}
