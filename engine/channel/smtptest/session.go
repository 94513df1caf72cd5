package smtptest

import (
	"errors"
	"io"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one client's connection.
type session struct {
	server   *Server
	conn     *smtp.Conn
	number   int
	from, to string
	signedIn bool
	plan     Behaviour
}

var errDropped = errors.New("dropped")

// do acts as planned if this is the stage for it.
func (s *session) do(stage Stage) error {
	if s.plan.At != stage {
		return nil
	}
	time.Sleep(s.plan.Wait)
	if s.plan.Drop {
		s.conn.Conn().Close()
		return errDropped
	}
	if s.plan.Code == 0 {
		return nil
	}
	return &smtp.SMTPError{Code: s.plan.Code, EnhancedCode: s.plan.Enhanced, Message: s.plan.Text}
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.options.User != "" && !s.signedIn {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Sign in first"}
	}
	s.from = from
	s.plan = s.server.planSender(from)
	return s.do(s.plan.At)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	s.plan = s.server.plan(to)
	return s.do(Rcpt)
}

func (s *session) Data(r io.Reader) error {
	if s.plan.At == Data {
		io.CopyN(io.Discard, r, 10)
		if err := s.do(Data); err != nil {
			return err
		}
	}
	raw, err := readAll(r)
	if err != nil {
		return err
	}
	if s.plan.At != Reply || s.plan.Code < 400 {
		s.server.keep(Message{From: s.from, To: s.to, Raw: raw, Conn: s.number})
	}
	return s.do(Reply)
}

func (s *session) Reset()        { s.from, s.to, s.plan = "", "", Behaviour{} }
func (s *session) Logout() error { return nil }

// AuthMechanisms is what the server offers for signing in.
func (s *session) AuthMechanisms() []string {
	switch o := s.server.options; {
	case o.User == "":
		return nil
	case len(o.Mechanisms) > 0:
		return o.Mechanisms
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if mechanism == sasl.Login {
		return &login{check: s.check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return s.check(user, password) }), nil
}

func (s *session) check(user, password string) error {
	if user != s.server.options.User || password != s.server.options.Password {
		return smtp.ErrAuthFailed
	}
	s.signedIn = true
	return nil
}

// login asks for the user and then for the password.
type login struct {
	check func(user, password string) error
	given []string
}

func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	if response != nil {
		l.given = append(l.given, string(response))
	}
	switch len(l.given) {
	case 0:
		return []byte("Username:"), false, nil
	case 1:
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.given[0], l.given[1])
}
