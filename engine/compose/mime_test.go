package compose

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var someHeaders = Headers{MessageID: "d1@mail.acme.test", Date: time.Date(2026, 11, 23, 9, 5, 0, 0, time.FixedZone("", 3600))}

func TestBuild(t *testing.T) {
	m := Message{
		From: &mail.Address{Name: "Acme", Address: "hi@acme.test"}, To: &mail.Address{Address: "ann@example.com"},
		ReplyTo: &mail.Address{Address: "help@acme.test"}, Subject: "Příliš žluťoučký", ListUnsubscribe: "https://m.test/u/1",
		HTML: "<p>Hello = žluť</p>\n.", Text: "Hello\n.\nFrom here",
	}
	h := someHeaders
	h.Custom = []Header{{"X-Team", "growth"}}
	raw, err := Build(m, h)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(`Date: Mon, 23 Nov 2026 08:05:00 +0000
From: "Acme" <hi@acme.test>
To: <ann@example.com>
Reply-To: <help@acme.test>
Subject: =?utf-8?q?P=C5=99=C3=ADli=C5=A1_=C5=BElu=C5=A5ou=C4=8Dk=C3=BD?=
Message-ID: <d1@mail.acme.test>
List-Unsubscribe: <https://m.test/u/1>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
X-Team: growth
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_bc96f66cf21ece77c96326a7"

--=_bc96f66cf21ece77c96326a7
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hello
.
From here

--=_bc96f66cf21ece77c96326a7
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Hello =3D =C5=BElu=C5=A5</p>
.

--=_bc96f66cf21ece77c96326a7--
`, "\n", "\r\n")
	if string(raw) != want {
		t.Errorf("built\n%s\nwant\n%s", raw, want)
	}
	again, _ := Build(m, h)
	if !bytes.Equal(raw, again) {
		t.Error("built differently a second time")
	}
	back, err := Read(raw)
	if err != nil || back.HTML != "<p>Hello = žluť</p>\r\n.\r\n" || back.Text != "Hello\r\n.\r\nFrom here\r\n" || back.Headers["Subject"][0] != m.Subject {
		t.Errorf("%+v %v", back, err)
	}
}

func TestBuildRefuses(t *testing.T) {
	good := Message{From: &mail.Address{Address: "a@b.test"}, To: &mail.Address{Address: "c@d.test"}, Subject: "x", Text: "y"}
	for name, change := range map[string]func(*Message, *Headers){
		"no date":            func(m *Message, h *Headers) { h.Date = time.Time{} },
		"no sender":          func(m *Message, h *Headers) { m.From = nil },
		"id with a break":    func(m *Message, h *Headers) { h.MessageID = "a\r\nBcc: x@y.test" },
		"link with a break":  func(m *Message, h *Headers) { m.ListUnsubscribe = "https://a\nBcc: x@y.test" },
		"reserved":           func(m *Message, h *Headers) { h.Custom = []Header{{"BCC", "x@y.test"}} },
		"content type":       func(m *Message, h *Headers) { h.Custom = []Header{{"Content-Type", "text/html"}} },
		"no token":           func(m *Message, h *Headers) { h.Custom = []Header{{"X Y", "z"}} },
		"colon":              func(m *Message, h *Headers) { h.Custom = []Header{{"X:Y", "z"}} },
		"value with a break": func(m *Message, h *Headers) { h.Custom = []Header{{"X-Y", "z\r\nBcc: x@y.test"}} },
		"value not ASCII":    func(m *Message, h *Headers) { h.Custom = []Header{{"X-Y", "ž"}} },
		"value far too long": func(m *Message, h *Headers) { h.Custom = []Header{{"X-Y", strings.Repeat("x", 1000)}} },
	} {
		m, h := good, someHeaders
		change(&m, &h)
		if raw, err := Build(m, h); err == nil {
			t.Errorf("%s: built\n%s", name, raw)
		}
	}
}

func TestReadForeignMail(t *testing.T) {
	nested := "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nSGk=\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\n--a\r\nContent-Type: image/png\r\n\r\nx\r\n--a--\r\n"
	for raw, want := range map[string]Mail{
		nested:                           {Text: "Hi", HTML: "<p>"},
		"Subject: x\r\n\r\nbody":         {Text: "body"},
		"Content-Type: ???\r\n\r\nbody":  {Text: "body"},
		"Content-Type: text/html\n\n<b>": {HTML: "<b>"},
	} {
		m, err := Read([]byte(raw))
		if err != nil || m.Text != want.Text || m.HTML != want.HTML {
			t.Errorf("%q gives %+v %v", raw, m, err)
		}
	}
	if _, err := Read([]byte("no mail")); err == nil {
		t.Error("read what is no mail")
	}
}

// Whatever people have in their attributes, a message that is built parses,
// holds what it was given and no header more.
func FuzzBuild(f *testing.F) {
	f.Add("Hi Ann", "Ann <a@b.test>", "text", "<p>html</p>")
	f.Add("=?utf-8?q?x?= \u2028 ž  y", `x" <c@d.test> <a@b.test>`, "--=_\r\n.\r\n", "\x00=\r\r\n")
	f.Add("x", "a@b.test", "a\r=\n\nb", "a\r=\n\nb")
	f.Add("a\r\nBcc: b@c.test", "a\r\nBcc: b@c.test <a@b.test>", "", "<p>\xff")
	f.Add(strings.Repeat("x", 2000)+" "+strings.Repeat("日本", 300), strings.Repeat("Ž", 200)+" <a@b.test>", " ", " ")
	f.Fuzz(func(t *testing.T, subject, to, text, html string) {
		s := Scope{"customer": map[string]any{"email": to, "subject": subject, "text": text, "html": html}}
		m, err := Email(Template{From: "{{customer.email}}", To: "{{customer.email}}", Subject: "{{customer.subject}}", Body: "x{{customer.html}}", Text: "{{customer.text}}"}, s, Links{OneClickURL: "https://m.test/u"})
		if err != nil {
			return
		}
		raw, err := Build(m, someHeaders)
		if err != nil {
			t.Fatal(err)
		}
		checkBuilt(t, raw, m)
	})
}

func checkBuilt(t *testing.T, raw []byte, m Message) {
	t.Helper()
	back, err := Read(raw)
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	if len(back.Headers) != 9 {
		t.Errorf("headers %v", back.Headers)
	}
	if got := back.Headers["Subject"][0]; got != m.Subject && utf8.ValidString(m.Subject) {
		t.Errorf("subject %q, want %q", got, m.Subject)
	}
	message, _ := mail.ReadMessage(bytes.NewReader(raw))
	if got, err := message.Header.AddressList("To"); err != nil || len(got) != 1 || *got[0] != *m.To {
		t.Errorf("to %v, want %v: %v", got, m.To, err)
	}
	if lines(back.HTML) != lines(m.HTML) || lines(back.Text) != lines(m.Text) {
		t.Errorf("body %q %q, want %q %q", back.HTML, back.Text, m.HTML, m.Text)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line %q", line)
		}
	}
}

// lines is text with its line breaks made alike.
func lines(s string) string {
	return strings.TrimRight(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n")
}
