package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"mime/quotedprintable"
	"slices"
	"strings"
	"time"
)

// Headers are what a message needs beyond what its author wrote.
type Headers struct {
	MessageID string // without brackets: delivery-id@host
	Date      time.Time
	Custom    []Header
}

// Header is one header of the author's own.
type Header struct{ Name, Value string }

// reserved headers are ours, or would let an author forge or misroute mail.
var reservedHeaders = []string{
	"from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "mime-version", "return-path",
	"received", "dkim-signature", "list-unsubscribe", "list-unsubscribe-post", "delivered-to", "errors-to", "resent-from",
	"resent-to", "user-agent", "x-mailer", "apparently-to", "authentication-results",
}

// Build writes the message as RFC 5322 with its text and HTML as quoted-
// printable: ASCII (unless an address is not) with CRLF throughout, and the
// same bytes whenever it is built again, so that what is sent, kept and
// re-sent is one thing.
func Build(m Message, h Headers) ([]byte, error) {
	if m.From == nil || m.To == nil || h.MessageID == "" || h.Date.IsZero() {
		return nil, errors.New("a message needs From, To, Message-ID and Date")
	}
	if !isPrintable(h.MessageID) || strings.ContainsAny(h.MessageID, " <>") || !isPrintable(m.ListUnsubscribe) {
		return nil, errors.New("the Message-ID or List-Unsubscribe has a character that no header may have")
	}
	w := &writer{}
	w.header("Date", h.Date.UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	w.header("From", m.From.String())
	w.header("To", m.To.String())
	if m.ReplyTo != nil {
		w.header("Reply-To", m.ReplyTo.String())
	}
	w.header("Subject", encodeText(m.Subject))
	w.header("Message-ID", "<"+h.MessageID+">")
	if m.ListUnsubscribe != "" {
		w.header("List-Unsubscribe", "<"+m.ListUnsubscribe+">")
		w.header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	if err := w.custom(h.Custom); err != nil {
		return nil, err
	}
	w.header("MIME-Version", "1.0")
	if err := w.body(m, h.MessageID); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

type writer struct{ bytes.Buffer }

// header writes one header, folded at its spaces. It holds whatever reaches
// it to one header: a line break in a value becomes a space.
func (w *writer) header(name, value string) {
	w.WriteString(name + ":")
	column := len(name) + 1
	for _, word := range strings.Fields(value) {
		if column+1+len(word) > 76 && column > len(name)+1 {
			w.WriteString("\r\n")
			column = 0
		}
		w.WriteString(" " + word)
		column += 1 + len(word)
	}
	w.WriteString("\r\n")
}

func (w *writer) custom(headers []Header) error {
	for _, h := range headers {
		name := strings.ToLower(h.Name)
		if !isToken(name) || !isPrintable(h.Value) || len(h.Value) > 900 {
			return errors.New("The header " + shorten(h.Name) + " may have only letters, digits and dashes in its name, and plain ASCII in its value.")
		}
		if slices.Contains(reservedHeaders, name) || strings.HasPrefix(name, "content-") {
			return errors.New("The header " + h.Name + " is set by Postroom. Take it out.")
		}
		w.header(h.Name, h.Value)
	}
	return nil
}

// body writes the parts, the plainest first (RFC 2046 §5.1.4).
func (w *writer) body(m Message, seed string) error {
	if m.HTML == "" || m.Text == "" {
		return w.part(pick(m))
	}
	// No line of quoted-printable can hold "=_", so no part can end early.
	sum := sha256.Sum256([]byte(seed))
	boundary := "=_" + hex.EncodeToString(sum[:12])
	w.header("Content-Type", `multipart/alternative; boundary="`+boundary+`"`)
	for _, part := range []struct{ kind, text string }{{"plain", m.Text}, {"html", m.HTML}} {
		w.WriteString("\r\n--" + boundary + "\r\n")
		if err := w.part(part.kind, part.text); err != nil {
			return err
		}
	}
	w.WriteString("\r\n--" + boundary + "--\r\n")
	return nil
}

func pick(m Message) (kind, text string) {
	if m.HTML != "" {
		return "html", m.HTML
	}
	return "plain", m.Text
}

func (w *writer) part(kind, text string) error {
	w.header("Content-Type", "text/"+kind+"; charset=utf-8")
	w.header("Content-Transfer-Encoding", "quoted-printable")
	w.WriteString("\r\n")
	qp := quotedprintable.NewWriter(w)
	if _, err := qp.Write([]byte(breaks.Replace(text))); err != nil {
		return err
	}
	if err := qp.Close(); err != nil {
		return err
	}
	if !bytes.HasSuffix(w.Bytes(), []byte("\r\n")) {
		w.WriteString("\r\n")
	}
	return nil
}

// breaks makes line breaks alike. Left to itself, the encoder takes a line
// feed for the second half of any carriage return before it.
var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// encodeText is unstructured header text: as it is when it is short, plain
// ASCII, else in encoded words (RFC 2047).
func encodeText(s string) string {
	plain := isPrintable(s) && !strings.Contains(s, "=?") && !strings.Contains(s, "  ")
	for _, word := range strings.Fields(s) {
		plain = plain && len(word) < 200
	}
	if plain {
		return s
	}
	return encodeWords(s)
}

// encodeWords encodes all of s, in words of at most 75 characters that each
// hold whole runes.
func encodeWords(s string) string {
	const room = 75 - len("=?utf-8?q??=")
	var words []string
	var word strings.Builder
	for _, r := range s {
		one := encodeRune(r)
		if word.Len()+len(one) > room {
			words = append(words, word.String())
			word.Reset()
		}
		word.WriteString(one)
	}
	words = append(words, word.String())
	return "=?utf-8?q?" + strings.Join(words, "?= =?utf-8?q?") + "?="
}

// encodeRune is the Q encoding of a rune (RFC 2047 §4.2).
func encodeRune(r rune) string {
	switch {
	case r == ' ':
		return "_"
	case r > ' ' && r < 0x7f && r != '=' && r != '?' && r != '_':
		return string(r)
	}
	var b strings.Builder
	for _, c := range []byte(string(r)) {
		b.WriteString("=" + strings.ToUpper(hex.EncodeToString([]byte{c})))
	}
	return b.String()
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

func isToken(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
