package compose

import (
	"bytes"
	"html"
	"strings"

	tokenizer "golang.org/x/net/html"
)

// decorate adds to a message's HTML what the sender wants in it: the
// preheader at the top of the body, links that lead through ClickURL, and the
// pixel at its end. Everything else stays byte for byte.
func decorate(source, preheader string, l Links) string {
	d := decorator{links: l}
	d.read(source)
	out := d.out.Bytes()
	if d.bottom < d.top || d.bottom == 0 {
		d.bottom = len(out)
	}
	return string(out[:d.top]) + preheaderHTML(preheader) + string(out[d.top:d.bottom]) + pixelHTML(l.OpenURL) + string(out[d.bottom:])
}

// decorator copies HTML token by token and notes where the body begins and
// ends in the copy.
type decorator struct {
	links       Links
	out         bytes.Buffer
	top, bottom int
}

func (d *decorator) read(source string) {
	z := tokenizer.NewTokenizer(strings.NewReader(source))
	for {
		kind := z.Next()
		raw := z.Raw()
		if kind == tokenizer.ErrorToken {
			d.out.Write(raw)
			return
		}
		d.token(kind, raw, z)
	}
}

func (d *decorator) token(kind tokenizer.TokenType, raw []byte, z *tokenizer.Tokenizer) {
	switch kind {
	case tokenizer.DoctypeToken:
		d.out.Write(raw)
		d.top = d.out.Len()
		return
	case tokenizer.StartTagToken, tokenizer.EndTagToken, tokenizer.SelfClosingTagToken:
	default:
		d.out.Write(raw)
		return
	}
	tag := bytes.Clone(raw) // reading the name changes raw
	name, _ := z.TagName()
	switch opens := kind != tokenizer.EndTagToken; {
	case opens && (string(name) == "a" || string(name) == "area"):
		d.link(tag)
		return
	case !opens && string(name) == "body":
		d.bottom = d.out.Len()
	}
	d.out.Write(tag)
	if isTop(string(name), kind) {
		d.top = d.out.Len()
	}
}

// isTop is whether a body may begin after this tag.
func isTop(name string, kind tokenizer.TokenType) bool {
	if kind == tokenizer.EndTagToken {
		return name == "head"
	}
	return name == "html" || name == "body"
}

// link writes a link's tag, with its address changed if it leads to the web
// and nothing says to leave it.
func (d *decorator) link(tag []byte) {
	href, class := attribute(tag, "href"), attribute(tag, "class")
	address := strings.TrimSpace(html.UnescapeString(string(tag[href.from:href.to])))
	if d.links.ClickURL == nil || !isWeb(address) || d.isOurs(address) || isUntracked(tag[class.from:class.to]) {
		d.out.Write(tag)
		return
	}
	d.out.Write(tag[:href.from])
	quote := ""
	if !href.quoted {
		quote = `"`
	}
	d.out.WriteString(quote + html.EscapeString(d.links.ClickURL(address)) + quote)
	d.out.Write(tag[href.to:])
}

func isWeb(address string) bool {
	scheme, rest, ok := strings.Cut(address, "://")
	return ok && rest != "" && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// isOurs is whether the address is one that Links gave: those work without
// being counted, and must go on working when counting does not.
func (d *decorator) isOurs(address string) bool {
	return address == d.links.UnsubscribeURL || address == d.links.PreferencesURL || address == d.links.OneClickURL || address == d.links.ViewURL
}

func isUntracked(class []byte) bool {
	for _, one := range strings.Fields(string(class)) {
		if one == "untracked" {
			return true
		}
	}
	return false
}

// span is where the value of an attribute stands in a tag; empty without one.
type span struct {
	from, to int
	quoted   bool
}

// attribute finds the first attribute of that name in a tag, the way browsers
// read tags (HTML Living Standard §13.2.5.32 and on).
func attribute(tag []byte, name string) span {
	i := bytes.IndexAny(tag, " \t\r\n\f/")
	for i >= 0 && i < len(tag) {
		i = skip(tag, i, " \t\r\n\f/")
		start := i
		for i < len(tag) && (i == start || tag[i] != '=') && strings.IndexByte(" \t\r\n\f/>", tag[i]) < 0 {
			i++
		}
		key := string(tag[start:i])
		value, next := attributeValue(tag, i)
		if key == "" {
			return span{}
		}
		if strings.EqualFold(key, name) {
			return value
		}
		i = next
	}
	return span{}
}

// attributeValue reads what follows an attribute's name at i.
func attributeValue(tag []byte, i int) (value span, next int) {
	at := skip(tag, i, " \t\r\n\f")
	if at >= len(tag) || tag[at] != '=' {
		return span{}, i
	}
	at = skip(tag, at+1, " \t\r\n\f")
	if at < len(tag) && (tag[at] == '"' || tag[at] == '\'') {
		end := bytes.IndexByte(tag[at+1:], tag[at])
		if end < 0 {
			return span{}, len(tag)
		}
		return span{at + 1, at + 1 + end, true}, at + 2 + end
	}
	end := at
	for end < len(tag) && strings.IndexByte(" \t\r\n\f>", tag[end]) < 0 {
		end++
	}
	return span{at, end, false}, end
}

func skip(b []byte, i int, any string) int {
	for i < len(b) && strings.IndexByte(any, b[i]) >= 0 {
		i++
	}
	return i
}

// preheaderHTML is the hidden text that inboxes show after the subject. The
// invisible filler keeps them from going on with the message itself.
func preheaderHTML(text string) string {
	if text == "" {
		return ""
	}
	return `<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all">` +
		html.EscapeString(text) + strings.Repeat("&#847;&zwnj;&nbsp;", 40) + `</div>`
}

func pixelHTML(url string) string {
	if url == "" {
		return ""
	}
	return `<img src="` + html.EscapeString(url) + `" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">`
}
