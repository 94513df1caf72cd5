package channel

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
)

// Options are how to speak to an SMTP server. Zero values are replaced by
// what stands beside them.
type Options struct {
	Connections     int           // open at once: 16
	MessagesPerConn int           // before a connection is replaced: 100
	IdleTimeout     time.Duration // an idle connection is closed: 30 s
	DialTimeout     time.Duration // until the server can be used: 30 s
	CommandTimeout  time.Duration // for one answer: 1 min
	DataTimeout     time.Duration // for the answer to a message: 5 min (RFC 5321 §4.5.3.2)
	LocalName       string        // what we call ourselves: the machine's name, or localhost
	TLS             *tls.Config   // to trust other certificates; ServerName is set
}

func (o Options) withDefaults() Options {
	o.Connections = orElse(o.Connections, 16)
	o.MessagesPerConn = orElse(o.MessagesPerConn, 100)
	o.IdleTimeout = orElse(o.IdleTimeout, 30*time.Second)
	o.DialTimeout = orElse(o.DialTimeout, 30*time.Second)
	o.CommandTimeout = orElse(o.CommandTimeout, time.Minute)
	o.DataTimeout = orElse(o.DataTimeout, 5*time.Minute)
	if o.LocalName == "" {
		o.LocalName = localName()
	}
	return o
}

func orElse[T comparable](value, other T) T {
	var zero T
	if value == zero {
		return other
	}
	return value
}

// localName is the machine's name when it looks like one in the DNS.
func localName() string {
	name, err := os.Hostname()
	if err != nil || !strings.Contains(name, ".") || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "localhost"
	}
	return name
}

// server is where to connect, and how.
type server struct {
	host, address  string
	user, password string
	implicit       bool // TLS from the first byte
	starttls       starttls
	loopback       bool
}

type starttls string

const (
	tlsRequired      starttls = "required"
	tlsOpportunistic starttls = "opportunistic"
	tlsOff           starttls = "off"
)

// SMTP hands messages to one server over a pool of lasting connections. It is
// safe for concurrent use.
type SMTP struct {
	server  server
	options Options
	pool    *pool
}

// NewSMTP reads smtp://user:password@host:port or smtps://… (TLS from the
// start). Ports default to 587 and 465. With smtp://, ?tls=required asks for
// STARTTLS, opportunistic uses it when it is offered, off never does; the
// default is required, and opportunistic on this machine. A password never
// goes over a connection that could be listened to. Nothing is connected yet.
func NewSMTP(address string, o Options) (*SMTP, error) {
	s, err := parseServer(address)
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	return &SMTP{server: s, options: o, pool: newPool(o.Connections, o.IdleTimeout)}, nil
}

func parseServer(address string) (server, error) {
	const how = "Write the SMTP server as smtp://user:password@host:587 or smtps://user:password@host:465."
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return server{}, errors.New(how) // the parser's own words would show the password
	}
	s := server{host: u.Hostname(), implicit: u.Scheme == "smtps", starttls: tlsRequired}
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	if strings.ContainsAny(s.user+s.password, "\x00\r\n") {
		return server{}, errors.New(how)
	}
	port := map[bool]string{true: "465", false: "587"}[s.implicit]
	s.address = net.JoinHostPort(s.host, orElse(u.Port(), port))
	if s.loopback = isLoopback(s.host); s.loopback {
		s.starttls = tlsOpportunistic
	}
	switch mode := starttls(u.Query().Get("tls")); mode {
	case "":
	case tlsRequired, tlsOpportunistic, tlsOff:
		s.starttls = mode
	default:
		return server{}, fmt.Errorf("?tls=%s is not known. Write required, opportunistic or off.", mode)
	}
	return s, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// Send hands one raw message to the server, from and to being the envelope's
// addresses. It waits for a connection to be free, and no longer than ctx.
// A message is handed over at most once, whatever happens on the way.
func (s *SMTP) Send(ctx context.Context, from, to string, raw []byte) Result {
	if !isPath(from) && from != "" || !isPath(to) {
		return permanent("The sender or the recipient is not an address that an SMTP server can be given.")
	}
	if err := s.pool.enter(ctx); err != nil {
		return temporary("The message was not handed over: " + err.Error() + ".")
	}
	defer s.pool.leave()
	if c := s.pool.take(s.options.MessagesPerConn); c != nil {
		result, dead := c.send(ctx, from, to, raw)
		s.pool.put(c)
		if !dead {
			return result
		}
	}
	c, err := s.dial(ctx)
	if err != nil {
		return unreachable(s.server.address, err)
	}
	result, _ := c.send(ctx, from, to, raw)
	s.pool.put(c)
	return result
}

// unreachable is why there is no connection. Even a lasting reason, such as a
// wrong password, is about the server and not about this message, which waits
// until it is mended.
func unreachable(address string, err error) Result {
	result := temporary("The mail server could not be used: " + strings.TrimSuffix(noConnection(address, err), ".") + ".")
	if refused := (reply{}); errors.As(err, &refused) {
		result.Code, result.Enhanced = refused.code, refused.enhanced
	}
	return result
}

// noConnection is err in words, where the system's own say little to whoever
// sends a message.
func noConnection(address string, err error) string {
	host, _, _ := net.SplitHostPort(address)
	var name *net.DNSError
	var slow net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing answers at " + address + "; it does not run, or the address is wrong"
	case errors.As(err, &name) && name.IsNotFound:
		return "there is no server named " + host
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to " + address + " from this machine"
	case errors.As(err, &slow) && slow.Timeout():
		return address + " did not answer in time"
	}
	return err.Error()
}

// Close ends all connections, and waits for the messages under way. What is
// sent afterwards is not handed over.
func (s *SMTP) Close() error {
	s.pool.close()
	return nil
}

// isPath is whether an address can stand between the angle brackets of a
// command without becoming another one.
func isPath(address string) bool {
	at := strings.LastIndexByte(address, '@')
	return at > 0 && at < len(address)-1 && len(address) <= 254 && !strings.ContainsFunc(address, func(r rune) bool {
		return r <= ' ' || r == '<' || r == '>' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0xFFFD
	})
}
