package channel

import (
	"bufio"
	"bytes"
	"net"
	"net/textproto"
	"strings"
	"sync/atomic"
	"testing"
)

// strange is a server that answers each command with what is written for it
// (CRLF is added), and the message under "."; what is empty closes the
// connection. The first connection follows the first table, and so on.
func strange(t *testing.T, tables ...map[string]string) (address string, said *atomic.Value) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	said = &atomic.Value{}
	said.Store("")
	go func() {
		for _, table := range tables {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			converse(c, table, said)
		}
		listener.Close()
	}()
	return "smtp://" + listener.Addr().String(), said
}

func converse(c net.Conn, table map[string]string, said *atomic.Value) {
	defer c.Close()
	text := textproto.NewConn(c)
	answer := func(to string) bool {
		line, known := table[to]
		if !known {
			line = map[string]string{"greeting": "220 hi", "EHLO": "250-hi\r\n250 PIPELINING", "DATA": "354 go", "QUIT": "221 bye"}[to]
			if line == "" {
				line = "250 ok"
			}
		}
		text.PrintfLine("%s", line)
		return line != ""
	}
	for more := answer("greeting"); more; {
		line, err := text.ReadLine()
		if err != nil {
			return
		}
		said.Store(said.Load().(string) + line + "\n")
		verb := strings.ToUpper(strings.FieldsFunc(line+" ", func(r rune) bool { return r == ' ' || r == ':' })[0])
		if more = answer(verb); verb == "DATA" && (strings.HasPrefix(table["DATA"], "354") || table["DATA"] == "") && more {
			if _, err := text.ReadDotBytes(); err != nil {
				return
			}
			more = answer(".")
		}
	}
}

func TestStrangeServers(t *testing.T) {
	good := map[string]string{}
	for name, c := range map[string]struct {
		tables  []map[string]string
		outcome Outcome
		code    int
		part    string
	}{
		"no pipelining":           {[]map[string]string{{"EHLO": "250 hi"}}, Sent, 250, "ok"},
		"no pipelining, refused":  {[]map[string]string{{"EHLO": "250 hi", "RCPT": "550 5.1.1 No"}}, Permanent, 550, "No"},
		"older than EHLO":         {[]map[string]string{{"EHLO": "502 what"}}, Sent, 250, "ok"},
		"refuses everybody":       {[]map[string]string{{"greeting": "554 no"}}, Temporary, 554, "could not be used"},
		"no greeting":             {[]map[string]string{{"greeting": ""}}, Temporary, 0, "could not be used"},
		"not SMTP":                {[]map[string]string{{"greeting": "HTTP/1.1 400 Bad Request"}}, Temporary, 0, "not SMTP"},
		"endless greeting":        {[]map[string]string{{"greeting": strings.Repeat("220-hi\r\n", 200) + "220 hi"}}, Temporary, 0, "not SMTP"},
		"endless line":            {[]map[string]string{{"greeting": "220 " + strings.Repeat("x", 9000)}}, Temporary, 0, "not SMTP"},
		"two codes":               {[]map[string]string{{"EHLO": "250-hi\r\n350 ho"}}, Temporary, 0, "not SMTP"},
		"wants what it refused":   {[]map[string]string{{"RCPT": "550 no", "DATA": "354 go on"}, good}, Permanent, 550, "no"},
		"takes without asking":    {[]map[string]string{{"DATA": "250 ok"}}, Temporary, 250, "ok"},
		"out of order":            {[]map[string]string{{"MAIL": "503 first things first"}}, Temporary, 503, ""},
		"garbage for an answer":   {[]map[string]string{{".": "hello?"}}, Uncertain, 0, "may have arrived"},
		"no answer to a message":  {[]map[string]string{{".": ""}}, Uncertain, 0, "may have arrived"},
		"neither yes nor no":      {[]map[string]string{{".": "354 go on"}}, Uncertain, 354, "may have arrived"},
		"asks to go on":           {[]map[string]string{{"RCPT": "354 go"}}, Temporary, 354, ""},
		"gone after MAIL":         {[]map[string]string{{"RCPT": ""}}, Temporary, 0, "before the message"},
		"refused, then gone":      {[]map[string]string{{"MAIL": "550 not you", "RCPT": ""}}, Permanent, 550, "not you"},
		"speaks before TLS":       {[]map[string]string{{"EHLO": "250-hi\r\n250 STARTTLS", "STARTTLS": "220 go\r\n250 trust me"}}, Temporary, 0, "not SMTP"},
		"long answer":             {[]map[string]string{{".": "550 " + strings.Repeat("no ", 900)}}, Permanent, 550, "n…"},
		"strange enhanced status": {[]map[string]string{{".": "550 4.7.1 no"}}, Permanent, 550, "4.7.1 no"},
	} {
		t.Run(name, func(t *testing.T) {
			address, _ := strange(t, c.tables...)
			s := dialer(t, address, Options{})
			got := s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter))
			if got.Outcome != c.outcome || got.Code != c.code || !strings.Contains(got.Message, c.part) || len(got.Message) > 1100 {
				t.Errorf("%+v, want %s %d %s", got, c.outcome, c.code, c.part)
			}
		})
	}
}

// What a server says while nobody asks it is no answer to the next message.
func TestLastWordsOfAnIdleConnection(t *testing.T) {
	address, said := strange(t, map[string]string{".": "250 ok\r\n500 I am tired", "RCPT": "250 ok"}, map[string]string{})
	s := dialer(t, address, Options{Connections: 1})
	for range 2 {
		s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Sent, 250, "", "ok")
	}
	if n := strings.Count(said.Load().(string), "DATA"); n != 2 {
		t.Errorf("DATA was said %d times", n)
	}
}

func TestRefusedTransactionsAreReset(t *testing.T) {
	address, said := strange(t, map[string]string{"RCPT": "550 no", "DATA": "503 no"})
	s := dialer(t, address, Options{Connections: 1})
	for range 2 {
		s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Permanent, 550, "", "no")
	}
	want := "MAIL FROM:<a@acme.test>\nRCPT TO:<b@example.com>\nDATA\n"
	if got := said.Load().(string); !strings.HasSuffix(got, want+"RSET\n"+want) {
		t.Errorf("said\n%s", got)
	}
}

// A message that breaks off before its last line was not handed over.
func TestBrokenOffMessage(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		c, err := listener.Accept()
		if err != nil {
			return
		}
		text := textproto.NewConn(c)
		text.PrintfLine("220 hi")
		for _, answer := range []string{"250 hi", "250 ok", "250 ok", "354 go"} {
			text.ReadLine()
			text.PrintfLine("%s", answer)
		}
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}()
	s := dialer(t, "smtp://"+listener.Addr().String(), Options{})
	big := bytes.Repeat([]byte("0123456789abcdef0123456789abcdef\r\n"), 1<<19)
	s.Send(t.Context(), "a@acme.test", "b@example.com", big).want(t, Temporary, 0, "", "in the middle of the message")
}

func FuzzReply(f *testing.F) {
	f.Add([]byte("250-a\r\n250 2.1.0 b\r\n"))
	f.Add([]byte("550 5.1.1\r\n"))
	f.Add([]byte("250 \xbb\r\x1b\n"))
	f.Add([]byte("250\n"))
	f.Add([]byte("250-\xff\r\n251 x\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := readReply(bufio.NewReaderSize(bytes.NewReader(in), 64))
		if err == nil && (r.code < 200 || r.code > 599 || len(r.lines) == 0 || len(r.lines) > maxReplyLines || strings.ContainsAny(r.text(), "\r\n")) {
			t.Errorf("%q gives %+v", in, r)
		}
	})
}

func FuzzData(f *testing.F) {
	f.Add([]byte(letter))
	f.Add([]byte("a\n.\nb\r.\r\n\r\n.\r\n..\r\n"))
	f.Add([]byte("\r"))
	f.Add([]byte("\r\r\n.\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b bytes.Buffer
		w := bufio.NewWriter(&b)
		writeData(w, raw)
		w.Flush()
		wire := b.String()
		if strings.Index("\r\n"+wire, "\r\n.\r\n")+len(".\r\n") != len(wire) {
			t.Errorf("%q ends early as %q", raw, wire)
		}
		if bare := strings.ReplaceAll(wire, "\r\n", ""); strings.ContainsAny(bare, "\r\n") {
			t.Errorf("%q has a bare line break as %q", raw, wire)
		}
		back, err := textproto.NewReader(bufio.NewReader(&b)).ReadDotBytes()
		want := strings.ReplaceAll(string(raw), "\r", "")
		if len(raw) > 0 && raw[len(raw)-1] != '\n' {
			want += "\n"
		}
		if err != nil || string(back) != want {
			t.Errorf("%q became %q: %v", raw, back, err)
		}
	})
}
