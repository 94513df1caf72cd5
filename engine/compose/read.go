package compose

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// Mail is a message read back, for showing it.
type Mail struct {
	Headers map[string][]string // by canonical name, encoded words decoded
	HTML    string
	Text    string
}

// maxDepth is how many multiparts inside one another are looked into.
const maxDepth = 5

// Read takes a raw message apart. It finds the first HTML and the first plain
// text; text in a character set other than UTF-8 is shown as it is.
func Read(raw []byte) (Mail, error) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, err
	}
	m := Mail{Headers: map[string][]string{}}
	for name, values := range message.Header {
		for _, value := range values {
			m.Headers[name] = append(m.Headers[name], decodeHeader(value))
		}
	}
	err = m.read(message.Header, message.Body, 0)
	return m, err
}

// header is what net/mail and mime/multipart share of their headers.
type header interface{ Get(name string) string }

func (m *Mail) read(h header, body io.Reader, depth int) error {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth < maxDepth {
		return m.readParts(multipart.NewReader(body, params["boundary"]), depth)
	}
	text, err := io.ReadAll(decode(h.Get("Content-Transfer-Encoding"), body))
	if err != nil {
		return err
	}
	switch {
	case kind == "text/html" && m.HTML == "":
		m.HTML = string(text)
	case kind == "text/plain" && m.Text == "":
		m.Text = string(text)
	}
	return nil
}

func (m *Mail) readParts(parts *multipart.Reader, depth int) error {
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.read(part.Header, part, depth+1); err != nil {
			return err
		}
	}
}

func decode(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}

// decodeHeader decodes encoded words; what cannot be decoded stays.
func decodeHeader(value string) string {
	var words mime.WordDecoder
	if text, err := words.DecodeHeader(value); err == nil {
		return text
	}
	return value
}
