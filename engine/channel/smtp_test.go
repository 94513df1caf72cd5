package channel

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/postroom/postroom/engine/channel/smtptest"
)

const letter = "Subject: Hi\r\n\r\n.One\r\n..two\r\n\r\n.\r\nThree\r\n"

func dialer(t *testing.T, url string, o Options) *SMTP {
	t.Helper()
	s, err := NewSMTP(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func (r Result) want(t *testing.T, outcome Outcome, code int, enhanced, part string) {
	t.Helper()
	if r.Outcome != outcome || r.Code != code || r.Enhanced != enhanced || !strings.Contains(r.Message, part) {
		t.Errorf("got %+v, want %s %d %s %q", r, outcome, code, enhanced, part)
	}
}

func TestSendKeepsEveryByte(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	s := dialer(t, server.URL(), Options{})
	s.Send(t.Context(), "a@acme.test", "ann@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "OK")
	s.Send(t.Context(), "", "bob@example.com", []byte("bare\nline\rfeeds")).want(t, Sent, 250, "2.0.0", "OK")
	got := server.Messages()
	if len(got) != 2 || got[0].From != "a@acme.test" || got[0].To != "ann@example.com" || string(got[0].Raw) != letter {
		t.Errorf("%+v", got)
	}
	if string(got[1].Raw) != "bare\r\nlinefeeds\r\n" || got[1].Conn != 1 {
		t.Errorf("%q on connection %d", got[1].Raw, got[1].Conn)
	}
}

func TestOutcomes(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{MaxBytes: 1000})
	s := dialer(t, server.URL(), Options{})
	at := func(stage smtptest.Stage, code int, text string) smtptest.Behaviour {
		return smtptest.Behaviour{At: stage, Code: code, Enhanced: [3]int{code / 100, 7, 1}, Text: text}
	}
	for name, c := range map[string]struct {
		do       smtptest.Behaviour
		outcome  Outcome
		code     int
		enhanced string
		part     string
		kept     bool
	}{
		"later":             {smtptest.Answer(451, "Greylisted"), Temporary, 451, "4.2.1", "Greylisted", false},
		"never":             {smtptest.Answer(550, "No such user"), Permanent, 550, "5.2.1", "No such user", false},
		"refused message":   {at(smtptest.Reply, 554, "Spam"), Permanent, 554, "5.7.1", "Spam", false},
		"deferred message":  {at(smtptest.Reply, 452, "Disk"), Temporary, 452, "4.7.1", "Disk", false},
		"shutting down":     {at(smtptest.Reply, 421, "Bye"), Temporary, 421, "4.7.1", "Bye", false},
		"many lines":        {at(smtptest.Reply, 550, "One\ntwo"), Permanent, 550, "5.7.1", "two", false},
		"lost answer":       {smtptest.Lose(), Uncertain, 0, "", "may have arrived", true},
		"lost in message":   {smtptest.Behaviour{At: smtptest.Data, Drop: true}, Uncertain, 0, "", "may have arrived", false},
		"lost at recipient": {smtptest.Behaviour{At: smtptest.Rcpt, Drop: true}, Temporary, 0, "", "before the message", false},
		"not signed in":     {at(smtptest.Rcpt, 530, "Sign in"), Temporary, 530, "5.7.1", "Sign in", false},
	} {
		t.Run(name, func(t *testing.T) {
			to := strings.ReplaceAll(name, " ", ".") + "@example.com"
			server.On(to, c.do)
			s.Send(t.Context(), "a@acme.test", to, []byte(letter)).want(t, c.outcome, c.code, c.enhanced, c.part)
			kept := 0
			for _, m := range server.Messages() {
				if m.To == to {
					kept++
				}
			}
			if c.kept != (kept == 1) || server.Tries(to) != 1 {
				t.Errorf("kept %d of %d tries", kept, server.Tries(to))
			}
			// Whatever happened, the next message goes out.
			s.Send(t.Context(), "a@acme.test", "next@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "")
		})
	}
	s.Send(t.Context(), "a@acme.test", "b@example.com", make([]byte, 1001)).want(t, Permanent, 0, "", "takes 1000")
	server.OnSender("bad@acme.test", smtptest.Answer(553, "Not yours"))
	s.Send(t.Context(), "bad@acme.test", "b@example.com", []byte(letter)).want(t, Permanent, 553, "5.2.1", "Not yours")
	s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "")
}

func TestTemporarilyRefusedComesThroughLater(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	server.On("b@example.com", smtptest.Answer(451, "Wait"), smtptest.Answer(421, "Wait"))
	s := dialer(t, server.URL(), Options{})
	for _, want := range []Outcome{Temporary, Temporary, Sent} {
		if got := s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)); got.Outcome != want {
			t.Errorf("%+v, want %s", got, want)
		}
	}
}

// Connections that died while they were idle cost nobody a message.
func TestRedialsOnce(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	s := dialer(t, server.URL(), Options{Connections: 1})
	s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "")
	server.Close()
	server, err := smtptest.NewAt(server.Addr, smtptest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "")
	server.OnSender("a@acme.test", smtptest.Behaviour{Code: 421, Enhanced: [3]int{4, 4, 2}, Text: "Idle for too long"})
	s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "")
	if n := server.Connections(); n != 2 || server.Count() != 2 {
		t.Errorf("%d connections, %d messages", n, server.Count())
	}
	server.Close()
	s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Temporary, 0, "", "nothing answers")
}

func TestConnectionsAreReplaced(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	s := dialer(t, server.URL(), Options{Connections: 1, MessagesPerConn: 3, IdleTimeout: 40 * time.Millisecond})
	for range 7 {
		s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "")
	}
	if n := server.Connections(); n != 3 {
		t.Errorf("%d connections for 7 messages, 3 on each", n)
	}
	deadline := time.Now().Add(5 * time.Second)
	for idle := 1; idle > 0 && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		s.pool.mu.Lock()
		idle = len(s.pool.idle)
		s.pool.mu.Unlock()
	}
	s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "")
	if n := server.Connections(); n != 4 {
		t.Errorf("%d connections, the idle one was not closed", n)
	}
}

func TestManyMessagesAtOnceEachArriveOnce(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	server, err := smtptest.New(smtptest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := dialer(t, server.URL(), Options{Connections: 16})
	// A tenth is refused for now and offered again.
	server.Script(func(to string, try int) smtptest.Behaviour {
		if strings.Contains(to, "0@") && try == 1 {
			return smtptest.Answer(451, "Later")
		}
		return smtptest.Behaviour{}
	})
	const messages = 2000
	next := make(chan int)
	var workers sync.WaitGroup
	for range 32 {
		workers.Go(func() {
			for i := range next {
				to := fmt.Sprintf("p%d@example.com", i)
				raw := []byte("Subject: " + to + "\r\n\r\n" + strings.Repeat(strings.Repeat("x", 70)+"\r\n", 30))
				result := s.Send(t.Context(), "a@acme.test", to, raw)
				for result.Outcome == Temporary {
					result = s.Send(t.Context(), "a@acme.test", to, raw)
				}
				if result.Outcome != Sent {
					t.Errorf("%+v", result)
				}
			}
		})
	}
	for i := range messages {
		next <- i
	}
	close(next)
	workers.Wait()
	got := map[string]bool{}
	for _, m := range server.Messages() {
		if got[m.To] || !strings.HasPrefix(string(m.Raw), "Subject: "+m.To+"\r\n\r\nxxx") {
			t.Errorf("%s came twice, or as %.60q", m.To, m.Raw)
		}
		got[m.To] = true
	}
	if len(got) != messages || server.Connections() > 16+messages/100 {
		t.Errorf("%d messages over %d connections", len(got), server.Connections())
	}
	s.Close()
	server.Close()
}

func TestTLS(t *testing.T) {
	for name, c := range map[string]struct {
		server smtptest.Options
		query  string
		trust  bool
		want   Outcome
		part   string
	}{
		"offered":               {smtptest.Options{STARTTLS: true}, "", false, Sent, ""},
		"required":              {smtptest.Options{STARTTLS: true}, "?tls=required", true, Sent, ""},
		"required, not trusted": {smtptest.Options{STARTTLS: true}, "?tls=required", false, Temporary, "certificate"},
		"required, not offered": {smtptest.Options{}, "?tls=required", true, Temporary, "does not offer STARTTLS"},
		"off":                   {smtptest.Options{STARTTLS: true}, "?tls=off", false, Sent, ""},
		"implicit":              {smtptest.Options{ImplicitTLS: true}, "", true, Sent, ""},
		"implicit, not trusted": {smtptest.Options{ImplicitTLS: true}, "", false, Temporary, "certificate"},
		"password":              {smtptest.Options{STARTTLS: true, User: "u", Password: "p"}, "?tls=required", true, Sent, ""},
		"password with LOGIN":   {smtptest.Options{ImplicitTLS: true, User: "u", Password: "p", Mechanisms: []string{"LOGIN"}}, "", true, Sent, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.Start(t, c.server)
			o := Options{}
			if c.trust {
				o.TLS = &tls.Config{RootCAs: server.Roots}
			}
			s := dialer(t, server.URL()+c.query, o)
			for range 2 {
				if got := s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)); got.Outcome != c.want || !strings.Contains(got.Message, c.part) {
					t.Errorf("%+v, want %s %s", got, c.want, c.part)
				}
			}
		})
	}
}

func TestSignIn(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{User: "u", Password: "p"})
	right := dialer(t, server.URL(), Options{})
	right.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "")
	wrong := dialer(t, strings.Replace(server.URL(), ":p@", ":q@", 1), Options{})
	wrong.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Temporary, 535, "5.7.8", "could not be used")
	none := dialer(t, "smtp://"+server.Addr, Options{})
	none.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Temporary, 530, "5.7.0", "Sign in first")
	open := smtptest.Start(t, smtptest.Options{})
	unasked := dialer(t, "smtp://u:p@"+open.Addr, Options{})
	unasked.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Temporary, 0, "", "does not offer to sign in")
}

func TestForeignLetters(t *testing.T) {
	plain, able := smtptest.Start(t, smtptest.Options{}), smtptest.Start(t, smtptest.Options{UTF8: true})
	dialer(t, plain.URL(), Options{}).Send(t.Context(), "a@acme.test", "žofie@example.com", []byte(letter)).want(t, Permanent, 0, "", "outside of ASCII")
	dialer(t, able.URL(), Options{}).Send(t.Context(), "a@acme.test", "žofie@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "")
}

func TestNoAddressBecomesACommand(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	s := dialer(t, server.URL(), Options{})
	for _, bad := range []string{"", "a", "@b", "a@", "a@b>\r\nRCPT TO:<c@d.test", "a@b.test\nDATA", "<a@b.test>", "a b@c.test", "a@b.test SIZE=1", "a@b\x00.test", "a\xff@b.test", strings.Repeat("a", 250) + "@b.test"} {
		s.Send(t.Context(), "a@acme.test", bad, []byte(letter)).want(t, Permanent, 0, "", "not an address")
		if bad != "" {
			s.Send(t.Context(), bad, "b@example.com", []byte(letter)).want(t, Permanent, 0, "", "not an address")
		}
	}
	if server.Connections() != 0 {
		t.Error("connected")
	}
}

func TestContextEndsTheWait(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	server.On("slow@example.com", smtptest.Behaviour{At: smtptest.Rcpt, Wait: time.Second})
	server.On("slower@example.com", smtptest.Behaviour{At: smtptest.Reply, Wait: time.Second})
	s := dialer(t, server.URL(), Options{Connections: 1})
	for to, want := range map[string]Outcome{"slow@example.com": Temporary, "slower@example.com": Uncertain} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		start := time.Now()
		if got := s.Send(ctx, "a@acme.test", to, []byte(letter)); got.Outcome != want || time.Since(start) > 700*time.Millisecond {
			t.Errorf("%s: %+v after %v", to, got, time.Since(start))
		}
		cancel()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.Send(ctx, "a@acme.test", "b@example.com", []byte(letter)).want(t, Temporary, 0, "", "")
	s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "")
}

func TestClose(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	server.On("slow@example.com", smtptest.Behaviour{At: smtptest.Reply, Wait: 100 * time.Millisecond})
	s := dialer(t, server.URL(), Options{Connections: 2})
	s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Sent, 250, "2.0.0", "")
	done := make(chan Result)
	go func() { done <- s.Send(t.Context(), "a@acme.test", "slow@example.com", []byte(letter)) }()
	for server.Tries("slow@example.com") == 0 {
		time.Sleep(time.Millisecond)
	}
	go s.Close()
	(<-done).want(t, Sent, 250, "2.0.0", "")
	s.Close()
	s.Send(t.Context(), "a@acme.test", "b@example.com", []byte(letter)).want(t, Temporary, 0, "", "stopped")
}

func TestServerAddresses(t *testing.T) {
	for address, want := range map[string]server{
		"smtp://mail.test":                 {host: "mail.test", address: "mail.test:587", starttls: tlsRequired},
		"smtps://u:p%40@mail.test":         {host: "mail.test", address: "mail.test:465", user: "u", password: "p@", implicit: true, starttls: tlsRequired},
		"smtp://[::1]:25":                  {host: "::1", address: "[::1]:25", starttls: tlsOpportunistic, loopback: true},
		"smtp://localhost:25?tls=required": {host: "localhost", address: "localhost:25", starttls: tlsRequired, loopback: true},
		"smtp://mail.test:2525?tls=off":    {host: "mail.test", address: "mail.test:2525", starttls: tlsOff},
		"":                                 {},
		"mail.test:25":                     {},
		"http://mail.test":                 {},
		"smtp://":                          {},
		"smtp://mail.test?tls=maybe":       {},
		"smtp://u:secret%0d@mail.test":     {},
		"smtp://u:secret@mail.test:port/":  {},
	} {
		got, err := parseServer(address)
		if got != want || (err == nil) != (want.host != "") {
			t.Errorf("%s: %+v %v", address, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%v tells the password", err)
		}
	}
}
