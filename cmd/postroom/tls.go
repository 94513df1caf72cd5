package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// door is a listener, and how it encrypts if it does.
type door struct {
	net.Listener
	tls *tls.Config // nil: plain HTTP
}

func (d door) serve(server *http.Server) error {
	if d.tls != nil {
		return server.ServeTLS(d.Listener, "", "")
	}
	return server.Serve(d.Listener)
}

func (d door) url() string {
	if d.tls != nil {
		return "https://" + d.Addr().String()
	}
	return "http://" + d.Addr().String()
}

// doors opens the addresses. With a certificate and no --tls-addr there is one
// door, which speaks HTTPS.
func (cmd *serve) doors() ([]door, error) {
	encrypted, err := cmd.encryption()
	if err != nil {
		return nil, err
	}
	first, err := net.Listen("tcp", cmd.Addr)
	if err != nil {
		return nil, err
	}
	if cmd.TLSAddr == "" {
		return []door{{first, encrypted}}, nil
	}
	second, err := net.Listen("tcp", cmd.TLSAddr)
	if err != nil {
		first.Close()
		return nil, fmt.Errorf("--tls-addr: %w", err)
	}
	return []door{{first, nil}, {second, encrypted}}, nil
}

// encryption is nil without a certificate.
func (cmd *serve) encryption() (*tls.Config, error) {
	switch {
	case cmd.TLSCert == "" && cmd.TLSKey == "" && cmd.TLSAddr == "":
		return nil, nil
	case cmd.TLSCert == "" || cmd.TLSKey == "":
		return nil, errors.New("HTTPS needs both --tls-cert and --tls-key")
	}
	c := &certificate{cert: cmd.TLSCert, key: cmd.TLSKey}
	if _, err := c.get(nil); err != nil {
		return nil, fmt.Errorf("--tls-cert: %w", err)
	}
	return &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12}, nil
}

// certificate is a pair of files. A renewed one is taken up while the server
// runs; one that cannot be read leaves the old one in use.
type certificate struct {
	cert, key string

	mu      sync.Mutex
	pair    *tls.Certificate
	changed time.Time // of the file that pair was read from
	looked  time.Time
}

// lookAgain is how long a certificate is used before its file is looked at.
const lookAgain = 10 * time.Second

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pair != nil && time.Since(c.looked) < lookAgain {
		return c.pair, nil
	}
	c.looked = time.Now()
	err := c.read()
	if c.pair != nil {
		return c.pair, nil
	}
	return nil, err
}

func (c *certificate) read() error {
	info, err := os.Stat(c.cert)
	if err != nil || info.ModTime().Equal(c.changed) {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.pair, c.changed = &pair, info.ModTime()
	return nil
}
