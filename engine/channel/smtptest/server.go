// Package smtptest is a real SMTP server in this process, for tests and
// benchmarks: it keeps what it is given and misbehaves when it is told to.
package smtptest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Options are what the server offers. The zero value takes everything from
// everybody, without TLS.
type Options struct {
	STARTTLS       bool
	ImplicitTLS    bool
	User, Password string // when set, mail is taken only from who signs in
	Mechanisms     []string
	MaxBytes       int64 // of a message, offered as SIZE
	UTF8           bool  // offer SMTPUTF8
	Discard        bool  // count messages but do not keep them
}

// Message is one that the server took. Raw is what followed DATA, its doubled
// dots made single again.
type Message struct {
	From string
	To   string
	Raw  []byte
	Conn int // the number of its connection, from 1
}

// Stage is where in a transaction something happens.
type Stage int

const (
	Rcpt  Stage = iota // the answer to RCPT, or to MAIL with OnSender
	Data               // in the middle of the message
	Reply              // the answer to the message
)

// Behaviour is what the server does to a message instead of taking it.
type Behaviour struct {
	At       Stage
	Code     int    // of the answer, such as 451; 0 takes it
	Enhanced [3]int // such as 4.2.1
	Text     string
	Drop     bool          // close the connection instead of answering
	Wait     time.Duration // before answering
}

// Answer refuses the recipient, at RCPT.
func Answer(code int, text string) Behaviour {
	return Behaviour{At: Rcpt, Code: code, Enhanced: [3]int{code / 100, 2, 1}, Text: text}
}

// Lose takes the message and closes the connection before saying so.
func Lose() Behaviour { return Behaviour{At: Reply, Drop: true} }

// Server is a running SMTP server. It is safe for concurrent use.
type Server struct {
	Addr  string // host:port
	Roots *x509.CertPool

	options Options
	smtp    *smtp.Server

	mu       sync.Mutex
	received []Message
	count    int
	conns    map[string]int // their numbers, by the client's address
	tries    map[string]int
	senders  map[string][]Behaviour
	script   func(to string, try int) Behaviour
}

// Start runs a server until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// New runs a server on a free port of this machine until it is closed.
func New(o Options) (*Server, error) {
	return NewAt("127.0.0.1:0", o)
}

// NewAt is New at an address, for tests that start a server again.
func NewAt(address string, o Options) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s := &Server{
		Addr: listener.Addr().String(), options: o,
		conns: map[string]int{}, tries: map[string]int{}, senders: map[string][]Behaviour{},
	}
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.session))
	s.smtp.Domain = "smtptest"
	s.smtp.AllowInsecureAuth = true
	s.smtp.MaxMessageBytes = o.MaxBytes
	s.smtp.EnableSMTPUTF8 = o.UTF8
	s.smtp.ErrorLog = log.New(io.Discard, "", 0)
	if o.STARTTLS || o.ImplicitTLS {
		certificate, roots, err := selfSigned()
		if err != nil {
			listener.Close()
			return nil, err
		}
		s.Roots = roots
		s.smtp.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
	if o.ImplicitTLS {
		listener = tls.NewListener(listener, s.smtp.TLSConfig)
	}
	go s.smtp.Serve(listener)
	return s, nil
}

// Close ends the server and its connections.
func (s *Server) Close() error { return s.smtp.Close() }

// URL is the server's address for channel.NewSMTP, signing in if it wants that.
func (s *Server) URL() string {
	scheme, user := "smtp", ""
	if s.options.ImplicitTLS {
		scheme = "smtps"
	}
	if s.options.User != "" {
		user = s.options.User + ":" + s.options.Password + "@"
	}
	return fmt.Sprintf("%s://%s%s", scheme, user, s.Addr)
}

// Script decides about every message by its recipient and the try it is, from
// 1. It is asked under a lock, so it may keep count of things.
func (s *Server) Script(script func(to string, try int) Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = script
}

// On makes the server do these things to a recipient, one a try, and take what
// comes after them.
func (s *Server) On(to string, behaviours ...Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.script
	s.script = func(recipient string, try int) Behaviour {
		switch {
		case recipient != to && before != nil:
			return before(recipient, try)
		case recipient != to || try > len(behaviours):
			return Behaviour{}
		}
		return behaviours[try-1]
	}
}

// OnSender makes the server do these things at MAIL from a sender, one a try.
func (s *Server) OnSender(from string, behaviours ...Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.senders[from] = append(s.senders[from], behaviours...)
}

// Messages is what was taken, in the order it came.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.received...)
}

// Count is how many messages were taken.
func (s *Server) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Connections is how many there have been.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Tries is how often mail was offered to a recipient.
func (s *Server) Tries(to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries[to]
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	client := c.Conn().RemoteAddr().String()
	if s.conns[client] == 0 { // and not the second greeting, after STARTTLS
		s.conns[client] = len(s.conns) + 1
	}
	return &session{server: s, conn: c, number: s.conns[client]}, nil
}

// planSender is what to do to a sender now.
func (s *Server) planSender(from string) Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	planned := s.senders[from]
	if len(planned) == 0 {
		return Behaviour{}
	}
	s.senders[from] = planned[1:]
	return planned[0]
}

// plan is what to do to this try at a recipient.
func (s *Server) plan(to string) Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries[to]++
	if s.script == nil {
		return Behaviour{}
	}
	return s.script(to, s.tries[to])
}

func (s *Server) keep(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	if !s.options.Discard {
		s.received = append(s.received, m)
	}
}

func readAll(r io.Reader) ([]byte, error) {
	var b bytes.Buffer
	_, err := b.ReadFrom(r)
	return b.Bytes(), err
}
