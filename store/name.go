package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// nameKey is what makes two names the same: letter case and the way accents
// are written do not count.
func nameKey(name string) string {
	return nameFold(strings.Join(strings.Fields(name), " "))
}

// nameFold makes letter case and the way accents are written not count.
func nameFold(text string) string {
	if isASCII(text) {
		return strings.ToLower(text) // the same, ten times as fast
	}
	return cases.Fold().String(norm.NFC.String(text))
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// slug is name in lower-case letters, digits and hyphens, for an address.
func slug(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // the accent of the letter before
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := strings.Trim(clip(b.String(), 40), "-")
	if s == "" {
		return "workspace"
	}
	return s
}
