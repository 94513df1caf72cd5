package compose

import (
	"net/mail"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

func (c *composer) sender(source string) *mail.Address {
	return c.address("from", source, "Enter who the message is from, for example Acme <hello@acme.test>.")
}

// recipient is who the message goes to. That the person has no address is
// told as such: it is the one reason that authors can do nothing about.
func (c *composer) recipient(source string) *mail.Address {
	const none = "This person has no email address."
	if emailOnly(source) {
		if customer, _ := c.vars["customer"].(map[string]any); customer["email"] == nil {
			c.fail("to", none)
			return nil
		}
	}
	return c.address("to", source, none)
}

func (c *composer) replyTo(source string) *mail.Address {
	if strings.TrimSpace(source) == "" {
		return nil
	}
	return c.address("reply_to", source, "")
}

// emailOnly is whether a recipient is {{customer.email}} and nothing else.
func emailOnly(source string) bool {
	inner, ok := strings.CutPrefix(strings.TrimSpace(source), "{{")
	inner, closed := strings.CutSuffix(inner, "}}")
	return ok && closed && strings.TrimSpace(strings.Trim(inner, "-")) == "customer.email"
}

// address is a field that must be one address. When it comes out blank, ifNone
// is the mistake; without one, a blank field is no address and no mistake.
func (c *composer) address(field, source, ifNone string) *mail.Address {
	before := len(c.errors)
	text := c.line(field, source)
	if len(c.errors) > before {
		return nil
	}
	if text == "" {
		if ifNone != "" {
			c.fail(field, ifNone)
		}
		return nil
	}
	address, ok := parseAddress(text)
	if !ok {
		c.fail(field, "“"+shorten(text)+"” is not one email address that mail can go to. Correct the "+label(field)+".")
		return nil
	}
	return address
}

// maxName keeps a name on one header line, whatever attribute it comes from.
const maxName = 300 // bytes

// parseAddress reads "Name <a@b.example>" or the address alone. A name needs
// no quotes, because it often comes out of an attribute: what stands before
// the last "<" is the name, and is quoted again when it is written.
func parseAddress(text string) (*mail.Address, bool) {
	a, err := mail.ParseAddress(text)
	if err != nil {
		i := strings.LastIndexByte(text, '<')
		if i <= 0 {
			return nil, false
		}
		if a, err = mail.ParseAddress(text[i:]); err != nil {
			return nil, false
		}
		a.Name = strings.Trim(strings.TrimSpace(text[:i]), `"`)
	}
	a.Name = strings.Join(strings.Fields(a.Name), " ")
	if hasControl(a.Name) || len(a.Name) > maxName {
		return nil, false
	}
	a.Address, err = deliverable(a.Address)
	return a, err == nil
}

// Written is an address as people write it: Žofie <z@b.example>. A name is in
// quotes only where it could be taken for something else. Nobody is "".
func Written(a *mail.Address) string {
	switch {
	case a == nil:
		return ""
	case a.Name == "":
		return a.Address
	case strings.ContainsAny(a.Name, `<>()[]\:;@,"`):
		return strconv.Quote(a.Name) + " <" + a.Address + ">"
	}
	return a.Name + " <" + a.Address + ">"
}

// deliverable is the address with its domain in ASCII, when mail can go there:
// 64 bytes before the @, 254 in all (RFC 5321 §4.5.3.1), a dot in the domain.
func deliverable(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	local, domain := address[:at], address[at+1:]
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", err
	}
	bad := local == "" || len(local) > 64 || len(local)+1+len(ascii) > 254 ||
		!strings.Contains(ascii, ".") || strings.HasSuffix(ascii, ".") || strings.ContainsAny(local, " \"<>()[]\\,;:@")
	if bad || hasControl(local) {
		return "", sentence("This is no address that mail can go to.")
	}
	return local + "@" + ascii, nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' })
}

// shorten keeps a quotation in an error message readable.
func shorten(s string) string {
	runes := []rune(s)
	if len(runes) <= 60 {
		return s
	}
	return string(runes[:59]) + "…"
}
