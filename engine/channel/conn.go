package channel

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"time"
)

// conn is one connection to the server, greeted and signed in.
type conn struct {
	net.Conn
	r        *bufio.Reader
	w        *bufio.Writer
	options  Options
	offers   map[string]string // the extensions of its EHLO, in upper case, with their parameters
	verified bool              // nobody can be listening
	open     bool              // a transaction that was refused midway needs a RSET
	broken   bool              // not to be used again
	messages int
	since    time.Time // of being idle
}

// dial connects, secures and signs in, or says why not.
func (s *SMTP) dial(ctx context.Context) (*conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.DialTimeout)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.server.address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	c := &conn{Conn: raw, options: s.options, verified: s.server.loopback}
	err = c.begin(ctx, s.server)
	if !stop() {
		err = errors.Join(context.Cause(ctx), err)
	}
	if err != nil {
		raw.Close()
		return nil, err
	}
	return c, nil
}

func (c *conn) begin(ctx context.Context, s server) error {
	if s.implicit {
		if err := c.startTLS(ctx, s.host, true); err != nil {
			return err
		}
	}
	c.use(c.Conn)
	if greeting, err := c.answer(ctx); err != nil || !greeting.ok() {
		return errors.Join(err, orNil(greeting))
	}
	if err := c.hello(ctx); err != nil {
		return err
	}
	if err := c.secure(ctx, s); err != nil {
		return err
	}
	return c.signIn(ctx, s)
}

// use reads and writes through the connection from now on.
func (c *conn) use(n net.Conn) {
	c.Conn = n
	c.r = bufio.NewReaderSize(n, 4096)
	c.w = bufio.NewWriterSize(n, 32<<10)
}

// orNil is a reply as an error, unless it says yes or was never read.
func orNil(r reply) error {
	if r.code == 0 || r.ok() {
		return nil
	}
	return r
}

// hello learns what the server can do.
func (c *conn) hello(ctx context.Context) error {
	c.offers = map[string]string{}
	answer, err := c.command(ctx, "EHLO "+c.options.LocalName)
	if err == nil && answer.code/100 == 5 {
		answer, err = c.command(ctx, "HELO "+c.options.LocalName) // a server from before 1995
	}
	if err != nil || !answer.ok() {
		return errors.Join(err, orNil(answer))
	}
	for _, line := range answer.lines[1:] {
		name, parameters, _ := strings.Cut(line, " ")
		c.offers[strings.ToUpper(name)] = strings.ToUpper(parameters)
	}
	return nil
}

// secure turns to TLS as far as the address asks for it.
func (c *conn) secure(ctx context.Context, s server) error {
	_, offered := c.offers["STARTTLS"]
	if s.implicit || s.starttls == tlsOff || !offered && s.starttls == tlsOpportunistic {
		return nil
	}
	if !offered {
		return errors.New("it does not offer STARTTLS. If it is safe without, add ?tls=off to its address")
	}
	answer, err := c.command(ctx, "STARTTLS")
	if err != nil || !answer.ok() {
		return errors.Join(err, orNil(answer))
	}
	if c.r.Buffered() > 0 {
		return errReply // said before TLS, to be believed after it
	}
	if err := c.startTLS(ctx, s.host, s.starttls == tlsRequired); err != nil {
		return err
	}
	c.use(c.Conn)
	return c.hello(ctx)
}

// startTLS shakes hands. When the certificate need not be right it still is
// looked at, because a password is only sent when it is.
func (c *conn) startTLS(ctx context.Context, host string, must bool) error {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.options.TLS != nil {
		config = c.options.TLS.Clone()
	}
	config.ServerName = host
	right := must
	if !must {
		config.InsecureSkipVerify = true
		config.VerifyConnection = func(state tls.ConnectionState) error {
			right = isTrusted(state, host, config.RootCAs)
			return nil
		}
	}
	secured := tls.Client(c.Conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return err
	}
	c.Conn = secured
	c.verified = c.verified || right
	return nil
}

func isTrusted(state tls.ConnectionState, host string, roots *x509.CertPool) bool {
	between := x509.NewCertPool()
	for _, certificate := range state.PeerCertificates[1:] {
		between.AddCert(certificate)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: between})
	return err == nil
}

// signIn authenticates, if there is a user (RFC 4954).
func (c *conn) signIn(ctx context.Context, s server) error {
	if s.user == "" && s.password == "" {
		return nil
	}
	if !c.verified {
		return errors.New("it is not sure who is listening, so the password was not sent. Use smtps:// or ?tls=required")
	}
	offers := " " + c.offers["AUTH"] + " "
	encode := base64.StdEncoding.EncodeToString
	var commands []string
	switch {
	case strings.Contains(offers, " PLAIN "):
		commands = []string{"AUTH PLAIN " + encode([]byte("\x00"+s.user+"\x00"+s.password))}
	case strings.Contains(offers, " LOGIN "):
		commands = []string{"AUTH LOGIN", encode([]byte(s.user)), encode([]byte(s.password))}
	default:
		return errors.New("it does not offer to sign in with a user and a password here")
	}
	for i, command := range commands {
		answer, err := c.command(ctx, command)
		if err != nil {
			return err
		}
		if last := i == len(commands)-1; last && !answer.ok() || !last && answer.code != 334 {
			return answer
		}
	}
	return nil
}

// command sends a command and reads its answer.
func (c *conn) command(ctx context.Context, line string) (reply, error) {
	if err := c.wait(ctx, c.options.CommandTimeout); err != nil {
		return reply{}, err
	}
	c.w.WriteString(line + "\r\n")
	if err := c.w.Flush(); err != nil {
		return reply{}, err
	}
	return readReply(c.r)
}

func (c *conn) answer(ctx context.Context) (reply, error) {
	if err := c.wait(ctx, c.options.CommandTimeout); err != nil {
		return reply{}, err
	}
	return readReply(c.r)
}

// wait gives what comes next this long, and no longer than ctx. A ctx that
// ends meanwhile moves the deadline into the past; looking at it after setting
// the deadline keeps that from being undone.
func (c *conn) wait(ctx context.Context, d time.Duration) error {
	until := time.Now().Add(d)
	if end, ok := ctx.Deadline(); ok && end.Before(until) {
		until = end
	}
	if err := c.SetDeadline(until); err != nil {
		return err
	}
	return ctx.Err()
}

// quit takes leave, without waiting long for an answer.
func (c *conn) quit() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c.command(ctx, "QUIT")
	c.Close()
}
