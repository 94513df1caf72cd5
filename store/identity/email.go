package identity

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

const (
	maxLocal   = 64 // bytes before the @ (RFC 5321, 4.5.3.1.1)
	maxAddress = 254
)

// domains maps a domain to the one spelling in which it is looked up: lower
// case, punycode.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.CheckHyphens(false), idna.VerifyDNSLength(true))

// EmailKey is the address by which uniqueness is decided: two spellings of one
// address have the same key, whatever their case, their Unicode composition and
// whether the domain is in punycode. The error is a sentence for the person who
// entered the address. It takes what RFC 5322 and RFC 6531 call a dot-atom and
// a domain with a dot; quoted local parts, comments and literals are no
// addresses that people have.
func EmailKey(address string) (string, error) {
	address = strings.TrimSpace(address)
	if address == "" {
		return "", errors.New("Enter an email address.")
	}
	if len(address) > 4*maxAddress {
		return "", tooLong()
	}
	at := strings.LastIndexByte(address, '@')
	if at <= 0 {
		return "", notFull(address)
	}
	local := norm.NFC.String(strings.ToLower(norm.NFC.String(address[:at])))
	if !utf8.ValidString(address) || !dotAtom(local) {
		return "", fmt.Errorf("“%s” is not an email address: it has something in it that addresses cannot have.", readable(address))
	}
	domain, ok := domainKey(address[at+1:])
	if !ok {
		return "", notFull(address)
	}
	if len(local) > maxLocal || len(local)+1+len(domain) > maxAddress {
		return "", tooLong()
	}
	return local + "@" + domain, nil
}

func notFull(address string) error {
	return fmt.Errorf("“%s” is not a full email address.", readable(address))
}

func tooLong() error {
	return fmt.Errorf("An email address has at most %d characters, and %d before the @.", maxAddress, maxLocal)
}

// readable keeps a message short and free of what breaks a line.
func readable(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return '�'
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > 60 {
		return string([]rune(s)[:60]) + "…"
	}
	return s
}

// dotAtom tells whether s is atoms with single dots between them.
func dotAtom(s string) bool {
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool { return !isAtomText(r) }) {
			return false
		}
	}
	return true
}

func isAtomText(r rune) bool {
	if r < utf8.RuneSelf {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
	}
	return unicode.IsGraphic(r) && !unicode.IsSpace(r) && r != utf8.RuneError
}

func domainKey(domain string) (string, bool) {
	key, err := domains.ToASCII(domain)
	if err != nil {
		return "", false
	}
	labels := strings.Split(key, ".")
	for _, label := range labels {
		if label == "" || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return "", false
		}
	}
	last := labels[len(labels)-1]
	isNumber := strings.Trim(last, "0123456789") == "" // an IP address, not a name
	return key, len(labels) > 1 && !isNumber
}
