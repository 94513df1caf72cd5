package compose

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	tokenizer "golang.org/x/net/html"
)

// textOf is a message's HTML as plain text: paragraphs, lists and table rows
// on lines of their own, links followed by their address in angle brackets.
// It reads the HTML once, without a tree: every message that has HTML alone
// passes here (docs/decisions/002-our-own-message-bytes.md).
func textOf(source string) string {
	t := texter{}
	z := tokenizer.NewTokenizer(strings.NewReader(source))
	for {
		switch kind := z.Next(); kind {
		case tokenizer.ErrorToken:
			return strings.TrimSpace(t.out.String())
		case tokenizer.TextToken:
			if t.skipping == "" {
				t.text(z.Text())
			}
		case tokenizer.StartTagToken, tokenizer.SelfClosingTagToken:
			name, more := z.TagName()
			t.open(string(name), kind, attributes(z, more))
		case tokenizer.EndTagToken:
			name, _ := z.TagName()
			t.close(string(name))
		}
	}
}

// texter writes text and remembers what must come before the next word.
type texter struct {
	out      bytes.Buffer
	space    bool   // a space is due
	breaks   int    // so many line breaks are due
	skipping string // the element whose text is not shown
	pre      int    // how many <pre> we are in
	links    []link
	lists    []int // for each list we are in: the next number, 0 for bullets
}

// link is an open link and where its text began.
type link struct {
	href string
	from int
}

// gaps are the line breaks around an element; two make an empty line.
var gaps = map[string]int{
	"p": 2, "h1": 2, "h2": 2, "h3": 2, "h4": 2, "h5": 2, "h6": 2, "ul": 2, "ol": 2, "table": 2, "blockquote": 2, "pre": 2, "hr": 2, "dl": 2,
	"div": 1, "tr": 1, "li": 1, "dt": 1, "dd": 1, "section": 1, "article": 1, "header": 1, "footer": 1, "center": 1, "address": 1, "body": 1, "form": 1,
}

func (t *texter) open(name string, kind tokenizer.TokenType, attr map[string]string) {
	if t.skipping != "" {
		return
	}
	t.gap(gaps[name])
	switch name {
	case "head", "style", "script", "title", "template", "textarea", "select":
		if kind == tokenizer.StartTagToken {
			t.skipping = name
		}
	case "br":
		t.breaks++
		t.space = false
	case "hr":
		t.word("---")
		t.gap(2)
	case "td", "th":
		t.space = true
	case "img":
		t.text([]byte(attr["alt"]))
	case "a":
		t.links = append(t.links, link{strings.TrimSpace(attr["href"]), t.out.Len()})
	case "pre":
		t.pre++
	default:
		t.list(name)
	}
}

// list begins a list or one of its items.
func (t *texter) list(name string) {
	switch name {
	case "ul":
		t.lists = append(t.lists, 0)
	case "ol":
		t.lists = append(t.lists, 1)
	case "li":
		mark := "*"
		if n := len(t.lists); n > 0 && t.lists[n-1] > 0 {
			mark = strconv.Itoa(t.lists[n-1]) + "."
			t.lists[n-1]++
		}
		t.word(mark)
		t.space = true
	}
}

func (t *texter) close(name string) {
	if t.skipping != "" {
		if name == t.skipping || name == "head" {
			t.skipping = ""
		}
		return
	}
	switch n := len(t.lists); {
	case name == "a" && len(t.links) > 0:
		last := t.links[len(t.links)-1]
		t.links = t.links[:len(t.links)-1]
		t.address(last)
	case (name == "ul" || name == "ol") && n > 0:
		t.lists = t.lists[:n-1]
	case name == "pre" && t.pre > 0:
		t.pre--
	}
	t.gap(gaps[name])
}

// address writes where a link leads, unless its text says so already.
func (t *texter) address(l link) {
	text := string(bytes.TrimSpace(t.out.Bytes()[l.from:]))
	shown := l.href == "" || strings.HasPrefix(l.href, "#") ||
		text == l.href || "mailto:"+text == l.href || "tel:"+text == l.href
	if !shown {
		t.space = true
		t.word("<" + l.href + ">")
	}
}

// gap asks for line breaks before what comes next; asking twice is asking
// once for the larger.
func (t *texter) gap(n int) {
	if n > 0 {
		t.breaks = max(t.breaks, n)
		t.space = false
	}
}

// word writes text that holds no spaces to fold.
func (t *texter) word(s string) {
	if t.out.Len() > 0 {
		for range min(t.breaks, 2) {
			t.out.WriteByte('\n')
		}
		if t.space && t.breaks == 0 {
			t.out.WriteByte(' ')
		}
	}
	t.breaks, t.space = 0, false
	t.out.WriteString(s)
}

// text writes text with its white space folded.
func (t *texter) text(b []byte) {
	if t.pre > 0 {
		t.word(string(b))
		return
	}
	for len(b) > 0 {
		n := bytes.IndexFunc(b, folds)
		if n != 0 {
			if n < 0 {
				n = len(b)
			}
			t.word(string(b[:n]))
			b = b[n:]
			continue
		}
		r, size := utf8.DecodeRune(b)
		if (r <= ' ' || unicode.IsSpace(r)) && t.breaks == 0 {
			t.space = true
		}
		b = b[size:]
	}
}

// folds is whether a character is white space, or the invisible filler that
// preheaders are padded with.
func folds(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' '
	}
	switch r {
	case '\u00ad', '\u034f', '\u200b', '\u200c', '\u2060', '\ufeff':
		return true
	}
	return unicode.IsSpace(r)
}

// attributes are those that texter looks at.
func attributes(z *tokenizer.Tokenizer, more bool) map[string]string {
	var found map[string]string
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if k := string(key); k == "href" || k == "alt" {
			if found == nil {
				found = map[string]string{}
			}
			found[k] = string(value)
		}
	}
	return found
}
